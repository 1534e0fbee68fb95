/* SPDX-License-Identifier: MIT */
#include "entropy_plan.h"

#include <string.h>

#include "mcus.h"
#include "progression.h"

enum {
    LARGEST_SIDE = 65500, /* libjpeg's JPEG_MAX_DIMENSION */
    BLOCKS_IN_MCU = 10,   /* T.81, B.2.3 */
    LEAST_BITS = 2,       /* per block: a DC code and an EOB */
};

/* The tables in force during the walk over the segments. */
typedef struct tables {
    exn_span huffman[2][EXN_TABLE_SLOTS];
    exn_span quant[EXN_TABLE_SLOTS]; /* starting with the byte of precision and slot */
} tables;

/* T.81, B.2.4.2. Tables are kept as spans, in force until the slot gets another: a scan that names
 * the slot uses what is there at that point. Whether the counts form a valid code is checked when
 * the scan is decoded; here it is enough that 16 counts and their values lie inside the segment. */
static bool take_dht(exn_span payload, tables *t)
{
    for (size_t at = 0; at < payload.size;) {
        uint8_t class = payload.data[at] >> 4, slot = payload.data[at] & 15;
        exn_span rest = exn_span_part(payload, at + 1, SIZE_MAX);
        size_t size = 16;
        if (class > 1 || slot >= EXN_TABLE_SLOTS || rest.size < 16)
            return false;
        for (int i = 0; i < 16; i++)
            size += rest.data[i];
        if (size > rest.size || size > 16 + 256)
            return false;
        t->huffman[class][slot] = exn_span_part(rest, 0, size);
        at += 1 + size;
    }
    return true;
}

/* T.81, B.2.4.1. With precision 1, steps have 16 bits. */
static bool take_dqt(exn_span payload, tables *t)
{
    for (size_t at = 0; at < payload.size;) {
        uint8_t precision = payload.data[at] >> 4, slot = payload.data[at] & 15;
        size_t size = precision ? 129 : 65;
        if (precision > 1 || slot >= EXN_TABLE_SLOTS || size > payload.size - at)
            return false;
        t->quant[slot] = exn_span_part(payload, at, size);
        at += size;
    }
    return true;
}

/* libjpeg warns of unknown JFIF versions and Adobe transforms. An Adobe segment's transform is 0, 1
 * (YCbCr) or 2 (YCCK, with four components). */
static bool is_known_application(const exn_jpeg *jpeg, const exn_segment *segment)
{
    exn_span p = segment->payload;
    if (segment->marker == EXN_MARKER_APP0 && exn_span_starts(p, "JFIF", 5))
        return p.size < 14 || p.data[5] == 1;
    if (segment->marker == EXN_MARKER_APP0 + 14 && exn_span_starts(p, "Adobe", 5) && p.size >= 12)
        return p.data[11] == 0 || p.data[11] == (jpeg->components == 4 ? 2 : 1);
    return true;
}

/* T.81, A.2.2 and A.2.3. In a scan of one component an MCU is one block, whatever its factors. */
static uint32_t blocks_in_mcu(const exn_jpeg *jpeg, const exn_jpeg_scan *scan)
{
    uint32_t blocks = 0;
    for (int i = 0; i < scan->components; i++)
        blocks +=
            (uint32_t)jpeg->component[scan->component[i]].h * jpeg->component[scan->component[i]].v;
    return scan->components == 1 ? 1 : blocks;
}

/* The table that the frame header's component names, in zigzag order as in the file. It is taken at
 * the component's first scan, as libjpeg does: a DQT between frame and scan header still counts, a
 * later one does not. */
static bool latch_quant(const exn_jpeg *jpeg, const tables *t, uint32_t i, exn_plan *plan)
{
    const exn_segment *sof = NULL;
    for (size_t s = 0; s < jpeg->count && !sof; s++)
        if (jpeg->segments[s].marker == jpeg->sof)
            sof = &jpeg->segments[s];
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a frame header was parsed */
    uint8_t slot = sof->payload.data[6 + 3 * i + 2];
    if (slot >= EXN_TABLE_SLOTS || t->quant[slot].size == 0)
        return false;
    const uint8_t *p = t->quant[slot].data;
    plan->component[i].quant_slot = slot;
    for (size_t k = 0; k < 64; k++)
        plan->component[i].quant[k] = (uint16_t)(p[0] >> 4 ? exn_get16be(p + 1 + 2 * k) : p[1 + k]);
    return true;
}

/* Whether the scan is a complete sequential scan of components that had none yet, in their order.
 */
static bool is_whole_scan(const exn_jpeg_scan *scan, uint32_t seen)
{
    for (int i = 0; i < scan->components; i++)
        if (seen >> scan->component[i] & 1 ||
            (i > 0 && scan->component[i] <= scan->component[i - 1]))
            return false;
    return scan->ss == 0 && scan->se == 63 && scan->ah == 0 && scan->al == 0;
}

/* The scans of a progressive file have been checked together (frame_is_usual()). If the data cannot
 * possibly hold the blocks, no memory is spent on them: this bounds a header of 65500 by 65500
 * pixels in a file of a few bytes. A block of AC alone may take no bits at all (T.81, G.1.2.2). */
