/* SPDX-License-Identifier: MIT */
#include "totals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/failure.h"
#include "page/page_words.h"

/* The library's text for EXN_CORRUPT speaks of image data, which does not fit a label file. */
const char *exn_totals_kind(const exn_item *item)
{
    const bool is_labels = item->labels.format != EXN_LABELS_UNKNOWN || item->labels.is_odd;
    if (item->kind == EXN_ITEM_SKIPPED)
        return "skipped";
    if (is_labels && item->error.status == EXN_CORRUPT)
        return "damaged label file";
    if (item->is_mask && item->error.status == EXN_REFUSED)
        return "a mask that cannot be rotated";
    if (is_labels && (item->error.status == EXN_UNSUPPORTED || item->error.status == EXN_REFUSED))
        return "labels that cannot be moved";
    return exn_failure_text(item->error.status);
}

/* If none of its images was rotated, it is copied like any file and has no word of its own. */
const char *exn_totals_labels_word(const exn_item *item)
{
    if (item->labels.format == EXN_LABELS_UNKNOWN || item->error.status != EXN_OK)
        return NULL;
    if (item->labels.kept > 0)
        return "partly";
    return item->result.outcome == EXN_OUTCOME_METADATA ? "moved" : NULL;
}

const char *exn_totals_format_word(const exn_report_labels *labels)
{
    return labels->is_mask ? "mask" : exn_labels_format_word(labels->format);
}

/* "damaged image data: <detail>: <errno>"; empty parts are left out. strerror(3) uses the C locale,
 * since nothing calls setlocale(3), so texts do not depend on the user's locale. */
void exn_totals_error_text(const exn_item *item, char *text, size_t size)
{
    const exn_error *error = &item->error;
    snprintf(text, size, "%s%s%s%s%s", exn_totals_kind(item), error->detail[0] ? ": " : "",
             error->detail, error->sys_errno ? ": " : "",
             error->sys_errno ? strerror(error->sys_errno) : "");
}

/* With several inputs, one relative path could stand for two files. */
char *exn_totals_path(const exn_report *report, const char *path)
{
    char *whole = NULL;
    const bool prefixed = report->paths && report->prefix && !report->archive;
    return asprintf(&whole, "%s%s", prefixed ? report->prefix : "", path) < 0 ? NULL : whole;
}

/* The words are an interface (docs/report.md), since programs compare them. */
const char *exn_totals_outcome_word(const exn_report *report, exn_outcome outcome)
{
    return exn_page_words_outcome((int)outcome, report->check);
}

bool exn_totals_is_stale(const exn_item *item)
{
    return (item->result.warnings >> EXN_WARN_INDEX_STALE & 1) != 0 && item->error.status == EXN_OK;
}

/* Keeps the first path as an example, which is what readers of the summary look at first. Without
 * memory there is no example. */
static void count_warnings(exn_report *report, const exn_item *item)
{
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (item->result.warnings >> i & 1) {
            report->warnings++;
            if (report->warned[i]++ == 0 &&
                asprintf(&report->first[i], "%s%s", report->prefix ? report->prefix : "",
                         item->path ? item->path : "") < 0)
                report->first[i] = NULL;
        }
}

void exn_totals_free(exn_report *report)
{
    for (int i = 0; i < EXN_WARNING_COUNT; i++) {
        free(report->first[i]);
        report->first[i] = NULL;
    }
}

/* A damaged or missing file fails again; one that was still being written will be complete, and
 * --resume needs the state for the others. */
bool exn_totals_may_pass(const exn_error *error)
{
    switch ((int)error->status) { /* some are not in the library's enum */
    case EXN_READ:
        if (error->sys_errno == 0)
            return strstr(error->detail, "while it was read") != NULL;
        return error->sys_errno != ENOENT && error->sys_errno != EACCES;
    case EXN_WRITE:
    case EXN_MEMORY:
    case EXN_TIMEOUT:
    case EXN_CRASHED:
    case EXN_INTERNAL:
    case EXN_MISMATCH:
        return true;
    default:
        return false;
    }
}

/* A mismatch, a crash and an internal error are the fault of this program or of the machine, not of
 * the image, and have an exit status of their own. */
void exn_totals_count(exn_report *report, const exn_item *item)
{
    report->bytes_in += item->bytes_in;
    report->bytes_out += item->bytes_out;
    count_warnings(report, item);
    if (item->error.status == EXN_MISMATCH || item->error.status == EXN_CRASHED ||
        item->error.status == EXN_INTERNAL)
        report->internal++;
    report->passing += exn_totals_may_pass(&item->error);
    report->linked += item->linked;
    report->stale += exn_totals_is_stale(item);
    const char *labels = exn_totals_labels_word(item);
    if ((item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK) &&
        (item->result.outcome == EXN_OUTCOME_COPIED ||
         item->result.outcome == EXN_OUTCOME_UNSUPPORTED))
        report->uncovered[exn_item_uncovered(item)]++;
    if (item->kind == EXN_ITEM_SKIPPED)
        report->skipped++;
    else if (labels)
        *(item->labels.kept > 0 ? &report->partly : &report->moved) += 1;
    else
        report->outcomes[item->result.outcome]++;
}

/* If so, the state is no longer needed. A damaged image is no reason to keep it, since it would
 * fail again. */
bool exn_totals_are_final(const exn_report *report, int stopped)
{
    return !stopped && !report->passing && !report->gave_up && !report->broken &&
           !report->output_failed && !report->unlisted && !report->internal;
}

double exn_totals_seconds(const exn_report *report)
{
    return (double)(exn_clock_now() - report->start) / 1e9;
}

/* An unsupported image was copied unchanged, so a training job would still meet its orientation. */
bool exn_totals_have_failures(const exn_report *report)
{
    const bool unclear =
        report->labels.judged &&
        (report->labels.undecided > 0 || report->labels.unread > 0 || report->labels.unknown > 0);
    return report->outcomes[EXN_OUTCOME_FAILED] > 0 || report->listed > 0 || report->unmet > 0 ||
           unclear || report->undecided ||
           ((report->outcomes[EXN_OUTCOME_UNSUPPORTED] > 0 || report->stale > 0) &&
            !report->allow_unsupported);
}
