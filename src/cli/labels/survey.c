/* SPDX-License-Identifier: MIT */
#include "survey.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "list/mask_names.h"

/* ---- looking */

/* Two ways, by whether the frame of labels is known beforehand:
 *
 *   it is not            exn_survey_images()   looks at each image (--check has done that itself,
 *                                              and calls exn_survey_see() and _data() instead)
 *                        exn_survey_labels()   finds masks, then judges all label files
 *   by --labels-frame    exn_survey_masks()    takes images by name, and judges, of label files,
 *                                              what they say of masks */

/* If the results cannot be written, there is no point in continuing. */
static bool may_go_on(const void *owner)
{
    const exn_survey *s = owner;
    return !s->no_memory && !s->verdicts.no_memory && !s->masks.no_memory &&
           (!s->report || !s->report->broken);
}

/* An image that fails is noted too: its labels stay. */
void exn_survey_see(exn_survey *survey, const exn_cli_options *options, const exn_item *item)
{
    exn_result result = item->result;
    exn_mask_name name;
    if (item->error.status != EXN_OK)
        result.outcome = EXN_OUTCOME_FAILED;
    const bool added = exn_mask_names_match(options, item->path, 0, &name)
                           ? exn_masks_add(&survey->masks, item->path, &result)
                           : exn_pictures_add(&survey->pictures, item->path, &result);
    survey->no_memory = survey->no_memory || !added;
}

static void see_image(void *owner, const exn_item *item)
{
    exn_survey *s = owner;
    exn_survey_see(s, s->options, item);
}

/* A YAML file that cannot be read says nothing about label files. */
static void see_data(void *owner, const exn_item *item, const exn_labels_answer *answer)
{
    exn_survey *s = owner;
    if (item->error.status == EXN_OK && !exn_poses_add(&s->poses, item->path, answer))
        s->no_memory = true;
}

/* The first rotated image that a text of no known format seems to have labels of, as
 * exn_turns_doubt() would refuse it. NULL: there is none. */
static const exn_picture *find_odd(exn_survey *survey, const char *path, const void *bytes,
                                   size_t size)
{
    exn_sightings *s = &survey->verdicts.sightings;
    bool is_known = false;
    exn_sightings_begin(s, bytes, size);
    while (exn_sightings_next(s)) {
        const exn_picture *found;
        if (is_known && exn_sightings_is_of_any(s))
            continue;
        const exn_match match =
            exn_sightings_match(s, &survey->pictures, EXN_LABELS_UNKNOWN, path, false, &found);
        is_known = is_known || match != EXN_MATCH_NONE;
        if (match != EXN_MATCH_NONE && found && exn_picture_is_rotated(&found->turn))
            return found;
    }
    return NULL;
}

static void see_labels(void *owner, const exn_item *item, const exn_labels_answer *answer,
                       const void *sightings, size_t size)
{
    exn_survey *s = owner;
    const bool is_odd = item->error.status == EXN_OK && answer->result.format == EXN_LABELS_UNKNOWN;
    if (is_odd) {
        const exn_picture *odd = find_odd(s, item->path, sightings, size);
        if (odd)
            exn_verdicts_note_odd(&s->verdicts, item->path, odd);
        return;
    }
    exn_verdicts_note(&s->verdicts, item, answer, sightings, size);
}

/* Before images are matched with names it has to be known which ones are masks, since a mask often
 * has the name of its image. */
static void see_masks(void *owner, const exn_item *item, const exn_labels_answer *answer,
                      const void *bytes, size_t size)
{
    exn_survey *s = owner;
    exn_sightings *sightings = &s->verdicts.sightings;
    exn_sightings_begin(sightings, bytes, size);
    while (exn_sightings_next(sightings)) {
        const exn_picture *image;
        exn_sightings_match(sightings, &s->pictures, answer->result.format, item->path,
                            answer->result.images == 1, &image);
        s->has_found |= exn_masks_mark(&s->masks, &s->pictures, item->path, answer->result.format,
                                       sightings, image);
    }
}

/* The reason is printed once, here, whichever callback has failed. */
static bool run(exn_survey *survey, exn_scout *scout, const exn_scout_ops *ops)
{
    scout->ops = ops;
    scout->owner = survey;
    survey->options = scout->options;
    survey->verdicts.masks = &survey->masks;
    const bool done = exn_scout_run(scout);
    if (survey->no_memory || survey->verdicts.no_memory || survey->masks.no_memory)
        fputs("exifnorm: out of memory (label files)\n", stderr);
    return done;
}

bool exn_survey_images(exn_survey *survey, exn_scout scout)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .image = see_image, .data = see_data};
    return run(survey, &scout, &ops);
}

bool exn_survey_data(exn_survey *survey, exn_scout scout)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .data = see_data};
    return run(survey, &scout, &ops);
}

/* Label files only name masks that are PNGs. Without a PNG there is no need to look. */
static bool has_png(const exn_pictures *pictures)
{
    for (size_t i = 0; i < pictures->count; i++) {
        const char *dot = strrchr(pictures->list[i]->path, '.');
        if (dot && strcasecmp(dot, ".png") == 0)
            return true;
    }
    return false;
}

