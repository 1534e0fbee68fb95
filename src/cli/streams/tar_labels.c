/* SPDX-License-Identifier: MIT */
#include "tar_labels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/error.h"
#include "base/io.h"
#include "base/memory.h"
#include "labels/undeclared.h"
#include "list/mask_names.h"
#include "workers/decoder.h"
#include "workers/work.h"

exn_tar_labels *exn_tar_labels_open(const exn_cli_options *options)
{
    exn_tar_labels *labels = calloc(1, sizeof *labels);
    if (labels)
        labels->options = options;
    return labels;
}

/* ---- samples */

/* WebDataset's key: the path up to the first dot of its base name. */
static size_t key_size(const char *path)
{
    const char *slash = strrchr(path, '/');
    const size_t base = slash ? (size_t)(slash + 1 - path) : 0;
    return base + strcspn(path + base, ".");
}

static void free_group(exn_tar_group *group)
{
    exn_pictures_free(&group->pictures);
    free(group->key);
    free(group);
}

void exn_tar_labels_close_group(exn_tar_labels *labels)
{
    exn_tar_group *group = labels->open;
    labels->open = NULL;
    if (!group)
        return;
    group->is_closed = true;
    if (group->members == 0)
        free_group(group);
}

/* One sample is open at a time; members of its key that come back later are another one.
 *
 *   open      members of its key join, and each holds it
 *   closed    a member of another key came, or the end, or nobody can wait any more
 *   freed     it is closed, and the last member has left: written, failed or forgotten */
exn_tar_group *exn_tar_labels_join(exn_tar_labels *labels, const char *path)
{
    const size_t size = key_size(path);
    exn_tar_group *group = labels->open;
    if (group && (strlen(group->key) != size || memcmp(group->key, path, size) != 0))
        exn_tar_labels_close_group(labels);
    if (!labels->open) {
        group = calloc(1, sizeof *group);
        if (group)
            group->key = strndup(path, size);
        if (group && !group->key) {
            free(group);
            group = NULL;
        }
        labels->open = group;
    }
    if (group)
        group->members++;
    return group;
}

void exn_tar_labels_leave(exn_tar_labels *labels, exn_tar_group *group)
{
    if (group && --group->members == 0 && group != labels->open)
        free_group(group);
}

/* ---- images */

static bool add(exn_pictures *pictures, const exn_item *item)
{
    exn_result result = item->result;
    if (item->error.status != EXN_OK)
        result.outcome = EXN_OUTCOME_FAILED;
    if (!exn_pictures_add(pictures, item->path, &result))
        return false;
    exn_pictures_set_bytes(pictures, item->bytes_in,
                           item->error.status != EXN_OK                ? 0
                           : exn_work_is_carried(item->result.outcome) ? item->bytes_in
                                                                       : item->bytes_out);
    return true;
}

bool exn_tar_labels_see(exn_tar_group *group, const exn_item *item)
{
    return group->is_settled || !exn_item_may_have_labels(item) || add(&group->pictures, item);
}

/* With --labels=warn those count that labels may be wrong of now. */
bool exn_tar_labels_pass(exn_tar_labels *labels, const exn_item *item, const exn_tar_head *head)
{
    const bool moves = labels->options->labels == EXN_LABEL_FILES_MOVE;
    exn_error error = {0};
    if (item->error.status == EXN_OK && head->link && exn_item_may_have_labels(item))
        return exn_tar_aliases_add(&labels->links, item->path, head->link,
                                   head->kind != EXN_TAR_LINK);
    if (item->error.status == EXN_OK && item->labels.moved > 0)
        exn_tar_links_leave_out(&labels->moved, head->name, &error);
    if (!moves && item->error.status == EXN_OK && exn_undeclared_is_like(item->path) &&
        !exn_pictures_add(&labels->undeclared, item->path, &item->result))
        return false;
    return error.status == EXN_OK &&
           (!exn_item_may_have_labels(item) || item->is_mask ||
            (!moves && (item->error.status != EXN_OK || !exn_warning_concerns(&item->result))) ||
            add(&labels->survey.pictures, item));
}

