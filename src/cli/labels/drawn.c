/* SPDX-License-Identifier: MIT */
#include "drawn.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/memory.h"
#include "base/text.h"
#include "drawn_layer.h"
#include "page/where.h"
#include "scout.h"
#include "sightings.h"

/* Reading larger label files takes too long for a page. */
#define FILE_MOST ((uint64_t)64 << 20)

/* If there are more label files than this, those of formats with one image per file are read only
 * if they are named like an image that is shown: of a hundred thousand perhaps a hundred matter. */
enum { FILES_MOST = 1000 };

enum { POSES_MOST = 50 };

/* An open label file; there are at most two, the old and the new one. */
typedef struct side {
    int file; /* -1: it is not there */
    uint64_t size;
} side;

typedef struct finder {
    exn_page *page;
    exn_pool *pool;
    exn_cli_options options; /* with what the run had, which may be an earlier one */
    exn_pictures pictures;
    exn_poses poses;
    exn_page_pick *picks[EXN_PAGE_PICKS]; /* by path */
    exn_sightings sightings;
    exn_drawn_want wants[EXN_PAGE_PICKS]; /* of the file that is read, by number */
    size_t count;
    bool stop;
} finder;

static const char *path_of(const finder *f, const exn_page_row *row)
{
    return exn_page_data_text(f->page, row->bytes ? row->bytes : row->path);
}

static bool is_moved(const exn_page_row *row)
{
    return row->outcome == EXN_PAGE_MOVED || row->outcome == EXN_PAGE_PARTLY;
}

/* Runs one job at a time, since the pool is idle otherwise. False: it was not done. */
static bool ask(finder *f, exn_job *job)
{
    if (!f->stop && exn_pool_offer(f->pool, job) && exn_pool_next(f->pool) == job)
        return job->answer.error.status == EXN_OK;
    exn_pool_drop(f->pool);
    f->stop = true;
    return false;
}

static side open_side(char *path)
{
    struct stat status;
    side opened = {.file = -1};
    if (path)
        opened.file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    free(path);
    if (opened.file >= 0 && fstat(opened.file, &status) == 0 && S_ISREG(status.st_mode) &&
        (uint64_t)status.st_size <= FILE_MOST) {
        opened.size = (uint64_t)status.st_size;
        return opened;
    }
    if (opened.file >= 0)
        close(opened.file);
    opened.file = -1;
    return opened;
}

/* NULL: it has more than most bytes, or cannot be read. */
static void *take_output(exn_job *job, size_t most)
{
    exn_error ignored = {0};
    return job->answer.bytes_out <= most ? exn_job_take_output(job, &ignored) : NULL;
}

/* ---- which images a label file names */

static int compare_picks(const void *a, const void *b)
{
    const exn_page_pick *x = *(exn_page_pick *const *)a, *y = *(exn_page_pick *const *)b;
    return strcmp(x->path, y->path);
}

static exn_page_pick *find_pick(const finder *f, const char *path)
{
    size_t low = 0, high = f->page->pick_count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = strcmp(path, f->picks[middle]->path);
        if (order == 0)
            return f->picks[middle];
        *(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
    }
    return NULL;
}

/* Matches names with all images of the run, as the run did, and not only with those that are shown,
 * since another one may be meant. */
static void match(finder *f, const exn_page_row *row, const exn_labels_result *file,
                  const void *bytes, size_t size)
{
    exn_sightings *s = &f->sightings;
    exn_sightings_begin(s, bytes, size);
    f->count = 0;
    for (uint64_t number = 0; exn_sightings_next(s); number++) {
        const exn_picture *picture;
        if (s->image.shapes == 0 || f->count == EXN_PAGE_PICKS ||
            exn_sightings_match(s, &f->pictures, file->format, path_of(f, row), file->images == 1,
                                &picture) != EXN_MATCH_ONE)
            continue;
        exn_page_pick *pick = find_pick(f, picture->path);
        if (pick)
            f->wants[f->count++] = (exn_drawn_want){number, pick};
    }
}

static exn_labels_job job_of(const finder *f, const exn_page_row *row)
{
    const exn_item item = {.path = (char *)(uintptr_t)path_of(f, row)};
    exn_labels_job job = exn_scout_job(&f->options, &f->poses, &item, 0);
    job.known = (exn_labels_format)row->format;
    job.plain = true; /* in an output they begin otherwise, and a report may be all there is */
    return job;
}

