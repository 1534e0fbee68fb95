/* SPDX-License-Identifier: MIT */
#include "sections.h"

#include <inttypes.h>

#include "gallery.h"
#include "markup.h"

/* How many files a list names; the table has the others. */
enum { NAMED = 10 };

/* A part of a bar, in thousandths of its length. */
static void write_part(FILE *file, int outcome, uint64_t from, uint64_t count, uint64_t of)
{
    const double x = 1000.0 * (double)from / (double)of, w = 1000.0 * (double)count / (double)of;
    fprintf(file, "<rect class=o%d x=%.2f width=%.2f height=10 />", outcome, x, w);
}

/* The numbers are beside it, so nobody has to see the bar. */
static void open_bar(FILE *file)
{
    fputs("<td class=bar><svg aria-hidden=true viewBox=\"0 0 1000 10\" preserveAspectRatio=none>",
          file);
}

/* data-show marks it for the script, which has one listener for all buttons of the page. */
static void show_button(FILE *file, const char *what, int value, const char *text)
{
    fprintf(file, "<button data-show data-%s=%d>%s</button>", what, value, text);
}

/* A bar's length is relative to the longest one: relative to all files, most bars would be
 * invisible, since in most data sets nearly all files are of one kind. */
static void write_outcomes(const exn_page *page, FILE *file)
{
    uint64_t most = 1;
    for (int i = 0; i < EXN_PAGE_OUTCOMES; i++)
        most = page->outcomes[i] > most ? page->outcomes[i] : most;
    fputs("<section id=outcomes><h2>Outcomes</h2>\n<table><thead><tr><th>Outcome<th class=n>Files"
          "<th class=means>Meaning<th><span class=means>Share</span><th></thead>\n",
          file);
    for (int i = 0; i < EXN_PAGE_OUTCOMES; i++) {
        if (page->outcomes[i] == 0)
            continue;
        fprintf(file, "<tr><td><span class=\"key o%d\"></span>", i);
        const char *word = exn_page_words_outcome(i, page->run.check);
        exn_markup_text(file, word ? word : "?");
        fputs("<td class=n>", file);
        exn_markup_number(file, page->outcomes[i]);
        fputs("<td class=means>", file);
        const char *meaning = exn_page_words_meaning(i, page->run.check);
        exn_markup_text(file, meaning ? meaning : "");
        open_bar(file);
        write_part(file, i, 0, page->outcomes[i], most);
        fputs("</svg><td>", file);
        show_button(file, "outcome", i, "List");
        fputc('\n', file);
    }
    fputs("</table></section>\n", file);
}

static uint64_t sum_of(const exn_page *page, int orientation)
{
    uint64_t sum = 0;
    for (int i = 0; i < EXN_PAGE_OUTCOMES; i++)
        sum += page->counts[orientation][i];
    return sum;
}

/* What each value asks for (Exif 2.32, 4.6.5.1.5). */
static const char *const orientation_words[] = {
    "none",
    "upright",
    "mirrored",
    "rotated by 180 degrees",
    "mirrored, rotated by 180 degrees",
    "mirrored, rotated by 270 degrees clockwise",
    "rotated by 90 degrees clockwise",
    "mirrored, rotated by 90 degrees clockwise",
    "rotated by 270 degrees clockwise",
};

/* Bars in parts, which show both how many files have an orientation and what happened to them. */
static void write_orientations(const exn_page *page, FILE *file)
{
    uint64_t most = 1;
    for (int o = 0; o < 9; o++)
        most = sum_of(page, o) > most ? sum_of(page, o) : most;
    fputs("<section id=orientations><h2>Orientations</h2>\n<p>The orientation that browsers show "
          "each file by. Colours are those of the outcomes above.</p>\n<table><thead><tr>"
          "<th>Orientation<th class=n>Files<th class=means>Shown<th><span class=means>By outcome"
          "</span><th></thead>\n",
          file);
    for (int o = 0; o < 9; o++) {
        const uint64_t sum = sum_of(page, o);
        uint64_t from = 0;
        if (sum == 0)
            continue;
        fprintf(file, "<tr><td>%.*s", o ? 1 : 4, o ? &"012345678"[o] : "none");
        fputs("<td class=n>", file);
        exn_markup_number(file, sum);
        fprintf(file, "<td class=means>%s", o ? orientation_words[o] : "");
        open_bar(file);
        for (int i = 0; i < EXN_PAGE_OUTCOMES; i++) {
            if (page->counts[o][i])
                write_part(file, i, from, page->counts[o][i], most);
            from += page->counts[o][i];
        }
        fputs("</svg><td>", file);
        show_button(file, "orientation", o, "List");
        fputc('\n', file);
    }
    fputs("</table></section>\n", file);
}

