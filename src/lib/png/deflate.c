/* SPDX-License-Identifier: MIT */
/* Filtered photographs look like noise to a search for matches: libdeflate spends two thirds of its
 * time on short ones that cost more than the literals they replace. For those, runs.c is both
 * faster and smaller; for everything else libdeflate is smaller. A sample tells which to use. */
#include "deflate.h"

#include "pieces.h"
#include "runs.h"

/* libdeflate's levels, from fast to slow; 0: runs only. */
static const int ways[] = {0, 6, 8};

enum {
    WAYS = sizeof ways / sizeof ways[0],
    SAMPLES = 6,
    SAMPLE_SIZE = 1 << 17, /* four windows, so that most of a sample follows a whole one */
};

/* In the worst case both fall back to stored blocks, with 5 bytes of overhead for up to 5000
 * (libdeflate) or from 32 Ki on (runs.c) bytes each; runs.c tries each block after the last. */
uint64_t exn_png_deflate_bound(uint64_t size)
{
    return size + size / 512 + (1 << 17);
}

uint64_t exn_png_deflate_memory(uint32_t level)
{
    return level < 10 ? 2 << 20
                      : 16 << 20; /* the optimal parsers of levels 10 to 12 keep a match cache */
}

static exn_status by_runs(exn_span from, const exn_cancel *cancel, exn_buffer *to)
{
    exn_png_runs *runs = exn_png_runs_open(to);
    exn_status status = runs ? exn_png_runs_put(runs, from, cancel) : EXN_MEMORY;
    exn_status closed = exn_png_runs_close(runs);
    return status == EXN_OK ? closed : status;
}

/* Appends the stream, or fails with MEMORY or CANCELLED. */
static exn_status compress_by(int level, exn_span from, const exn_cancel *cancel, exn_buffer *to)
{
    if (exn_cancel_check(cancel, NULL) != EXN_OK)
        return EXN_CANCELLED;
    return level ? exn_png_pieces_put(level, from, cancel, to) : by_runs(from, cancel, to);
}

/* Compresses all rows by runs, in pieces. */
static exn_status compress_pieces(exn_png_filtered *filtered, exn_buffer *to)
{
    exn_png_runs *runs = exn_png_runs_open(to);
    exn_status status = runs ? EXN_OK : EXN_MEMORY;
    for (uint64_t at = 0; at < filtered->size && status == EXN_OK; at += filtered->step) {
        const uint64_t left = filtered->size - at;
        exn_span part;
        status = exn_png_filtered_take(
            filtered, at, (size_t)(left < filtered->step ? left : filtered->step), &part);
        if (status == EXN_OK)
            status = exn_png_runs_put(runs, part, filtered->cancel);
    }
    exn_status closed = exn_png_runs_close(runs);
    return status == EXN_OK ? closed : status;
}

/* Compresses all rows at that level of libdeflate. */
static exn_status compress_whole(exn_png_filtered *filtered, int level, exn_buffer *to)
{
    exn_span all;
    exn_status status = exn_png_filtered_take(filtered, 0, (size_t)filtered->size, &all);
    return status == EXN_OK ? compress_by(level, all, filtered->cancel, to) : status;
}

/* Measures the size of the sample with each method. A picture no larger than the samples is itself
 * the sample. */
static exn_status measure(exn_png_filtered *filtered, uint64_t sizes[WAYS])
{
    size_t size = (size_t)filtered->size, count = 1;
    exn_buffer to = {0};
    exn_status status = EXN_OK;
    if (filtered->size > (uint64_t)SAMPLES * SAMPLE_SIZE) {
        size = SAMPLE_SIZE;
        count = SAMPLES;
    }
    for (size_t i = 0; i < count && status == EXN_OK; i++) {
        uint64_t at = count > 1 ? (filtered->size - size) / (count - 1) * i : 0;
        exn_span sample = {0};
        status = exn_png_filtered_take(filtered, at, size, &sample);
        for (size_t k = 0; k < WAYS && status == EXN_OK; k++) {
            to.size = 0;
            status = compress_by(ways[k], sample, filtered->cancel, &to);
            sizes[k] += to.size;
        }
    }
    exn_buffer_free(&to);
    return status;
}

/* The fastest of those within a percent of the smallest. */
static int choose(const uint64_t sizes[WAYS])
{
    uint64_t least = UINT64_MAX;
    for (size_t k = 0; k < WAYS; k++)
        least = sizes[k] < least ? sizes[k] : least;
    size_t k = 0;
    while (sizes[k] > least + least / 100)
        k++;
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.UndefReturn): one of them is the least */
    return ways[k];
}

exn_status exn_png_deflate(exn_png_filtered *filtered, uint32_t level, exn_buffer *stream,
                           exn_error *error)
{
    uint64_t sizes[WAYS] = {0};
    int chosen = (int)(level < 12 ? level : 12);
    exn_status status = level > 0 ? EXN_OK : measure(filtered, sizes);
    if (level == 0 && status == EXN_OK)
        chosen = choose(sizes);
    if (status == EXN_OK)
        status = exn_buffer_reserve(stream, (size_t)exn_png_deflate_bound(filtered->size));
    if (status == EXN_OK)
        status =
            chosen ? compress_whole(filtered, chosen, stream) : compress_pieces(filtered, stream);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "compressor");
}
