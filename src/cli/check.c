/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "labels/survey.h"
#include "list/list.h"
#include "list/orientations.h"
#include "list/sidecar.h"
#include "streams/tar.h"
#include "streams/tar_names.h"
#include "workers/flight.h"
#include "workers/work.h"

/* Reasons that are about orientation, unlike a density. */
static const uint32_t oriented = 1u << EXN_REASON_EXIF | 1u << EXN_REASON_XMP |
                                 1u << EXN_REASON_RAW_PROFILE | 1u << EXN_REASON_PROPERTY;

/* An item from the list until it is reported. The job has to be the first member, since the pool
 * gives back a pointer to it. */
typedef struct entry {
    exn_job job;
    exn_item item;
    struct stat before; /* of the file */
    bool ready;
} entry;

/* How far files in progress may be ahead of the one that is reported next. */
#define WINDOW ((size_t)256)

typedef struct check {
    const exn_cli_options *options;
    exn_report *report;
    const exn_roots *roots; /* of the current path */
    exn_flight flight;
    uint64_t orientations[9]; /* [0]: none */
    uint64_t invalid;         /* has one, but none that counts */
    uint64_t ambiguous;       /* how many of all these are ambiguous */
    exn_sidecars sidecars;
    exn_survey *survey; /* of label files; NULL: without --labels */
} check;

static bool is_invalid(const exn_result *result)
{
    return result->orientation == 0 && (result->reasons & oriented) != 0;
}

/* Every image is counted once, and ambiguous ones once more. A sidecar is not an image. */
static void count(check *c, const exn_result *result)
{
    if (result->format == EXN_FORMAT_XMP)
        return;
    if (result->orientation_given)
        c->orientations[result->orientation_given]++;
    else if (is_invalid(result))
        c->invalid++;
    else
        c->orientations[result->orientation]++;
    if (result->warnings & EXN_WARNINGS_AMBIGUOUS)
        c->ambiguous++;
}

/* Reasons say why a run would change the file; ambiguous warnings say why the result may look
 * different from what somebody has seen. Both use the report's words, so that one can search for
 * them. */
static void list_file(const check *c, const exn_item *item)
{
    const exn_result *r = &item->result;
    FILE *file = exn_report_stream(c->report);
    const char *gap = "; ";
    exn_text_quote(file, c->report->prefix ? c->report->prefix : "", item->path);
    if (r->orientation)
        fprintf(file, ": orientation %" PRIu32, r->orientation);
    else
        fprintf(file, ": %s orientation", is_invalid(r) ? "invalid" : "no");
    if (r->orientation_given)
        fprintf(file, ", %" PRIu32 " is given", r->orientation_given);
    for (int i = 0; i < EXN_REASON_COUNT; i++)
        if (r->reasons >> i & 1) {
            fprintf(file, "%s%s", gap, exn_reason_word((exn_reason)i));
            gap = ", ";
        }
    gap = "; ambiguous: ";
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if ((r->warnings & EXN_WARNINGS_AMBIGUOUS) >> i & 1) {
            fprintf(file, "%s%s", gap, exn_warning_word((exn_warning)i));
            gap = ", ";
        }
    if (r->outcome == EXN_OUTCOME_UNSUPPORTED)
        fprintf(file, "; unsupported %s%s", exn_format_word(r->format),
                r->format == EXN_FORMAT_XMP ? exn_report_owner_text(item) : "");
    fputc('\n', file);
}

/* Lists files that a run would change, or refuse as ambiguous. Both are counted alike: neither is
 * unambiguous. */
static void judge(check *c, const exn_item *item)
{
    bool refused = item->error.status == EXN_REFUSED;
    if (item->result.format == EXN_FORMAT_UNKNOWN || (item->error.status != EXN_OK && !refused))
        return;
    count(c, &item->result);
    if (item->result.reasons == 0 && !item->result.transform && !refused &&
        item->result.outcome != EXN_OUTCOME_UNSUPPORTED)
        return;
    list_file(c, item);
    if (item->result.outcome != EXN_OUTCOME_UNSUPPORTED)
        c->report->listed++;
}