void exn_tar_labels_check_link(exn_tar_labels *labels, exn_item *item, const exn_tar_head *head)
{
    exn_mask_name mask;
    exn_error error = {0};
    if (item->error.status != EXN_OK || !head->link ||
        labels->options->labels != EXN_LABEL_FILES_MOVE)
        return;
    item->is_mask = exn_mask_names_match(labels->options, item->path, 0, &mask);
    char *target = exn_tar_aliases_target(item->path, head->link, head->kind != EXN_TAR_LINK);
    if (!target)
        exn_error_set(&item->error, EXN_MEMORY, 0, "name of a member");
    else if ((item->labels.is_odd = exn_tar_links_is_left_out(&labels->moved, target, &error)))
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "a link to labels that were moved with another image");
    else if (item->is_mask)
        exn_error_set(&item->error, EXN_REFUSED, 0, "it is a link");
    free(target);
}

static bool settle_seen(exn_tar_labels *labels)
{
    exn_pictures *pictures = &labels->survey.pictures;
    return exn_pictures_settle(pictures) && exn_tar_aliases_resolve(&labels->links, pictures);
}

static bool settle(exn_tar_group *group)
{
    group->is_settled = group->is_settled || exn_pictures_settle(&group->pictures);
    return group->is_settled;
}

/* ---- what becomes of a label file */

static void *read_sightings(int from, uint64_t size, exn_error *error)
{
    void *bytes = malloc((size_t)size + 1);
    if (!bytes)
        exn_error_set(error, EXN_MEMORY, 0, "what it says of images");
    else if (exn_io_read_at(from, bytes, (size_t)size, 0) != (ssize_t)size)
        exn_error_set(error, EXN_CRASHED, 0, "its reply does not match its output");
    return bytes;
}

bool exn_tar_labels_name_masks(exn_tar_labels *labels, int sightings, uint64_t size)
{
    exn_error error = {0};
    void *bytes = read_sightings(sightings, size, &error);
    const bool any =
        error.status == EXN_OK &&
        exn_tar_masks_are_named(&labels->survey.verdicts.sightings, bytes, (size_t)size);
    free(bytes);
    return any;
}

/* Whether all images that it has labels of are in a table. *is_sure: each by all of its name, so
 * that no other image of the archive can be meant. */
static bool are_all_in(exn_tar_labels *labels, const exn_pictures *pictures, const exn_item *item,
                       const exn_labels_result *file, const void *bytes, size_t size, bool *is_sure)
{
    exn_sightings *s = &labels->survey.verdicts.sightings;
    *is_sure = true;
    exn_sightings_begin(s, bytes, size);
    while (exn_sightings_next(s)) {
        const exn_picture *found;
        /* A mere name counts where images get others. */
        const bool is_some = s->image.shapes > 0 || exn_decoder_is_needed(labels->options);
        if (is_some && exn_sightings_match(s, pictures, file->format, item->path, file->images == 1,
                                           &found) == EXN_MATCH_NONE)
            return false;
        *is_sure =
            *is_sure && (!is_some || !*s->name || (found && exn_pictures_bears(found, s->name)));
    }
    return true;
}

/* The turns of many images go by a memory file, as with files (batch/labels.c). */
static void set_job(exn_job *job, const exn_turns *turns, const exn_labels_result *file,
                    int *memory, exn_error *error)
{
    job->kind = EXN_JOB_MOVE_LABELS;
    job->labels.format = file->format;
    job->labels.turns = turns->count;
    if (turns->count == 1)
        job->labels.turn = turns->list[0];
    if (turns->count <= 1)
        return;
    *memory = job->image = exn_memory_open(error);
    if (*memory < 0)
        return;
    job->beside.there = true;
    exn_memory_write(*memory, turns->list, turns->count * sizeof *turns->list, error);
}

/* By the images of a table, which stands in for the survey's for as long. is_sure: those that come
 * later cannot change it. What they can change is kept, to be asked once more when all are known
 * (tar_judged.h). */
