/* SPDX-License-Identifier: MIT */
/* --html: a page for people about a run, in one file that needs no other.
 *
 * In order: exn_page_open(); exn_page_start(), when it is known that the run begins; then of each
 * item exn_page_item(), of label files the others; exn_page_close(). A report holds all that is
 * told here, so that a page can be made of one later (old_report.h). */
#ifndef EXN_CLI_PAGE_PAGE_H
#define EXN_CLI_PAGE_PAGE_H

#include "options.h"
#include "page_data.h"
#include "workers/pool.h"

/* A page for options->html, which has to be given. boxes is called once before pictures are made.
 * NULL: out of memory. */
exn_page *exn_page_open(const exn_cli_options *options, exn_page_boxes boxes);

/* Opens the file, so that one that cannot be written is known before the run. EXN_EXIT_OUTPUT, with
 * a line on standard error. */
exn_exit exn_page_start(exn_page *page, const exn_page_run *run);

void exn_page_item(exn_page *page, const exn_page_seen *seen);

/* A line about a label file: archive: that it is in, or NULL; verdicts is a text for people, NULL:
 * none. */
void exn_page_labels(exn_page *page, const char *archive, const char *path, const char *format,
                     uint64_t shapes, const char *verdicts);

/* The verdict on one image of a label file. */
void exn_page_verdict(exn_page *page, const char *archive, const char *path, const char *image,
                      const char *verdict, const char *witnesses);

/* The run has come to its end: nothing of its input is left out. */
void exn_page_end(exn_page *page);

/* Makes pictures, writes the page where it was started, and frees it; NULL is allowed. The file is
 * replaced as a whole. EXN_EXIT_OUTPUT, with a line on standard
 * error. */
exn_exit exn_page_close(exn_page *page, exn_pool *pool);

#endif
