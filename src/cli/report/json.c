/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/failure.h"
#include "base/text.h"

/* jansson keeps the order in which keys were set. If it runs out of memory for a value, the key is
 * missing. Twelve digits resolve a microsecond in a run of eleven days. */
static char *finish(json_t *line)
{
    char *text = line ? json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(12)) : NULL;
    json_decref(line);
    return text;
}

/* A limit may use all 64 bits, and jansson's integers are signed. RFC 8259, 6, warns of integers
 * beyond 2^53; real counts and sizes are far smaller. */
static json_t *number(uint64_t n)
{
    return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *number_or_null(uint64_t n)
{
    return n ? number(n) : json_null();
}

/* With --report-times=no nothing differs from run to run, for pipelines that compare the bytes. */
static json_t *time_or_null(const exn_report *report, double milliseconds)
{
    return report->no_times ? json_null() : json_real(milliseconds);
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

static json_t *size_or_null(uint32_t width, uint32_t height)
{
    return width && height ? json_pack("[I, I]", (json_int_t)width, (json_int_t)height)
                           : json_null();
}

/* JSON is UTF-8 (RFC 8259, 8.1), but a name on Linux may have any bytes. A name that is not UTF-8
 * is approximated in "path" and exact in "path_base64". jansson takes over the value, even if it
 * fails. */
static void set_name(json_t *object, const char *key, const char *name)
{
    bool exact = true;
    char key_base64[32];
    char *text = exn_text_to_utf8(name, &exact);
    json_object_set_new(object, key, json_string(text));
    free(text);
    if (exact)
        return;
    char *bytes = exn_text_base64(name);
    snprintf(key_base64, sizeof key_base64, "%s_base64", key);
    json_object_set_new(object, key_base64, json_string(bytes));
    free(bytes);
}

static void set_name_or_null(json_t *object, const char *key, const char *name)
{
    if (name)
        set_name(object, key, name);
    else
        json_object_set_new(object, key, json_null());
}

/* paths are objects and not strings, since each may need a path_base64. */
static void set_roots(json_t *object, const exn_cli_options *options)
{
    char *const *paths = options->paths ? options->paths : options->inputs;
    if (!paths)
        set_name(object, "in", options->in);
    if (!options->paths)
        set_name(object, "out", options->out);
    if (!paths)
        return;
    json_t *list = json_array();
    for (char *const *path = paths; *path; path++) {
        json_t *entry = json_object();
        set_name(entry, "path", *path);
        json_array_append_new(list, entry);
    }
    json_object_set_new(object, "paths", list);
}

static json_t *shard_or_null(const exn_cli_options *options)
{
    char text[32];
    snprintf(text, sizeof text, "%u/%u", options->shard, options->shards);
    return options->shards ? json_string(text) : json_null();
}

/* Names that are not UTF-8 are only approximated here. */
static json_t *list_names(const char *const *names)
{
    json_t *list = json_array();
    for (; *names; names++) {
        bool exact = true;
        char *text = exn_text_to_utf8(*names, &exact);
        json_array_append_new(list, json_string(text));
        free(text);
    }
    return list;
}

/* The effective value, under the option's name with _ for -. Defaults too, so that a report says
 * how its outputs were made without that version's manual. */
static void set_option(json_t *object, const exn_cli_options *options, const exn_option *option)
{
    char key[32];
    snprintf(key, sizeof key, "%s", option->name);
    for (char *dash = key; (dash = strchr(dash, '-')) != NULL;)
        *dash = '_';
    switch (option->kind) {
    case EXN_OPTION_FLAG:
        json_object_set_new(object, key, json_boolean(exn_cli_options_number(options, option)));
        break;
    case EXN_OPTION_WORDS:
        json_object_set_new(object, key,
                            json_string(option->words[exn_cli_options_number(options, option)]));
        break;
    case EXN_OPTION_NUMBER:
    case EXN_OPTION_SIZE:
        json_object_set_new(object, key, number(exn_cli_options_number(options, option)));
        break;
    case EXN_OPTION_FILE:
        set_name_or_null(object, key, exn_cli_options_name(options, option));
        break;
    case EXN_OPTION_LIST:
        json_object_set_new(object, key, list_names(exn_cli_options_list(options, option)));
        break;
    case EXN_OPTION_SHARD:
        json_object_set_new(object, key, shard_or_null(options));
        break;
    case EXN_OPTION_ACTION:
        break;
    }
}

char *exn_json_header(const exn_cli_options *options)
{
    size_t count;
    const exn_option *table = exn_cli_options_table(&count);
    json_t *line = json_object();
    json_t *said = json_object();
    set_roots(said, options);
    for (size_t i = 0; i < count; i++)
        if (strcmp(table[i].name, "report") != 0 && /* the reader knows */
            strcmp(table[i].name, "html") != 0 &&   /* says what the report says */
            strcmp(table[i].name, "from-report") != 0 && strcmp(table[i].name, "undo") != 0)
            /* These report nothing. */
            set_option(said, options, &table[i]);
    json_object_set_new(line, "exifnorm", json_string(exn_version()));
    json_object_set_new(line, "options", said);
    return finish(line);
}

static json_t *list_warnings(uint32_t warnings)
{
    json_t *list = json_array();
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (warnings >> i & 1)
            json_array_append_new(list, json_string(exn_warning_word((exn_warning)i)));
    return list;
}

static json_t *list_reasons(uint32_t reasons)
{
    json_t *list = json_array();
    for (int i = 0; i < EXN_REASON_COUNT; i++)
        if (reasons >> i & 1)
            json_array_append_new(list, json_string(exn_reason_word((exn_reason)i)));
    return list;
}

/* Components by their position in the file, counted from 0, since identifiers may be any numbers.
 */
static json_t *list_bits(uint32_t bits)
{
    json_t *list = json_array();
    for (int i = 0; i < 32; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_integer(i));
    return list;
}

static void set_path(json_t *line, const char *key, const exn_report *report, const char *path)
{
    char *whole = exn_totals_path(report, path);
    set_name(line, key, whole ? whole : path);
    free(whole);
}

/* Pixels are rotated only by the orientation that counts, so its value names the three bits. Which
 * comes first, the transpose or the flips, is a matter of definition (exifnorm.h), so the EXIF
 * value is given too. */
static json_t *transform_or_null(const exn_result *r)
{
    if (r->outcome == EXN_OUTCOME_FAILED || r->transform == 0)
        return json_null();
    const uint32_t by = r->orientation_given ? r->orientation_given : r->orientation;
    return json_pack("{s:I, s:b, s:b, s:b}", "exif", (json_int_t)by, "transpose",
                     (r->transform & EXN_TRANSFORM_TRANSPOSE) != 0, "flip_x",
                     (r->transform & EXN_TRANSFORM_FLIP_X) != 0, "flip_y",
                     (r->transform & EXN_TRANSFORM_FLIP_Y) != 0);
}

/* The usual J:a:b name, which says how many luma samples share one of chroma. NULL: there is none.
 * Factors are relative (T.81, A.1.1): 2x2, 1x1, 1x1 and 4x2, 2x1, 2x1 differ, and only the ratio of
 * luma to chroma has a name. */
static const char *sampling_name(const uint8_t factors[4], uint32_t components)
{
    static const struct {
        uint32_t h, v;
        const char *name;
    } names[] = {{1, 1, "4:4:4"}, {2, 1, "4:2:2"}, {1, 2, "4:4:0"},
                 {2, 2, "4:2:0"}, {4, 1, "4:1:1"}, {4, 2, "4:1:0"}};
    uint32_t h = factors[0] >> 4, v = factors[0] & 15;
    uint32_t chroma_h = factors[1] >> 4, chroma_v = factors[1] & 15;
    if (components != 3 || factors[1] != factors[2] || !chroma_h || !chroma_v || h % chroma_h ||
        v % chroma_v)
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].h == h / chroma_h && names[i].v == v / chroma_v)
            return names[i].name;
    return NULL;
}

