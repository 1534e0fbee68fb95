/* SPDX-License-Identifier: MIT */
/* --html: a page for people about a run, in a single file.
 *
 * In order: exn_page_open(); exn_page_start(), when it is known that the run begins;
 * exn_page_item() for each item, and the other two for label files; exn_page_close(). A report has
 * all of this, so that a page can also be made from one later (old_report.h). */
#ifndef EXN_CLI_PAGE_PAGE_H
#define EXN_CLI_PAGE_PAGE_H

#include "options.h"
#include "page_data.h"
#include "workers/pool.h"

/* A page for options->html, which must not be NULL. boxes is called once before pictures are made.
 * NULL: out of memory. */
exn_page *exn_page_open(const exn_cli_options *options, exn_page_boxes boxes);

/* Opens the file, so that a run does not begin if it cannot be written. EXN_EXIT_OUTPUT, with a
 * line on standard error. */
exn_exit exn_page_start(exn_page *page, const exn_page_run *run);

void exn_page_item(exn_page *page, const exn_page_seen *seen);

/* A line about a label file. archive: the one that it is in, or NULL; verdicts: a text for people,
 * or NULL. */
void exn_page_labels(exn_page *page, const char *archive, const char *path, const char *format,
                     uint64_t shapes, const char *verdicts);

/* The verdict on one image of a label file. */
void exn_page_verdict(exn_page *page, const char *archive, const char *path, const char *image,
                      const char *verdict, const char *witnesses);

/* The run has reached its end: no input is left out. */
void exn_page_end(exn_page *page);

/* Makes pictures, writes the page if it was started, and frees it; NULL is allowed. The file is
 * replaced as a whole. EXN_EXIT_OUTPUT, with a line on standard error. */
exn_exit exn_page_close(exn_page *page, exn_pool *pool);

#endif