/* False: it could not be read. *images: how many it has. */
static bool look(finder *f, const exn_page_row *row, const side *from, uint64_t *images)
{
    exn_job job = {.kind = EXN_JOB_LABELS,
                   .source = from->file,
                   .size = from->size,
                   .output = -1,
                   .returns = true,
                   .labels = job_of(f, row)};
    const exn_labels_result *file = &job.answer.labels.result;
    void *bytes = ask(f, &job) ? take_output(&job, 16 * FILE_MOST) : NULL;
    const bool well = bytes != NULL;
    if (well)
        match(f, row, file, bytes, (size_t)job.answer.bytes_out);
    *images = file->images;
    free(bytes);
    exn_job_drop_output(&job);
    return well;
}

/* ---- their boxes */

/* The boxes of the images that are asked for. Without bytes they could not be read. The caller
 * frees the bytes. */
static exn_drawn_boxes read_boxes(finder *f, const exn_page_row *row, const side *from, int wanted,
                                  uint64_t images)
{
    exn_drawn_boxes boxes = {.bytes = NULL};
    const size_t counts = f->count * sizeof *boxes.shapes;
    if (from->file < 0)
        return boxes;
    exn_job job = {.kind = EXN_JOB_BOXES,
                   .source = from->file,
                   .size = from->size,
                   .output = -1,
                   .returns = true,
                   .image = wanted,
                   .beside = {.there = true},
                   .labels = job_of(f, row)};
    job.labels.format = job.labels.known;
    job.labels.wanted = f->count;
    job.labels.images = images;
    if (ask(f, &job) && job.answer.bytes_out >= counts &&
        (job.answer.bytes_out - counts) % sizeof *boxes.list == 0)
        boxes.bytes = take_output(&job, f->count * EXN_BOXED_MOST * sizeof *boxes.list + counts);
    if (boxes.bytes) {
        boxes.count = ((size_t)job.answer.bytes_out - counts) / sizeof *boxes.list;
        boxes.list = boxes.bytes;
        boxes.shapes = (const uint64_t *)(const void *)(boxes.list + boxes.count);
    }
    exn_job_drop_output(&job);
    return boxes;
}

static int write_wanted(const finder *f)
{
    exn_error error = {0};
    const int wanted = exn_memory_open(&error);
    for (size_t i = 0; wanted >= 0 && i < f->count; i++)
        exn_memory_write(wanted, &f->wants[i].number, sizeof f->wants[i].number, &error);
    if (wanted >= 0 && error.status != EXN_OK) {
        close(wanted);
        return -1;
    }
    return wanted;
}

/* False: neither could be read. */
static bool add_layers(finder *f, size_t row, const side *before, const side *after,
                       uint64_t images)
{
    const exn_page_row *r = &f->page->rows[row];
    const int wanted = write_wanted(f);
    if (wanted < 0)
        return false;
    const exn_drawn_boxes was = read_boxes(f, r, before, wanted, images),
                          is = read_boxes(f, r, after, wanted, images);
    const bool any = was.bytes || is.bytes;
    for (size_t i = 0; i < f->count && any; i++)
        if (!exn_drawn_layer_add(f->page, row, &f->wants[i], i, &was, &is))
            f->page->no_memory = true;
    free(was.bytes);
    free(is.bytes);
    close(wanted);
    return any;
}

/* Images are looked up in the old file, whose names are the run's, or in the new one if that is
 * gone.
 */
static void read_file(finder *f, size_t row)
{
    const exn_page_row *r = &f->page->rows[row];
    const exn_page_run *run = &f->page->run;
    uint64_t images = 0;
    const side before = open_side(exn_page_where_before(run, path_of(f, r), r->outcome)),
               after = open_side(exn_page_where_after(run, path_of(f, r), r->outcome));
    bool well = before.file >= 0 || after.file >= 0;
    f->count = 0;
    well = well && look(f, r, before.file >= 0 ? &before : &after, &images);
    if (well && f->count > 0)
        well = add_layers(f, row, &before, &after, images);
    f->page->boxless += !well;
    if (before.file >= 0)
        close(before.file);
    if (after.file >= 0)
        close(after.file);
}

