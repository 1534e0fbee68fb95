/* SPDX-License-Identifier: MIT */
/* RFC 9649, 2.4 to 2.7:
 *
 *   RIFF size WEBP
 *     VP8 | VP8L                        a simple file needs nothing else
 *     VP8X                              an extended one, with flags and canvas:
 *       ICCP
 *       ALPH VP8 | VP8L                   a still picture
 *       ANIM, ANMF ANMF ...               or an animation
 *       EXIF, XMP
 *   what follows                        is not part of it, but some readers look into it */
#include "chunks.h"

#include <stdlib.h>
#include <string.h>

bool exn_webp_chunks_is_metadata(uint32_t name)
{
    return name == EXN_WEBP_EXIF || name == EXN_WEBP_XMP || name == EXN_WEBP_XMP_0 ||
           name == EXN_WEBP_XMP_RIFF;
}

void exn_webp_chunks_free(exn_webp *webp)
{
    free(webp->chunks);
    *webp = (exn_webp){0};
}

uint64_t exn_webp_chunks_end(const exn_webp_chunk *chunk)
{
    return chunk->offset + EXN_WEBP_CHUNK_OVERHEAD + chunk->size + (chunk->size & 1);
}

exn_span exn_webp_chunks_data(const exn_webp_chunk *chunk, exn_span file)
{
    return exn_span_part(file, (size_t)chunk->offset + EXN_WEBP_CHUNK_OVERHEAD, chunk->size);
}

static exn_status add(exn_webp *webp, exn_webp_chunk chunk, exn_error *error)
{
    if (webp->count == EXN_WEBP_MAX_CHUNKS)
        return exn_status_fail(error, EXN_LIMIT, "more than %d chunks", EXN_WEBP_MAX_CHUNKS);
    if (webp->count == webp->capacity) {
        size_t capacity = webp->capacity ? webp->capacity * 2 : 16;
        exn_webp_chunk *chunks = realloc(webp->chunks, capacity * sizeof *chunks);
        if (!chunks)
            return exn_status_fail(error, EXN_MEMORY, "chunk list");
        webp->chunks = chunks;
        webp->capacity = capacity;
    }
    webp->chunks[webp->count++] = chunk;
    return EXN_OK;
}

/* RFC 9649, 2.7: flags, three reserved bytes, width - 1 and height - 1 in 24 bits each.
 *
 *     0        1          4              7               10
 *     | flags  | reserved | width - 1    | height - 1    |    the lowest byte first */
static exn_status take_extended(exn_webp *webp, exn_window *window, const exn_webp_chunk *chunk,
                                exn_error *error)
{
    uint8_t header[EXN_WEBP_VP8X_SIZE];
    if (chunk->size < sizeof header)
        return exn_status_fail(error, EXN_CORRUPT, "VP8X: %u bytes", chunk->size);
    exn_status status = exn_window_read(window, chunk->offset + EXN_WEBP_CHUNK_OVERHEAD, header,
                                        sizeof header, error);
    if (status != EXN_OK)
        return status;
    webp->extended = true;
    webp->flags = header[0];
    webp->width = (exn_get32(header + 4, false) & 0xFFFFFF) + 1;
    /* Four bytes from 7 on would extend beyond the header, so they are read from 6 on. */
    webp->height = (exn_get32(header + 6, false) >> 8) + 1;
    return EXN_OK;
}

/* RFC 6386, 9.1: a key frame, its start code, 14 bits each of width and height. RFC 9649, 3.4: the
 * signature, 14 bits each of width - 1 and height - 1, and one that says whether alpha is used. */
static bool read_size(uint32_t name, const uint8_t header[10], uint32_t *width, uint32_t *height,
                      bool *alpha)
{
    if (name == EXN_WEBP_VP8) {
        *width = exn_get16(header + 6, false) & 0x3FFF;
        *height = exn_get16(header + 8, false) & 0x3FFF;
        return (header[0] & 1) == 0 && memcmp(header + 3, "\x9D\x01\x2A", 3) == 0 && *width > 0 &&
               *height > 0;
    }
    uint32_t bits = exn_get32(header + 1, false);
    *width = (bits & 0x3FFF) + 1;
    *height = (bits >> 14 & 0x3FFF) + 1;
    *alpha = bits >> 28 & 1;
    return header[0] == 0x2F;
}

/* The only picture of a file that is not animated. Decoders refuse one whose size differs from the
 * canvas. */
static exn_status take_still(exn_webp *webp, exn_window *window, const exn_webp_chunk *chunk,
                             exn_error *error)
{
    enum { HEADER = 10, HEADER_VP8L = 5 };
    uint8_t header[HEADER] = {0};
    uint32_t width = 0, height = 0;
    bool alpha = false;
    size_t size = chunk->name == EXN_WEBP_VP8 ? HEADER : HEADER_VP8L;
    exn_status status = EXN_OK;
    if (chunk->size >= size)
        status =
            exn_window_read(window, chunk->offset + EXN_WEBP_CHUNK_OVERHEAD, header, size, error);
    if (status != EXN_OK)
        return status;
    if (chunk->size < size || !read_size(chunk->name, header, &width, &height, &alpha))
        return exn_status_fail(error, EXN_CORRUPT, "its picture has no header");
    if (webp->extended && (webp->width != width || webp->height != height))
        return exn_status_fail(error, EXN_CORRUPT, "a canvas of %ux%u for a picture of %ux%u",
                               webp->width, webp->height, width, height);
    webp->width = width;
    webp->height = height;
    if (alpha)
        webp->components = 4;
    return EXN_OK;
}

