/* SPDX-License-Identifier: MIT */
/* The parts of the page that are plain HTML and can be read without the script. */
#ifndef EXN_CLI_PAGE_SECTIONS_H
#define EXN_CLI_PAGE_SECTIONS_H

#include <stdio.h>

#include "page_data.h"

/* Writes all of the body except data and script. */
void exn_page_sections_write(const exn_page *page, FILE *file);

#endif