static exn_tar_labels_step decide(exn_tar_labels *labels, exn_pictures *pictures, bool is_sure,
                                  exn_item *item, const exn_labels_result *file, const void *bytes,
                                  size_t size, exn_job *job, int *turns_file)
{
    exn_turns turns = {0};
    exn_pictures *own = &labels->survey.pictures;
    const exn_pictures kept = *own;
    if (pictures != own)
        *own = *pictures;
    const bool has_masks = exn_tar_masks_are_named(&labels->survey.verdicts.sightings, bytes, size);
    if (has_masks && !exn_tar_masks_settle(&labels->masks, &labels->survey))
        exn_error_set(&item->error, EXN_MEMORY, 0, "masks of the archive");
    else if (exn_pictures_has_twins(own))
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "the archive has images of one name that are not alike");
    else
        exn_turns_make(&turns, &labels->survey, labels->options, item, file, bytes, size);
    if (has_masks && item->error.status == EXN_OK)
        exn_tar_masks_expect(&labels->masks, &labels->survey, item, file, bytes, size);
    *own = kept;
    exn_tar_labels_step step = EXN_TAR_LABELS_CARRY;
    labels->by_earlier = labels->by_earlier || pictures == own;
    if (!is_sure && item->error.status == EXN_OK &&
        !exn_tar_judged_add_labels(&labels->judged, item, &job->answer.labels, bytes, size))
        exn_error_set(&item->error, EXN_MEMORY, 0, "label files of the archive");
    if (item->error.status == EXN_OK && turns.any) {
        set_job(job, &turns, file, turns_file, &item->error);
        step = item->error.status == EXN_OK ? EXN_TAR_LABELS_WORK : EXN_TAR_LABELS_CARRY;
    }
    exn_turns_free(&turns);
    return step;
}

static void doubt(exn_tar_labels *labels, exn_pictures *pictures, exn_item *item, bool blank,
                  const void *bytes, size_t size)
{
    exn_pictures *own = &labels->survey.pictures;
    const exn_pictures kept = *own;
    if (pictures != own)
        *own = *pictures;
    exn_turns_doubt(&labels->survey, item, blank, bytes, size);
    *own = kept;
}

/* A text in labels/ that is of no format is one only where it should have been labels. */
static exn_tar_labels_step expect(exn_tar_labels *labels, bool is_first, exn_item *item, int source)
{
    if (!strstr(item->path, "labels/"))
        return EXN_TAR_LABELS_CARRY;
    if (!is_first)
        return EXN_TAR_LABELS_WAIT;
    if (settle_seen(labels))
        exn_turns_expect(&labels->survey, item, source);
    else
        exn_error_set(&item->error, EXN_MEMORY, 0, "images of the archive");
    return EXN_TAR_LABELS_CARRY;
}

/* By where the images are that it has labels of:
 *
 *   all images in the sample        decided now, whatever lies before it in the archive
 *   some are not, not yet first     waits
 *   some are not, first of all      decided by all that came before it
 *   it is of no format              refused, if it lies where labels of a rotated image should be,
 *                                   or looks like such */
exn_tar_labels_step exn_tar_labels_decide(exn_tar_labels *labels, exn_tar_group *group,
                                          bool is_first, exn_item *item, int sightings,
                                          exn_job *job, int *turns)
{
    const exn_labels_result file = job->answer.labels.result;
    const size_t size = (size_t)job->answer.bytes_out;
    exn_tar_labels_step step = EXN_TAR_LABELS_CARRY;
    if (item->error.status != EXN_OK)
        return EXN_TAR_LABELS_CARRY;
    if (file.format == EXN_LABELS_UNKNOWN && !job->answer.labels.odd)
        return job->labels.none ? EXN_TAR_LABELS_CARRY
                                : expect(labels, is_first, item, job->source);
    void *bytes = read_sightings(sightings, size, &item->error);
    if (item->error.status == EXN_OK && !settle(group))
        exn_error_set(&item->error, EXN_MEMORY, 0, "images of the sample");
    bool is_sure = false;
    /* What has been lost may have been about images of any sample. */
    const bool is_own = item->error.status == EXN_OK && !job->answer.labels.blank &&
                        are_all_in(labels, &group->pictures, item, &file, bytes, size, &is_sure);
    if (item->error.status == EXN_OK && !is_own && !is_first)
        step = EXN_TAR_LABELS_WAIT;
    else if (item->error.status == EXN_OK && !is_own && !settle_seen(labels))
        exn_error_set(&item->error, EXN_MEMORY, 0, "images of the archive");
    else if (item->error.status == EXN_OK && file.format == EXN_LABELS_UNKNOWN) {
        doubt(labels, is_own ? &group->pictures : &labels->survey.pictures, item,
              job->answer.labels.blank, bytes, size);
        if (item->error.status == EXN_OK && !(is_own && is_sure) &&
            !exn_tar_judged_add_labels(&labels->judged, item, &job->answer.labels, bytes, size))
            exn_error_set(&item->error, EXN_MEMORY, 0, "label files of the archive");
    } else if (item->error.status == EXN_OK)
        step = decide(labels, is_own ? &group->pictures : &labels->survey.pictures,
                      is_own && is_sure, item, &file, bytes, size, job, turns);
    free(bytes);
    return step;
}

