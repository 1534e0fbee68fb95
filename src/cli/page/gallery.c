/* SPDX-License-Identifier: MIT */
#include "gallery.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "markup.h"

/* Bytes of all pictures together, in Base64. With the table's rows (files.c) a page stays below 5
 * MB.
 */
#define LETTERS_MOST ((size_t)1900 << 10)

/* Enough digits to show a label file's numbers exactly. A rectangle without an area would not be
 * drawn (SVG 2, 10.3); a path is, and its round caps make a point a dot. */
static void write_boxes(FILE *file, const exn_page_box *boxes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const exn_page_box *b = &boxes[i];
        const bool is_line = b->width == 0 || b->height == 0;
        const double half = b->is_about_center ? 0.5 : 0;
        fprintf(file,
                is_line ? "<path d=\"M%.10g %.10gh%.10gv%.10g\""
                        : "<rect x=%.10g y=%.10g width=%.10g height=%.10g",
                b->x, b->y, b->width, b->height);
        if (b->degrees != 0)
            fprintf(file, " transform=\"rotate(%.10g %.10g %.10g)\"", b->degrees,
                    b->x + half * b->width, b->y + half * b->height);
        fprintf(file, "></%s>", is_line ? "path" : "rect");
    }
}

/* Boxes before have their label file's numbers, and a matrix (SVG 2, 8.5) that leads to the picture
 * as browsers have rotated it; boxes after need none. */
static void write_layer(FILE *file, const exn_page_layer *layer, bool is_after)
{
    const int64_t *m = layer->matrix;
    if (is_after) {
        write_boxes(file, layer->boxes + EXN_BOXED_MOST, layer->after);
        return;
    }
    fprintf(file,
            "<g transform=\"matrix(%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64
            " %" PRId64 ")\">",
            m[0], m[3], m[1], m[4], m[2], m[5]);
    write_boxes(file, layer->boxes, layer->before);
    fputs("</g>", file);
}

/* The boxes as SVG, in pixels of the picture below it, whatever its size on the page. NULL: no
 * boxes, or out of memory. The caller frees. */
static char *draw(const exn_page *page, const exn_page_pick *p, bool is_after)
{
    char *text = NULL;
    size_t size = 0, boxes = 0;
    exn_map map = {page->rows[p->row].transform, p->width, p->height};
    uint32_t width, height;
    for (const exn_page_layer *l = p->layers; l; l = l->next)
        boxes += is_after ? l->after : l->before;
    if (!is_after)
        exn_map_init(&map, p->shown ? p->shown : 1, p->width, p->height);
    FILE *file = boxes > 0 && exn_map_size(&map, &width, &height) == EXN_OK
                     ? open_memstream(&text, &size)
                     : NULL;
    if (!file)
        return NULL;
    fprintf(file, "<svg viewBox=\"0 0 %" PRIu32 " %" PRIu32 "\" preserveAspectRatio=none>", width,
            height);
    for (const exn_page_layer *l = p->layers; l; l = l->next)
        write_layer(file, l, is_after);
    fputs("</svg>", file);
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}

/* Says how many shapes are drawn, and how many are not. */
static void write_files(const exn_page *page, const exn_page_pick *p, FILE *file)
{
    for (const exn_page_layer *l = p->layers; l; l = l->next) {
        fprintf(file, "<div class=labels>Boxes: %zu of %" PRIu64 " shape%s of <bdi>",
                l->after ? l->after : l->before, l->shapes, l->shapes == 1 ? "" : "s");
        exn_markup_text(file, exn_page_data_text(page, page->rows[l->row].path));
        fprintf(file, "</bdi>%s</div>",
                l->is_told || l->after == 0
                    ? ""
                    : "; now only: the label file of before is gone, or has changed");
    }
}

/* In the order of picks, so that always the same ones are left out if space runs out. */
static void write_shot(FILE *file, const char *picture, char *boxes, const char *what,
                       const char *none, size_t *left)
{
    const size_t size = (picture ? strlen(picture) : 0) + (boxes ? strlen(boxes) : 0);
    fputs("<div>", file);
    if (picture && size <= *left) {
        *left -= size;
        fprintf(file, "<div class=shot><img alt=\"%s\" src=\"data:image/jpeg;base64,%s\">%s</div>",
                what, picture, boxes ? boxes : "");
    } else {
        fprintf(file, "<div class=none>%s</div>", picture ? "left out for the page's size" : none);
    }
    fprintf(file, "<div>%s</div></div>", what);
    free(boxes);
}

/* Says why the file is shown, so that similar pictures are not a puzzle. */
static void write_caption(const exn_page *page, const exn_page_pick *p, FILE *file)
{
    const exn_page_row *row = &page->rows[p->row];
    const char *word = exn_page_words_outcome(row->outcome, page->run.check);
    fputs("<figcaption><strong><bdi>", file);
    exn_markup_text(file, exn_page_data_text(page, row->path));
    fprintf(file, "</bdi></strong><br>%s, ", word ? word : "?");
    fprintf(file, row->orientation ? "orientation %d" : "no orientation", row->orientation);
    if (p->width && p->height)
        fprintf(file, ", %" PRIu32 "\303\227%" PRIu32, p->width, p->height);
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (row->warnings >> i & 1)
            fprintf(file, ", %s", exn_warning_word((exn_warning)i));
    fputs("</figcaption>", file);
}

/* Whether there is an output to show. An item that failed has none or, with --on-error=keep, its
 * source's bytes, which are already shown. */
static bool is_made(const exn_page *page, const exn_page_row *row)
{
    return !page->run.check && !page->run.dry_run && row->outcome != EXN_OUTCOME_FAILED;
}

/* An item without any picture is only in the table. */
void exn_page_gallery_write(const exn_page *page, FILE *file)
{
    size_t left = LETTERS_MOST, shown = 0;
    fputs("<section id=pictures><h2>Pictures</h2>\n<p>Up to three files of each outcome, "
          "orientation and warning, as browsers show them by default.</p>\n<div class=pairs>\n",
          file);
    for (size_t i = 0; i < page->pick_count; i++) {
        const exn_page_pick *p = &page->picks[i];
        const exn_page_row *row = &page->rows[p->row];
        if (!p->before && !p->after)
            continue;
        fputs("<figure>", file);
        write_caption(page, p, file);
        fputs("<div class=pair>", file);
        write_shot(file, p->before, draw(page, p, false), "before",
                   "the source is not there, or cannot be decoded", &left);
        if (is_made(page, row))
            write_shot(file, p->after, draw(page, p, true), "now",
                       "the output is not there, or cannot be decoded", &left);
        fputs("</div>", file);
        write_files(page, p, file);
        fputs("</figure>\n", file);
        shown++;
    }
    fputs("</div>", file);
    if (page->boxless)
        fprintf(file,
                "<p>%" PRIu64 " label file%s could not be read again, or not within bounds: boxes "
                "of %s are not drawn.</p>",
                page->boxless, page->boxless == 1 ? "" : "s", page->boxless == 1 ? "it" : "them");
    fprintf(file, "%s</section>\n",
            shown ? "" : "<p>There is none: no image could be read again.</p>");
}