/* There is no point in continuing if the results cannot be written. */
static bool is_well(const void *owner)
{
    const check *c = owner;
    return !c->report->broken && !ferror(stdout);
}

static bool is_ready(const void *one)
{
    const entry *e = one;
    return e->ready;
}

/* A file that is not an image is no failure, since a run copies it, unless its name promises one.
 */
static void judge_name(exn_item *item, const exn_cli_options *options)
{
    const bool sidecar = item->error.status == EXN_OK && item->result.format == EXN_FORMAT_XMP;
    if (item->error.status != EXN_NOT_AN_IMAGE && !sidecar)
        return;
    item->error = (exn_error){0};
    if (!sidecar && exn_item_named_as_image(item))
        exn_item_misnamed(item, item->bytes_in, &item->error);
    else if (exn_orientations_find(options->given, item->path))
        exn_error_set(&item->error, EXN_NOT_AN_IMAGE, 0, "--orientations says otherwise");
    else if (options->tar && exn_tar_name_is_unknown(item->path))
        exn_error_set(&item->error, EXN_UNSUPPORTED, 0, "an archive with unknown compression");
    else if (!sidecar)
        item->result.outcome = EXN_OUTCOME_COPIED;
    if (item->error.status != EXN_OK)
        item->result.outcome = EXN_OUTCOME_FAILED;
}

/* Closes the files that a worker has looked at. */
static void close_sides(entry *e)
{
    if (e->job.source >= 0)
        close(e->job.source);
    if (e->job.beside.there)
        close(e->job.image);
    e->job.source = -1;
    e->job.beside.there = false;
}

/* Called by streams/tar.h for each member, in their order. */
static void judge_member(void *context, const exn_item *item)
{
    judge(context, item);
}

/* A run adds an end marker to an archive that has none, so that is reported. */
static void tell_end(check *c, exn_item *item, const exn_tar_end *end)
{
    if (item->error.status == EXN_OK && end->unended)
        exn_tar_tell_unended(item, -1);
    if (item->error.status != EXN_OK)
        item->result.outcome = EXN_OUTCOME_FAILED;
    if (item->error.status != EXN_OK || end->unended)
        exn_report_item(c->report, item);
}

/* An archive gets all workers, so earlier items are finished first. Its members are reported, and
 * the archive itself only if it failed or had no end marker. before: the status of a file. */
static void run_stream(check *c, exn_item *item, int in, const struct stat *before,
                       const char *archive, const char *told)
{
    exn_tar_end end = {0};
    exn_flight_drain(&c->flight, 0);
    const exn_tar_job job = {.options = c->options,
                             .pool = c->flight.pool,
                             .report = c->report,
                             .archive = archive,
                             .in = in,
                             .out = -1,
                             .told = told,
                             .judge = judge_member,
                             .context = c};
    if (item->error.status == EXN_OK && exn_flight_may_go_on(&c->flight))
        exn_tar_run(&job, &end, &item->error);
    if (in >= 0 && before && !exn_item_unchanged(in, before, false))
        exn_error_set(&item->error, EXN_READ, 0, "the source changed while it was read");
    if (item->error.status != EXN_INTERRUPTED)
        tell_end(c, item, &end);
}

static void run_archive(check *c, exn_item *item)
{
    struct stat before;
    char *told = NULL;
    const char *prefix = c->roots->prefix ? c->roots->prefix : "";
    const int in = exn_item_open(item, c->roots->in, &before);
    if (asprintf(&told, "%s%s", prefix, item->path) < 0) {
        told = NULL;
        exn_error_set(&item->error, EXN_MEMORY, 0, "archive name");
    }
    run_stream(c, item, in, &before, c->roots->folder ? item->path : NULL, told);
    if (in >= 0)
        close(in);
    free(told);
    exn_item_free(item);
}

/* In a folder, archives are recognized by their names; a file that was named by the user is one. */
static bool is_archive(const check *c, const exn_item *item)
{
    return c->options->tar && (!c->roots->folder || exn_tar_name_is(item->path));
}

