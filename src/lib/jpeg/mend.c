/* SPDX-License-Identifier: MIT */
#include "mend.h"

#include <stdlib.h>
#include <string.h>

#include "entropy_walk.h"
#include "mcus.h"
#include "progression.h"
#include "trailer.h"

typedef struct mending {
    exn_jpeg jpeg; /* the new walk */
    exn_entropy_walk walk;
    exn_progression progression;
    size_t tabled; /* segments whose Huffman tables were taken */
    uint64_t blocks;
    size_t trailer;  /* where a known one begins; SIZE_MAX: none */
    unsigned strays; /* how many restart markers of the current scan follow stray bytes */
    bool out_of_memory;
} mending;

/* Whatever pads restart intervals does so again and again. A flipped bit leaves a remainder in one
 * interval, or in two where it hits refinements. */
enum { LEAST_STRAYS = 3 };

static bool is_zero_or_ff(exn_span bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (bytes.data[i] != 0 && bytes.data[i] != 0xFF)
            return false;
    return true;
}

/* Whether bytes are plainly text, or a table of small numbers and names. In coded data any byte is
 * equally likely, or there are few different ones if a picture is flat. */
static bool is_plain(exn_span bytes)
{
    enum { LEAST = 24, LEAST_DIFFERENT = 8 };
    bool seen[256] = {false};
    size_t plain = 0, different = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];
        plain += byte == 0 || (byte >= 0x20 && byte < 0x7F);
        different += !seen[byte];
        seen[byte] = true;
    }
    return bytes.size >= LEAST && different >= LEAST_DIFFERENT &&
           plain >= bytes.size - bytes.size / 4;
}

/* Whether bytes [at, end) may follow coded data. Data end with a zero byte only if
 * no bit was left for padding, so a zero may come from a file that was never completely written. */
static bool is_no_data(exn_span file, size_t at, size_t end)
{
    exn_span bytes = exn_span_part(file, at, end - at);
    if (bytes.size == 0)
        return true;
    return file.data[at - 1] != 0 && (is_zero_or_ff(bytes) || is_plain(bytes));
}

/* Turns stray bytes into fill bytes (T.81, B.1.1.2), in the copy. */
static bool clean(mending *m, size_t at, size_t end)
{
    exn_jpeg *jpeg = &m->jpeg;
    if (at == end)
        return true;
    if (!jpeg->clean) {
        jpeg->clean = malloc(jpeg->file.size);
        m->out_of_memory = !jpeg->clean;
        if (!jpeg->clean)
            return false;
        memcpy(jpeg->clean, jpeg->file.data, jpeg->file.size);
    }
    memset(jpeg->clean + at, 0xFF, end - at);
    return true;
}

static bool take_stray(void *context, size_t at, size_t end)
{
    mending *m = context;
    m->strays++;
    exn_span bytes = exn_span_part(m->jpeg.file, at, end - at);
    return (is_zero_or_ff(bytes) || is_plain(bytes)) && clean(m, at, end);
}

/* Takes the tables before the scan, in the order of the file, since later ones replace earlier
 * ones. */
static bool take_tables(mending *m)
{
    bool good = true;
    for (; m->tabled < m->jpeg.count && good; m->tabled++)
        if (m->jpeg.segments[m->tabled].marker == EXN_MARKER_DHT)
            good = exn_entropy_walk_table(&m->walk, m->jpeg.segments[m->tabled].payload);
    return good;
}

/* Walks the scan whose header was parsed last. *end: where its last MCU is complete. */
static bool walk_scan(mending *m, size_t *end)
{
    exn_jpeg *jpeg = &m->jpeg;
    const exn_jpeg_scan *header = &jpeg->scans[jpeg->scan_count - 1];
    *end = jpeg->walked;
    m->strays = 0;
    if (!take_tables(m) ||
        exn_mcus_charge(jpeg, EXN_JPEG_FREE_PASSES, &m->blocks, NULL) != EXN_OK ||
        !exn_entropy_walk_scan(&m->walk, header, jpeg->segments[jpeg->count - 1].payload,
                               take_stray, m, end) ||
        (m->strays > 0 && m->strays < LEAST_STRAYS))
        return false;
    exn_progression_add(&m->progression, jpeg, header);
    return true;
}

