#include "packing.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "library.h"

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

typedef struct zstd_calls {
    void *handle;
#define X(name) __typeof__(ZSTD_##name) *name;
    ZSTD_MAP(X)
#undef X
} zstd_calls;

struct exn_packer {
    exn_packing packing;
    bool unpacks;
    bool whole; /* between two members or frames */
    z_stream gzip;
    zstd_calls zstd;
    ZSTD_DStream *reader;
    ZSTD_CCtx *writer;
};

exn_packing exn_packing_tell(const uint8_t *data, size_t size)
{
    if (size >= 2 && memcmp(data, "\x1f\x8b", 2) == 0)
        return EXN_PACKING_GZIP;
    if (size >= 4 && memcmp(data, "\x28\xb5\x2f\xfd", 4) == 0)
        return EXN_PACKING_ZSTD;
    /* RFC 8878, 3.1.2: a skippable frame, of 16 kinds; pzstd begins with one */
    if (size >= 4 && data[0] >> 4 == 5 && memcmp(data + 1, "\x2a\x4d\x18", 3) == 0)
        return EXN_PACKING_ZSTD;
    return EXN_PACKING_NONE;
}

static bool load_zstd(zstd_calls *zstd, exn_error *error)
{
    zstd->handle = exn_library_open("libzstd.so.1", "zstd", error);
    bool found = zstd->handle != NULL;
#define X(name) found = found && exn_library_find(zstd->handle, "ZSTD_" #name, &zstd->name);
    ZSTD_MAP(X)
#undef X
    if (!found)
        exn_item_fail(error, EXN_INTERNAL, 0, "libzstd.so.1 lacks a function");
    return found;
}

