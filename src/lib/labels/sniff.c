/* SPDX-License-Identifier: MIT */
/* Which format a file has. This is asked about every file that a program comes across, so only the
 * beginning is read: a big JSON of another kind is not read to its end. */
#include "sniff.h"

#include <errno.h>
#include <string.h>

#include "formats.h"

enum { ENOUGH = 1 << 20 };

/* The beginning of a source. For UTF-16 it is the low bytes of its characters, since formats are
 * recognized by ASCII. */
typedef struct glance {
    const exn_source *given;
    exn_sniff_text text;
    uint64_t start; /* after the byte order mark, if there is one */
} glance;

/* Decided by the byte order mark (Unicode 15, 2.6), or by four ASCII characters with zeros in the
 * same places, as JSON was once told apart (RFC 4627, 3). The program has the same rule
 * (base/wide.c), and tests/test_wide.c compares the two. */
exn_sniff_text exn_sniff_text_of(const exn_source *source)
{
    enum { WITNESSES = 4 };
    uint8_t head[2 * WITNESSES] = {0};
    size_t seen[2] = {0};
    const size_t size = source->size < sizeof head ? (size_t)source->size : sizeof head;
    if (size < 2 || source->read(source->context, head, size, 0) != 0)
        return EXN_SNIFF_BYTES;
    if (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0)
        return head[0] == 0xFF ? EXN_SNIFF_UTF16_LITTLE : EXN_SNIFF_UTF16_BIG;
    for (size_t i = 0; i < sizeof head && size == sizeof head; i++)
        seen[i % 2] += head[i ^ 1] == 0 &&
                       ((head[i] >= ' ' && head[i] <= '~') || (head[i] >= '\t' && head[i] <= '\r'));
    return seen[0] == WITNESSES   ? EXN_SNIFF_UTF16_LITTLE
           : seen[1] == WITNESSES ? EXN_SNIFF_UTF16_BIG
                                  : EXN_SNIFF_BYTES;
}

/* Non-ASCII characters become '?', which no format is recognized by. Read piece by piece, as the
 * stack of a caller's thread may be small. */
static int read_wide(const glance *g, uint8_t *to, size_t size, uint64_t offset)
{
    uint8_t units[512];
    const size_t low = g->text == EXN_SNIFF_UTF16_BIG;
    for (size_t done = 0; done < size;) {
        const size_t left = size - done, count = left < 256 ? left : 256;
        int sys_errno =
            g->given->read(g->given->context, units, 2 * count, g->start + 2 * (offset + done));
        if (sys_errno != 0)
            return sys_errno;
        for (size_t i = 0; i < count; i++)
            to[done + i] = units[2 * i + !low] ? '?' : units[2 * i + low];
        done += count;
    }
    return 0;
}

/* What lies after the beginning cannot be read: a reader that tries fails with EXN_READ. */
static int read_beginning(void *context, void *to, size_t size, uint64_t offset)
{
    const glance *g = context;
    if (offset + size > ENOUGH)
        return EFBIG;
    return g->text == EXN_SNIFF_BYTES ? g->given->read(g->given->context, to, size, offset)
                                      : read_wide(g, to, size, offset);
}

exn_labels_format exn_labels_sniff(const exn_source *source)
{
    glance g = {source, exn_sniff_text_of(source), 0};
    uint8_t first = 0;
    if (g.text != EXN_SNIFF_BYTES && source->read(source->context, &first, 1, 0) != 0)
        return EXN_LABELS_UNKNOWN;
    g.start = first >= 0xFE ? 2 : 0;
    const exn_source beginning = {g.text == EXN_SNIFF_BYTES ? source->size
                                                            : (source->size - g.start) / 2,
                                  read_beginning, &g};
    const exn_label_format *format;
    for (int i = EXN_LABELS_UNKNOWN + 1; (format = exn_formats_of(i)); i++)
        if (format->recognize(&beginning))
            return i;
    return EXN_LABELS_UNKNOWN;
}