/* Nothing is written, so any change of the file's times is somebody else's: there is no exception
 * for links. */
static void collect(void *owner, void *one)
{
    const check *c = owner;
    entry *e = one;
    e->item.result = e->job.answer.result;
    e->item.error = e->job.answer.error;
    exn_item_take_time(&e->item, e->job.answer.microseconds);
    judge_name(&e->item, c->options);
    if (!exn_item_unchanged(e->job.source, &e->before, false)) {
        exn_error_set(&e->item.error, EXN_READ, 0, "the source changed while it was read");
        e->item.result.outcome = EXN_OUTCOME_FAILED;
    }
    close_sides(e);
    e->ready = true;
}

/* Notes an image that labels may be about. */
static void see(check *c, const exn_item *item)
{
    if (c->survey && exn_item_may_have_labels(item))
        exn_survey_see(c->survey, c->options, item);
}

/* Called in the list's order, whichever worker was first. */
static void finish(void *owner, void *one)
{
    check *c = owner;
    const entry *e = one;
    if (e->item.kind == EXN_ITEM_FILE || e->item.kind == EXN_ITEM_LINK) {
        judge(c, &e->item);
        see(c, &e->item);
    }
    exn_report_item(c->report, &e->item);
}

/* If the run ends early, files that were not looked at are not reported. */
static void forget(void *owner, void *one)
{
    (void)owner;
    entry *e = one;
    close_sides(e);
    exn_item_free(&e->item);
}

/* Checks a sidecar together with its image, whose headers alone are read: --check does not find
 * that the image would fail later. */
static void pair(check *c, entry *e)
{
    exn_item *item = &e->item;
    e->job.kind = EXN_JOB_SIDECAR;
    if (exn_sidecar_pair(&c->sidecars, c->roots->in, item) == EXN_OK && item->image)
        e->job.image = exn_sidecar_open(item, c->roots->in);
    e->job.beside = (exn_beside){.there = item->image && item->error.status == EXN_OK,
                                 .size = (uint64_t)item->status.st_size};
    if (item->error.status == EXN_OK)
        return;
    close(e->job.source);
    e->job.source = -1;
}

/* Reads headers only, so things that only the pixels tell (damage, whether a rotation is lossless)
 * do not show. */
static void run_file(check *c, entry *e)
{
    exn_item *item = &e->item;
    e->job.kind = EXN_JOB_CHECK;
    e->job.output = -1;
    e->job.source = exn_item_open(item, c->roots->in, &e->before);
    e->job.size = item->bytes_in;
    if (e->job.source >= 0 && exn_sidecar_is(c->options, item->path))
        pair(c, e);
    e->job.orientation =
        exn_orientations_find(c->options->given, item->image ? item->image : item->path);
    e->ready = e->job.source < 0;
    if (!e->ready)
        exn_flight_hand_over(&c->flight, &e->job);
}

/* Folders are not reported. If the run has to end while the flight is full, the item was not looked
 * at and is not reported either. */
static void run_item(check *c, exn_item *item)
{
    bool is_file = item->kind == EXN_ITEM_FILE || item->kind == EXN_ITEM_LINK;
    if (!is_file && item->kind != EXN_ITEM_SKIPPED && item->kind != EXN_ITEM_UNREADABLE) {
        exn_item_free(item);
        return;
    }
    if (is_file && is_archive(c, item)) {
        run_archive(c, item);
        return;
    }
    c->report->archives += is_file && exn_tar_name_is(item->path);
    while (exn_flight_is_full(&c->flight) && exn_flight_may_go_on(&c->flight))
        exn_flight_step(&c->flight);
    if (exn_flight_is_full(&c->flight)) {
        exn_item_free(item);
        return;
    }
    entry *e = exn_flight_push(&c->flight);
    *e = (entry){.item = *item, .job.source = -1, .ready = true};
    if (is_file)
        run_file(c, e);
    exn_flight_finish_ready(&c->flight);
}

/* Called when all images of a path are known; labels are judged by the images of their own path.
 * Closing the survey makes it ready for the next path. */