/* Images are sorted first, so that each label file can be matched at once and only its rulings have
 * to be kept. */
static bool find_masks(exn_survey *survey, exn_scout scout)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .labels = see_masks};
    if (!exn_pictures_settle(&survey->pictures))
        survey->no_memory = true;
    survey->no_memory = survey->no_memory || !exn_masks_settle(&survey->masks);
    survey->verdicts.pictures = &survey->pictures;
    scout.masks = true;
    scout.odd = false;
    scout.looks = &survey->looks;
    survey->has_found = false;
    if (has_png(&survey->pictures) && !run(survey, &scout, &ops))
        return false;
    if (survey->has_found && !exn_masks_adopt(&survey->masks, &survey->pictures))
        survey->no_memory = true;
    return !survey->no_memory;
}

/* Masks that no label file names are known only by --masks. One that a label file has claimed is
 * also looked up by its name: if the two ways lead to different images, it is disputed. */
static void pair_masks(exn_survey *survey)
{
    exn_masks *masks = &survey->masks;
    for (size_t i = 0; i < masks->files.count; i++) {
        const exn_picture *file = masks->files.list[i], *image;
        exn_masks_claim *claim = &masks->claims[file->number];
        const exn_match match =
            exn_masks_image(survey->options, &survey->pictures, file->path, &image);
        claim->is_disputed |= match == EXN_MATCH_SEVERAL && !claim->image;
        if (!claim->image)
            exn_verdicts_note_mask(&survey->verdicts, file, match == EXN_MATCH_ONE ? image : NULL);
        else
            claim->is_disputed |= match == EXN_MATCH_ONE && strcmp(claim->image, image->path) != 0;
    }
}

static bool judge(exn_survey *survey, exn_scout scout)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .labels = see_labels};
    scout.poses = &survey->poses;
    /* Remembered looks are not used: by these, images without masks would be judged too. */
    scout.looks = scout.masks ? NULL : &survey->looks;
    const bool is_any = !scout.masks || survey->masks.files.count > 0;
    if (is_any && !run(survey, &scout, &ops))
        return false;
    pair_masks(survey);
    return exn_verdicts_settle(&survey->verdicts) && !survey->masks.no_memory;
}

bool exn_survey_labels(exn_survey *survey, exn_scout scout)
{
    return find_masks(survey, scout) && judge(survey, scout);
}

/* Nobody has looked at the image, so its sizes are 0. Then masks say nothing about the frame, which
 * is given anyway. */
static void see_name(void *owner, const exn_item *item)
{
    see_image(owner, item);
}

bool exn_survey_masks(exn_survey *survey, exn_scout scout)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .data = see_data, .name = see_name};
    if (!run(survey, &scout, &ops) || !find_masks(survey, scout))
        return false;
    scout.masks = true;
    return judge(survey, scout);
}

/* Tries each GLOB by itself: if several fit, the first one decides, but the others are not idle. */
const char *exn_survey_idle_masks(const exn_survey *survey)
{
    const exn_pictures *files = &survey->masks.files;
    exn_mask_name name;
    for (const char *const *glob = survey->options->masks; *glob; glob++) {
        size_t i = 0;
        while (i < files->count && !exn_mask_names_fits(*glob, files->list[i]->path, &name))
            i++;
        if (i == files->count)
            return *glob;
    }
    return NULL;
}

/* ---- telling */

/* The report's words: exn_labels_witness_word(). */
static void put_witnesses(FILE *file, uint32_t witnesses)
{
    const char *gap = "; ";
    for (int i = 0; i <= EXN_LABELS_WITNESS_INHERITED; i++)
        if (witnesses >> i & 1) {
            fprintf(file, "%s%s", gap, exn_labels_witness_word((exn_labels_witness)i));
            gap = ", ";
        }
}

/* Paths are quoted, since they are untrusted and go to a terminal. */
static void put_ruling(FILE *file, const char *prefix, const exn_verdicts_file *label,
                       const exn_verdicts_ruling *ruling)
{
    exn_text_quote(file, prefix, label->path);
    fputs(": ", file);
    exn_text_quote(file, prefix, ruling->picture->path);
    fprintf(file, ": %s", exn_labels_verdict_word(ruling->judgement.verdict));
    put_witnesses(file, ruling->judgement.witnesses);
    fputc('\n', file);
}

