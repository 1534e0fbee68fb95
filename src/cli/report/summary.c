/* SPDX-License-Identifier: MIT */
#include "summary.h"

#include <inttypes.h>

#include "base/text.h"

/* Ordered by how much is done to a file; failures come last, where they are seen. */
typedef struct summary_row {
    exn_outcome outcome;
    const char *check; /* --check's word for it; NULL: it has none */
    const char *means; /* what a run has done, in words; NULL: the outcome's word says it */
} summary_row;

static const summary_row summary[] = {
    {EXN_OUTCOME_COPIED, "of no format that is edited", NULL},
    {EXN_OUTCOME_UNTOUCHED, "unambiguous", "nothing to do"},
    {EXN_OUTCOME_METADATA, "to edit", "orientation removed, pixels as they were"},
    {EXN_OUTCOME_LOSSLESS, "to rotate", "rotated without loss"},
    {EXN_OUTCOME_LUMA_LOSSLESS, NULL, "rotated, brightness without loss, colour re-encoded"},
    {EXN_OUTCOME_REQUANTIZED, NULL, "rotated, partly re-encoded"},
    {EXN_OUTCOME_UNSUPPORTED, "unsupported", "copied with an orientation; see --allow-unsupported"},
    {EXN_OUTCOME_FAILED, "failed", NULL},
};

/* --check prints no explanation: its words say what has to be done. */
static void print_row(const exn_report *report, FILE *file, const summary_row *row, uint64_t n)
{
    const char *means = report->check ? NULL : row->means;
    const char *word = report->check && row->check ? row->check : exn_outcome_word(row->outcome);
    fprintf(file, "%9" PRIu64 "  ", n);
    if (means)
        fprintf(file, "%-13s  %s", word, means);
    else
        fputs(word, file);
    if (row->outcome == EXN_OUTCOME_UNTOUCHED && report->linked)
        fprintf(file, ", %" PRIu64 " of them linked", report->linked);
    fputc('\n', file);
}

/* Rows of 0 are left out, so that most data sets give two or three, which people read. */
static uint64_t print_outcomes(const exn_report *report, FILE *file)
{
    uint64_t items = report->skipped;
    for (size_t i = 0; i < sizeof summary / sizeof summary[0]; i++) {
        uint64_t n = report->outcomes[summary[i].outcome];
        items += n;
        if (n)
            print_row(report, file, &summary[i], n);
    }
    if (report->moved)
        fprintf(file, "%9" PRIu64 "  moved          labels, with their images\n", report->moved);
    if (report->partly)
        fprintf(file,
                "%9" PRIu64 "  partly         labels; those of failed images are as they were\n",
                report->partly);
    if (report->skipped)
        fprintf(file, "%9" PRIu64 "  skipped\n", report->skipped);
    return items + report->moved + report->partly;
}

/* docs/report.md explains the words. */
static void print_warnings(const exn_report *report, FILE *file)
{
    for (int i = 0; i < EXN_WARNING_COUNT; i++) {
        if (report->warned[i] == 0)
            continue;
        fprintf(file, "%9" PRIu64 "  %s", report->warned[i], exn_warning_word((exn_warning)i));
        if (report->first[i]) {
            fputs(report->warned[i] == 1 ? ": " : ", first: ", file);
            exn_text_quote(file, "", report->first[i]);
        }
        fputc('\n', file);
    }
}

/* Names the files that the run has written. After an interrupted run main.c names its state. */
static void print_places(const exn_report *report, FILE *file)
{
    const struct {
        const char *what, *name;
    } places[] = {{"output", report->out},
                  {"report", report->file == stdout ? NULL : report->name},
                  {"page", report->page_name}};
    bool any = false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!places[i].name)
            continue;
        fprintf(file, "%s%s: ", any ? ", " : "           ", places[i].what);
        exn_text_quote(file, "", places[i].name);
        any = true;
    }
    if (any)
        fputc('\n', file);
}

/* Items of earlier runs are counted too, so the sum is that of the list, however many runs it took.
 */
void exn_summary_print(const exn_report *report, FILE *file, int stopped)
{
    char in[32], out[32];
    uint64_t items = print_outcomes(report, file);
    if (report->known)
        fprintf(file, "%9" PRIu64 "  of these by an earlier run\n", report->known);
    fprintf(file, "%9" PRIu64 "  %s, %s in", items, items == 1 ? "item" : "items",
            exn_text_bytes(report->bytes_in, in, sizeof in));
    if (!report->check)
        fprintf(file, ", %s out", exn_text_bytes(report->bytes_out, out, sizeof out));
    fprintf(file, ", %" PRIu64 " warning%s, %.1f s%s%s\n", report->warnings,
            report->warnings == 1 ? "" : "s", exn_totals_seconds(report),
            report->dry_run && !report->check ? "; dry run, nothing was written" : "",
            stopped                                   ? "; stopped by a signal"
            : report->output_failed || report->broken ? "; stopped by an output error"
            : report->gave_up                         ? "; stopped at the first failure"
                                                      : "");
    print_places(report, file);
    print_warnings(report, file);
    static const char *const what[EXN_UNCOVERED_COUNT] = {
        [EXN_UNCOVERED_RAW] = "camera raw file", [EXN_UNCOVERED_VIDEO] = "video"};
    for (exn_uncovered i = EXN_UNCOVERED_RAW; i < EXN_UNCOVERED_COUNT; i++)
        if (report->uncovered[i])
            fprintf(file, "%9" PRIu64 "  %s%s not covered: an orientation in %s stays\n",
                    report->uncovered[i], what[i], report->uncovered[i] == 1 ? "" : "s",
                    report->uncovered[i] == 1 ? "it" : "them");
    if (report->archives)
        fprintf(file, "%9" PRIu64 "  archive%s %s; --tar %s the images in archives\n",
                report->archives, report->archives == 1 ? "" : "s",
                report->check ? "not looked into" : "copied", report->check ? "reads" : "rotates");
}
