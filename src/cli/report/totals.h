/* SPDX-License-Identifier: MIT */
/* What a report counts, and its words, which report.c (for people) and json.c (for programs)
 * share. */
#ifndef EXN_CLI_REPORT_TOTALS_H
#define EXN_CLI_REPORT_TOTALS_H

#include <stdio.h>

#include "base/item.h"
#include "kinds.h"
#include "options.h"
#include "progress.h"

typedef struct exn_report {
    FILE *file;                  /* JSON Lines; NULL: none */
    struct exn_page *page;       /* of --html; borrowed; NULL: none */
    const char *name;            /* of the report, for messages; borrowed; NULL: none */
    const char *out, *page_name; /* likewise of OUT and of the page; borrowed; NULL: none */
    const char *archive; /* in a run over several: the one whose members the items are; borrowed;
                            NULL: none */
    const char *prefix;  /* in front of paths in messages; borrowed; NULL: nothing */
    bool quiet, verbose;
    exn_progress progress;
    bool no_times;          /* --report-times=no */
    bool paths;             /* several inputs: --check, --in-place */
    bool check;             /* nothing is written: outcomes say what has to be done */
    bool dry_run;           /* nothing is written: outcomes say what a run would do */
    bool drops;             /* --mode=drop: orientations are removed without rotating */
    bool allow_unsupported; /* unsupported files are no failures */
    struct stat id;         /* identifies the report's file */
    bool broken;            /* the report could not be written */
    bool output_failed;     /* an output could not be written */
    bool to_stdout;         /* standard output carries the output */
    bool undecided;         /* the frame of labels is not known, so nothing was done */
    bool gave_up;           /* --on-error=stop ended the run */
    uint64_t start;         /* exn_clock_now() when it was opened */
    uint64_t outcomes[EXN_OUTCOME_COUNT];
    uint64_t moved, partly; /* label files, which are in no outcome */
    uint64_t skipped, internal, warnings, linked;
    uint64_t passing;  /* failures that another run may not meet: times, reads and writes */
    uint64_t stale;    /* indexes of archives that could not be updated */
    uint64_t known;    /* items done by an earlier run, according to its state */
    bool unlisted;     /* the input could not be listed */
    uint64_t unmet;    /* lines of --orientations that no file and no member matches */
    uint64_t listed;   /* by --check: files that are not unambiguous */
    uint64_t archives; /* copied in a run that does not look into them */
    uint64_t uncovered[EXN_UNCOVERED_COUNT]; /* files whose orientation this program cannot read */
    uint64_t bytes_in, bytes_out;
    uint64_t warned[EXN_WARNING_COUNT]; /* items with that warning */
    char *first[EXN_WARNING_COUNT];     /* the path of the first of them; owned */
    exn_kinds kinds;                    /* lines on standard error */
    struct {
        uint64_t files;     /* label files that name rotated images */
        uint64_t unread;    /* label files that could not be read, and may name any */
        uint64_t masks;     /* images that look like masks of rotated ones, and were not rotated */
        uint64_t odd;       /* files of no known format that look like labels of rotated images */
        uint64_t stale;     /* files of no known format that name images with other names now */
        uint64_t rotated;   /* named images that were rotated; with --check, that need a verdict */
        uint64_t renamed;   /* other named images, whose outputs have other names */
        uint64_t undecided; /* with --check: images whose frame is not known */
        uint64_t unknown;   /* with --check: named images that are missing, or could be several */
        bool judged;
    } labels;
} exn_report;

/* A label file that was copied unchanged, or was judged by --check. */
typedef struct exn_report_labels {
    const char *path;
    exn_labels_format format;
    uint64_t images, shapes; /* in it */
    uint64_t rotated;        /* how many of these images were rotated and have shapes */
    uint64_t renamed;        /* how many of the others have outputs with other names */
    bool is_mask;            /* it is a picture, and format does not count */
    bool unread;             /* it is too large to be read for a warning, or damaged */
    bool judged;             /* then `rotated` counts those that need a verdict, and: */
    uint64_t verdicts[EXN_LABELS_VERDICT_CONTRADICTORY + 1]; /* how many have each verdict */
    uint64_t unknown; /* names with shapes that match no image, or several */
} exn_report_labels;

/* Counts one item. */
void exn_totals_count(exn_report *report, const exn_item *item);

void exn_totals_free(exn_report *report);

/* The outcome of a label file that was moved: "moved", or "partly" if some of its images are
 * unchanged; NULL: the item is not one. */
const char *exn_totals_labels_word(const exn_item *item);

/* The report's word for a label file's format. */
const char *exn_totals_format_word(const exn_report_labels *labels);

/* Whether there are files that look finished and are not. */
bool exn_totals_have_failures(const exn_report *report);

/* Whether another run may succeed where this error was. */
bool exn_totals_may_pass(const exn_error *error);

/* Whether the same run over the same input would do no more than this one. */
bool exn_totals_are_final(const exn_report *report, int stopped);

/* Whether it is an index beside an archive that was copied although it may be wrong now. */
bool exn_totals_is_stale(const exn_item *item);

/* The kind of message for an item that failed or was skipped: for exn_kinds_count(). */
const char *exn_totals_kind(const exn_item *item);

/* What failed, as one line. */
void exn_totals_error_text(const exn_item *item, char *text, size_t size);

/* The report's word for an outcome. With --check outcomes say what has to be done; NULL: it is none
 * of these. */
const char *exn_totals_outcome_word(const exn_report *report, exn_outcome outcome);

/* A path as the report's lines have it: with several inputs, the input's path comes first. NULL:
 * out of memory. The caller frees. */
char *exn_totals_path(const exn_report *report, const char *path);

/* Since exn_report_open(). */
double exn_totals_seconds(const exn_report *report);

#endif
