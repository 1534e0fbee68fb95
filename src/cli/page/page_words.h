/* SPDX-License-Identifier: MIT */
/* What a page says about outcomes and warnings, for people who have not read the manual. */
#ifndef EXN_CLI_PAGE_WORDS_H
#define EXN_CLI_PAGE_WORDS_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happened to an item: the library's outcomes, with the same numbers, and the program's own.
 * With --check METADATA and LOSSLESS say what has to be done. */
typedef enum exn_page_outcome {
    EXN_PAGE_MOVED = EXN_OUTCOME_COUNT, /* a label file, with its images */
    EXN_PAGE_PARTLY,                    /* a label file some of whose images failed */
    EXN_PAGE_SKIPPED,                   /* not a file */
} exn_page_outcome;

#define EXN_PAGE_OUTCOMES (EXN_PAGE_SKIPPED + 1)

/* The word that the report has; check: in a report of --check. NULL: none. */
const char *exn_page_words_outcome(int outcome, bool check);

/* The same for people. */
const char *exn_page_words_meaning(int outcome, bool check);

const char *exn_page_words_warning(exn_warning warning);

/* Appends a word to a list in a text of `used` bytes. Returns the size that it would have; if that
 * is more than size, nothing is added. */
size_t exn_page_words_add(char *text, size_t size, size_t used, const char *word);

/* The text about a label file. counts: of each verdict, and of unknown images; NULL: it was not
 * judged. rotated, renamed: how many of its images were. Returns text. */
const char *exn_page_words_verdicts(const uint64_t *counts, bool unread, uint64_t rotated,
                                    uint64_t renamed, char *text, size_t size);

#endif
