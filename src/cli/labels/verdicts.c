/* SPDX-License-Identifier: MIT */
#include "verdicts.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* ---- sets */

static int by_key(const void *a, const void *b)
{
    return strcmp(((const exn_verdicts_set *)a)->key, ((const exn_verdicts_set *)b)->key);
}

/* A file of many images is a set of its own, with its path as the key; files of one image each form
 * a set by folder and format. The caller frees it. NULL: out of memory. No path of the list has a
 * double slash, so keys of the two kinds cannot be equal. */
static char *key_of(const char *path, const exn_labels_result *file)
{
    char *key = NULL;
    const int folder = (int)exn_text_folder_size(path);
    const int made = file->images > 1 ? asprintf(&key, "%s", path)
                                      : asprintf(&key, "%.*s//%d", folder, path, (int)file->format);
    return made < 0 ? NULL : key;
}

/* A set's number; a new set if there is none. SIZE_MAX: out of memory. Sets are in a tree by key
 * and in a list by number: files keep the number, which stays valid when the list moves. */
static size_t find_set(exn_verdicts *v, const char *path, const exn_labels_result *file)
{
    exn_verdicts_set *set = malloc(sizeof *set);
    exn_verdicts_set **found = NULL;
    if (!set)
        return SIZE_MAX;
    *set = (exn_verdicts_set){.key = key_of(path, file)};
    /* Allocated before the tree is changed, so that nothing has to be undone. */
    exn_verdicts_set **sets =
        exn_array_reserve(v->sets, v->sets_count, &v->sets_room, sizeof *sets, 64);
    if (sets)
        v->sets = sets;
    if (sets && set->key)
        found = tsearch(set, &v->by_key, by_key);
    if (found && *found == set) {
        set->number = v->sets_count;
        v->sets[v->sets_count++] = set;
        return set->number;
    }
    const size_t number = found ? (*found)->number : SIZE_MAX;
    free(set->key);
    free(set);
    return number;
}

/* ---- images */

/* The library's verdict on one image by itself; inheritance comes when all are known. */
static exn_labels_judgement judge(const exn_labels_result *file, const exn_labels_image *image,
                                  const exn_picture *picture)
{
    exn_labels_judgement judgement = {EXN_LABELS_VERDICT_EITHER, 0};
    const exn_result result = exn_pictures_result(picture);
    exn_labels_judge(image, file, &result, &judgement, NULL);
    return judgement;
}

/* The file's entry, with a copy of its path. NULL: out of memory. The pointer is valid until the
 * next one is added, since the list moves; rulings added from now on are this file's. */
static exn_verdicts_file *add_file(exn_verdicts *v, const char *of)
{
    exn_verdicts_file *files = exn_array_reserve(v->files, v->count, &v->room, sizeof *files, 64);
    if (!files)
        return NULL;
    v->files = files;
    char *path = strdup(of);
    if (!path)
        return NULL;
    exn_verdicts_file *file = &v->files[v->count++];
    *file = (exn_verdicts_file){.path = path, .first = v->ruled};
    return file;
}

/* Notes what is known about an image, if it needs a verdict. Rulings of a file are adjacent: the
 * file has the first and the count. False: out of memory. */
static bool add_ruling(exn_verdicts *v, exn_verdicts_file *file, const exn_picture *picture,
                       exn_labels_judgement judgement)
{
    if (judgement.verdict == EXN_LABELS_VERDICT_NOT_NEEDED)
        return true;
    v->sets[file->set]->of[judgement.verdict]++;
    exn_verdicts_ruling *rulings =
        exn_array_reserve(v->rulings, v->ruled, &v->ruled_room, sizeof *rulings, 256);
    if (!rulings)
        return false;
    v->rulings = rulings;
    v->rulings[v->ruled++] = (exn_verdicts_ruling){picture, judgement};
    file->count++;
    return true;
}

/* An unknown image, or one that could be one of several, is counted only if it has shapes, since
 * label files often list images without any. Masks are claimed even for an image that needs no
 * verdict, since it has to be known which image they belong to. */
