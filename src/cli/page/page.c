/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "pictures.h"
#include "writer.h"

/* On the heap, since the two tables of label lines alone take 128 kB. Does not open the file yet,
 * so that a wrong command line leaves no empty page behind. */
exn_page *exn_page_open(const exn_cli_options *options, exn_page_boxes boxes)
{
    exn_page *page = calloc(1, sizeof *page);
    if (page) {
        page->name = options->html;
        page->fd = -1;
        page->boxes = boxes;
    }
    return page;
}

static exn_exit fail(const exn_page *page, const char *why)
{
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, "", page->name);
    fprintf(stderr, ": cannot write the page: %s\n", why);
    return EXN_EXIT_OUTPUT;
}

/* Without O_TRUNC: an older page stays until the new one is complete. A run that is killed leaves
 * the older page or, if there was none, an empty file. */
exn_exit exn_page_start(exn_page *page, const exn_page_run *run)
{
    page->run = *run;
    if (page->fd < 0)
        page->fd = open(page->name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    return page->fd < 0 ? fail(page, strerror(errno)) : EXN_EXIT_OK;
}

void exn_page_end(exn_page *page)
{
    page->ended = true;
}

/* Returns an offset, since the block moves when it grows. At 0 there is an empty text, so 0 means
 * none; each call reserves one byte more than it needs, which the first one uses for that. If
 * memory runs out, the page is not written. */
static size_t keep_text(exn_page *page, const char *text)
{
    exn_page_texts *t = &page->texts;
    const size_t size = strlen(text) + 1;
    char *block = exn_array_reserve_text(t->block, t->size, &t->room, size + 1);
    if (!block) {
        page->no_memory = true;
        return 0;
    }
    t->block = block;
    if (t->size == 0)
        t->block[t->size++] = '\0';
    memcpy(t->block + t->size, text, size);
    t->size += size;
    return t->size - size;
}

/* A member's name comes after its archive's. Control characters are made visible here, once, so
 * that the code that writes the page meets no line break, no control character and only UTF-8. */
static size_t keep_name(exn_page *page, const char *archive, const char *path)
{
    char *whole = NULL;
    if (archive && asprintf(&whole, "%s: %s", archive, path) < 0)
        whole = NULL;
    char *text = exn_text_visible(whole ? whole : path);
    const size_t at = keep_text(page, text ? text : "");
    page->no_memory = page->no_memory || !text;
    free(text);
    free(whole);
    return at;
}

static exn_page_row *add_row(exn_page *page)
{
    exn_page_row *rows = exn_array_reserve(page->rows, page->count, &page->room, sizeof *rows, 256);
    if (!rows) {
        page->no_memory = true;
        return NULL;
    }
    page->rows = rows;
    return &page->rows[page->count++];
}

/* Browsers show what they decode; a member of an archive has no file of its own. */
static bool has_picture(const exn_page_seen *seen)
{
    return !seen->archive && (seen->format == EXN_FORMAT_JPEG || seen->format == EXN_FORMAT_PNG ||
                              seen->format == EXN_FORMAT_WEBP);
}

/* The first of each kind, in the order of the run, which is the same each time. An item that fills
 * a place of one kind takes one of each kind that it belongs to, if there is one left.
 *
 *   picked[]:  [ outcomes          | orientations 0..8 | warnings          ]
 *                EXN_PAGE_OUTCOMES   9                   EXN_WARNING_COUNT */
static bool is_picked(exn_page *page, const exn_page_seen *seen)
{
    uint8_t *classes[EXN_WARNING_COUNT + 2];
    size_t count = 0;
    bool any = false;
    classes[count++] = &page->picked[seen->outcome];
    classes[count++] = &page->picked[EXN_PAGE_OUTCOMES + seen->orientation];
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (seen->warnings >> i & 1)
            classes[count++] = &page->picked[EXN_PAGE_OUTCOMES + 9 + i];
    for (size_t i = 0; i < count; i++)
        any = any || *classes[i] < EXN_PAGE_EACH;
    for (size_t i = 0; i < count && any; i++)
        *classes[i] += *classes[i] < EXN_PAGE_EACH;
    return any;
}

/* Browsers never rotate a WebP. Each pick fills a place of at least one kind, so there can never be
 * more than EXN_PAGE_PICKS; the count is checked in case somebody changes one of the two. */
static void pick(exn_page *page, const exn_page_seen *seen, size_t row)
{
    if (!has_picture(seen) || page->pick_count == EXN_PAGE_PICKS || !is_picked(page, seen))
        return;
    exn_page_pick *p = &page->picks[page->pick_count];
    *p = (exn_page_pick){.path = strdup(seen->path),
                         .row = row,
                         .shown = seen->format == EXN_FORMAT_WEBP ? 0 : seen->orientation,
                         .given = seen->given ? seen->given : seen->orientation,
                         .width = seen->width_in,
                         .height = seen->height_in};
    page->no_memory = page->no_memory || !p->path;
    page->pick_count += p->path != NULL;
}

static bool is_moved(const exn_page_seen *seen)
{
    return seen->outcome == EXN_PAGE_MOVED || seen->outcome == EXN_PAGE_PARTLY;
}

/* Counts include items that the table finally has no space for (files.c). */
void exn_page_item(exn_page *page, const exn_page_seen *seen)
{
    exn_page_row *row = add_row(page);
    if (!row)
        return;
    *row = (exn_page_row){.path = keep_name(page, seen->archive, seen->path),
                          .warnings = seen->warnings,
                          .outcome = (uint8_t)seen->outcome,
                          .orientation = (uint8_t)seen->orientation,
                          .transform = (uint8_t)seen->transform,
                          .format = is_moved(seen) ? (uint8_t)seen->labels : (uint8_t)seen->format};
    if (!seen->archive && !page->no_memory &&
        strcmp(exn_page_data_text(page, row->path), seen->path) != 0)
        row->bytes = keep_text(page, seen->path);
    if (seen->error)
        row->error = keep_text(page, seen->error);
    page->outcomes[seen->outcome]++;
    page->counts[seen->orientation][seen->outcome]++;
    page->ambiguous += (seen->warnings & EXN_WARNINGS_AMBIGUOUS) != 0;
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        page->warned[i] += seen->warnings >> i & 1;
    pick(page, seen, page->count - 1);
}

/* Lines beyond the limit are only counted: the page says how many there were. */
void exn_page_labels(exn_page *page, const char *archive, const char *path, const char *format,
                     uint64_t shapes, const char *verdicts)
{
    if (page->label_all++ >= EXN_PAGE_LABELS)
        return;
    exn_page_label *line = &page->labels[page->label_count++];
    *line = (exn_page_label){.path = keep_name(page, archive, path),
                             .what = keep_text(page, format),
                             .verdict = verdicts ? keep_text(page, verdicts) : 0,
                             .shapes = shapes};
}

/* The line has the same fields as a label file's, but `what` is the label file and not a format. */
void exn_page_verdict(exn_page *page, const char *archive, const char *path, const char *image,
                      const char *verdict, const char *witnesses)
{
    char *text = NULL;
    if (page->verdict_all++ >= EXN_PAGE_LABELS)
        return;
    exn_page_label *line = &page->verdicts[page->verdict_count++];
    if (asprintf(&text, "%s%s%s", verdict, *witnesses ? ": " : "", witnesses) < 0)
        text = NULL;
    page->no_memory = page->no_memory || !text;
    *line = (exn_page_label){.path = keep_name(page, archive, image),
                             .what = keep_name(page, archive, path),
                             .verdict = keep_text(page, text ? text : "")};
    free(text);
}

static void free_layers(exn_page_pick *p)
{
    while (p->layers) {
        exn_page_layer *next = p->layers->next;
        free(p->layers->boxes);
        free(p->layers);
        p->layers = next;
    }
}

static void free_page(exn_page *page)
{
    for (size_t i = 0; i < page->pick_count; i++) {
        free(page->picks[i].path);
        free(page->picks[i].before);
        free(page->picks[i].after);
        free_layers(&page->picks[i]);
    }
    free(page->texts.block);
    free(page->rows);
    free(page);
}

/* Pictures come last, when all outputs have their names and the workers are idle. Without an open
 * file there is no page: either that was reported, or the run never began. */
exn_exit exn_page_close(exn_page *page, exn_pool *pool)
{
    exn_exit exit = EXN_EXIT_OK;
    if (!page)
        return exit;
    if (page->fd >= 0) {
        page->boxes(page, pool);
        exn_page_pictures_make(page, pool);
        const char *why = exn_page_writer_replace(page);
        exit = why ? fail(page, why) : EXN_EXIT_OK;
        if (close(page->fd) != 0 && exit == EXN_EXIT_OK)
            exit = fail(page, strerror(errno));
    }
    free_page(page);
    return exit;
}