/* Counts only images that need a verdict; the others are only in the number of images. */
static void put_file(FILE *file, const char *prefix, const exn_verdicts_file *label,
                     const uint64_t *counts)
{
    exn_text_quote(file, prefix, label->path);
    if (label->odd) {
        fputs(": it looks like labels of ", file);
        exn_text_quote(file, prefix, label->odd->path);
        fputs(", in no known format\n", file);
        return;
    }
    if (label->is_mask)
        fputs(": a mask", file);
    else
        fprintf(file, ": %s labels", exn_labels_format_word(label->format));
    if (label->failed)
        fprintf(file, " that cannot be read: %s", label->error.detail);
    else if (label->format == EXN_LABELS_LIST || label->format == EXN_LABELS_MOT_SEQINFO)
        fputs(", none of which is a shape", file);
    else
        fprintf(file, " of %" PRIu64 " image%s", label->images, label->images == 1 ? "" : "s");
    for (int i = EXN_LABELS_VERDICT_STORED; i <= EXN_LABELS_VERDICT_CONTRADICTORY; i++)
        if (counts[i])
            fprintf(file, "; %" PRIu64 " %s", counts[i],
                    exn_labels_verdict_word((exn_labels_verdict)i));
    if (label->unknown)
        fprintf(file, "; %" PRIu64 " of an image that is not known", label->unknown);
    fputc('\n', file);
}

/* file: the stream for people, or NULL. In the order of the list, so that two runs over one tree
 * give the same output. */
static void tell(const exn_survey *survey, exn_report *report, FILE *file)
{
    const exn_verdicts *v = &survey->verdicts;
    const char *prefix = report->prefix ? report->prefix : "";
    for (size_t i = 0; i < v->count && !report->broken; i++) {
        const exn_verdicts_file *label = &v->files[i];
        exn_report_labels line = {.path = label->path,
                                  .format = label->format,
                                  .is_mask = label->is_mask,
                                  .images = label->images,
                                  .shapes = label->shapes,
                                  .rotated = label->odd ? 1 : label->count,
                                  .unknown = label->unknown,
                                  .unread = label->failed,
                                  .judged = !label->odd};
        exn_verdicts_count(v, label, line.verdicts);
        if (file)
            put_file(file, prefix, label, line.verdicts);
        exn_report_tell_labels(report, &line);
        for (size_t j = label->first; j < label->first + label->count; j++) {
            if (file)
                put_ruling(file, prefix, label, &v->rulings[j]);
            exn_report_tell_verdict(report, label->path, v->rulings[j].picture->path,
                                    &v->rulings[j].judgement);
        }
    }
}

void exn_survey_report(const exn_survey *survey, exn_report *report)
{
    tell(survey, report, NULL);
}

void exn_survey_tell(const exn_survey *survey, exn_report *report)
{
    tell(survey, report, exn_report_stream(report));
}

/* exn_verdicts_rule() later needs only the heirs of sets, which are small; there are as many
 * rulings as images. The run notes its images again, with what happened to them. */
void exn_survey_decided(exn_survey *survey)
{
    exn_verdicts_forget(&survey->verdicts);
    exn_pictures_free(&survey->pictures);
}

/* A single one is enough to stop a run. */
uint64_t exn_survey_undecided(const exn_survey *survey)
{
    uint64_t counts[EXN_LABELS_VERDICT_CONTRADICTORY + 1];
    exn_verdicts_count(&survey->verdicts, NULL, counts);
    return counts[EXN_LABELS_VERDICT_EITHER] + counts[EXN_LABELS_VERDICT_CONTRADICTORY];
}

/* Somebody with a thousand images in an unknown frame needs the reason, not a thousand names. The
 * first twenty show which files they are in and what the witnesses say; the counts show whether it
 * is a few or all. */
void exn_survey_refuse(const exn_survey *survey)
{
    enum { MOST = 20 };
    const exn_verdicts *v = &survey->verdicts;
    uint64_t counts[EXN_LABELS_VERDICT_CONTRADICTORY + 1];
    exn_verdicts_count(v, NULL, counts);
    const uint64_t either = counts[EXN_LABELS_VERDICT_EITHER],
                   contradictory = counts[EXN_LABELS_VERDICT_CONTRADICTORY];
    uint64_t named = 0;
    for (size_t i = 0; i < v->count && named < MOST; i++)
        for (size_t j = v->files[i].first;
             j < v->files[i].first + v->files[i].count && named < MOST; j++)
            if (v->rulings[j].judgement.verdict >= EXN_LABELS_VERDICT_EITHER) {
                fputs("exifnorm: ", stderr);
                put_ruling(stderr, "", &v->files[i], &v->rulings[j]);
                named++;
            }
    if (either + contradictory > named)
        fprintf(stderr, "exifnorm: and %" PRIu64 " more\n", either + contradictory - named);
    fprintf(stderr,
            "exifnorm: nothing was written: it is not known whether labels are drawn on images as "
            "they are stored or as they are displayed (%" PRIu64 " either, %" PRIu64
            " contradictory, %" PRIu64 " stored, %" PRIu64 " displayed); "
            "--labels-frame=stored or --labels-frame=displayed says so\n",
            either, contradictory, counts[EXN_LABELS_VERDICT_STORED],
            counts[EXN_LABELS_VERDICT_DISPLAYED]);
}

void exn_survey_close(exn_survey *survey)
{
    exn_looks_free(&survey->looks);
    exn_verdicts_free(&survey->verdicts);
    exn_poses_free(&survey->poses);
    exn_masks_free(&survey->masks);
    exn_pictures_free(&survey->pictures);
}
