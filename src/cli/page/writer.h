/* SPDX-License-Identifier: MIT */
/* The page as a file: policy, style, sections, data, script. */
#ifndef EXN_CLI_PAGE_WRITER_H
#define EXN_CLI_PAGE_WRITER_H

#include "page_data.h"

/* Replaces the open file's content by the page. Returns the reason if that fails, or NULL. */
const char *exn_page_writer_replace(const exn_page *page);

#endif