/* A transpose exchanges H and V of every component. */
static json_t *sampling_or_null(const exn_result *r, bool transposed)
{
    uint8_t factors[4];
    json_t *list = json_array();
    for (uint32_t i = 0; i < 4; i++) {
        uint8_t f = r->sampling_in[i];
        factors[i] = transposed ? (uint8_t)(f << 4 | f >> 4) : f;
        if (f && i < r->components)
            json_array_append_new(list, json_pack("[i, i]", factors[i] >> 4, factors[i] & 15));
    }
    if (json_array_size(list) == 0) {
        json_decref(list);
        return json_null();
    }
    return json_pack("{s:s?, s:o}", "name", sampling_name(factors, r->components), "factors", list);
}

/* The picture before and after. A failed item has no output. */
static void set_pictures(json_t *line, const exn_item *item)
{
    const exn_result *r = &item->result;
    bool product = item->kind != EXN_ITEM_SKIPPED && r->outcome != EXN_OUTCOME_FAILED;
    bool transposed = (r->transform & EXN_TRANSFORM_TRANSPOSE) != 0;
    json_object_set_new(line, "transform", transform_or_null(r));
    json_object_set_new(line, "size_before", size_or_null(r->width_in, r->height_in));
    json_object_set_new(line, "size_after",
                        product ? size_or_null(r->width_out, r->height_out) : json_null());
    json_object_set_new(line, "sampling_before", sampling_or_null(r, false));
    json_object_set_new(line, "sampling_after",
                        product ? sampling_or_null(r, transposed) : json_null());
    json_object_set_new(line, "bytes_before", number(item->bytes_in));
    json_object_set_new(line, "bytes_after", number(item->bytes_out));
    json_object_set_new(line, "exact_components", list_bits(product ? r->exact_components : 0));
}

