/* SPDX-License-Identifier: MIT */
#include "gallery.h"

#include <inttypes.h>
#include <string.h>

#include "markup.h"

/* All pictures together, in letters. With the rows of the table (files.c) a page stays below 5 MB.
 */
#define LETTERS_MOST ((size_t)1900 << 10)

/* In the order of picks, so that it is the same each time which ones have no room. */
static void write_shot(FILE *file, const char *picture, const char *what, const char *none,
                       size_t *left)
{
    const size_t size = picture ? strlen(picture) : 0;
    fputs("<div>", file);
    if (picture && size <= *left) {
        *left -= size;
        fprintf(file, "<div class=shot><img alt=\"%s\" src=\"data:image/jpeg;base64,%s\"></div>",
                what, picture);
    } else {
        fprintf(file, "<div class=none>%s</div>", picture ? "left out for the page's size" : none);
    }
    fprintf(file, "<div>%s</div></div>", what);
}

/* What made the file one of these, so that the same picture three times is no riddle. */
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

/* Whether there is an output to be shown. An item that failed has none, or with --on-error=keep its
 * source's bytes, which are shown already. */
static bool is_made(const exn_page *page, const exn_page_row *row)
{
    return !page->run.check && !page->run.dry_run && row->outcome != EXN_OUTCOME_FAILED;
}

/* One that can be shown neither before nor after is left to the table. */
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
        write_shot(file, p->before, "before", "the source is not there, or cannot be decoded",
                   &left);
        if (is_made(page, row))
            write_shot(file, p->after, "now", "the output is not there, or cannot be decoded",
                       &left);
        fputs("</div></figure>\n", file);
        shown++;
    }
    fprintf(file, "</div>%s</section>\n",
            shown ? "" : "<p>There is none: no image could be read again.</p>");
}