static bool is_usual(const exn_jpeg *jpeg, const exn_jpeg_scan *scan, exn_span data, uint32_t seen)
{
    uint32_t blocks = blocks_in_mcu(jpeg, scan);
    uint64_t mcus = (uint64_t)exn_mcus_per_row(jpeg, scan) * exn_mcu_rows(jpeg, scan);
    uint64_t least = jpeg->progressive ? scan->ss == 0 : LEAST_BITS;
    return (jpeg->progressive || is_whole_scan(scan, seen)) && blocks <= BLOCKS_IN_MCU &&
           (uint64_t)data.size * 8 >= mcus * blocks * least;
}

/* Which classes of Huffman codes a scan has: both if it is sequential; DC for a first DC scan,
 * whose refinements are plain bits (T.81, G.1.2.1); or AC. */
static bool has_class(const exn_jpeg *jpeg, const exn_jpeg_scan *scan, int class)
{
    return !jpeg->progressive || (class == 0 ? scan->ss == 0 && scan->ah == 0 : scan->ss > 0);
}

/* Takes the tables that the scan's component number i names, if it has codes of that class. */
static bool take_table(const exn_jpeg *jpeg, const tables *t, int class, int i, uint8_t slot,
                       exn_plan_scan *to)
{
    if (!has_class(jpeg, &to->header, class))
        return true;
    if (slot >= EXN_TABLE_SLOTS)
        return false;
    to->slot[class][i] = slot;
    to->table[class][i] = t->huffman[class][slot];
    return to->table[class][i].size >
           0; /* for Motion JPEG, libjpeg has the standard tables ready */
}

static bool take_scan(const exn_jpeg *jpeg, const exn_segment *segment, const tables *t,
                      uint32_t *seen, exn_plan *plan)
{
    exn_plan_scan *to = &plan->scan[plan->scans];
    size_t begin = (size_t)(segment->payload.data - jpeg->file.data) + segment->payload.size;
    to->header = jpeg->scans[plan->scans];
    /* An SOS segment extends to the next marker other than RSTn. */
    to->data = exn_span_part(jpeg->file, begin, segment->offset + segment->size - begin);
    if (!is_usual(jpeg, &to->header, to->data, *seen))
        return false;
    for (int n = 0; n < to->header.components; n++) {
        /* T.81, B.2.3: the count of components is followed by Cs and then Td and Ta for each. */
        uint8_t slots = segment->payload.data[2 + 2 * n], i = to->header.component[n];
        if (!take_table(jpeg, t, 0, n, slots >> 4, to) ||
            !take_table(jpeg, t, 1, n, slots & 15, to) ||
            (!(*seen >> i & 1) && !latch_quant(jpeg, t, i, plan)))
            return false;
        *seen |= 1u << i;
    }
    plan->scans++;
    return true;
}

/* Anything not listed here, including DAC, does not belong in a Huffman file; libjpeg may judge it.
 */
static bool take_segment(const exn_jpeg *jpeg, const exn_segment *segment, tables *t,
                         uint32_t *seen, exn_plan *plan)
{
    switch (segment->marker) {
    case EXN_MARKER_DHT:
        return take_dht(segment->payload, t);
    case EXN_MARKER_DQT:
        return take_dqt(segment->payload, t);
    case EXN_MARKER_SOS:
        return plan->scans < EXN_PLAN_SCANS && take_scan(jpeg, segment, t, seen, plan);
    case EXN_MARKER_SOI:
    case EXN_MARKER_EOI:
    case EXN_MARKER_DRI:
    case EXN_MARKER_DNL:
        return true;
    default:
        return segment->marker == jpeg->sof ||
               (exn_segment_is_metadata(segment) && is_known_application(jpeg, segment));
    }
}

/* The entropy-domain rotation is for sound files of the kind that nearly all are. Anything
 * ambiguous goes to libjpeg, because browsers share its reading. */
static bool frame_is_usual(const exn_jpeg *jpeg)
{
    return exn_segments_ids_differ(jpeg) && !jpeg->arithmetic && jpeg->has_eoi && !jpeg->clean &&
           !jpeg->damaged && jpeg->width <= LARGEST_SIDE && jpeg->height <= LARGEST_SIDE &&
           (!jpeg->progressive || (exn_progression_is_regular(jpeg) && exn_progression_of(jpeg)));
}

bool exn_entropy_plan_make(const exn_jpeg *jpeg, exn_plan *plan)
{
    tables t = {0};
    uint32_t seen = 0;
    size_t at = 0;
    *plan = (exn_plan){0};
    if (!frame_is_usual(jpeg))
        return false;
    for (size_t i = 0; i < jpeg->count; i++) {
        const exn_segment *segment = &jpeg->segments[i];
        /* Bytes between two segments are noise. */
        if (segment->offset != at || !take_segment(jpeg, segment, &t, &seen, plan))
            return false;
        at += segment->size;
    }
    /* Every component has had its scans: exactly one if sequential, since none may come twice; all
     * of its bits if progressive. */
    return seen == (1u << jpeg->components) - 1;
}
