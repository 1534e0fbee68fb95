/* Filtered photographs are noise to whoever looks for matches: libdeflate spends two thirds of its
 * time on short ones that cost more than the literals they replace. For those zlib's
 * Z_HUFFMAN_ONLY and Z_RLE are both quicker and smaller; for everything else libdeflate is. Which
 * it is, a sample tells. */
#include "deflate.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* One way to compress: zlib's strategy, or libdeflate's level where that is not 0. */
typedef struct way {
    int strategy, level;
} way;

/* In order of their speed. */
static const way ways[] = {{Z_HUFFMAN_ONLY, 0}, {Z_RLE, 0}, {0, 6}, {0, 8}};

enum {
    WAYS = sizeof ways / sizeof ways[0],
    SAMPLES = 6,
    SAMPLE_SIZE = 1 << 17, /* four windows, so that most of a sample has a whole one behind it */
};

/* Stored blocks are the worst that both libraries fall back to; they hold up to 5000 (libdeflate)
 * or 64 Ki (zlib) bytes each, with 5 of overhead. */
uint64_t exn_png_deflate_bound(uint64_t size)
{
    return size + size / 512 + 4096;
}

uint64_t exn_png_deflate_memory(uint32_t level)
{
    return level < 10 ? 2 << 20 : 16 << 20; /* the optimal parsers of 10 to 12 keep a match cache */
}

static size_t by_libdeflate(int level, exn_span from, uint8_t *to, size_t capacity)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
    size_t size = 0;
    if (compressor)
        size = libdeflate_zlib_compress(compressor, from.data, from.size, to, capacity);
    libdeflate_free_compressor(compressor);
    return size;
}

/* zlib counts in unsigned ints. */
static size_t by_zlib(int strategy, exn_span from, uint8_t *to, size_t capacity)
{
    const size_t most = 1 << 30;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)from.data, .next_out = to};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15, 9, strategy) != Z_OK)
        return 0;
    size_t unread = from.size, room = capacity;
    int result;
    do {
        if (z.avail_in == 0)
            z.avail_in = (uInt)(unread < most ? unread : most);
        if (z.avail_out == 0)
            z.avail_out = (uInt)(room < most ? room : most);
        uInt in = z.avail_in, out = z.avail_out;
        result = deflate(&z, unread > z.avail_in ? Z_NO_FLUSH : Z_FINISH);
        unread -= in - z.avail_in;
        room -= out - z.avail_out;
    } while (result == Z_OK && room > 0);
    deflateEnd(&z);
    return result == Z_STREAM_END ? capacity - room : 0;
}

/* The stream's size, or 0 where there is no memory. */
static size_t compress_by(const way *w, exn_span from, uint8_t *to, size_t capacity)
{
    return w->level ? by_libdeflate(w->level, from, to, capacity)
                    : by_zlib(w->strategy, from, to, capacity);
}

/* Sizes of the sample by each way; false where there is no memory. A picture that is no larger than
 * the samples is one. */
static bool measure(exn_span filtered, uint64_t sizes[WAYS])
{
    size_t size = filtered.size, count = 1;
    if (filtered.size > (size_t)SAMPLES * SAMPLE_SIZE) {
        size = SAMPLE_SIZE;
        count = SAMPLES;
    }
    size_t capacity = (size_t)exn_png_deflate_bound(size);
    uint8_t *to = malloc(capacity);
    bool done = to;
    for (size_t i = 0; i < count && done; i++) {
        size_t at = count > 1 ? (filtered.size - size) / (count - 1) * i : 0;
        for (size_t k = 0; k < WAYS && done; k++) {
            size_t made = compress_by(&ways[k], exn_span_part(filtered, at, size), to, capacity);
            sizes[k] += made;
            done = made > 0;
        }
    }
    free(to);
    return done;
}

/* The quickest of those that are within a quarter of a percent of the smallest. */
static const way *choose(const uint64_t sizes[WAYS])
{
    uint64_t least = UINT64_MAX;
    for (size_t k = 0; k < WAYS; k++)
        least = sizes[k] < least ? sizes[k] : least;
    size_t k = 0;
    while (sizes[k] > least + least / 400)
        k++;
    return &ways[k];
}

exn_status exn_png_deflate(exn_span filtered, uint32_t level, exn_buffer *stream, exn_error *error)
{
    uint64_t sizes[WAYS] = {0};
    way chosen = {.level = (int)(level < 12 ? level : 12)};
    bool done = level > 0 || measure(filtered, sizes);
    if (level == 0 && done)
        chosen = *choose(sizes);
    size_t capacity = (size_t)exn_png_deflate_bound(filtered.size);
    if (done && exn_buffer_reserve(stream, capacity) == EXN_OK)
        stream->size = compress_by(&chosen, filtered, stream->data, capacity);
    if (stream->size == 0)
        return exn_fail(error, EXN_MEMORY, "no memory to compress");
    return EXN_OK;
}
