/* SPDX-License-Identifier: MIT */
/* A JPEG as a list of marker segments (ITU-T T.81, annex B): parse, look up, reassemble. No pixel
 * is decoded here.
 *
 * exn_segments_parse() walks the markers and refuses a file that no decoder could begin with; all
 * other bytes of a file are kept. Segments and scans are counted and limited before anything is
 * allocated for them.
 *
 * The walk has two halves. Up to the first scan header a file must be sound, and decoding begins
 * there. What follows may be damaged, as long as nothing has to be decoded or written again. */
#ifndef EXN_JPEG_SEGMENTS_H
#define EXN_JPEG_SEGMENTS_H

#include "buffer.h"
#include "cancel.h"
#include "markers.h"
#include "orientation.h"

enum {
    EXN_JPEG_MAX_COMPONENTS = 4,
    EXN_JPEG_MAX_SEGMENTS = 1 << 16, /* no camera or encoder comes close */
};

/* One segment. It begins at the first FF of its marker (including fill bytes) and ends after its
 * payload; SOS ends after its entropy-coded data. Bytes between two segments belong to none:
 * decoders skip them. */
typedef struct exn_segment {
    size_t offset, size;
    exn_span payload; /* after the length field; for SOS: the scan header */
    uint8_t marker;
} exn_segment;

/* One scan header (T.81, B.2.3) and the restart interval in force. */
typedef struct exn_jpeg_scan {
    uint8_t components,
        component[EXN_JPEG_MAX_COMPONENTS]; /* indices into the frame's components */
    uint8_t ss, se, ah, al;
    uint16_t restart_interval; /* in MCUs; 0: none */
} exn_jpeg_scan;

typedef struct exn_jpeg {
    exn_span file;
    exn_segment *segments; /* owned; from SOI to EOI or the end of the file */
    size_t count;
    exn_jpeg_scan *scans; /* owned */
    size_t scan_count;
    exn_span trailer; /* after EOI, or (mend.h) the picture */
    bool has_eoi;
    bool mended;
    bool other_height; /* according to a DNL segment, at which the walk stopped */
    bool damaged;      /* data is lost, and what decoders show of it is accepted (read.h) */
    uint8_t *clean; /* the file with stray bytes replaced by fill bytes, to be decoded; owned; NULL:
                       the file */

    /* the frame header (T.81, B.2.2) */
    uint8_t sof;
    uint32_t width, height, components;
    struct {
        uint8_t id, h, v;
    } component[EXN_JPEG_MAX_COMPONENTS];
    uint32_t max_h, max_v;

    exn_cancel cancel; /* checked by functions that process its data */
    bool progressive, arithmetic;
    exn_error foreign; /* why none of its pixels can be decoded or moved, although its header can be
                          walked; status EXN_OK: they can */
    bool standard_huffman; /* sequential, every DHT holds one of T.81's tables K.3 to K.6, and no
                              slot changes */

    /* the state of the walk */
    bool complete; /* walked to the end of the file; otherwise the first scan's segment ends with
                      its header */
    size_t walked;
    uint16_t restart_interval;
    uint8_t slots[2][4]; /* which standard Huffman table each slot holds, by class and number; 0:
                            none */
} exn_jpeg;

/* Walks file, which jpeg borrows, to the end of the first scan header. Returns EXN_OK, CORRUPT,
 * LIMIT or MEMORY; jpeg may be freed in every case. An unsupported kind is reported in
 * jpeg->foreign, so that its orientation can still be found; if it has none, the file can be kept
 * as it is. */
exn_status exn_segments_parse_header(exn_span file, exn_jpeg *jpeg, exn_error *error);

/* Walks the rest unless that has been done; returns the same. Whatever was walked before a failure
 * stays in the list, and asking again gives the same failure. */
exn_status exn_segments_parse_rest(exn_jpeg *jpeg, exn_error *error);

/* For callers that know where a scan ends (mend.h), instead of exn_segments_parse_rest(): end the
 * scan whose header was parsed last at the next marker from `end` on; parse one more segment;
 * return the walk to a scan, after whose header it had these counts, and end with it; finish the
 * walk. */
typedef struct exn_jpeg_place {
    size_t count, scan_count, end;
} exn_jpeg_place;
void exn_segments_end_scan(exn_jpeg *jpeg, size_t end);
exn_status exn_segments_parse_next(exn_jpeg *jpeg, bool *found, exn_error *error);
void exn_segments_end(exn_jpeg *jpeg, exn_jpeg_place place);
void exn_segments_complete(exn_jpeg *jpeg);

/* The offset of the FF that begins the next marker from `at` on after entropy-coded data, or
 * file.size. Stuffed zeros, restart markers and fill bytes belong to the data (T.81, B.1.1.5). */
size_t exn_segments_entropy_marker(exn_span file, size_t at);

/* The bytes to be decoded. */
exn_span exn_segments_coded(const exn_jpeg *jpeg);

/* Does both. */
exn_status exn_segments_parse(exn_span file, exn_jpeg *jpeg, exn_error *error);

void exn_segments_free(exn_jpeg *jpeg);

/* Whether a segment carries application data or a comment, which are not the codec's. */
bool exn_segment_is_metadata(const exn_segment *segment);

/* Whether a segment is a JUMBF box or part of one (ISO 19566-5, D.1), which carry C2PA's manifests.
 */
bool exn_segment_is_jumbf(const exn_segment *segment);

/* Whether a segment holds parts of the picture beyond the codec's segments, for the pixels as they
 * are stored: residuals, refinements, alpha. Returns the format's name, JPEG XT (ISO 18477) or
 * JPEG-HDR; NULL: none. */
const char *exn_segment_layer(const exn_segment *segment);

/* Whether a marker is a frame header's, SOF0 to SOF15. */
bool exn_segment_is_frame_marker(uint8_t marker);

/* A length field of 16 bits includes itself (T.81, B.1.1.4). */
enum { EXN_SEGMENT_MAX_PAYLOAD = 65533 };

/* Appends FF, marker, length and payload, which must not exceed that. Returns EXN_OK or EXN_MEMORY.
 */
exn_status exn_segment_append(exn_buffer *out, uint8_t marker, exn_span payload);

/* Opens a segment whose length is set when it is closed. Returns EXN_OK or EXN_MEMORY. If its
 * payload has become too large, closing removes the segment and returns false. */
exn_status exn_segment_open(exn_buffer *out, uint8_t marker, size_t *start);
bool exn_segment_close(exn_buffer *out, size_t start);

/* Whether each component has an id of its own (T.81, B.2.2). */
bool exn_segments_ids_differ(const exn_jpeg *jpeg);

/* Whether a segment is an MPF block; whether it is the gain map signal of ISO 21496-1, annex C. */
bool exn_segment_is_mpf(const exn_segment *segment);
bool exn_segment_is_gain_map(const exn_segment *segment);

#endif
