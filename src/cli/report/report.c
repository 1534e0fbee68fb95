/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "json.h"

/* Nothing that people read goes into a stream that carries the report or the output. */
FILE *exn_report_stream(const exn_report *report)
{
    return report->file == stdout || report->to_stdout ? stderr : stdout;
}

/* Takes a line over and frees it. A line is written out whole before the next item begins, so that
 * a reader at the other end of a pipe sees it, and a full disk is seen at once. A reader that has
 * gone is EPIPE here (SIGPIPE is ignored), and ends the run like a full disk. */
static void write_line(exn_report *report, char *text)
{
    if (!text || fprintf(report->file, "%s\n", text) < 0 || fflush(report->file) != 0) {
        fprintf(stderr, "exifnorm: cannot write the report: %s\n",
                text ? strerror(errno) : "out of memory");
        report->broken = true;
    }
    free(text);
}

/* id is what no output may replace (exn_target_check()). Whether the file is apart from IN has been
 * proved before (exn_roots_check_report() and the like), as it is emptied here. */
static bool open_file(exn_report *report, const char *name)
{
    report->file = strcmp(name, "-") == 0 ? stdout : fopen(name, "we");
    if (report->file && fstat(fileno(report->file), &report->id) == 0)
        return true;
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, "", name);
    fprintf(stderr, ": cannot write the report: %s\n", strerror(errno));
    report->broken = true;
    return false;
}

exn_exit exn_report_open(exn_report *report, const exn_cli_options *options)
{
    *report = (exn_report){.name = options->report,
                           .check = options->check,
                           .dry_run = options->dry_run,
                           .quiet = options->quiet,
                           .verbose = options->verbose,
                           .to_stdout = options->to_stdout,
                           .allow_unsupported = options->allow_unsupported};
    report->start = exn_clock_now();
    bool to_stdout = options->report && strcmp(options->report, "-") == 0;
    exn_progress_start(&report->progress, !options->quiet,
                       options->check || options->verbose || to_stdout);
    if (options->report && open_file(report, options->report))
        write_line(report, exn_json_header(options));
    if (!report->broken)
        return EXN_EXIT_OK;
    if (report->file && report->file != stdout)
        fclose(report->file);
    report->file = NULL;
    return EXN_EXIT_OUTPUT;
}

/* An archive that has ended without saying so. */
static bool is_unended(const exn_item *item)
{
    return (item->result.warnings >> EXN_WARN_NO_END_MARKER & 1) != 0 &&
           item->error.status == EXN_OK;
}

static void say(const exn_report *report, const exn_item *item, const char *text)
{
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, report->prefix ? report->prefix : "", item->path ? item->path : "");
    fprintf(stderr, ": %s\n", text);
}

const char *exn_report_owner_text(const exn_item *item)
{
    switch (item->owner) {
    case EXN_OWNER_ONE:
        return ", whose image is not rotated either";
    case EXN_OWNER_NONE:
        return ", and no image has its name";
    case EXN_OWNER_SEVERAL:
        return ", and several images have its name";
    case EXN_OWNER_UNKNOWN:
        return ", whose image is not known";
    default:
        return ", which is not edited in an archive";
    }
}

/* Nobody may take such a file for a finished one. */
static void say_unsupported(const exn_report *report, const exn_item *item)
{
    char text[160];
    const exn_result *r = &item->result;
    const char *why = r->format == EXN_FORMAT_XMP ? exn_report_owner_text(item) : "";
    if (r->format == EXN_FORMAT_UNKNOWN)
        snprintf(text, sizeof text,
                 "unsupported: copied unchanged, an archive with unknown compression");
    else if (r->orientation_given)
        snprintf(text, sizeof text,
                 "unsupported: copied unchanged, %s to be rotated by orientation %" PRIu32 "%s",
                 exn_format_word(r->format), r->orientation_given, why);
    else if (r->orientation)
        snprintf(text, sizeof text,
                 "unsupported: copied unchanged, %s with orientation %" PRIu32 "%s",
                 exn_format_word(r->format), r->orientation, why);
    else
        snprintf(text, sizeof text, "unsupported: copied unchanged, %s with unclear orientation%s",
                 exn_format_word(r->format), why);
    say(report, item, text);
}

static void say_stale(const exn_report *report, const exn_item *item)
{
    const char *why = item->error.detail, *word = exn_warning_word(EXN_WARN_INDEX_STALE);
    char text[sizeof item->error.detail + 100];
    if (item->result.outcome == EXN_OUTCOME_COPIED)
        snprintf(text, sizeof text, "%s: copied unchanged; rebuild it from the archive%s%s", word,
                 *why ? ": " : "", why);
    else
        snprintf(text, sizeof text, "%s: does not match the output; rebuild it from there: %s",
                 word, why);
    say(report, item, text);
}

static void say_unended(const exn_report *report, const exn_item *item)
{
    say(report, item, "no-end-marker: one was added; members may have been cut off after the last");
}