/* ---- what becomes of a mask */

/* No label file is heard here: the frame is what --labels-frame says, or nobody knows it. */
static void turn_mask(const exn_tar_labels *labels, const exn_picture *picture, exn_item *item,
                      exn_job *job, uint32_t size[2])
{
    exn_turn turn = picture->turn;
    const exn_labels_judgement none = {EXN_LABELS_VERDICT_EITHER, 0};
    uint32_t orientation = 1;
    if (exn_turns_is_still(&turn))
        return;
    if (!exn_turns_choose_frame(&turn, labels->options, none)) {
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "the frame of the labels on its image is not known");
        return;
    }
    const exn_result result = exn_pictures_result(picture);
    exn_labels_mask_orientation(&result, turn.displayed ? EXN_LABELS_DISPLAYED : EXN_LABELS_STORED,
                                &orientation, NULL);
    exn_turns_frame_size(&turn, &size[0], &size[1]);
    job->orientation = orientation == 1 ? 0 : orientation;
}

/* One that a label file has named. --masks may not say that it is another image's. */
static exn_tar_labels_step decide_wanted(exn_tar_labels *labels, const exn_tar_wanted *wanted,
                                         exn_item *item, exn_job *job, uint32_t size[2])
{
    const exn_picture *other;
    item->mask_of = wanted->image;
    if (!settle_seen(labels))
        exn_error_set(&item->error, EXN_MEMORY, 0, "images of the archive");
    else if (exn_masks_image(labels->options, &labels->survey.pictures, item->path, &other) ==
                 EXN_MATCH_ONE &&
             strcmp(other->path, wanted->image) != 0)
        exn_error_set(&item->error, EXN_REFUSED, 0, "it could be a mask of several images");
    else
        turn_mask(labels, &wanted->picture, item, job, size);
    if (wanted->format == EXN_LABELS_OPEN_IMAGES)
        size[0] = size[1] = 0;
    return item->error.status == EXN_OK ? EXN_TAR_LABELS_WORK : EXN_TAR_LABELS_CARRY;
}

exn_tar_labels_step exn_tar_labels_decide_mask(exn_tar_labels *labels, exn_tar_group *group,
                                               const exn_tar_wanted *wanted, bool is_first,
                                               exn_item *item, exn_job *job, uint32_t size[2])
{
    const exn_picture *picture = NULL;
    exn_match match = EXN_MATCH_NONE;
    if (item->error.status != EXN_OK)
        return EXN_TAR_LABELS_CARRY;
    if (wanted)
        return decide_wanted(labels, wanted, item, job, size);
    if (settle(group))
        match = exn_masks_image(labels->options, &group->pictures, item->path, &picture);
    if (match == EXN_MATCH_NONE && !is_first)
        return EXN_TAR_LABELS_WAIT;
    const exn_pictures *from = &group->pictures;
    if (match == EXN_MATCH_NONE && settle_seen(labels)) {
        from = &labels->survey.pictures;
        match = exn_masks_image(labels->options, from, item->path, &picture);
    }
    if (match == EXN_MATCH_NONE)
        exn_error_set(&item->error, EXN_REFUSED, 0,
                      "there is no image in its sample, or before it in the archive, that it is a "
                      "mask of");
    else if (match == EXN_MATCH_SEVERAL || exn_pictures_has_twins(from))
        exn_error_set(&item->error, EXN_REFUSED, 0, "it could be a mask of several images");
    else if ((item->mask_of = picture->path))
        turn_mask(labels, picture, item, job, size);
    labels->by_earlier = labels->by_earlier || from != &group->pictures;
    if (from != &group->pictures && item->error.status == EXN_OK &&
        !exn_tar_judged_add_mask(&labels->judged, item, picture))
        exn_error_set(&item->error, EXN_MEMORY, 0, "masks of the archive");
    return item->error.status == EXN_OK ? EXN_TAR_LABELS_WORK : EXN_TAR_LABELS_CARRY;
}