/* Walks on from a scan that ends at `end`, if it may, up to the header of the next one or EOI. */
static bool walk_on(mending *m, size_t end)
{
    exn_jpeg *jpeg = &m->jpeg;
    bool found = true;
    exn_segments_end_scan(jpeg, end);
    size_t next = jpeg->walked;
    if (!is_no_data(jpeg->file, end, next) || !clean(m, end, next))
        return false;
    do {
        const exn_status status = exn_segments_parse_next(jpeg, &found, NULL);
        m->out_of_memory = status == EXN_MEMORY;
        if (status != EXN_OK)
            return false;
    } while (found && !jpeg->has_eoi && jpeg->segments[jpeg->count - 1].marker != EXN_MARKER_SOS);
    return found;
}

/* The code of the marker whose first fill byte is at `at`; 0: the file ends there. */
static uint8_t marker_at(exn_span file, size_t at)
{
    while (at < file.size && file.data[at] == 0xFF)
        at++;
    return at < file.size ? file.data[at] : 0;
}

/* Whether a picture that is complete at `end` may end there, before what comes next: nothing, EOI,
 * or what is not part of a JPEG. After a flipped bit, which may have left coded data over, EOI is
 * in its usual place. */
static bool may_end(const mending *m, size_t end)
{
    exn_span file = m->jpeg.file;
    size_t next = exn_segments_entropy_marker(file, end);
    uint8_t marker = marker_at(file, next);
    bool eoi = marker == EXN_MARKER_EOI;
    if (end > m->trailer) /* data are missing, and what follows was taken for them */
        return false;
    if (next == end) /* further segments of the codec hold unknown parts of the picture */
        return marker < EXN_MARKER_SOF0 || marker == EXN_MARKER_SOI || marker >= EXN_MARKER_APP0;
    return m->walk.padded && ((next < file.size && !eoi) || is_no_data(file, end, next));
}

/* Whether EOI follows `end`, except for bytes worth keeping. */
static bool is_before_text(const mending *m, size_t end)
{
    exn_span file = m->jpeg.file;
    exn_span between = exn_span_part(file, end, exn_segments_entropy_marker(file, end) - end);
    return !is_zero_or_ff(between) && may_end(m, end);
}

/* Walks all scans. Scans that follow a complete picture but do not lead to EOI are not scans. */
static bool walk_scans(mending *m)
{
    exn_jpeg *jpeg = &m->jpeg;
    exn_jpeg_place whole = {0};
    size_t end;
    while (walk_scan(m, &end)) {
        if (whole.end == 0 && exn_progression_is_whole(&m->progression, jpeg))
            whole = (exn_jpeg_place){jpeg->count, jpeg->scan_count, end};
        if ((whole.end == end && is_before_text(m, end)) || !walk_on(m, end))
            break;
        if (jpeg->has_eoi)
            return true;
    }
    if (whole.end == 0 || !may_end(m, whole.end))
        return false;
    exn_segments_end(jpeg, whole);
    return true;
}

exn_status exn_mend(exn_jpeg *jpeg, uint64_t limit)
{
    mending m = {.blocks = EXN_JPEG_BLOCKS, .trailer = exn_trailer_samsung(jpeg->file)};
    bool whole = false;
    /* Without a complete frame header there is no grid of MCUs to follow. */
    if (jpeg->max_h == 0 || jpeg->mended || jpeg->foreign.status != EXN_OK || jpeg->arithmetic ||
        !exn_segments_ids_differ(jpeg) ||
        exn_entropy_walk_bytes(jpeg) + 2 * (uint64_t)jpeg->file.size > limit)
        return EXN_CORRUPT;
    exn_status status = exn_segments_parse_header(jpeg->file, &m.jpeg, NULL);
    m.jpeg.cancel = jpeg->cancel;
    if (status == EXN_OK && m.jpeg.foreign.status == EXN_OK) {
        exn_progression_open(&m.progression);
        status = exn_entropy_walk_open(&m.walk, &m.jpeg);
        whole = status == EXN_OK && walk_scans(&m);
        exn_entropy_walk_close(&m.walk);
    }
    /* A walk that ran out of memory may have taken an earlier end for the picture's. */
    if (!whole || m.out_of_memory) {
        exn_segments_free(&m.jpeg);
        return m.out_of_memory || status == EXN_MEMORY ? EXN_MEMORY : EXN_CORRUPT;
    }
    exn_segments_complete(&m.jpeg);
    m.jpeg.mended = true;
    exn_segments_free(jpeg);
    *jpeg = m.jpeg;
    return EXN_OK;
}
