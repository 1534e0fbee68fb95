/* SPDX-License-Identifier: MIT */
#include "block.h"

#include <string.h>
#include <strings.h>

/* Exif 2.32, 4.7.2; XMP specification part 3, 1.1.3. The literals' terminating NULs are included.
 */
static const char xmp_namespace[] = "http://ns.adobe.com/xap/1.0/";
static const char extension_namespace[] = "http://ns.adobe.com/xmp/extension/";

static exn_block cut(exn_block_kind kind, exn_span payload, size_t prefix)
{
    return (exn_block){kind, exn_span_part(payload, 0, prefix),
                       exn_span_part(payload, prefix, SIZE_MAX)};
}

/* Where the header of an Exif block ends; 0: there is none. Browsers require it at the front and in
 * this case; exiftool accepts any case, and up to four bytes before it; ffmpeg any two bytes after
 * the letters. */
static size_t exif_header_end(exn_span payload)
{
    enum { STRAY_BYTES = 4 };
    if (payload.size >= EXN_BLOCK_EXIF_PREFIX && exn_span_starts(payload, "Exif", 4))
        return EXN_BLOCK_EXIF_PREFIX;
    for (size_t at = 0; at <= STRAY_BYTES && at + EXN_BLOCK_EXIF_PREFIX <= payload.size; at++)
        if (strncasecmp((const char *)payload.data + at, "Exif", 5) == 0)
            return at + EXN_BLOCK_EXIF_PREFIX;
    return 0;
}

bool exn_block_is_honoured(const exn_block *block)
{
    return block->kind == EXN_BLOCK_EXIF && block->prefix.size == EXN_BLOCK_EXIF_PREFIX &&
           exn_span_starts(block->prefix, "Exif", 5);
}

static bool contains(exn_span span, const char *word)
{
    return span.size > 0 && memmem(span.data, span.size, word, strlen(word));
}

/* What exiftool reads as XMP in an APP1 without Adobe's header: another address or a short name in
 * front, or just the start of a packet anywhere. It never searches segments whose own format it
 * knows by name. */
static bool is_bare_xmp(exn_span payload)
{
    static const char *const others[] = {"QVCI", "FLIR", "PARROT"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (exn_span_starts(payload, others[i], strlen(others[i]) + 1))
            return false;
    return exn_span_starts(payload, "http", 4) || exn_span_starts(payload, "XMP", 4) ||
           contains(payload, "<?xpacket") || contains(payload, "<exif:");
}

/* Where the markup begins; the header before it may contain zeros, which would look like UTF-16. */
static size_t markup_at(exn_span payload)
{
    const uint8_t *const start = payload.size > 0 ? memchr(payload.data, '<', payload.size) : NULL;
    return start ? (size_t)(start - payload.data) : payload.size;
}

exn_block exn_block_of(exn_span payload)
{
    size_t exif = exif_header_end(payload);
    if (exif)
        return cut(EXN_BLOCK_EXIF, payload, exif);
    if (exn_span_starts(payload, xmp_namespace, sizeof xmp_namespace))
        return cut(EXN_BLOCK_XMP, payload, sizeof xmp_namespace);
    if (exn_span_starts(payload, extension_namespace, sizeof extension_namespace))
        return cut(EXN_BLOCK_XMP_EXTENDED, payload, sizeof extension_namespace);
    if (is_bare_xmp(payload))
        return cut(EXN_BLOCK_XMP, payload, markup_at(payload));
    return cut(EXN_BLOCK_OTHER, payload, 0);
}

exn_block exn_block_counted(exn_span bytes)
{
    enum { COUNT = 4 };
    const size_t start = bytes.size >= COUNT ? (size_t)exn_get32be(bytes.data) : 0;
    return cut(EXN_BLOCK_EXIF, bytes, start < bytes.size ? start + COUNT : bytes.size);
}

size_t exn_block_stray_header(exn_span bytes)
{
    static const uint8_t header[EXN_BLOCK_EXIF_PREFIX] = "Exif\0";
    return exn_span_starts(bytes, header, sizeof header) ? sizeof header : 0;
}