static bool open_gzip(exn_packer *p)
{
    enum { GZIP_ONLY = 16, MEMORY = 8 }; /* zlib.h: added to the window's bits */
    return p->unpacks ? inflateInit2(&p->gzip, MAX_WBITS + GZIP_ONLY) == Z_OK
                      : deflateInit2(&p->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                                     MAX_WBITS + GZIP_ONLY, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
}

static bool open_zstd(exn_packer *p)
{
    /* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): load_zstd() has found all of them */
    if (p->unpacks)
        return (p->reader = p->zstd.createDStream()) != NULL;
    p->writer = p->zstd.createCCtx();
    return p->writer &&
           !p->zstd.isError(p->zstd.CCtx_setParameter(p->writer, ZSTD_c_checksumFlag, 1));
    /* NOLINTEND(clang-analyzer-core.CallAndMessage) */
}

exn_packer *exn_packer_open(exn_packing packing, bool unpacks, exn_error *error)
{
    exn_packer *p = calloc(1, sizeof *p);
    if (!p) {
        exn_item_fail(error, EXN_MEMORY, 0, "no room to unpack it");
        return NULL;
    }
    p->packing = packing;
    p->unpacks = unpacks;
    if (packing == EXN_PACKING_ZSTD && !load_zstd(&p->zstd, error)) {
        exn_packer_close(p);
        return NULL;
    }
    if (packing == EXN_PACKING_GZIP ? open_gzip(p) : open_zstd(p))
        return p;
    exn_item_fail(error, EXN_MEMORY, 0, "no room to unpack it");
    exn_packer_close(p);
    return NULL;
}

/* zlib counts in unsigned int. */
static void lend(exn_packer *p, const exn_step *step)
{
    p->gzip.next_in = (Bytef *)(uintptr_t)step->from; /* zlib does not write to it */
    p->gzip.avail_in = (uInt)(step->have < UINT32_MAX ? step->have : UINT32_MAX);
    p->gzip.next_out = step->to;
    p->gzip.avail_out = (uInt)(step->room < UINT32_MAX ? step->room : UINT32_MAX);
}

static void take_back(const exn_packer *p, exn_step *step)
{
    step->have -= (size_t)(p->gzip.next_in - step->from);
    step->from = p->gzip.next_in;
    step->room -= (size_t)(p->gzip.next_out - step->to);
    step->to = p->gzip.next_out;
}

/* A gzip file may have several members (RFC 1952, 2.2) and, from tapes, zeros behind them. */
static exn_status unpack_gzip(exn_packer *p, exn_step *step, exn_error *error)
{
    while (step->have > 0 && step->room > 0) {
        if (p->whole && *step->from == 0) {
            step->from++;
            step->have--;
            continue;
        }
        if (p->whole)
            inflateReset(&p->gzip);
        lend(p, step);
        int status = inflate(&p->gzip, Z_NO_FLUSH);
        take_back(p, step);
        p->whole = status == Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return exn_item_fail(error, status == Z_MEM_ERROR ? EXN_MEMORY : EXN_READ, 0,
                                 "its gzip stream is damaged: %s",
                                 p->gzip.msg ? p->gzip.msg : "no memory");
    }
    return EXN_OK;
}

static exn_status unpack_zstd(exn_packer *p, exn_step *step, exn_error *error)
{
    while (step->room > 0) {
        ZSTD_inBuffer from = {step->from, step->have, 0};
        ZSTD_outBuffer to = {step->to, step->room, 0};
        size_t left = p->zstd.decompressStream(p->reader, &to, &from);
        if (p->zstd.isError(left) &&
            p->zstd.getErrorCode(left) == ZSTD_error_frameParameter_windowTooLarge)
            return exn_item_fail(error, EXN_LIMIT, 0, "its zstd window is over 128 MiB (--long)");
        if (p->zstd.isError(left))
            return exn_item_fail(error, EXN_READ, 0, "its zstd stream is damaged: %s",
                                 p->zstd.getErrorName(left));
        step->from += from.pos;
        step->have -= from.pos;
        step->to += to.pos;
        step->room -= to.pos;
        if (from.pos > 0 || to.pos > 0)
            p->whole = left == 0;
        else
            break; /* it may have held bytes back for want of room; now it has none */
    }
    return EXN_OK;
}

exn_status exn_packer_unpack(exn_packer *packer, exn_step *step, bool *whole, exn_error *error)
{
    exn_status status = packer->packing == EXN_PACKING_GZIP ? unpack_gzip(packer, step, error)
                                                            : unpack_zstd(packer, step, error);
    *whole = packer->whole;
    return status;
}

static exn_status pack_gzip(exn_packer *p, exn_step *step, bool end, bool *done, exn_error *error)
{
    lend(p, step);
    int status = deflate(&p->gzip, end ? Z_FINISH : Z_NO_FLUSH);
    take_back(p, step);
    *done = end ? status == Z_STREAM_END : step->have == 0;
    if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
        return EXN_OK;
    return exn_item_fail(error, EXN_INTERNAL, 0, "cannot pack it by gzip");
}

static exn_status pack_zstd(exn_packer *p, exn_step *step, bool end, bool *done, exn_error *error)
{
    ZSTD_inBuffer from = {step->from, step->have, 0};
    ZSTD_outBuffer to = {step->to, step->room, 0};
    size_t left =
        p->zstd.compressStream2(p->writer, &to, &from, end ? ZSTD_e_end : ZSTD_e_continue);
    if (p->zstd.isError(left))
        return exn_item_fail(error, EXN_INTERNAL, 0, "cannot pack it by zstd: %s",
                             p->zstd.getErrorName(left));
    step->from += from.pos;
    step->have -= from.pos;
    step->to += to.pos;
    step->room -= to.pos;
    *done = step->have == 0 && (!end || left == 0);
    return EXN_OK;
}

exn_status exn_packer_pack(exn_packer *packer, exn_step *step, bool end, bool *done,
                           exn_error *error)
{
    return packer->packing == EXN_PACKING_GZIP ? pack_gzip(packer, step, end, done, error)
                                               : pack_zstd(packer, step, end, done, error);
}

void exn_packer_close(exn_packer *packer)
{
    if (!packer)
        return;
    if (packer->packing == EXN_PACKING_GZIP && packer->unpacks)
        inflateEnd(&packer->gzip);
    else if (packer->packing == EXN_PACKING_GZIP)
        deflateEnd(&packer->gzip);
    if (packer->reader)
        packer->zstd.freeDStream(packer->reader);
    if (packer->writer)
        packer->zstd.freeCCtx(packer->writer);
    if (packer->zstd.handle)
        dlclose(packer->zstd.handle);
    free(packer);
}