static void judge_labels(check *c)
{
    const exn_scout scout = {
        .options = c->options, .roots = c->roots, .pool = c->flight.pool, .odd = true};
    c->survey->report = c->report;
    exn_progress_clear(&c->report->progress);
    if (exn_survey_data(c->survey, scout) && exn_survey_labels(c->survey, scout))
        exn_survey_tell(c->survey, c->report);
    else if (c->survey->no_memory)
        c->report->broken = true;
    exn_survey_close(c->survey);
}

/* After a signal label files are not judged: with only some of the images their frame could seem
 * clear when it is not. */
static void run_list(check *c, const exn_roots *roots, exn_list *list)
{
    exn_item item;
    c->roots = roots;
    while (exn_flight_may_go_on(&c->flight) && exn_list_next(list, &item))
        run_item(c, &item);
    exn_flight_drain(&c->flight, 0);
    if (c->survey && exn_flight_may_go_on(&c->flight))
        judge_labels(c);
    exn_flight_drop(&c->flight);
}

bool exn_check_is_stdin(const exn_cli_options *options, const char *path)
{
    return options->tar && strcmp(path, "-") == 0;
}

/* As in a run, there is no archive's name in front of its members. */
static void run_stdin(check *c)
{
    exn_item item = {.kind = EXN_ITEM_FILE, .path = strdup("-")};
    if (!item.path)
        exn_error_set(&item.error, EXN_MEMORY, 0, "archive name");
    run_stream(c, &item, STDIN_FILENO, NULL, NULL, NULL);
    exn_item_free(&item);
}

/* A path that cannot be opened is a failed item, and the others are still checked. */
static void run_path(check *c, const char *path)
{
    exn_roots roots;
    exn_item item = {.kind = EXN_ITEM_UNREADABLE};
    if (exn_roots_open_path(&roots, path, &item.error)) {
        exn_list *list = exn_list_open(&roots, NULL, c->options);
        c->report->prefix = roots.prefix;
        if (list)
            run_list(c, &roots, list);
        else
            exn_error_set(&item.error, EXN_READ, errno, "cannot list the folder");
        exn_list_close(list);
    }
    c->report->prefix = NULL;
    if (item.error.status != EXN_OK) {
        item.path = strdup(path);
        exn_report_item(c->report, &item);
        exn_item_free(&item);
    }
    exn_roots_close(&roots);
}

/* Rows of 0 are printed too, since people compare two runs line by line. */
static void print_histogram(const check *c)
{
    FILE *file = exn_report_stream(c->report);
    for (int i = 1; i <= 8; i++)
        fprintf(file, "%9" PRIu64 "  orientation %d\n", c->orientations[i], i);
    fprintf(file, "%9" PRIu64 "  none\n", c->orientations[0]);
    fprintf(file, "%9" PRIu64 "  invalid\n", c->invalid);
    fprintf(file, "%9" PRIu64 "  ambiguous (counted above too)\n\n", c->ambiguous);
}

/* Without memory for the flight the report counts as broken. That ends the loop, and everything is
 * closed as usual. */
void exn_check_run(const exn_cli_options *options, exn_pool *pool, exn_report *report)
{
    static const exn_flight_ops ops = {is_well, is_ready, collect, finish, forget};
    static exn_survey survey; /* too large for a small stack */
    check c = {.options = options,
               .report = report,
               .survey = options->labels == EXN_LABEL_FILES_MOVE ? &survey : NULL};
    if (!exn_flight_open(&c.flight, &ops, &c, pool, sizeof(entry), WINDOW)) {
        fputs("exifnorm: out of memory\n", stderr);
        report->broken = true;
    }
    for (char **path = options->paths; *path && exn_flight_may_go_on(&c.flight); path++)
        if (exn_check_is_stdin(options, *path))
            run_stdin(&c);
        else
            run_path(&c, *path);
    exn_progress_clear(&report->progress);
    if (!options->quiet)
        print_histogram(&c);
    exn_sidecar_close(&c.sidecars);
    exn_flight_close(&c.flight);
}
