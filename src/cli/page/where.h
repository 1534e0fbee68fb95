/* SPDX-License-Identifier: MIT */
/* Where the files of an item are in a given run. */
#ifndef EXN_CLI_PAGE_WHERE_H
#define EXN_CLI_PAGE_WHERE_H

#include "page_data.h"

/* The path of the source before the run, and of the output now. path: the item's in the report.
 * NULL: there is none, or out of memory. The caller frees. */
char *exn_page_where_before(const exn_page_run *run, const char *path, int outcome);
char *exn_page_where_after(const exn_page_run *run, const char *path, int outcome);

#endif
