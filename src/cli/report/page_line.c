/* SPDX-License-Identifier: MIT */
#include "page_line.h"

#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "page/page_words.h"

/* Field by field the same as the first line of the report (json.c), so that a page made from the
 * report later is the same. Strings are borrowed from the options. */
exn_exit exn_page_line_start(exn_report *report, const exn_cli_options *options)
{
    const bool named = !options->paths && !options->inputs;
    const exn_page_run run = {
        .version = exn_version(),
        .in = named ? options->in : NULL,
        .out = options->paths ? NULL : options->out,
        .paths = (const char *const *)(options->paths ? options->paths : options->inputs),
        .backup = options->backup,
        .label_formats = options->label_formats,
        .check = options->check,
        .in_place = options->in_place,
        .dry_run = options->dry_run};
    report->page = options->page;
    return report->page ? exn_page_start(report->page, &run) : EXN_EXIT_OK;
}

/* Tests in the order of json.c: a skipped item has no other outcome. */
static int outcome_of(const exn_item *item)
{
    if (item->kind == EXN_ITEM_SKIPPED)
        return EXN_PAGE_SKIPPED;
    if (exn_totals_labels_word(item))
        return item->labels.kept > 0 ? EXN_PAGE_PARTLY : EXN_PAGE_MOVED;
    return (int)item->result.outcome;
}

/* Only failed and skipped items have a text; that of any other would be an empty cell. */
void exn_page_line_item(const exn_report *report, const exn_item *item)
{
    const exn_result *r = &item->result;
    char text[sizeof item->error.detail + 256];
    const bool told = item->kind == EXN_ITEM_SKIPPED || item->error.status != EXN_OK;
    if (!report->page)
        return;
    char *path = exn_totals_path(report, item->path ? item->path : "");
    exn_totals_error_text(item, text, sizeof text);
    const exn_page_seen seen = {.path = path ? path : "",
                                .archive = report->archive,
                                .outcome = outcome_of(item),
                                .format = r->format,
                                .labels = item->labels.format,
                                .orientation = r->orientation,
                                .given = r->orientation_given,
                                .transform = r->transform,
                                .warnings = r->warnings,
                                .width_in = r->width_in,
                                .height_in = r->height_in,
                                .error = told ? text : NULL};
    exn_page_item(report->page, &seen);
    free(path);
}

/* unknown comes after the verdicts, where exn_page_words_verdicts() expects it. */
void exn_page_line_labels(const exn_report *report, const exn_report_labels *labels)
{
    char text[160];
    uint64_t counts[EXN_LABELS_VERDICT_CONTRADICTORY + 2];
    if (!report->page)
        return;
    memcpy(counts, labels->verdicts, sizeof labels->verdicts);
    counts[EXN_LABELS_VERDICT_CONTRADICTORY + 1] = labels->unknown;
    exn_page_words_verdicts(labels->judged ? counts : NULL, labels->unread, labels->rotated,
                            labels->renamed, text, sizeof text);
    char *path = exn_totals_path(report, labels->path);
    exn_page_labels(report->page, report->archive, path ? path : "", exn_totals_format_word(labels),
                    labels->unread ? 0 : labels->shapes, text);
    free(path);
}

void exn_page_line_verdict(const exn_report *report, const char *labels, const char *image,
                           const exn_labels_judgement *judgement)
{
    char witnesses[200] = "";
    size_t used = 0;
    if (!report->page)
        return;
    for (int i = 0; i <= EXN_LABELS_WITNESS_INHERITED; i++)
        if (judgement->witnesses >> i & 1)
            used = exn_page_words_add(witnesses, sizeof witnesses, used,
                                      exn_labels_witness_word((exn_labels_witness)i));
    char *path = exn_totals_path(report, labels), *other = exn_totals_path(report, image);
    exn_page_verdict(report->page, report->archive, path ? path : "", other ? other : "",
                     exn_labels_verdict_word(judgement->verdict), witnesses);
    free(path);
    free(other);
}