/* -v; what failed or was skipped is said on standard error in any case. */
static void say_outcome(const exn_report *report, const exn_item *item)
{
    FILE *file = exn_report_stream(report);
    const char *word = exn_totals_outcome_word(report, item->result.outcome);
    exn_text_quote(file, report->prefix ? report->prefix : "", item->path ? item->path : "");
    fprintf(file, ": %s\n", word ? word : "?");
}

/* The bar is cleared first, or the message would stand behind it on one line. */
void exn_report_item(exn_report *report, const exn_item *item)
{
    exn_totals_count(report, item);
    bool silent = item->kind != EXN_ITEM_SKIPPED && item->error.status == EXN_OK &&
                  item->result.outcome != EXN_OUTCOME_UNSUPPORTED && !report->verbose &&
                  !exn_totals_is_stale(item) && !is_unended(item);
    if (!silent)
        exn_progress_clear(&report->progress);
    if (item->kind == EXN_ITEM_SKIPPED || item->error.status != EXN_OK) {
        char text[sizeof item->error.detail + 256];
        exn_totals_error_text(item, text, sizeof text);
        say(report, item, text);
    } else if (item->result.outcome == EXN_OUTCOME_UNSUPPORTED && !report->check &&
               !report->allow_unsupported) {
        say_unsupported(report, item);
    } else if (exn_totals_is_stale(item) || is_unended(item)) {
        if (exn_totals_is_stale(item) && !report->allow_unsupported)
            say_stale(report, item);
        if (is_unended(item))
            say_unended(report, item);
    } else if (report->verbose) {
        say_outcome(report, item);
    }
    if (report->file && !report->broken)
        write_line(report, exn_json_item(report, item));
    exn_progress_item(&report->progress, item->bytes_in, item->error.status != EXN_OK);
}

/* From the least to the most that is done to a file; failures last, where they are seen. */
typedef struct summary_row {
    exn_outcome outcome;
    const char *check; /* --check's words for it; NULL: it does not say so */
} summary_row;

static const summary_row summary[] = {
    {EXN_OUTCOME_COPIED, "neither JPEG nor PNG"},
    {EXN_OUTCOME_UNTOUCHED, "unambiguous"},
    {EXN_OUTCOME_METADATA, "to edit"},
    {EXN_OUTCOME_LOSSLESS, "to rotate"},
    {EXN_OUTCOME_LUMA_LOSSLESS, NULL},
    {EXN_OUTCOME_REQUANTIZED, NULL},
    {EXN_OUTCOME_UNSUPPORTED, "unsupported"},
    {EXN_OUTCOME_FAILED, "failed"},
};

static uint64_t print_outcomes(const exn_report *report, FILE *file)
{
    uint64_t items = report->skipped;
    for (size_t i = 0; i < sizeof summary / sizeof summary[0]; i++) {
        const summary_row *row = &summary[i];
        uint64_t n = report->outcomes[row->outcome];
        const char *word =
            report->check && row->check ? row->check : exn_outcome_word(row->outcome);
        items += n;
        if (n && row->outcome == EXN_OUTCOME_UNTOUCHED && report->linked)
            fprintf(file, "%9" PRIu64 "  %s, %" PRIu64 " of them linked\n", n, word,
                    report->linked);
        else if (n)
            fprintf(file, "%9" PRIu64 "  %s\n", n, word);
    }
    if (report->skipped)
        fprintf(file, "%9" PRIu64 "  skipped\n", report->skipped);
    return items;
}

/* Items that a run before has done are among those counted: the sum is that of the list, however
 * many runs it took. */
static void print_summary(const exn_report *report, FILE *file, int stopped)
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
}

/* Whoever has closed the stream wants no summary; main.c has put something in its place that nobody
 * can write to. */
static bool is_open(FILE *file)
{
    return (fcntl(fileno(file), F_GETFL) & O_ACCMODE) != O_RDONLY;
}

/* fclose(3) may be where a full disk or NFS first says so. Of several things that went wrong the
 * exit status names the one that casts doubt on most: the output, then this program itself, then
 * images. */
exn_exit exn_report_close(exn_report *report, int stopped)
{
    if (report->file && !report->broken)
        write_line(report, exn_json_totals(report, stopped));
    bool own = report->file && report->file != stdout;
    if (own && fclose(report->file) != 0 && !report->broken) {
        fprintf(stderr, "exifnorm: cannot write the report: %s\n", strerror(errno));
        report->broken = true;
    }
    exn_progress_clear(&report->progress);
    if (!report->quiet && is_open(exn_report_stream(report)))
        print_summary(report, exn_report_stream(report), stopped);
    report->file = NULL;
    bool flushed = fflush(stdout) == 0; /* a listing may have failed long before */
    if ((!flushed || ferror(stdout)) && !report->broken) {
        fprintf(stderr, "exifnorm: cannot write to standard output%s%s\n", flushed ? "" : ": ",
                flushed ? "" : strerror(errno));
        report->broken = true;
    }
    if (report->output_failed || report->broken)
        return EXN_EXIT_OUTPUT;
    if (report->internal)
        return EXN_EXIT_INTERNAL;
    return exn_totals_have_failures(report) ? EXN_EXIT_FAILED : EXN_EXIT_OK;
}
