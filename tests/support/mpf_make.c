/* SPDX-License-Identifier: MIT */
#include "support/mpf_make.h"

#include "support/exif_make.h"
#include "support/jpeg_oracle.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { APP1 = 0xE1, APP2 = 0xE2, ENTRY = 16, HEAD = 8, IFD_ENTRIES = 3 };

static void say(exn_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(exn_buffer *out, const char *format, ...)
{
    char words[400];
    va_list arguments;

    va_start(arguments, format);
    const int size = vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (size < 0 || size >= (int)sizeof words || exn_buffer_append(out, words, (size_t)size))
        abort();
}

static void say_item(exn_buffer *out, bool elements, const char *mime, const char *semantic,
                     size_t length, size_t padding)
{
    say(out, "<rdf:li rdf:parseType=\"Resource\">\n");
    if (elements)
        say(out,
            "<C:Item rdf:parseType='Resource'><Item:Mime>%s</Item:Mime>"
            "<Item:Semantic>%s</Item:Semantic>",
            mime, semantic);
    else
        say(out, "<C:Item\n Item:Mime=\"%s\"\n Item:Semantic=\"%s\"", mime, semantic);
    if (length > 0)
        say(out, elements ? "<Item:Length> %zu</Item:Length>" : "\n Item:Length=\"%zu\"", length);
    if (padding > 0)
        say(out, elements ? "<Item:Padding>%zu</Item:Padding>" : "\n Item:Padding=\"%zu\"",
            padding);
    say(out, elements ? "</C:Item></rdf:li>" : "/>\n</rdf:li>\n");
}

static void say_directory(const exn_test_multi *m, size_t primary_size, exn_buffer *out)
{
    size_t gap = m->count > 0 ? m->secondary[0].gap : 0;

    say(out, "<C:Directory><rdf:Seq>");
    say_item(out, m->elements, "image/jpeg", "Primary", m->primary_length ? primary_size : 0, gap);
    for (size_t i = 0; i < m->count; i++) {
        gap = i + 1 < m->count ? m->secondary[i + 1].gap : 0;
        if (m->secondary[i].semantic)
            say_item(out, m->elements, "image/jpeg", m->secondary[i].semantic,
                     m->secondary[i].jpeg.size, gap);
    }
    if (m->trailer_mime)
        say_item(out, m->elements, m->trailer_mime, "MotionPhoto", m->trailer.size, 0);
    say(out, "</rdf:Seq></C:Directory>");
}

static void say_xmp(const exn_test_multi *m, size_t primary_size, exn_buffer *out)
{
    say(out, "http://ns.adobe.com/xap/1.0/");
    exn_buffer_append(out, "", 1);
    if (m->wrapper)
        say(out, "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>");
    say(out, "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
             "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
             "<rdf:Description rdf:about=''");
    if (m->directory)
        say(out, " xmlns:C=\"http://ns.google.com/photos/1.0/container/\""
                 " xmlns:Item=\"http://ns.google.com/photos/1.0/container/item/\"");
    if (m->hdrgm)
        say(out, " xmlns:hdrgm=\"http://ns.adobe.com/hdr-gain-map/1.0/\" hdrgm:Version=\"1.0\"");
    say(out, ">");
    if (m->directory)
        say_directory(m, primary_size, out);
    say(out, "</rdf:Description></rdf:RDF></x:xmpmeta>");
    if (m->wrapper)
        say(out, "%100s<?xpacket end='w'?>", "\n");
}

static void put_entry(uint8_t *p, bool big, uint32_t tag, uint32_t type, uint32_t count,
                      uint32_t value)
{
    exn_put16(p, tag, big);
    exn_put16(p + 2, type, big);
    exn_put32(p + 4, count, big);
    exn_put32(p + 8, value, big);
}

/* The block without sizes and offsets. DC-007, 5.2: index IFD, attribute IFD, then the entries. */
static void make_mpf(const exn_test_multi *m, exn_buffer *out)
{
    uint8_t block[400] = {0};
    const bool big = m->big_endian;
    const uint32_t attributes = HEAD + 2 + IFD_ENTRIES * 12 + 4;
    const uint32_t entries = attributes + (m->attributes ? 2 + 2 * 12 + 4 : 0);
    const uint32_t count = (uint32_t)m->count + 1;
    uint8_t *const tiff = block + 4;

    memcpy(block, "MPF", 4);
    memcpy(tiff, big ? "MM\0*" : "II*\0", 4);
    exn_put32(tiff + 4, HEAD, big);
    exn_put16(tiff + HEAD, IFD_ENTRIES, big);
    put_entry(tiff + HEAD + 2, big, 0xB000, 7, 4, 0);
    memcpy(tiff + HEAD + 2 + 8, "0100", 4);
    put_entry(tiff + HEAD + 14, big, 0xB001, 4, 1, count);
    put_entry(tiff + HEAD + 26, big, 0xB002, 7, count * ENTRY, entries);
    exn_put32(tiff + HEAD + 38, m->attributes ? attributes : 0, big);
    if (m->attributes) {
        exn_put16(tiff + attributes, 2, big);
        put_entry(tiff + attributes + 2, big, 0xB000, 7, 4, 0);
        memcpy(tiff + attributes + 2 + 8, "0100", 4);
        put_entry(tiff + attributes + 14, big, 0xB101, 4, 1, 1);
    }
    exn_put32(tiff + entries, 0x030000, big);
    for (size_t i = 0; i < m->count; i++)
        exn_put32(tiff + entries + ENTRY * (i + 1), m->secondary[i].type, big);
    exn_buffer_append(out, block, 4 + entries + count * ENTRY);
}

static bool insert(exn_buffer *file, uint8_t marker, const exn_buffer *payload)
{
    exn_buffer longer = {0};
    const bool done =
        exn_test_jpeg_insert(exn_buffer_span(file), marker, exn_buffer_span(payload), &longer);

    exn_buffer_free(file);
    *file = longer;
    return done;
}

/* The first picture with all its segments, in front of which primary_size is to be known. */
static bool make_primary(const exn_test_multi *m, size_t primary_size, exn_buffer *out)
{
    static const char iso[] = "urn:iso:std:iso:ts:21496:-1\0\0\0\0";
    exn_buffer file = {0}, mpf = {0}, xmp = {0}, signal = {0};
    bool done = !exn_buffer_append(&file, m->primary.data, m->primary.size);

    make_mpf(m, &mpf);
    say_xmp(m, primary_size, &xmp);
    exn_buffer_append(&signal, iso, sizeof iso);
    done = done && (!m->mpf || insert(&file, APP2, &mpf)) &&
           (!m->iso || insert(&file, APP2, &signal)) &&
           (!(m->directory || m->hdrgm) || insert(&file, APP1, &xmp)) &&
           (m->orientation ? exn_test_tag(exn_buffer_span(&file), m->orientation, out)
                           : !exn_buffer_append(out, file.data, file.size));
    exn_buffer_free(&file);
    exn_buffer_free(&mpf);
    exn_buffer_free(&xmp);
    exn_buffer_free(&signal);
    return done;
}

static void put_index(exn_buffer *file, size_t i, size_t size, size_t at)
{
    exn_test_index index;

    exn_test_index_read(exn_buffer_span(file), &index);
    uint8_t *const entry = file->data + index.at + i * ENTRY;
    exn_put32(entry + 4, (uint32_t)size, index.big_endian);
    exn_put32(entry + 8, i == 0 ? 0 : (uint32_t)(at - index.base), index.big_endian);
}

bool exn_test_multi_make(const exn_test_multi *m, exn_buffer *out)
{
    static const uint8_t zeros[64];
    size_t size = 100000, at;

    if (out->size > 0)
        return false;
    for (int round = 0; round < 4 && out->size != size; round++) {
        size = round > 0 ? out->size : size;
        out->size = 0;
        if (!make_primary(m, size, out))
            return false;
    }
    if (m->mpf)
        put_index(out, 0, out->size, 0);
    for (size_t i = 0; i < m->count; i++) {
        const exn_test_secondary *const s = &m->secondary[i];
        exn_buffer_append(out, zeros, s->gap);
        at = out->size;
        if (exn_buffer_append(out, s->jpeg.data, s->jpeg.size))
            return false;
        if (m->mpf)
            put_index(out, i + 1, s->jpeg.size, at);
    }
    return !exn_buffer_append(out, m->trailer.data, m->trailer.size);
}

exn_span exn_test_gain_map_xmp(void)
{
    static const char xmp[] =
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description xmlns:hdrgm='http://ns.adobe.com/hdr-gain-map/1.0/' hdrgm:Version='1.0'"
        " hdrgm:GainMapMin='0' hdrgm:GainMapMax='2.3' hdrgm:HDRCapacityMax='2.3'/>"
        "</rdf:RDF></x:xmpmeta>";
    return (exn_span){(const uint8_t *)xmp, sizeof xmp - 1};
}

void exn_test_index_read(exn_span file, exn_test_index *index)
{
    const uint8_t *p = memmem(file.data, file.size, "MPF\0MM", 6);

    *index = (exn_test_index){.big_endian = p != NULL};
    if (!p)
        p = memmem(file.data, file.size, "MPF\0II", 6);
    if (!p)
        return;
    const bool big = index->big_endian;
    index->base = (size_t)(p - file.data) + 4;
    const uint8_t *const tiff = file.data + index->base, *const ifd =
                                                             tiff + exn_get32(tiff + 4, big);
    for (uint32_t i = 0; i < exn_get16(ifd, big); i++) {
        const uint8_t *const e = ifd + 2 + 12 * (size_t)i;
        if (exn_get16(e, big) != 0xB002)
            continue;
        index->count = exn_get32(e + 4, big) / ENTRY;
        index->at = index->base + exn_get32(e + 8, big);
    }
    for (size_t i = 0; i < index->count && i < 8; i++) {
        index->type[i] = exn_get32(file.data + index->at + i * ENTRY, big);
        index->size[i] = exn_get32(file.data + index->at + i * ENTRY + 4, big);
        index->offset[i] = exn_get32(file.data + index->at + i * ENTRY + 8, big);
    }
}

exn_span exn_test_indexed(exn_span file, const exn_test_index *index, size_t i)
{
    const size_t at = index->offset[i] ? index->base + index->offset[i] : 0;
    const exn_span picture = exn_span_part(file, at, index->size[i]);

    return picture.size == index->size[i] ? picture : (exn_span){NULL, 0};
}

size_t exn_test_lengths(exn_span file, uint32_t lengths[8])
{
    static const char name[] = "Item:Length";
    const uint8_t *p = file.data, *const end = file.data + file.size;
    size_t count = 0;

    while (count < 8 && (p = memmem(p, (size_t)(end - p), name, sizeof name - 1)) != NULL) {
        p += sizeof name - 1;
        if (p[-(ptrdiff_t)sizeof name] == '/')
            continue;
        while (*p < '0' || *p > '9')
            p++;
        lengths[count++] = (uint32_t)strtoul((const char *)p, NULL, 10);
    }
    return count;
}
