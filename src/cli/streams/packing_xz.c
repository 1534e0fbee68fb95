/* SPDX-License-Identifier: MIT */
/* xz (The .xz File Format, 1.1.0), by liblzma, which libarchive brings along. */
#include <dlfcn.h>
#include <lzma.h>
#include <stdlib.h>

#include "base/error.h"
#include "library.h"
#include "packing_kind.h"

/* xz -9 makes streams that need 65 MiB to be unpacked; the limit is zstd's. */
#define MOST_MEMORY ((uint64_t)129 << 20)
#define PRESET      6 /* what the tool takes */

/* What is used of liblzma; all of it is stable API since 5.0. */
#define LZMA_MAP(X)                                                                                \
    X(stream_decoder)                                                                              \
    X(easy_encoder)                                                                                \
    X(code)                                                                                        \
    X(end)

typedef struct xz {
    void *library;
#define X(name) __typeof__(lzma_##name) *name;
    LZMA_MAP(X)
#undef X
    bool unpacks;
    bool whole; /* between two streams */
    lzma_stream stream;
} xz;

static bool load(xz *x, exn_error *error)
{
    x->library = exn_library_open("liblzma.so.5", "xz", error);
    bool found = x->library != NULL;
#define X(name) found = found && exn_library_find(x->library, "lzma_" #name, &x->name);
    LZMA_MAP(X)
#undef X
    if (!found)
        exn_error_set(error, EXN_INTERNAL, 0, "liblzma.so.5 lacks a function");
    return found;
}

/* A stream that is sealed by what this library cannot compute would come through unchecked. */
static bool begin(xz *x)
{
    /* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): load() has found all of them */
    lzma_ret status = x->unpacks
                          ? x->stream_decoder(&x->stream, MOST_MEMORY, LZMA_TELL_UNSUPPORTED_CHECK)
                          : x->easy_encoder(&x->stream, PRESET, LZMA_CHECK_CRC64);
    /* NOLINTEND(clang-analyzer-core.CallAndMessage) */
    return status == LZMA_OK;
}

static void close_xz(void *self)
{
    xz *x = self;
    if (x->end)
        x->end(&x->stream);
    if (x->library)
        dlclose(x->library);
    free(x);
}

static void *open_xz(bool unpacks, exn_error *error)
{
    xz *x = calloc(1, sizeof *x);
    if (x) {
        x->unpacks = unpacks;
        x->stream = (lzma_stream)LZMA_STREAM_INIT;
    }
    if (x && load(x, error) && begin(x))
        return x;
    exn_error_set(error, EXN_MEMORY, 0, "xz");
    if (x)
        close_xz(x);
    return NULL;
}

static lzma_ret code(xz *x, exn_step *step, lzma_action action)
{
    x->stream.next_in = step->from;
    x->stream.avail_in = step->have;
    x->stream.next_out = step->to;
    x->stream.avail_out = step->room;
    lzma_ret status = x->code(&x->stream, action);
    exn_step_take(step, step->have - x->stream.avail_in, step->room - x->stream.avail_out);
    return status;
}

static exn_status fail(lzma_ret status, exn_error *error)
{
    switch (status) {
    case LZMA_MEM_ERROR:
        return exn_error_set(error, EXN_MEMORY, 0, "xz");
    case LZMA_MEMLIMIT_ERROR:
        return exn_error_set(error, EXN_LIMIT, 0, "xz dictionary larger than 128 MiB");
    case LZMA_UNSUPPORTED_CHECK:
    case LZMA_OPTIONS_ERROR:
        return exn_error_set(error, EXN_UNSUPPORTED, 0, "unknown kind of xz stream");
    default:
        return exn_error_set(error, EXN_READ, 0, "damaged xz stream");
    }
}

/* Streams may follow each other, with zeros between them (The .xz File Format, 2 and 2.2). liblzma
 * may hold bytes back for lack of room, so it is asked without input, too. */
static exn_status unpack(void *self, exn_step *step, bool *whole, exn_error *error)
{
    xz *x = self;
    while (step->room > 0) {
        size_t have = step->have, room = step->room;
        if (x->whole)
            exn_step_skip_zeros(step);
        if (x->whole && step->have == 0)
            break;
        if (x->whole && !begin(x))
            return fail(LZMA_MEM_ERROR, error);
        lzma_ret status = code(x, step, LZMA_RUN);
        x->whole = status == LZMA_STREAM_END;
        if (status != LZMA_OK && status != LZMA_STREAM_END && status != LZMA_BUF_ERROR)
            return fail(status, error);
        if (have == step->have && room == step->room)
            break;
    }
    *whole = x->whole;
    return EXN_OK;
}

static exn_status pack(void *self, exn_step *step, bool end, bool *done, exn_error *error)
{
    xz *x = self;
    lzma_ret status = code(x, step, end ? LZMA_FINISH : LZMA_RUN);
    *done = end ? status == LZMA_STREAM_END : step->have == 0;
    if (status == LZMA_OK || status == LZMA_STREAM_END || status == LZMA_BUF_ERROR)
        return EXN_OK;
    return exn_error_set(error, EXN_INTERNAL, 0, "cannot compress with xz");
}

const exn_packing_kind exn_packing_xz = {open_xz, unpack, pack, close_xz};
