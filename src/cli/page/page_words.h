/* SPDX-License-Identifier: MIT */
/* What a page says of outcomes and warnings, for people who have not read the manual. */
#ifndef EXN_CLI_PAGE_WORDS_H
#define EXN_CLI_PAGE_WORDS_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What became of an item: the library's outcomes, with the same numbers, and what the program adds.
 * With --check METADATA and LOSSLESS are what is to be done. */
typedef enum exn_page_outcome {
    EXN_PAGE_MOVED = EXN_OUTCOME_COUNT, /* a label file, with its images */
    EXN_PAGE_PARTLY,                    /* some of whose images failed */
    EXN_PAGE_SKIPPED,                   /* no file */
} exn_page_outcome;

#define EXN_PAGE_OUTCOMES (EXN_PAGE_SKIPPED + 1)

/* The word that the report has; check: in a report of --check. NULL: none. */
const char *exn_page_words_outcome(int outcome, bool check);

/* The same for people. */
const char *exn_page_words_meaning(int outcome, bool check);

const char *exn_page_words_warning(exn_warning warning);

/* Adds a word to a text of `used` bytes that lists them. Returns what it would take of a text
 * without end: nothing is added where that is more than size. */
size_t exn_page_words_add(char *text, size_t size, size_t used, const char *word);

/* What is said of a label file. counts: of each verdict, and of images that are not known; NULL: it
 * was not judged. rotated: how many of its images were; renamed: of others. Returns text. */
const char *exn_page_words_verdicts(const uint64_t *counts, bool unread, uint64_t rotated,
                                    uint64_t renamed, char *text, size_t size);

#endif