static json_t *describe_labels(const exn_item_labels *labels)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "format",
                     exn_labels_format_word(labels->format), "images", number(labels->images),
                     "shapes", number(labels->shapes), "moved", number(labels->moved), "kept",
                     number(labels->kept), "outside", number(labels->outside));
}

/* A skipped item has no other outcome, whatever its result says; label files have their own words.
 */
static const char *outcome_word(const exn_report *report, const exn_item *item)
{
    const char *word = exn_totals_labels_word(item);
    word = word ? word : exn_totals_outcome_word(report, item->result.outcome);
    return item->kind == EXN_ITEM_SKIPPED || !word ? "skipped" : word;
}

/* docs/report.schema.json is the contract: every line has every key, null if there is nothing to
 * say, except for archive, output, sidecar_of, mask_of, labels and the base64 forms of names. */
char *exn_json_item(const exn_report *report, const exn_item *item)
{
    const exn_result *r = &item->result;
    bool told = item->kind == EXN_ITEM_SKIPPED || item->error.status != EXN_OK;
    char text[sizeof item->error.detail + 256];
    exn_totals_error_text(item, text, sizeof text);

    json_t *line = json_object();
    set_path(line, "path", report, item->path ? item->path : "");
    if (report->archive)
        set_name(line, "archive", report->archive);
    if (item->renamed && item->error.status == EXN_OK)
        set_name(line, "output", item->renamed);
    if (item->image)
        set_path(line, "sidecar_of", report, item->image);
    if (item->mask_of)
        set_path(line, "mask_of", report, item->mask_of);
    json_object_set_new(line, "outcome", json_string(outcome_word(report, item)));
    if (item->labels.format != EXN_LABELS_UNKNOWN)
        json_object_set_new(line, "labels", describe_labels(&item->labels));
    json_object_set_new(line, "method", json_string(exn_method_word(r->method)));
    json_object_set_new(line, "format", json_string(exn_format_word(r->format)));
    json_object_set_new(line, "orientation", number_or_null(r->orientation));
    json_object_set_new(line, "orientation_place",
                        json_string(exn_place_word(r->orientation_place)));
    json_object_set_new(line, "orientation_given", number_or_null(r->orientation_given));
    json_object_set_new(line, "libexif_orientation", number_or_null(r->libexif_orientation));
    set_pictures(line, item);
    json_object_set_new(line, "reasons", list_reasons(r->reasons));
    json_object_set_new(line, "warnings", list_warnings(r->warnings));
    json_object_set_new(line, "linked", json_boolean(item->linked));
    json_object_set_new(line, "make", text_or_null(r->make));
    json_object_set_new(line, "model", text_or_null(r->model));
    json_object_set_new(line, "date_time", text_or_null(r->date_time));
    json_object_set_new(line, "status", json_string(exn_failure_word(item->error.status)));
    json_object_set_new(line, "error", told ? json_string(text) : json_null());
    json_object_set_new(line, "milliseconds",
                        time_or_null(report, (double)exn_item_microseconds(item) / 1000));
    return finish(line);
}

static json_t *count_verdicts(const exn_report_labels *labels)
{
    json_t *counts = json_object();
    for (int i = EXN_LABELS_VERDICT_STORED; i <= EXN_LABELS_VERDICT_CONTRADICTORY; i++)
        json_object_set_new(counts, exn_labels_verdict_word((exn_labels_verdict)i),
                            number(labels->verdicts[i]));
    json_object_set_new(counts, "unknown", number(labels->unknown));
    return counts;
}