static bool note_images(exn_verdicts *v, exn_verdicts_file *file, const exn_labels_result *result,
                        const void *bytes, size_t size)
{
    exn_sightings *s = &v->sightings;
    bool done = true;
    exn_sightings_begin(s, bytes, size);
    while (done && exn_sightings_next(s)) {
        const exn_picture *picture;
        const exn_match match = exn_sightings_match(s, v->pictures, result->format, file->path,
                                                    result->images == 1, &picture);
        if (match != EXN_MATCH_ONE) {
            file->unknown += s->image.shapes > 0;
            continue;
        }
        exn_masks_bear_witness(v->masks, file->path, result->format, s);
        const exn_labels_judgement judgement = judge(result, &s->image, picture);
        exn_masks_claim_all(v->masks, file->path, result->format, s, picture, file->set, judgement);
        done = add_ruling(v, file, picture, judgement);
    }
    return done;
}

/* Once memory has run out nothing more is noted: half of the witnesses could give another verdict.
 */
void exn_verdicts_note(exn_verdicts *verdicts, const exn_item *item,
                       const exn_labels_answer *answer, const void *sightings, size_t size)
{
    const exn_labels_result *result = &answer->result;
    exn_verdicts_file *file = verdicts->no_memory ? NULL : add_file(verdicts, item->path);
    if (!file) {
        verdicts->no_memory = true;
        return;
    }
    file->format = result->format;
    file->images = result->images;
    file->shapes = result->shapes;
    file->failed = item->error.status != EXN_OK;
    file->error = item->error;
    file->set = find_set(verdicts, file->path, result);
    verdicts->no_memory = file->set == SIZE_MAX ||
                          (!file->failed && !note_images(verdicts, file, result, sightings, size));
}

void exn_verdicts_note_odd(exn_verdicts *verdicts, const char *path, const exn_picture *image)
{
    exn_verdicts_file *file = verdicts->no_memory ? NULL : add_file(verdicts, path);
    verdicts->no_memory = !file;
    if (file)
        file->odd = image;
}

/* A mask is a label file of one image, whose only witness is its size. */
void exn_verdicts_note_mask(exn_verdicts *verdicts, const exn_picture *mask,
                            const exn_picture *image)
{
    exn_labels_result result;
    const exn_labels_image said = {.struct_size = sizeof said,
                                   .name = "",
                                   .other_name = "",
                                   .shapes = 1,
                                   .mask_width = mask->turn.width_in,
                                   .mask_height = mask->turn.height_in};
    exn_labels_result_init(&result, sizeof result);
    result.images = result.shapes = 1;
    exn_verdicts_file *file = verdicts->no_memory ? NULL : add_file(verdicts, mask->path);
    if (file) {
        file->images = file->shapes = 1;
        file->is_mask = true;
        file->unknown = image == NULL;
        file->set = find_set(verdicts, file->path, &result);
    }
    verdicts->no_memory = !file || file->set == SIZE_MAX;
    if (verdicts->no_memory || !image)
        return;
    const exn_labels_judgement judgement = judge(&result, &said, image);
    exn_masks_claim_one(verdicts->masks, mask, image, file->set, judgement);
    verdicts->no_memory = !add_ruling(verdicts, file, image, judgement);
}

/* By the library's own rule, over up to three judgements of each kind, which are as good as three
 * hundred (exn_labels_inherit()). The last one is the heir: an image about which nothing tells. */
static exn_labels_judgement heir_of(const exn_verdicts_set *set)
{
    enum { ENOUGH = 3, MOST = 4 * ENOUGH };
    exn_labels_judgement all[MOST + 1];
    size_t count = 0;
    for (int verdict = EXN_LABELS_VERDICT_STORED; verdict <= EXN_LABELS_VERDICT_CONTRADICTORY;
         verdict++)
        for (size_t i = 0; i < set->of[verdict] && i < ENOUGH; i++)
            all[count++] = (exn_labels_judgement){(exn_labels_verdict)verdict, 0};
    all[count++] = (exn_labels_judgement){EXN_LABELS_VERDICT_EITHER, 0};
    exn_labels_inherit(all, count);
    return all[count - 1];
}