/* Lists the first files with one of the warnings, or with the outcome. For warnings the caller
 * gives an outcome that no row has (-1), and for an outcome no warnings (0). */
static void write_first(const exn_page *page, FILE *file, uint32_t warnings, int outcome,
                        uint64_t all)
{
    uint64_t named = 0;
    fputs("<ul>\n", file);
    for (size_t i = 0; i < page->count && named < NAMED; i++) {
        const exn_page_row *row = &page->rows[i];
        if (!(row->warnings & warnings) && row->outcome != outcome)
            continue;
        fputs("<li><bdi>", file);
        exn_markup_text(file, exn_page_data_text(page, row->path));
        fputs("</bdi>", file);
        if (row->error) {
            fputs(": ", file);
            exn_markup_text(file, exn_page_data_text(page, row->error));
        }
        fputc('\n', file);
        named++;
    }
    fputs("</ul>", file);
    if (all > named) {
        fputs("<p>and ", file);
        exn_markup_number(file, all - named);
        fputs(" more</p>", file);
    }
    fputc('\n', file);
}

/* Failed and unsupported files have a section each, before the warnings, since somebody has to do
 * something about them. Empty sections are left out. */
static void write_failures(const exn_page *page, FILE *file, int outcome, const char *id,
                           const char *title, const char *text)
{
    if (page->outcomes[outcome] == 0)
        return;
    fprintf(file, "<section id=%s><h2>%s: ", id, title);
    exn_markup_number(file, page->outcomes[outcome]);
    fprintf(file, "</h2>\n<p>%s</p>\n", text);
    write_first(page, file, 0, outcome, page->outcomes[outcome]);
    show_button(file, "outcome", outcome, "List all in the table");
    fputs("</section>\n", file);
}

/* This section is always there, since people hope to read that nothing is ambiguous. */
static void write_ambiguous(const exn_page *page, FILE *file)
{
    fputs("<section id=ambiguous><h2>Ambiguous sources: ", file);
    exn_markup_number(file, page->ambiguous);
    fputs("</h2>\n", file);
    if (page->ambiguous == 0) {
        fputs("<p>Readers agree about every source.</p></section>\n", file);
        return;
    }
    fputs("<p>Readers disagree about these sources, or a source contradicts itself. Look at them: "
          "what was labelled on them may have been seen otherwise than it is shown now.</p>\n",
          file);
    write_first(page, file, EXN_WARNINGS_AMBIGUOUS, -1, page->ambiguous);
    fputs("<button data-show data-warning=ambiguous>List all in the table</button></section>\n",
          file);
}

/* The word is for those who search the manual, the sentence for everybody else. */
static void write_warnings(const exn_page *page, FILE *file)
{
    uint64_t all = 0;
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        all += page->warned[i];
    fputs("<section id=warnings><h2>Warnings: ", file);
    exn_markup_number(file, all);
    fputs("</h2>\n", file);
    for (int i = 0; i < EXN_WARNING_COUNT; i++) {
        if (page->warned[i] == 0)
            continue;
        fprintf(file, "<h3>%s: ", exn_warning_word((exn_warning)i));
        exn_markup_number(file, page->warned[i]);
        fputs("</h3>\n<p>", file);
        exn_markup_text(file, exn_page_words_warning((exn_warning)i));
        fputs("</p>\n", file);
        write_first(page, file, 1u << i, -1, page->warned[i]);
        show_button(file, "warning", i, "List all in the table");
    }
    fputs("</section>\n", file);
}

/* The empty table and its controls. The script finds the parts by these ids, which all begin with
 * the table's. */
static void write_table(FILE *file, const char *id, const char *head)
{
    fprintf(file,
            "<div class=tools><button id=%s-first>First</button><button id=%s-back>Back"
            "</button><button id=%s-on>Next</button><button id=%s-end>Last</button>"
            "<span id=%s-says role=status></span></div>\n",
            id, id, id, id, id);
    fprintf(file,
            "<div class=scroll><table id=%s-table><thead><tr>%s</thead><tbody></tbody>"
            "</table></div>\n",
            id, head);
}

/* --check --labels, and runs that could not decide, have verdicts; other runs only name label files
 * whose images were rotated. */
