/* SPDX-License-Identifier: MIT */
/* The page's pictures: before and after, side by side. */
#ifndef EXN_CLI_PAGE_GALLERY_H
#define EXN_CLI_PAGE_GALLERY_H

#include <stdio.h>

#include "page_data.h"

void exn_page_gallery_write(const exn_page *page, FILE *file);

#endif
