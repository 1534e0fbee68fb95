/* SPDX-License-Identifier: MIT */
/* What a report counts, and the words for it: what report.c, for people, and json.c, for programs,
 * both say. */
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
    const char
        *archive;       /* that items are members of, in a run over several; borrowed; NULL: none */
    const char *prefix; /* in front of paths in messages; borrowed; NULL: nothing */
    bool quiet, verbose;
    exn_progress progress;
    bool no_times;          /* the report has none */
    bool paths;             /* several inputs: --check, --in-place */
    bool check;             /* nothing is written: outcomes are what is to be done */
    bool dry_run;           /* nor here */
    bool drops;             /* orientations are removed and not rotated by */
    bool allow_unsupported; /* those make no failure */
    struct stat id;         /* who the report's file is */
    bool broken;            /* it could not be written */
    bool output_failed;     /* nor could an output */
    bool to_stdout;         /* the output goes where people would read */
    bool undecided;         /* in which frame labels are: nothing was done */
    bool gave_up;           /* --on-error=stop ended the run */
    uint64_t start;         /* exn_clock_now() when it was opened */
    uint64_t outcomes[EXN_OUTCOME_COUNT];
    uint64_t moved, partly; /* label files, which are in no outcome */
    uint64_t skipped, internal, warnings, linked;
    uint64_t passing;  /* failures that another run may not meet: times, reads and writes */
    uint64_t stale;    /* indexes of archives that could not be made true */
    uint64_t known;    /* of these: done by a run before, as its state says */
    bool unlisted;     /* the input could not be listed */
    uint64_t unmet;    /* lines of --orientations that no file and no member was meant by */
    uint64_t listed;   /* by --check: files that are not unambiguous */
    uint64_t archives; /* copied in a run that does not look into them */
    uint64_t uncovered[EXN_UNCOVERED_COUNT]; /* files whose orientation nobody here reads */
    uint64_t bytes_in, bytes_out;
    uint64_t warned[EXN_WARNING_COUNT]; /* items with that warning */
    char *first[EXN_WARNING_COUNT];     /* the path of the first of them; owned */
    exn_kinds kinds;                    /* lines on standard error */
    struct {
        uint64_t files;     /* that name rotated images */
        uint64_t unread;    /* that may name any */
        uint64_t masks;     /* images that look like masks of rotated ones, and were left */
        uint64_t odd;       /* that look like labels of rotated ones, of no known format */
        uint64_t stale;     /* of no known format, that name some which have other names now */
        uint64_t rotated;   /* images that are named; of --check, that need a verdict */
        uint64_t renamed;   /* others, whose outputs have other names */
        uint64_t undecided; /* of these */
        uint64_t unknown;   /* of --check: that are named, and not known */
        bool judged;
    } labels;
} exn_report;

/* A label file: one that was copied as it is, or was judged by --check. */
typedef struct exn_report_labels {
    const char *path;
    exn_labels_format format;
    uint64_t images, shapes; /* in it */
    uint64_t rotated;        /* of these images, those with shapes that were rotated */
    uint64_t renamed;        /* of the others, those whose outputs have other names */
    bool is_mask;            /* it is a picture, and format says nothing */
    bool unread;             /* it is too large to be read for a warning, or damaged */
    bool judged;             /* then `rotated` are those that need a verdict, and: */
    uint64_t verdicts[EXN_LABELS_VERDICT_CONTRADICTORY + 1]; /* how many have which; */
    uint64_t unknown; /* images with shapes that no image is, or several are */
} exn_report_labels;

/* Counts one item. */
void exn_totals_count(exn_report *report, const exn_item *item);

void exn_totals_free(exn_report *report);

/* Of a label file that follows its images "moved", or "partly", where some of these are as they
 * were; NULL: the item is none. */
const char *exn_totals_labels_word(const exn_item *item);

/* The report's word for what a label file is. */
const char *exn_totals_format_word(const exn_report_labels *labels);

/* Whether there are files that somebody would take for finished ones, and that are not. */
bool exn_totals_have_failures(const exn_report *report);

/* Whether the same run over the same input would do no more than this one. */
bool exn_totals_are_final(const exn_report *report, int stopped);

/* Whether it is an index beside an archive that is copied although it may be wrong now. */
bool exn_totals_is_stale(const exn_item *item);

/* What an item that failed or was skipped has in common with others: for exn_kinds_count(). */
const char *exn_totals_kind(const exn_item *item);

/* What failed, as one line of text. */
void exn_totals_error_text(const exn_item *item, char *text, size_t size);

/* The report's word for an outcome. With --check outcomes are what is to be done; NULL: none of
 * those. */
const char *exn_totals_outcome_word(const exn_report *report, exn_outcome outcome);

/* A path as the report's lines have it: of several inputs with what was given. NULL: out of memory.
 * The caller frees. */
char *exn_totals_path(const exn_report *report, const char *path);

/* Since exn_report_open(). */
double exn_totals_seconds(const exn_report *report);

#endif
