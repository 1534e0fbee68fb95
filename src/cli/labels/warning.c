/* SPDX-License-Identifier: MIT */
#include "warning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sightings.h"
#include "turns.h"
#include "undeclared.h"

static bool is_rotated(uint32_t orientation, uint32_t given)
{
    return (given ? given : orientation) > 1;
}

/* By what would be displayed: also where only the tag went, labels in the displayed frame are wrong
 * now. And a file of another format may have another name. */
bool exn_warning_concerns(const exn_result *result)
{
    return (is_rotated(result->orientation, result->orientation_given) || result->format_out) &&
           result->outcome != EXN_OUTCOME_FAILED && result->outcome != EXN_OUTCOME_UNSUPPORTED &&
           result->outcome != EXN_OUTCOME_COPIED;
}

static bool may_go_on(const void *owner)
{
    const exn_warning_place *w = owner;
    return !w->report->broken;
}

/* Each image is counted once, however many label files name it. Of several that could be meant, all
 * of which were rotated, one is counted, and which one need not be known. Matching finds a picture
 * that cannot be changed; the table that it is in belongs to the caller of all this, so it is
 * marked there. */
static void mark(const exn_warning_place *w, const exn_picture *found, bool rotated)
{
    exn_picture *picture = found ? exn_pictures_entry(w->pictures, found) : NULL;
    const bool is_new = !picture || !picture->is_named;
    w->report->labels.rotated += is_new && rotated;
    w->report->labels.renamed += is_new && !rotated;
    if (picture)
        picture->is_named = true;
}

/* NULL: which of several it is nobody knows, and one that was rotated is doubt enough. */
static bool may_be_rotated(const exn_picture *found)
{
    return !found || is_rotated(found->turn.orientation, found->turn.given);
}

/* As pictures have it; the caller frees. NULL: as it is. */
static char *whole_path(const exn_warning_place *w, const char *path)
{
    char *whole = NULL;
    return w->folder && asprintf(&whole, "%s%s", w->folder, path) >= 0 ? whole : NULL;
}

void exn_warning_look_at_mask(const exn_warning_place *warning, const char *path)
{
    const exn_picture *found;
    const exn_report_labels line = {
        .path = path, .images = 1, .shapes = 1, .rotated = 1, .is_mask = true};
    const exn_item item = {.path = (char *)(uintptr_t)path}; /* NOLINT(performance-no-int-to-ptr) */
    char *whole = whole_path(warning, path);
    const char *from = whole ? whole : path;
    if (exn_undeclared_is_like(from) &&
        exn_undeclared_image(warning->pictures, from, &found) != EXN_MATCH_NONE &&
        may_be_rotated(found) && !exn_scout_job(warning->options, NULL, &item, 0).none)
        exn_report_tell_labels(warning->report, &line);
    free(whole);
}

void exn_warning_masks(const exn_cli_options *options, const exn_survey *survey, exn_report *report)
{
    const exn_pictures *all = &survey->pictures;
    exn_pictures rotated = {0};
    const exn_warning_place place = {.pictures = &rotated, .report = report, .options = options};
    bool done = true;
    for (size_t i = 0; i < all->count && done; i++) {
        const exn_result result = exn_pictures_result(all->list[i]);
        done = !exn_warning_concerns(&result) ||
               exn_pictures_add(&rotated, all->list[i]->path, &result);
    }
    if (done && exn_warning_settle(&rotated, report))
        for (size_t i = 0; i < all->count; i++)
            if (!exn_masks_find(&survey->masks, all->list[i]->path))
                exn_warning_look_at_mask(&place, all->list[i]->path);
    report->broken = report->broken || !done;
    exn_pictures_free(&rotated);
}

/* Whether the folders of two paths differ in one name only: labels/a/1.txt, JPEGImages/a/1.jpg. */
static bool is_beside(const char *a, const char *b)
{
    size_t others = 0;
    for (const char *x, *y; (x = strchr(a, '/')) && (y = strchr(b, '/')); a = x + 1, b = y + 1)
        others += x - a != y - b || strncmp(a, b, (size_t)(x - a)) != 0;
    return others == 1 && !strchr(a, '/') && !strchr(b, '/');
}

/* Labels of YOLO where Ultralytics would not look for them, as darknet has them: they are refused
 * where labels are moved. Only what was rotated is known here, and a set has images of one name in
 * several folders, so that a name alone says too little. Or a table that looks like YOLO, and is of
 * a whole folder by its name (CUB's part_locs.txt). */
