/* SPDX-License-Identifier: MIT */
/* bzip2, by libbz2, which libarchive brings along. */
#include <bzlib.h>
#include <dlfcn.h>
#include <stdlib.h>

#include "base/error.h"
#include "library.h"
#include "packing_kind.h"

/* What is used of libbz2; all of it is stable API since 1.0. */
#define BZIP2_MAP(X)                                                                               \
    X(bzDecompressInit)                                                                            \
    X(bzDecompress)                                                                                \
    X(bzDecompressEnd)                                                                             \
    X(bzCompressInit)                                                                              \
    X(bzCompress)                                                                                  \
    X(bzCompressEnd)

typedef struct bzip2 {
    void *library;
#define X(name) __typeof__(BZ2_##name) *name;
    BZIP2_MAP(X)
#undef X
    bool unpacks;
    bool open;
    bool whole; /* between two streams */
    bz_stream stream;
} bzip2;

/* Debian has it under another name than others. */
static bool load(bzip2 *b, exn_error *error)
{
    exn_error first = {0};
    b->library = exn_library_open("libbz2.so.1.0", "bzip2", &first);
    if (!b->library)
        b->library = exn_library_open("libbz2.so.1", "bzip2", error);
    bool found = b->library != NULL;
#define X(name) found = found && exn_library_find(b->library, "BZ2_" #name, &b->name);
    BZIP2_MAP(X)
#undef X
    if (!found)
        exn_error_set(error, EXN_INTERNAL, 0, "libbz2 lacks a function");
    return found;
}

static void end(bzip2 *b)
{
    if (b->open && b->unpacks)
        b->bzDecompressEnd(&b->stream);
    else if (b->open)
        b->bzCompressEnd(&b->stream);
    b->open = false;
}

/* Nothing bounds the memory to unpack, since the format does: 100 kB and four times the block of at
 * most 900 kB (bzip2(1)). */
static bool begin(bzip2 *b)
{
    enum { BLOCK = 9 }; /* in 100,000 bytes: what the tool takes */
    end(b);
    b->stream = (bz_stream){0};
    /* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): load() has found all of them */
    int status = b->unpacks ? b->bzDecompressInit(&b->stream, 0, 0)
                            : b->bzCompressInit(&b->stream, BLOCK, 0, 0);
    /* NOLINTEND(clang-analyzer-core.CallAndMessage) */
    b->open = status == BZ_OK;
    return b->open;
}

static void close_bzip2(void *self)
{
    bzip2 *b = self;
    end(b);
    if (b->library)
        dlclose(b->library);
    free(b);
}

static void *open_bzip2(bool unpacks, exn_error *error)
{
    bzip2 *b = calloc(1, sizeof *b);
    if (b)
        b->unpacks = unpacks;
    if (b && load(b, error) && begin(b))
        return b;
    exn_error_set(error, EXN_MEMORY, 0, "bzip2");
    if (b)
        close_bzip2(b);
    return NULL;
}

/* libbz2 counts in unsigned int, and does not write to what it reads. */
static void lend(bzip2 *b, const exn_step *step)
{
    b->stream.next_in = (char *)(uintptr_t)step->from;
    b->stream.avail_in = (unsigned)(step->have < UINT32_MAX ? step->have : UINT32_MAX);
    b->stream.next_out = (char *)step->to;
    b->stream.avail_out = (unsigned)(step->room < UINT32_MAX ? step->room : UINT32_MAX);
}

static void take_back(const bzip2 *b, exn_step *step)
{
    exn_step_take(step, (size_t)(b->stream.next_in - (const char *)step->from),
                  (size_t)(b->stream.next_out - (char *)step->to));
}

/* Goes on without input: libbz2 may hold a block whose bytes had no room before. Without progress
 * it is the caller's turn. */
static exn_status unpack(void *self, exn_step *step, bool *whole, exn_error *error)
{
    bzip2 *b = self;
    while (step->room > 0) {
        size_t have = step->have, room = step->room;
        if (b->whole)
            exn_step_skip_zeros(step);
        if (b->whole && step->have == 0)
            break;
        if (b->whole && !begin(b))
            return exn_error_set(error, EXN_MEMORY, 0, "bzip2");
        lend(b, step);
        int status = b->bzDecompress(&b->stream);
        take_back(b, step);
        b->whole = status == BZ_STREAM_END;
        if (status == BZ_MEM_ERROR)
            return exn_error_set(error, EXN_MEMORY, 0, "bzip2");
        if (status != BZ_OK && status != BZ_STREAM_END)
            return exn_error_set(error, EXN_READ, 0, "damaged bzip2 stream");
        if (have == step->have && room == step->room)
            break;
    }
    *whole = b->whole;
    return EXN_OK;
}

static exn_status pack(void *self, exn_step *step, bool last, bool *done, exn_error *error)
{
    bzip2 *b = self;
    lend(b, step);
    int status =
        last || step->have ? b->bzCompress(&b->stream, last ? BZ_FINISH : BZ_RUN) : BZ_RUN_OK;
    take_back(b, step);
    *done = last ? status == BZ_STREAM_END : step->have == 0;
    if (status == BZ_RUN_OK || status == BZ_FINISH_OK || status == BZ_STREAM_END)
        return EXN_OK;
    return exn_error_set(error, EXN_INTERNAL, 0, "cannot compress with bzip2");
}

const exn_packing_kind exn_packing_bzip2 = {open_bzip2, unpack, pack, close_bzip2};