static void write_labels(const exn_page *page, FILE *file)
{
    if (page->label_all == 0 && page->verdict_all == 0)
        return;
    fputs("<section id=labels><h2>Label files</h2>\n<p>Label files that name images with an "
          "orientation, and in which frame their labels are: in that of the stored pixels, or in "
          "that which is displayed. An image that is undecided is shown beside its label file."
          "</p>\n",
          file);
    if (page->label_all > page->label_count)
        fprintf(file, "<p>These are the first %zu of %" PRIu64 ".</p>\n", page->label_count,
                page->label_all);
    write_table(file, "labels", "<th>Label file<th>Format<th class=n>Shapes<th>Frame of labels");
    if (page->verdict_all > 0) {
        fputs("<h3>Images</h3>\n", file);
        if (page->verdict_all > page->verdict_count)
            fprintf(file, "<p>These are the first %zu of %" PRIu64 ".</p>\n", page->verdict_count,
                    page->verdict_all);
        write_table(file, "verdicts", "<th>Image<th>Frame, and why<th>Label file");
    }
    fputs("</section>\n", file);
}

/* Offers only values that occur, by their numbers in the data. */
static void write_choice(const exn_page *page, FILE *file)
{
    fputs("<div class=tools><label>Path contains<input id=search type=search></label>\n"
          "<label>Outcome<select id=outcome><option value=\"\">all",
          file);
    for (int i = 0; i < EXN_PAGE_OUTCOMES; i++)
        if (page->outcomes[i])
            fprintf(file, "<option value=%d>%s", i, exn_page_words_outcome(i, page->run.check));
    fputs("</select></label>\n<label>Orientation<select id=orientation><option value=\"\">all",
          file);
    for (int o = 0; o < 9; o++)
        fprintf(file, "<option value=%d>%.*s", o, o ? 1 : 4, o ? &"012345678"[o] : "none");
    fputs("</select></label>\n<label>Warning<select id=warning><option value=\"\">all"
          "<option value=any>any warning<option value=ambiguous>ambiguous sources",
          file);
    for (int i = 0; i < EXN_WARNING_COUNT; i++)
        if (page->warned[i])
            fprintf(file, "<option value=%d>%s", i, exn_warning_word((exn_warning)i));
    fputs("</select></label></div>\n", file);
}

static void write_files(const exn_page *page, FILE *file)
{
    fputs("<section id=files tabindex=-1><h2>Files</h2>\n<noscript><p>The table needs a script, "
          "which this browser does not run.</p></noscript>\n<p id=listed></p>\n",
          file);
    write_choice(page, file);
    write_table(file, "files", "<th>Path<th>Outcome<th>Orientation<th>Error; warnings");
    fputs("</section>\n", file);
}

/* Names the run by the paths that were given; three are enough. paths ends with NULL, so each is
 * read only if the ones before it exist. */
static void write_head(const exn_page *page, FILE *file)
{
    const exn_page_run *r = &page->run;
    fprintf(file, "<header><h1>%s", r->check ? "What is to be done in " : "");
    for (const char *const *path = r->paths; path && *path && path - r->paths < 3; path++) {
        fputs(path > r->paths ? ", " : "", file);
        exn_markup_name(file, *path);
    }
    if (r->paths && r->paths[0] && r->paths[1] && r->paths[2] && r->paths[3])
        fputs(" and others", file);
    if (!r->paths)
        exn_markup_name(file, r->in);
    if (r->out) {
        fputs(" \342\206\222 ", file); /* an arrow */
        exn_markup_name(file, r->out);
    }
    fputs("</h1>\n<p>", file);
    exn_markup_number(file, page->count);
    fprintf(file, " item%s, by exifnorm %s%s.</p>\n", page->count == 1 ? "" : "s", r->version,
            r->dry_run && !r->check ? " in a dry run: nothing was written" : "");
    if (!page->ended)
        fputs("<p><strong>The run did not reach its end.</strong></p>\n", file);
    fputs("<nav aria-label=\"Parts of the page\"><ul><li><a href=#outcomes>Outcomes</a>"
          "<li><a href=#orientations>Orientations</a><li><a href=#ambiguous>Ambiguous</a>"
          "<li><a href=#warnings>Warnings</a><li><a href=#pictures>Pictures</a>"
          "<li><a href=#files>Files</a></ul></nav></header>\n",
          file);
}

/* Sections that need action come before those that are merely worth knowing; the table comes last,
 * since people search it rather than read it. */
void exn_page_sections_write(const exn_page *page, FILE *file)
{
    write_head(page, file);
    fputs("<main>\n", file);
    write_outcomes(page, file);
    write_orientations(page, file);
    write_failures(page, file, EXN_OUTCOME_FAILED, "failed", "Failed",
                   page->run.check ? "These files cannot be processed."
                                   : "These have no output, and their sources are as they were.");
    write_failures(page, file, EXN_OUTCOME_UNSUPPORTED, "unsupported", "Unsupported",
                   "These have an orientation in a format that is not edited, or one that an "
                   "option says to copy. Readers still rotate them, or not.");
    write_ambiguous(page, file);
    write_warnings(page, file);
    write_labels(page, file);
    exn_page_gallery_write(page, file);
    write_files(page, file);
    fputs("</main>\n", file);
}