static bool is_yolo_elsewhere(const exn_warning_place *w, exn_labels_format format,
                              const char *path, const exn_picture **found)
{
    if (format != EXN_LABELS_YOLO)
        return false;
    if (exn_pictures_like(w->pictures, path, found) == EXN_MATCH_ONE &&
        is_beside(path, (*found)->path))
        return true;
    *found = exn_pictures_in_scope(w->pictures, path);
    return *found != NULL;
}

/* One that cannot be read names nobody knows whom, and that is said. */
void exn_warning_look(exn_warning_place *warning, const char *path, const exn_labels_answer *answer,
                      bool failed, const void *sightings, size_t size)
{
    exn_warning_place *w = warning;
    const exn_labels_result *file = &answer->result;
    const bool is_lost = answer->blank && exn_scout_is_named_as_text(path);
    exn_report_labels line = {.path = path,
                              .format = file->format,
                              .images = file->images,
                              .shapes = file->shapes,
                              .unread = answer->unread || failed || is_lost};
    exn_sightings *s = &w->sightings;
    char *whole = whole_path(w, path);
    const char *from = whole ? whole : path;
    exn_sightings_begin(s, sightings, size);
    while (exn_sightings_next(s)) {
        const exn_picture *found;
        const exn_match match =
            exn_sightings_match(s, w->pictures, file->format, from, file->images == 1, &found);
        if (match == EXN_MATCH_NONE && !is_yolo_elsewhere(w, file->format, from, &found))
            continue;
        const bool is_drawn = s->image.shapes > 0 || file->format == EXN_LABELS_MOT_SEQINFO;
        const bool rotated = is_drawn && may_be_rotated(found);
        if (!rotated && !(found && exn_turns_is_renamed(s->name, found)))
            continue;
        line.rotated += rotated;
        line.renamed += !rotated;
        if (file->format != EXN_LABELS_UNKNOWN) /* a guess counts no images */
            mark(w, found, rotated);
    }
    free(whole);
    if (line.rotated > 0 || line.renamed > 0 || line.unread)
        exn_report_tell_labels(w->report, &line);
}

static void labels(void *owner, const exn_item *item, const exn_labels_answer *answer,
                   const void *bytes, size_t size)
{
    exn_warning_look(owner, item->path, answer, item->error.status != EXN_OK, bytes, size);
}

static void name(void *owner, const exn_item *item)
{
    exn_warning_look_at_mask(owner, item->path);
}

static void run(const exn_cli_options *options, const exn_roots *roots, const exn_names *names,
                exn_pool *pool, exn_pictures *pictures, const char *folder, exn_report *report)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .name = name, .labels = labels};
    /* Static, as its sightings are too large for a small stack. */
    static exn_warning_place w;
    w = (exn_warning_place){
        .pictures = pictures, .report = report, .options = options, .folder = folder};
    const exn_scout scout = {.options = options,
                             .roots = roots,
                             .names = names,
                             .pool = pool,
                             .most = EXN_WARNING_LARGE,
                             .odd = true,
                             .ops = &ops,
                             .owner = &w};
    exn_scout_run(&scout);
}

bool exn_warning_settle(exn_pictures *pictures, exn_report *report)
{
    if (pictures->count == 0)
        return false;
    if (exn_pictures_settle(pictures))
        return true;
    fputs("exifnorm: out of memory (names of rotated images)\n", stderr);
    report->broken = true;
    return false;
}

void exn_warning_run(const exn_cli_options *options, const exn_roots *roots, const exn_names *names,
                     exn_pool *pool, exn_pictures *pictures, exn_report *report)
{
    if (exn_warning_settle(pictures, report))
        run(options, roots, names, pool, pictures, NULL, report);
}

/* Each is added as the result that it was, with no sizes of files: a warning needs none. */
bool exn_warning_gather(exn_pictures *all, const exn_pictures *one, const char *folder)
{
    bool done = true;
    for (size_t i = 0; i < one->count && done; i++) {
        const exn_result result = exn_pictures_result(one->list[i]);
        char *path = NULL;
        done = asprintf(&path, "%s%s", folder, one->list[i]->path) >= 0 &&
               exn_pictures_add(all, path, &result);
        free(path);
    }
    return done;
}

void exn_warning_run_one(const exn_cli_options *options, const exn_roots *roots, exn_pool *pool,
                         exn_pictures *all, const char *folder, exn_report *report)
{
    run(options, roots, NULL, pool, all, folder, report);
}