/* Takes note of the last chunk in the list, which is inside the RIFF. In an animated extended file
 * the frames are the picture, otherwise the first VP8 or VP8L (RFC 9649, 2.7). */
static exn_status note(exn_webp *webp, exn_window *window, exn_error *error)
{
    const size_t index = webp->count - 1;
    const exn_webp_chunk *chunk = &webp->chunks[index];
    const bool animated = webp->flags & EXN_WEBP_FLAG_ANIMATION;
    if (index == 0 && chunk->name == EXN_WEBP_VP8X)
        return take_extended(webp, window, chunk, error);
    if (chunk->name == EXN_WEBP_ALPH && webp->extended && !webp->picture)
        webp->components = 4;
    if (webp->picture || (index == 0 && webp->extended))
        return EXN_OK;
    if (animated && chunk->name == EXN_WEBP_ANMF) {
        webp->picture = index + 1;
        return EXN_OK;
    }
    if (animated || (chunk->name != EXN_WEBP_VP8 && chunk->name != EXN_WEBP_VP8L))
        return EXN_OK;
    webp->picture = index + 1;
    return take_still(webp, window, chunk, error);
}

/* A name is four ASCII letters (RFC 9649, 2.3), but one tool ends XMP's with a zero. */
static bool is_name(const uint8_t *name)
{
    for (int i = 0; i < 4; i++)
        if ((name[i] < ' ' || name[i] > '~') && !(i == 3 && memcmp(name, "XMP", 4) == 0))
            return false;
    return true;
}

/* Reads the chunk at *offset and advances *offset past it. *found becomes false at the end of the
 * list; what follows the RIFF need not consist of chunks. */
static exn_status take_chunk(exn_webp *webp, exn_window *window, uint64_t *offset, bool *found,
                             exn_error *error)
{
    uint8_t header[EXN_WEBP_CHUNK_OVERHEAD];
    const uint64_t left = window->source->size - *offset;
    const bool inside = *offset < webp->riff_end;
    *found = false;
    if (left < sizeof header)
        return EXN_OK;
    exn_status status = exn_window_read(window, *offset, header, sizeof header, error);
    if (status != EXN_OK)
        return status;
    const exn_webp_chunk chunk = {*offset, exn_get32be(header), exn_get32(header + 4, false)};
    const uint64_t end = *offset + EXN_WEBP_CHUNK_OVERHEAD + chunk.size;
    if (inside && (end > window->source->size || end > webp->riff_end))
        return exn_status_fail(error, EXN_CORRUPT, "a chunk is cut off");
    if (!inside && (end > window->source->size || !is_name(header)))
        return EXN_OK;
    *found = true;
    status = add(webp, chunk, error);
    if (status == EXN_OK && inside)
        webp->inside = webp->count;
    /* The last padding byte may be missing. */
    const uint64_t padded = exn_webp_chunks_end(&chunk);
    *offset = padded < window->source->size ? padded : window->source->size;
    return status;
}

/* Where the RIFF ends, according to its header. Decoders wait for missing data, except for a
 * padding byte that some writers count but do not write. */
static exn_status read_head(exn_window *window, uint64_t *riff_end, exn_error *error)
{
    uint8_t head[EXN_WEBP_HEAD];
    exn_status status = exn_window_read(window, 0, head, sizeof head, error);
    if (status != EXN_OK)
        return status;
    *riff_end = 8 + (uint64_t)exn_get32(head + 4, false);
    if (*riff_end > window->source->size + 1)
        return exn_status_fail(error, EXN_CORRUPT, "the file ends before its RIFF does");
    return EXN_OK;
}

/* An error in the picture does not end the walk: the metadata of a file that is only copied is
 * examined all the same. Until the end, webp->picture is one more than the index, since 0 means
 * that there is none yet. */
exn_status exn_webp_chunks_walk(exn_webp *webp, exn_window *window, const exn_cancel *cancel,
                                exn_error *error)
{
    /* Frames are far apart: a full window for each header would read half of the file. */
    enum { SPARSE_FILL = 64 };
    uint64_t offset = EXN_WEBP_HEAD;
    bool found = true;
    webp->components = 3;
    exn_status picture = read_head(window, &webp->riff_end, error);
    exn_status status = picture == EXN_CORRUPT ? EXN_OK : picture;
    while (status == EXN_OK && found) {
        const size_t inside = webp->inside;
        status = exn_cancel_check(cancel, error);
        if (status == EXN_OK)
            status = take_chunk(webp, window, &offset, &found, error);
        if (status == EXN_OK && picture == EXN_OK && webp->inside > inside)
            picture = note(webp, window, error);
        if (picture != EXN_OK && picture != EXN_CORRUPT)
            return picture;
        if (webp->count > 2)
            window->fill = SPARSE_FILL;
    }
    webp->end = offset;
    if (webp->flags & EXN_WEBP_FLAG_ALPHA)
        webp->components = 4;
    if (status != EXN_OK || picture != EXN_OK)
        return status != EXN_OK ? status : picture;
    if (!webp->picture)
        return exn_status_fail(error, EXN_CORRUPT, "no picture");
    webp->picture--;
    return EXN_OK;
}
