/* SPDX-License-Identifier: MIT */
#include "collect.h"

#include "chunks.h"
#include "text.h"

/* The last term matches eXIf with any case of letters, and zxIf: all but the first letter, ignoring
 * the case bit. */
static bool is_wanted(uint32_t type)
{
    return type == EXN_PNG_IHDR || type == EXN_PNG_PLTE || type == EXN_PNG_EXIF ||
           exn_png_text_is(type) || type == EXN_PNG_ACTL || type == EXN_PNG_CGBI ||
           type == EXN_PNG_IEND || ((type ^ EXN_PNG_EXIF) & 0xdfdfdf) == 0;
}

typedef struct walk {
    exn_window window;
    uint64_t offset;
    uint32_t type; /* of the previous chunk */
    bool has_idat;
    uint64_t limit;
    exn_buffer *out;
} walk;

/* An empty IDAT stands for each run. The parser needs to see where the picture's data are, not what
 * they are. */
static exn_status take_idat(walk *w, exn_error *error)
{
    size_t start;
    if (w->type == EXN_PNG_IDAT)
        return EXN_OK;
    w->has_idat = true;
    exn_status status = exn_png_chunks_put_open(w->out, EXN_PNG_IDAT, &start);
    if (status == EXN_OK)
        status = exn_png_chunks_put_close(w->out, start);
    return status == EXN_OK ? EXN_OK : exn_status_fail(error, status, "headers");
}

static exn_status take_chunk(walk *w, exn_error *error)
{
    uint8_t header[8];
    exn_status status = exn_window_read(&w->window, w->offset, header, sizeof header, error);
    if (status != EXN_OK)
        return status;
    uint64_t size = (uint64_t)exn_get32be(header) + EXN_PNG_CHUNK_OVERHEAD;
    uint32_t type = exn_get32be(header + 4);
    if (!exn_png_chunks_is_type(type)) /* the parser sees only the chunks that are kept */
        return exn_status_fail(error, EXN_CORRUPT, "illegal chunk type");
    if (size > INT32_MAX + (uint64_t)EXN_PNG_CHUNK_OVERHEAD)
        return exn_status_fail(error, EXN_CORRUPT, "illegal chunk length");
    if (size > w->window.source->size - w->offset)
        return exn_status_fail(error, EXN_CORRUPT, "file ends inside a chunk");
    if (type == EXN_PNG_IDAT)
        status = take_idat(w, error);
    /* Whatever comes first is left to the parser to judge. */
    if (is_wanted(type) || w->type == 0) {
        status = exn_status_need_memory(error, w->out->size + size, w->limit);
        if (status == EXN_OK)
            status = exn_window_append(&w->window, w->offset, (size_t)size, w->out, error);
    }
    w->offset += size;
    w->type = type;
    return status;
}

/* Browsers ignore chunks after IEND; anything but a chunk ends the walk. */
static exn_status take_trailer(walk *w, int count, exn_error *error)
{
    exn_status status = EXN_OK;
    uint8_t header[8];
    for (; status == EXN_OK && count < EXN_PNG_MAX_CHUNKS &&
           w->window.source->size - w->offset >= EXN_PNG_CHUNK_OVERHEAD;
         count++) {
        status = exn_window_read(&w->window, w->offset, header, sizeof header, error);
        if (status != EXN_OK || !exn_png_chunks_is_type(exn_get32be(header + 4)) ||
            (uint64_t)exn_get32be(header) + EXN_PNG_CHUNK_OVERHEAD >
                w->window.source->size - w->offset)
            break;
        w->type = 0; /* not an IDAT of the picture */
        if (exn_get32be(header + 4) == EXN_PNG_IDAT)
            w->offset += (uint64_t)exn_get32be(header) + EXN_PNG_CHUNK_OVERHEAD;
        else
            status = take_chunk(w, error);
    }
    return status;
}

/* Accepts a missing IEND like the parser does; then out has none. */
static exn_status find_open_end(walk *w, bool *found, exn_error *error)
{
    uint8_t header[8];
    *found = w->has_idat && w->window.source->size - w->offset < EXN_PNG_CHUNK_OVERHEAD;
    if (!w->has_idat || *found)
        return EXN_OK;
    exn_status status = exn_window_read(&w->window, w->offset, header, sizeof header, error);
    *found = status == EXN_OK && !exn_png_chunks_is_type(exn_get32be(header + 4));
    return status;
}

/* out becomes a small PNG that is then parsed like a whole file, so the meaning of chunks is
 * implemented only once. */
exn_status exn_png_collect(const exn_source *source, uint64_t limit, exn_buffer *out,
                           exn_error *error)
{
    enum { SPARSE_FILL = 64 };
    walk w = {.offset = EXN_PNG_SIGNATURE_SIZE, .limit = limit, .out = out};
    exn_window_open(&w.window, source);
    exn_status status = exn_window_append(&w.window, 0, EXN_PNG_SIGNATURE_SIZE, out, error);
    bool open_end = false;
    int count = 0;
    for (; status == EXN_OK && w.type != EXN_PNG_IEND; count++) {
        status = find_open_end(&w, &open_end, error);
        if (status != EXN_OK || open_end)
            return status;
        if (count == EXN_PNG_MAX_CHUNKS)
            return exn_status_fail(error, EXN_LIMIT, "more than %d chunks", EXN_PNG_MAX_CHUNKS);
        status = take_chunk(&w, error);
        /* IDATs of 8 KiB are common: reading a window for each header would read half of the file.
         */
        if (w.has_idat)
            w.window.fill = SPARSE_FILL;
    }
    return status == EXN_OK ? take_trailer(&w, count, error) : status;
}
