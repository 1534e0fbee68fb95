/* SPDX-License-Identifier: MIT */
/* zstd (RFC 8878), by libzstd. */
#include <dlfcn.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.h"
#include "library.h"
#include "packing_kind.h"

/* What is used of libzstd; all of it is stable API since 1.4.0. */
#define ZSTD_MAP(X)                                                                                \
    X(createDStream)                                                                               \
    X(decompressStream)                                                                            \
    X(freeDStream)                                                                                 \
    X(createCCtx)                                                                                  \
    X(CCtx_setParameter)                                                                           \
    X(compressStream2)                                                                             \
    X(freeCCtx)                                                                                    \
    X(isError)                                                                                     \
    X(getErrorCode)                                                                                \
    X(getErrorName)

typedef struct zstd {
    void *library;
#define X(name) __typeof__(ZSTD_##name) *name;
    ZSTD_MAP(X)
#undef X
    bool whole; /* between two frames */
    ZSTD_DStream *reader;
    ZSTD_CCtx *writer;
} zstd;

static bool load(zstd *z, exn_error *error)
{
    z->library = exn_library_open("libzstd.so.1", "zstd", error);
    bool found = z->library != NULL;
#define X(name) found = found && exn_library_find(z->library, "ZSTD_" #name, &z->name);
    ZSTD_MAP(X)
#undef X
    if (!found)
        exn_error_set(error, EXN_INTERNAL, 0, "libzstd.so.1 lacks a function");
    return found;
}

/* A checksum of the content, as the tool writes it. The window that may be asked for is libzstd's
 * default, 2^27 bytes, so that a frame cannot demand all memory. */
static bool begin(zstd *z, bool unpacks)
{
    /* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): load() has found all of them */
    if (unpacks)
        return (z->reader = z->createDStream()) != NULL;
    z->writer = z->createCCtx();
    return z->writer && !z->isError(z->CCtx_setParameter(z->writer, ZSTD_c_checksumFlag, 1));
    /* NOLINTEND(clang-analyzer-core.CallAndMessage) */
}

static void close_zstd(void *self)
{
    zstd *z = self;
    if (z->reader)
        z->freeDStream(z->reader);
    if (z->writer)
        z->freeCCtx(z->writer);
    if (z->library)
        dlclose(z->library);
    free(z);
}

static void *open_zstd(bool unpacks, exn_error *error)
{
    zstd *z = calloc(1, sizeof *z);
    if (z && load(z, error) && begin(z, unpacks))
        return z;
    exn_error_set(error, EXN_MEMORY, 0, "zstd");
    if (z)
        close_zstd(z);
    return NULL;
}

/* Frames may follow each other (RFC 8878, 3); 0 says that one has ended and all of it was given
 * out. */
static exn_status unpack(void *self, exn_step *step, bool *whole, exn_error *error)
{
    zstd *z = self;
    while (step->room > 0) {
        ZSTD_inBuffer from = {step->from, step->have, 0};
        ZSTD_outBuffer to = {step->to, step->room, 0};
        size_t left = z->decompressStream(z->reader, &to, &from);
        if (z->isError(left) && z->getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge)
            return exn_error_set(error, EXN_LIMIT, 0, "zstd window larger than 128 MiB (--long)");
        if (z->isError(left))
            return exn_error_set(error, EXN_READ, 0, "damaged zstd stream: %s",
                                 z->getErrorName(left));
        exn_step_take(step, from.pos, to.pos);
        if (from.pos == 0 && to.pos == 0)
            break; /* it may have held bytes back for lack of room; now it has none */
        z->whole = left == 0;
    }
    *whole = z->whole;
    return EXN_OK;
}

static exn_status pack(void *self, exn_step *step, bool end, bool *done, exn_error *error)
{
    zstd *z = self;
    ZSTD_inBuffer from = {step->from, step->have, 0};
    ZSTD_outBuffer to = {step->to, step->room, 0};
    size_t left = z->compressStream2(z->writer, &to, &from, end ? ZSTD_e_end : ZSTD_e_continue);
    if (z->isError(left))
        return exn_error_set(error, EXN_INTERNAL, 0, "cannot compress with zstd: %s",
                             z->getErrorName(left));
    exn_step_take(step, from.pos, to.pos);
    *done = step->have == 0 && (!end || left == 0);
    return EXN_OK;
}

const exn_packing_kind exn_packing_zstd = {open_zstd, unpack, pack, close_zstd};
