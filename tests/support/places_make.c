/* SPDX-License-Identifier: MIT */
#include "support/places_make.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/proc.h"

static void put_words(exn_buffer *out, const char *words)
{
    exn_buffer_append(out, words, strlen(words));
}

exn_buffer exn_test_xmp(const char *attributes, const char *content)
{
    exn_buffer out = {0};
    put_words(&out, "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
                    "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
                    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                    "<rdf:Description rdf:about='' ");
    put_words(&out, attributes);
    put_words(&out, ">");
    put_words(&out, content);
    put_words(&out, "</rdf:Description></rdf:RDF></x:xmpmeta>\n");
    for (int i = 0; i < 100; i++)
        put_words(&out, " ");
    put_words(&out, "\n<?xpacket end='w'?>");
    return out;
}

exn_buffer exn_test_xmp_segment(const char *attributes, const char *content)
{
    static const char name[] = "http://ns.adobe.com/xap/1.0/"; /* its NUL counts */
    exn_buffer packet = exn_test_xmp(attributes, content), out = {0};
    exn_buffer_append(&out, name, sizeof name);
    exn_buffer_append(&out, packet.data, packet.size);
    exn_buffer_free(&packet);
    return out;
}

/* XMP specification part 3, 1.1.3.1: digest, length of the whole, offset, data. */
exn_buffer exn_test_xmp_portion(const char guid[EXN_TEST_GUID + 1], exn_span packet, size_t offset,
                                size_t size)
{
    static const char name[] = "http://ns.adobe.com/xmp/extension/";
    exn_buffer out = {0};
    uint8_t numbers[8];
    exn_span part = exn_span_part(packet, offset, size);
    exn_put32be(numbers, (uint32_t)packet.size);
    exn_put32be(numbers + 4, (uint32_t)offset);
    exn_buffer_append(&out, name, sizeof name);
    exn_buffer_append(&out, guid, EXN_TEST_GUID);
    exn_buffer_append(&out, numbers, sizeof numbers);
    exn_buffer_append(&out, part.data, part.size);
    return out;
}

bool exn_test_md5(exn_span data, char digits[EXN_TEST_GUID + 1])
{
    static const char *const argv[] = {"md5sum", NULL};
    exn_test_proc proc;
    bool done = exn_test_run(argv, data, &proc) && proc.out.size > EXN_TEST_GUID;
    for (int i = 0; done && i < EXN_TEST_GUID; i++)
        digits[i] = (char)toupper(proc.out.data[i]);
    digits[EXN_TEST_GUID] = '\0';
    exn_test_proc_free(&proc);
    return done;
}

void exn_test_irb(exn_buffer *out, uint16_t id, const void *data, size_t size)
{
    uint8_t head[12] = "8BIM";
    exn_put16be(head + 4, id);
    exn_put32be(head + 8, (uint32_t)size);
    exn_buffer_append(out, head, sizeof head);
    exn_buffer_append(out, data, size);
    if (size & 1)
        exn_buffer_append(out, "", 1);
}

exn_buffer exn_test_raw_profile(const char *name, exn_span data)
{
    exn_buffer out = {0};
    char piece[64];
    snprintf(piece, sizeof piece, "\n%s\n%8zu\n", name, data.size);
    put_words(&out, piece);
    for (size_t i = 0; i < data.size; i++) {
        snprintf(piece, sizeof piece, i % 36 == 35 ? "%02x\n" : "%02x", data.data[i]);
        put_words(&out, piece);
    }
    put_words(&out, "\n");
    return out;
}

exn_buffer exn_test_raw_profile_read(exn_span text)
{
    exn_buffer out = {0};
    int lines = 0, high = -1;
    for (size_t i = 0; i < text.size; i++) {
        const int c = text.data[i];
        if (c == '\n')
            lines++;
        if (lines < 3 || !isxdigit(c))
            continue;
        const int value = isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
        const uint8_t byte = (uint8_t)(high * 16 + value);
        if (high >= 0)
            exn_buffer_append(&out, &byte, 1);
        high = high < 0 ? value : -1;
    }
    return out;
}

const char *exn_test_text_type(exn_test_text form)
{
    return form == EXN_TEST_TEXT ? "tEXt" : form == EXN_TEST_ZTXT ? "zTXt" : "iTXt";
}

exn_buffer exn_test_text_make(exn_test_text form, const char *keyword, exn_span text)
{
    exn_buffer out = {0};
    exn_buffer_append(&out, keyword, strlen(keyword) + 1);
    if (form == EXN_TEST_ZTXT)
        exn_buffer_append(&out, "", 1);
    else if (form == EXN_TEST_ITXT)
        exn_buffer_append(&out, "\0\0en\0Wort", 10);
    else if (form == EXN_TEST_ITXT_COMPRESSED)
        exn_buffer_append(&out, "\1\0\0", 4);
    if (form == EXN_TEST_TEXT || form == EXN_TEST_ITXT) {
        exn_buffer_append(&out, text.data, text.size);
        return out;
    }
    uLong size = compressBound((uLong)text.size);
    uint8_t *packed = malloc(size);
    if (packed && compress(packed, &size, text.data, (uLong)text.size) == Z_OK)
        exn_buffer_append(&out, packed, size);
    free(packed);
    return out;
}

bool exn_test_text_read(const char *type, exn_span data, const char **keyword, exn_buffer *text)
{
    size_t at = strnlen((const char *)data.data, data.size) + 1;
    bool packed = strcmp(type, "zTXt") == 0;
    *keyword = (const char *)data.data;
    if (strcmp(type, "iTXt") == 0) {
        packed = data.data[at] == 1;
        at += 2;
        for (int i = 0; i < 2; i++)
            at += strlen((const char *)data.data + at) + 1;
    } else if (packed) {
        at++;
    } else if (strcmp(type, "tEXt") != 0) {
        return false;
    }
    exn_span rest = exn_span_part(data, at, SIZE_MAX);
    if (!packed)
        return !exn_buffer_append(text, rest.data, rest.size);
    uLongf size = 1 << 20;
    if (exn_buffer_reserve(text, size) ||
        uncompress(text->data, &size, rest.data, (uLong)rest.size) != Z_OK)
        return false;
    text->size = size;
    return true;
}
