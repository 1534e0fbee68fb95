/* SPDX-License-Identifier: MIT */
/* The parts of the page that stand in it as HTML. What a script is needed for is beside them in its
 * data; without one, what is here can be read. */
#ifndef EXN_CLI_PAGE_SECTIONS_H
#define EXN_CLI_PAGE_SECTIONS_H

#include <stdio.h>

#include "page_data.h"

/* All of the body but data and script. */
void exn_page_sections_write(const exn_page *page, FILE *file);

#endif