/* If a file was not read its numbers are null: a reader would take 0 for a fact. */
char *exn_json_labels(const exn_report *report, const exn_report_labels *labels)
{
    json_t *line = json_object();
    json_t *said = json_object();
    set_path(said, "path", report, labels->path);
    if (report->archive)
        set_name(said, "archive", report->archive);
    json_object_set_new(said, "format", json_string(exn_totals_format_word(labels)));
    json_object_set_new(said, "images", labels->unread ? json_null() : number(labels->images));
    json_object_set_new(said, "shapes", labels->unread ? json_null() : number(labels->shapes));
    json_object_set_new(said, "rotated", labels->unread ? json_null() : number(labels->rotated));
    json_object_set_new(said, "renamed",
                        labels->unread || labels->judged ? json_null() : number(labels->renamed));
    json_object_set_new(said, "verdicts", labels->judged ? count_verdicts(labels) : json_null());
    json_object_set_new(line, "labels", said);
    return finish(line);
}

char *exn_json_verdict(const exn_report *report, const char *labels, const char *image,
                       const exn_labels_judgement *judgement)
{
    json_t *line = json_object();
    json_t *said = json_object();
    json_t *witnesses = json_array();
    set_path(said, "path", report, labels);
    if (report->archive)
        set_name(said, "archive", report->archive);
    set_path(said, "image", report, image);
    json_object_set_new(said, "verdict", json_string(exn_labels_verdict_word(judgement->verdict)));
    for (int i = 0; i <= EXN_LABELS_WITNESS_INHERITED; i++)
        if (judgement->witnesses >> i & 1)
            json_array_append_new(witnesses,
                                  json_string(exn_labels_witness_word((exn_labels_witness)i)));
    json_object_set_new(said, "witnesses", witnesses);
    json_object_set_new(line, "verdict", said);
    return finish(line);
}

/* The totals of --check leave out words that it does not use; items counts all lines anyway. */
static json_t *count_outcomes(const exn_report *report, uint64_t *items)
{
    json_t *counts = json_object();
    for (int i = 0; i < EXN_OUTCOME_COUNT; i++) {
        const char *word = exn_totals_outcome_word(report, (exn_outcome)i);
        *items += report->outcomes[i];
        if (word)
            json_object_set_new(counts, word, number(report->outcomes[i]));
    }
    *items += report->skipped + report->moved + report->partly;
    if (!report->check) {
        json_object_set_new(counts, "moved", number(report->moved));
        json_object_set_new(counts, "partly", number(report->partly));
    }
    json_object_set_new(counts, "skipped", number(report->skipped));
    return counts;
}

/* The first reason in this order: what failed after a signal may have failed because of it. */
const char *exn_json_stopped(const exn_report *report, int stopped)
{
    return stopped                 ? "signal"
           : report->undecided     ? "labels"
           : report->output_failed ? "output"
           : report->gave_up       ? "failure"
           : report->unlisted      ? "input"
                                   : NULL;
}

/* Without this last line a report was cut off, or its run was killed. */
char *exn_json_totals(const exn_report *report, int stopped)
{
    uint64_t items = 0;
    json_t *line = json_object();
    json_t *totals = json_object();
    json_t *counts = count_outcomes(report, &items);
    const char *why = exn_json_stopped(report, stopped);
    json_object_set_new(totals, "items", number(items));
    json_object_set_new(totals, "outcomes", counts);
    json_object_set_new(totals, "warnings", number(report->warnings));
    json_object_set_new(
        totals, "labels",
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "files", number(report->labels.files), "unread",
                  number(report->labels.unread), "rotated", number(report->labels.rotated),
                  "renamed", number(report->labels.renamed), "undecided",
                  number(report->labels.undecided)));
    json_object_set_new(totals, "not_covered",
                        json_pack("{s:o, s:o}", "raw", number(report->uncovered[EXN_UNCOVERED_RAW]),
                                  "video", number(report->uncovered[EXN_UNCOVERED_VIDEO])));
    json_object_set_new(totals, "bytes_before", number(report->bytes_in));
    json_object_set_new(totals, "bytes_after", number(report->bytes_out));
    json_object_set_new(totals, "milliseconds",
                        time_or_null(report, exn_totals_seconds(report) * 1000));
    json_object_set_new(totals, "stopped", text_or_null(why));
    json_object_set_new(line, "totals", totals);
    return finish(line);
}
