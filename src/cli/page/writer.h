/* SPDX-License-Identifier: MIT */
/* The page as a file: policy, style, sections, data, script. */
#ifndef EXN_CLI_PAGE_WRITER_H
#define EXN_CLI_PAGE_WRITER_H

#include "page_data.h"

/* Makes the page the whole of its open file. Returns why that cannot be, or NULL. */
const char *exn_page_writer_replace(const exn_page *page);

#endif
