/* SPDX-License-Identifier: MIT */
/* gzip (RFC 1952), by zlib. */
#include <stdlib.h>
#include <zlib.h>

#include "base/error.h"
#include "packing_kind.h"

typedef struct gzip {
    z_stream stream;
    bool unpacks;
    bool whole; /* between two members */
} gzip;

/* GZIP_ONLY: neither zlib's own wrapper nor bare deflate is taken. zlib writes a header without
 * name and time, so the same archive is packed to the same bytes. */
static bool begin(gzip *g)
{
    enum { GZIP_ONLY = 16, MEMORY = 8 }; /* zlib.h: added to the window's bits */
    return g->unpacks ? inflateInit2(&g->stream, MAX_WBITS + GZIP_ONLY) == Z_OK
                      : deflateInit2(&g->stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                                     MAX_WBITS + GZIP_ONLY, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
}

static void *open_gzip(bool unpacks, exn_error *error)
{
    gzip *g = calloc(1, sizeof *g);
    if (g) {
        g->unpacks = unpacks;
        if (begin(g))
            return g;
    }
    free(g);
    exn_error_set(error, EXN_MEMORY, 0, "gzip");
    return NULL;
}

/* zlib counts in unsigned int. */
static void lend(gzip *g, const exn_step *step)
{
    g->stream.next_in = (Bytef *)(uintptr_t)step->from; /* zlib does not write to it */
    g->stream.avail_in = (uInt)(step->have < UINT32_MAX ? step->have : UINT32_MAX);
    g->stream.next_out = step->to;
    g->stream.avail_out = (uInt)(step->room < UINT32_MAX ? step->room : UINT32_MAX);
}

static void take_back(const gzip *g, exn_step *step)
{
    exn_step_take(step, (size_t)(g->stream.next_in - step->from),
                  (size_t)(g->stream.next_out - step->to));
}

/* A gzip file may have several members (RFC 1952, 2.2). inflate() holds each member's CRC-32 and
 * size against its trailer (2.3.1). After a member only zeros and another member may come: other
 * bytes, which gzip(1) would ignore with a warning, are damage here. */
static exn_status unpack(void *self, exn_step *step, bool *whole, exn_error *error)
{
    gzip *g = self;
    while (step->have > 0 && step->room > 0) {
        if (g->whole)
            exn_step_skip_zeros(step);
        if (step->have == 0)
            break;
        if (g->whole)
            inflateReset(&g->stream);
        lend(g, step);
        int status = inflate(&g->stream, Z_NO_FLUSH);
        take_back(g, step);
        g->whole = status == Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return exn_error_set(error, status == Z_MEM_ERROR ? EXN_MEMORY : EXN_READ, 0,
                                 "damaged gzip stream: %s",
                                 g->stream.msg ? g->stream.msg : "out of memory");
    }
    *whole = g->whole;
    return EXN_OK;
}

/* Z_BUF_ERROR is no error: no progress was possible this time (zlib.h). */
static exn_status pack(void *self, exn_step *step, bool end, bool *done, exn_error *error)
{
    gzip *g = self;
    lend(g, step);
    int status = deflate(&g->stream, end ? Z_FINISH : Z_NO_FLUSH);
    take_back(g, step);
    *done = end ? status == Z_STREAM_END : step->have == 0;
    if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
        return EXN_OK;
    return exn_error_set(error, EXN_INTERNAL, 0, "cannot compress with gzip");
}

static void close_gzip(void *self)
{
    gzip *g = self;
    if (g->unpacks)
        inflateEnd(&g->stream);
    else
        deflateEnd(&g->stream);
    free(g);
}

const exn_packing_kind exn_packing_gzip = {open_gzip, unpack, pack, close_gzip};