/* A tool that displays other images rotated may be a browser, which shows a WebP as it is stored.
 * So a WebP only inherits "stored". */
static exn_labels_judgement inherit(const exn_verdicts_set *set, const exn_picture *picture)
{
    const exn_labels_judgement either = {EXN_LABELS_VERDICT_EITHER, 0};
    return picture->turn.format == EXN_FORMAT_WEBP &&
                   set->heir.verdict == EXN_LABELS_VERDICT_DISPLAYED
               ? either
               : set->heir;
}

/* Computes all heirs first, from what images say themselves, so that an inherited verdict never
 * counts as a witness. */
bool exn_verdicts_settle(exn_verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->sets_count; i++)
        verdicts->sets[i]->heir = heir_of(verdicts->sets[i]);
    for (size_t i = 0; i < verdicts->count; i++) {
        const exn_verdicts_file *file = &verdicts->files[i];
        for (size_t j = file->first; j < file->first + file->count; j++)
            if (verdicts->rulings[j].judgement.verdict == EXN_LABELS_VERDICT_EITHER)
                verdicts->rulings[j].judgement =
                    inherit(verdicts->sets[file->set], verdicts->rulings[j].picture);
    }
    return !verdicts->no_memory;
}

void exn_verdicts_count(const exn_verdicts *verdicts, const exn_verdicts_file *file,
                        uint64_t counts[EXN_LABELS_VERDICT_CONTRADICTORY + 1])
{
    const size_t first = file ? file->first : 0;
    const size_t count = file ? file->count : verdicts->ruled;
    for (int i = 0; i <= EXN_LABELS_VERDICT_CONTRADICTORY; i++)
        counts[i] = 0;
    for (size_t i = first; i < first + count; i++)
        counts[verdicts->rulings[i].judgement.verdict]++;
}

/* Judges again: rulings are gone by then (exn_verdicts_forget()), and the file may have changed
 * since the survey. Only what the others of its set have said is remembered. */
exn_labels_judgement exn_verdicts_rule(const exn_verdicts *verdicts, const char *path,
                                       const exn_labels_result *file, const exn_labels_image *image,
                                       const exn_picture *picture)
{
    exn_labels_judgement judgement = judge(file, image, picture);
    if (judgement.verdict != EXN_LABELS_VERDICT_EITHER)
        return judgement;
    const exn_verdicts_set key = {.key = key_of(path, file)};
    exn_verdicts_set *const *found = key.key ? tfind(&key, &verdicts->by_key, by_key) : NULL;
    free(key.key);
    return found ? inherit(*found, picture) : judgement;
}

exn_labels_judgement exn_verdicts_rule_mask(const exn_verdicts *verdicts,
                                            const exn_masks_claim *claim,
                                            const exn_picture *picture)
{
    return claim->judgement.verdict == EXN_LABELS_VERDICT_EITHER &&
                   claim->set < verdicts->sets_count
               ? inherit(verdicts->sets[claim->set], picture)
               : claim->judgement;
}

/* Not by tdestroy(3), which would also free the entries that the list owns. */
static void keep(void *set)
{
    (void)set;
}

/* Sets stay, with their heirs and their tree, since claims on masks also have their numbers. */
void exn_verdicts_forget(exn_verdicts *verdicts)
{
    for (size_t i = 0; i < verdicts->count; i++)
        free(verdicts->files[i].path);
    free(verdicts->files);
    free(verdicts->rulings);
    verdicts->files = NULL;
    verdicts->rulings = NULL;
    verdicts->count = verdicts->room = verdicts->ruled = verdicts->ruled_room = 0;
}

void exn_verdicts_free(exn_verdicts *verdicts)
{
    exn_verdicts_forget(verdicts);
    tdestroy(verdicts->by_key, keep);
    for (size_t i = 0; i < verdicts->sets_count; i++) {
        free(verdicts->sets[i]->key);
        free(verdicts->sets[i]);
    }
    free(verdicts->sets);
    *verdicts = (exn_verdicts){0};
}