/* ---- all of them */

/* a.txt beside a.jpg, or a.jpg.json. */
static bool is_like_a_pick(const finder *f, const exn_page_row *row)
{
    const char *base = exn_text_base(path_of(f, row));
    const size_t size = exn_text_stem_size(base);
    for (size_t i = 0; i < f->page->pick_count; i++) {
        const char *other = exn_text_base(f->page->picks[i].path);
        if (strncmp(base, other, size) == 0 &&
            (exn_text_stem_size(other) == size || strlen(other) == size))
            return true;
    }
    return false;
}

static bool is_of_one_image(const exn_page_row *row)
{
    return row->format == EXN_LABELS_YOLO || row->format == EXN_LABELS_VOC ||
           row->format == EXN_LABELS_LABELME || row->format == EXN_LABELS_SUPERVISELY;
}

/* An image's transform is all that matching needs to know about its result. */
static bool know_pictures(finder *f)
{
    for (size_t i = 0; i < f->page->count; i++) {
        const exn_page_row *row = &f->page->rows[i];
        exn_result result;
        exn_result_init(&result, sizeof result);
        result.format = row->format;
        result.orientation = row->orientation;
        result.transform = row->transform;
        if (row->outcome > EXN_OUTCOME_UNSUPPORTED || row->format == EXN_FORMAT_UNKNOWN ||
            row->format == EXN_FORMAT_XMP)
            continue;
        result.outcome = row->outcome;
        if (!exn_pictures_add(&f->pictures, path_of(f, row), &result))
            return false;
    }
    return exn_pictures_settle(&f->pictures);
}

/* Whether lines of YOLO files are poses. */
static bool know_poses(finder *f)
{
    size_t asked = 0;
    for (size_t i = 0; i < f->page->count && asked < POSES_MOST; i++) {
        const exn_page_row *row = &f->page->rows[i];
        const exn_item item = {.path = (char *)(uintptr_t)path_of(f, row)};
        if (row->outcome != EXN_OUTCOME_COPIED || !exn_scout_may_be_data(&item))
            continue;
        const side yaml = open_side(exn_page_where_before(&f->page->run, item.path, row->outcome));
        exn_job job = {.kind = EXN_JOB_POSES, .source = yaml.file, .size = yaml.size, .output = -1};
        bool well = true;
        asked++;
        if (yaml.file >= 0 && ask(f, &job))
            well = exn_poses_add(&f->poses, item.path, &job.answer.labels);
        if (yaml.file >= 0)
            close(yaml.file);
        if (!well)
            return false;
    }
    return true;
}

static void find_all(finder *f, size_t moved)
{
    exn_page *page = f->page;
    for (size_t i = 0; i < page->pick_count; i++)
        f->picks[i] = &page->picks[i];
    qsort(f->picks, page->pick_count, sizeof *f->picks, compare_picks);
    if (!know_pictures(f) || !know_poses(f)) {
        page->no_memory = true;
        return;
    }
    for (size_t i = 0; i < page->count && !f->stop; i++) {
        const exn_page_row *row = &page->rows[i];
        if (is_moved(row) &&
            (moved <= FILES_MOST || !is_of_one_image(row) || is_like_a_pick(f, row)))
            read_file(f, i);
    }
}

/* A dry run has moved nothing. */
void exn_drawn_find(exn_page *page, exn_pool *pool)
{
    const uint64_t moved = page->outcomes[EXN_PAGE_MOVED] + page->outcomes[EXN_PAGE_PARTLY];
    if (moved == 0 || page->pick_count == 0 || page->run.dry_run || pool->broken)
        return;
    finder *f = calloc(1, sizeof *f);
    if (!f) {
        page->no_memory = true;
        return;
    }
    f->page = page;
    f->pool = pool;
    f->options = *pool->options;
    for (size_t i = 0; i <= EXN_OPTIONS_LIST; i++)
        f->options.label_formats[i] = NULL;
    for (size_t i = 0;
         i < EXN_OPTIONS_LIST && page->run.label_formats && page->run.label_formats[i]; i++)
        f->options.label_formats[i] = page->run.label_formats[i];
    find_all(f, (size_t)moved);
    exn_pictures_free(&f->pictures);
    exn_poses_free(&f->poses);
    free(f);
}
