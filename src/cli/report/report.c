/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/signals.h"
#include "base/text.h"
#include "json.h"
#include "page/page.h"
#include "page_line.h"
#include "summary.h"

/* Nothing for people goes into a stream that carries the report or the output. */
FILE *exn_report_stream(const exn_report *report)
{
    return report->file == stdout || report->to_stdout ? stderr : stdout;
}

/* Takes a line over and frees it. Each line is flushed before the next item begins, so that a
 * reader at the other end of a pipe gets it, and a full disk is noticed at once. If the reader has
 * gone this fails with EPIPE (SIGPIPE is ignored), and ends the run like a full disk. */
static void write_line(exn_report *report, char *text)
{
    if (!text || fprintf(report->file, "%s\n", text) < 0 || fflush(report->file) != 0) {
        fprintf(stderr, "exifnorm: cannot write the report: %s\n",
                text ? strerror(errno) : "out of memory");
        report->broken = true;
    }
    free(text);
}

/* No output may replace the file with this id (exn_target_check()). The file is truncated here, so
 * its path has been checked against IN before (exn_roots_check_report() and the like). */
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

/* If it fails, the reason has been printed and there is no output yet: the caller ends without a
 * summary. */
exn_exit exn_report_open(exn_report *report, const exn_cli_options *options)
{
    const bool writes = !options->check && !options->dry_run && !options->to_stdout;
    *report = (exn_report){.name = options->report,
                           .out = writes ? options->out : NULL,
                           .page_name = options->html,
                           .no_times = options->no_times,
                           .paths = options->paths || options->inputs,
                           .check = options->check,
                           .dry_run = options->dry_run,
                           .drops = options->work.mode == EXN_MODE_DROP,
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
    if (!report->broken && exn_page_line_start(report, options) == EXN_EXIT_OK)
        return EXN_EXIT_OK;
    if (report->file && report->file != stdout)
        fclose(report->file);
    report->file = NULL;
    return EXN_EXIT_OUTPUT;
}

/* An archive without an end marker. */
static bool is_unended(const exn_item *item)
{
    return (item->result.warnings >> EXN_WARN_NO_END_MARKER & 1) != 0 &&
           item->error.status == EXN_OK;
}

/* kind: see exn_kinds_count(). */
static void say(exn_report *report, const exn_item *item, const char *kind, const char *text)
{
    if (!exn_kinds_count(&report->kinds, kind) && !report->verbose)
        return;
    exn_progress_clear(&report->progress);
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

/* What the user can do about a file that is only copied. */
static const char *remedy(const exn_item *item)
{
    if (item->result.format == EXN_FORMAT_XMP)
        return exn_report_owner_text(item);
    switch ((int)item->result.format) {
    case EXN_FORMAT_WEBP:
        return item->result.orientation_given ? "; see --webp=rotate"
                                              : "; --webp=as-shown removes it";
    case EXN_FORMAT_HEIC:
    case EXN_FORMAT_AVIF:
    case EXN_FORMAT_HEIF:
        return item->result.orientation_given ? "" : "; see --heif";
    default:
        return "";
    }
}

/* Printed so that nobody takes such a file for a finished one. */
static void say_unsupported(exn_report *report, const exn_item *item)
{
    char text[160];
    const exn_result *r = &item->result;
    const char *why = remedy(item);
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
    say(report, item, "unsupported: copied unchanged", text);
}

static void say_stale(exn_report *report, const exn_item *item)
{
    const char *why = item->error.detail, *word = exn_warning_word(EXN_WARN_INDEX_STALE);
    char text[sizeof item->error.detail + 100];
    if (item->result.outcome == EXN_OUTCOME_COPIED)
        snprintf(text, sizeof text, "%s: copied unchanged; rebuild it from the archive%s%s", word,
                 *why ? ": " : "", why);
    else
        snprintf(text, sizeof text, "%s: does not match the output; rebuild it from there: %s",
                 word, why);
    say(report, item, word, text);
}

static void say_unended(exn_report *report, const exn_item *item)
{
    say(report, item, exn_warning_word(EXN_WARN_NO_END_MARKER),
        "no-end-marker: one was added; members may have been cut off after the last");
}

/* For -v; failed and skipped items are always named on standard error. */
static void say_outcome(exn_report *report, const exn_item *item)
{
    FILE *file = exn_report_stream(report);
    const char *labels = exn_totals_labels_word(item);
    const char *word = labels ? labels : exn_totals_outcome_word(report, item->result.outcome),
               *gap = "; warnings: ";
    exn_progress_clear(&report->progress);
    exn_text_quote(file, report->prefix ? report->prefix : "", item->path ? item->path : "");
    fprintf(file, ": %s", word ? word : "?");
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (item->result.warnings >> i & 1) {
            fprintf(file, "%s%s", gap, exn_warning_word((exn_warning)i));
            gap = ", ";
        }
    fputc('\n', file);
}

/* The bar is cleared before a line, which would otherwise be appended to it. */
void exn_report_item(exn_report *report, const exn_item *item)
{
    exn_totals_count(report, item);
    if (item->kind == EXN_ITEM_SKIPPED || item->error.status != EXN_OK) {
        char text[sizeof item->error.detail + 256];
        exn_totals_error_text(item, text, sizeof text);
        say(report, item, exn_totals_kind(item), text);
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
    exn_page_line_item(report, item);
    exn_progress_item(&report->progress, item->bytes_in, report->known > report->progress.known,
                      item->error.status != EXN_OK);
}

/* Files that merely look like labels are counted separately, since --labels cannot move them; so
 * are images that merely look like masks. A mask has no format; a label file that could not be
 * read, or was judged, may have none either. */
void exn_report_tell_labels(exn_report *report, const exn_report_labels *labels)
{
    const bool is_odd = labels->format == EXN_LABELS_UNKNOWN && !labels->is_mask &&
                        !labels->unread && !labels->judged;
    const bool is_undeclared = labels->is_mask && !labels->judged;
    report->labels.masks += is_undeclared;
    report->labels.files += !labels->unread && !is_odd && !is_undeclared;
    report->labels.odd += is_odd && labels->rotated > 0;
    report->labels.stale += is_odd && labels->rotated == 0;
    report->labels.unread += labels->unread;
    if (labels->judged) {
        report->labels.judged = true;
        report->labels.rotated += labels->rotated;
        report->labels.unknown += labels->unknown;
        report->labels.undecided += labels->verdicts[EXN_LABELS_VERDICT_EITHER] +
                                    labels->verdicts[EXN_LABELS_VERDICT_CONTRADICTORY];
    }
    if (report->file && !report->broken)
        write_line(report, exn_json_labels(report, labels));
    exn_page_line_labels(report, labels);
}

void exn_report_tell_verdict(exn_report *report, const char *labels, const char *image,
                             const exn_labels_judgement *judgement)
{
    if (report->file && !report->broken)
        write_line(report, exn_json_verdict(report, labels, image, judgement));
    exn_page_line_verdict(report, labels, image, judgement);
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void print_files(const exn_report *report)
{
    const uint64_t files = report->labels.files, rotated = report->labels.rotated,
                   renamed = report->labels.renamed;
    const char *copied = report->dry_run ? "would be" : files == 1 ? "was" : "were";
    fprintf(stderr, "exifnorm: %" PRIu64 " label file%s name%s", files, plural(files),
            files == 1 ? "s" : "");
    if (rotated > 0)
        fprintf(stderr, " %" PRIu64 " %simage%s%s", rotated, report->drops ? "" : "rotated ",
                plural(rotated), report->drops ? " without their orientation" : "");
    if (renamed > 0)
        fprintf(stderr, "%s %" PRIu64 " image%s with another name now", rotated ? ", and" : "",
                renamed, plural(renamed));
    fprintf(stderr, "%s and %s copied unchanged: see --labels\n", renamed > 0 ? "," : "", copied);
}

/* Printed even with --quiet: labels that no longer fit their images are as bad as a failure. */
static void print_labels(const exn_report *report)
{
    const uint64_t files = report->labels.files, unread = report->labels.unread,
                   stale = report->labels.stale, masks = report->labels.masks;
    if (report->labels.judged)
        return;
    if (files > 0)
        print_files(report);
    if (stale > 0)
        fprintf(stderr,
                "exifnorm: %" PRIu64 " file%s of no known format name%s images that have other "
                "names now\n",
                stale, plural(stale), stale == 1 ? "s" : "");
    if (report->labels.odd > 0)
        fprintf(stderr,
                "exifnorm: %" PRIu64 " file%s of no known format look%s like labels of rotated "
                "images: see --labels-format\n",
                report->labels.odd, plural(report->labels.odd), report->labels.odd == 1 ? "s" : "");
    if (masks > 0)
        fprintf(stderr,
                "exifnorm: %" PRIu64 " image%s like %s, which %s not rotated: see --masks\n", masks,
                masks == 1 ? " looks" : "s look",
                masks == 1 ? "a mask of a rotated image" : "masks of rotated images",
                masks == 1 ? "was" : "were");
    if (unread > 0)
        fprintf(stderr,
                "exifnorm: %" PRIu64 " label file%s may name rotated images and could not be read: "
                "see --labels\n",
                unread, plural(unread));
}

bool exn_report_has_stopped(const exn_report *report)
{
    return exn_signals_caught() || report->gave_up || report->broken || report->output_failed;
}

/* If the caller has closed the stream, it gets no summary; main.c has replaced it by one that
 * cannot be written to. */
static bool is_open(FILE *file)
{
    return (fcntl(fileno(file), F_GETFL) & O_ACCMODE) != O_RDONLY;
}

/* A full disk or NFS may report its error only at fclose(3). If several things went wrong, the exit
 * status names the one that casts most doubt: the output, then this program itself, then images. */
exn_exit exn_report_close(exn_report *report, int stopped)
{
    if (report->file && !report->broken)
        write_line(report, exn_json_totals(report, stopped));
    if (report->page && !exn_json_stopped(report, stopped))
        exn_page_end(report->page);
    bool own = report->file && report->file != stdout;
    if (own && fclose(report->file) != 0 && !report->broken) {
        fprintf(stderr, "exifnorm: cannot write the report: %s\n", strerror(errno));
        report->broken = true;
    }
    exn_progress_clear(&report->progress);
    if (!report->verbose)
        exn_kinds_print_rest(&report->kinds, stderr);
    print_labels(report);
    if (!report->quiet && is_open(exn_report_stream(report)))
        exn_summary_print(report, exn_report_stream(report), stopped);
    exn_totals_free(report);
    report->file = NULL;
    bool flushed = fflush(stdout) == 0; /* an earlier write may have failed: see ferror() below */
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