/* ---- what came behind them */

/* One whose images come later is carried until they do. */
void exn_tar_labels_check_packed(exn_tar_labels *labels, exn_item *item)
{
    exn_turns_packed(&labels->survey, item);
    if (item->error.status == EXN_OK && !labels->packed && !(labels->packed = strdup(item->path)))
        exn_error_set(&item->error, EXN_MEMORY, 0, "name of a member");
}

static bool is_packed_well(exn_tar_labels *labels, exn_error *error)
{
    exn_item item = {.path = labels->packed};
    if (labels->packed)
        exn_turns_packed(&labels->survey, &item);
    if (item.error.status != EXN_OK)
        exn_error_set(error, EXN_REFUSED, 0, "'%.80s': %s", labels->packed, item.error.detail);
    return item.error.status == EXN_OK;
}

/* Zeros may end an archive many times over, and are passed on one by one. */
bool exn_tar_labels_check(exn_tar_labels *labels, exn_error *error)
{
    const size_t count =
        labels->survey.pictures.count + labels->links.count + labels->masks.done_count;
    if ((labels->judged.count == 0 && labels->masks.count == 0 && !labels->packed) ||
        labels->checked == count)
        return true;
    labels->checked = count;
    if (!settle_seen(labels))
        exn_error_set(error, EXN_MEMORY, 0, "images of the archive");
    else if (labels->by_earlier && exn_pictures_has_twins(&labels->survey.pictures))
        exn_error_set(error, EXN_REFUSED, 0,
                      "it has images of one name that are not alike, and labels between them");
    else if (is_packed_well(labels, error) &&
             exn_tar_judged_stand(&labels->judged, &labels->survey, labels->options, error))
        exn_tar_masks_check(&labels->masks, &labels->survey, error);
    return error->status == EXN_OK;
}

/* ---- the warning */

void exn_tar_labels_warn(exn_tar_labels *labels, exn_report *report)
{
    exn_warning_place warning = {
        .pictures = &labels->survey.pictures, .report = report, .options = labels->options};
    if (labels->survey.pictures.count == 0)
        return;
    if (labels->options->labels == EXN_LABEL_FILES_MOVE) {
        exn_warning_masks(labels->options, &labels->survey, report);
        return;
    }
    if (!settle_seen(labels)) {
        report->broken = true;
        return;
    }
    for (size_t i = 0; i < labels->notes.count && !report->broken; i++) {
        const exn_note *note = &labels->notes.list[i];
        exn_warning_look(&warning, note->path, &note->answer, note->error.status != EXN_OK,
                         note->sightings, note->size);
    }
    for (size_t i = 0; i < labels->undeclared.count && !report->broken; i++)
        exn_warning_look_at_mask(&warning, labels->undeclared.list[i]->path);
}

/* The sample that is open goes with it. Members that held others have left by now: the flight was
 * dropped before, or nothing has ever entered it. */
void exn_tar_labels_close(exn_tar_labels *labels)
{
    if (!labels)
        return;
    exn_tar_labels_close_group(labels);
    exn_notes_free(&labels->notes);
    exn_pictures_free(&labels->undeclared);
    exn_tar_aliases_free(&labels->links);
    exn_tar_links_free(&labels->moved);
    exn_tar_judged_free(&labels->judged);
    exn_tar_masks_free(&labels->masks);
    exn_tar_data_free(&labels->data);
    free(labels->packed);
    exn_survey_close(&labels->survey);
    free(labels);
}
