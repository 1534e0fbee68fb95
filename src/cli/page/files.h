/* SPDX-License-Identifier: MIT */
/* The rows of the page's tables, as data for its script. */
#ifndef EXN_CLI_PAGE_FILES_H
#define EXN_CLI_PAGE_FILES_H

#include <stdio.h>

#include "page_data.h"

/* Writes one JSON object. If all files would make the page too large, those about which there is
 * least to say are left out; the object says how many there were. False: out of memory. */
bool exn_page_files_write(const exn_page *page, FILE *file);

#endif
