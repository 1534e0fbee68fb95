/* SPDX-License-Identifier: MIT */
/* What a page is made from: collected item by item, in a run or from its report, and written at the
 * end. */
#ifndef EXN_CLI_PAGE_DATA_H
#define EXN_CLI_PAGE_DATA_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "page_words.h"
#include "workers/wire.h"

typedef struct exn_page exn_page;
struct exn_pool;

/* Finds the boxes to draw over the pictures, at the end of the run (labels/drawn.h). */
typedef void (*exn_page_boxes)(exn_page *page, struct exn_pool *pool);

/* What the run was. Strings are borrowed until the page is closed. */
typedef struct exn_page_run {
    const char *version;
    const char *in, *out;     /* NULL: paths has them */
    const char *const *paths; /* of --check, --in-place and several inputs; NULL-terminated */
    const char *backup;       /* of --in-place; NULL: none */
    const char *const *label_formats; /* --labels-format; NULL-terminated; NULL: none */
    bool check, in_place, dry_run;
} exn_page_run;

/* One item, as its line of the report has it; borrowed for the call. */
typedef struct exn_page_seen {
    const char *path, *archive; /* archive: NULL: none */
    int outcome;                /* an exn_outcome, or an exn_page_outcome */
    exn_format format;
    exn_labels_format labels; /* of a label file that was moved; else UNKNOWN */
    uint32_t orientation, given, transform, warnings;
    uint32_t width_in, height_in;
    const char *error; /* NULL: none */
} exn_page_seen;

/* Texts one after another in one block, so that a hundred thousand names have no overhead each.
 * All-zero is empty. */
typedef struct exn_page_texts {
    char *block;
    size_t size, room;
} exn_page_texts;

/* An item as the table of files has it. */
typedef struct exn_page_row {
    size_t path, error; /* offsets in the texts, escaped; error 0: none */
    size_t bytes;       /* offset of the exact path, if it differs; else 0 */
    uint32_t warnings;
    uint8_t outcome, orientation;
    uint8_t transform;
    uint8_t format; /* an exn_format or, for a moved label file, an exn_labels_format */
} exn_page_row;

/* The box of a shape, in pixels of its label file's frame. */
typedef struct exn_page_box {
    double x, y, width, height;
    double degrees;       /* it is rotated by these, clockwise, about x and y */
    bool is_about_center; /* or about its center */
} exn_page_box;

/* What one label file has on one picture. */
typedef struct exn_page_layer {
    struct exn_page_layer *next;
    size_t row;           /* the label file's */
    uint64_t shapes;      /* its shapes there, with and without a box */
    exn_page_box *boxes;  /* those before and, from EXN_BOXED_MOST on, those after; owned */
    size_t before, after; /* how many there are of each */
    bool is_told;         /* both are known to be this run's; only then: */
    int64_t matrix[6];    /* leads from the boxes before to the picture before (exn_map_matrix) */
} exn_page_layer;

/* An item that is shown in pictures. */
typedef struct exn_page_pick {
    char *path; /* as in the report, any bytes; owned */
    size_t row;
    uint32_t shown;         /* the orientation by which browsers show the source */
    uint32_t given;         /* the orientation by which its labels may have been drawn */
    uint32_t width, height; /* of the stored source */
    char *before, *after;   /* pictures in Base64; NULL: none; owned */
    exn_page_layer *layers; /* owned */
} exn_page_pick;

/* A line about a label file, or about one of its images; texts are escaped. */
typedef struct exn_page_label {
    size_t path, what, verdict; /* in the texts */
    uint64_t shapes;
} exn_page_label;

/* The most lines about labels that are kept; others are only counted. */
#define EXN_PAGE_LABELS ((size_t)2000)

/* How many items of a kind (an outcome, an orientation, a warning) are shown as pictures. */
#define EXN_PAGE_EACH    3
#define EXN_PAGE_CLASSES (EXN_PAGE_OUTCOMES + 9 + EXN_WARNING_COUNT)
#define EXN_PAGE_PICKS   ((size_t)EXN_PAGE_EACH * EXN_PAGE_CLASSES)

struct exn_page {
    const char *name; /* of the page's file; borrowed */
    int fd;
    bool no_memory;
    bool ended; /* the run has reached its end, or the report says why not */
    exn_page_run run;
    exn_page_texts texts;
    exn_page_row *rows;
    size_t count, room;
    uint64_t counts[9][EXN_PAGE_OUTCOMES]; /* by orientation and outcome */
    uint64_t outcomes[EXN_PAGE_OUTCOMES];
    uint64_t warned[EXN_WARNING_COUNT], ambiguous;
    exn_page_label labels[EXN_PAGE_LABELS], verdicts[EXN_PAGE_LABELS];
    size_t label_count, verdict_count; /* lines that are kept */
    uint64_t label_all, verdict_all;   /* all lines */
    uint8_t picked[EXN_PAGE_CLASSES];
    exn_page_pick picks[EXN_PAGE_PICKS];
    size_t pick_count;
    uint64_t boxless; /* label files that could not be read again */
    exn_page_boxes boxes;
};

/* The text at that place. */
static inline const char *exn_page_data_text(const exn_page *page, size_t at)
{
    return page->texts.block + at;
}

#endif
