/* SPDX-License-Identifier: MIT */
/* Where the files of an item are, by what the run was. */
#ifndef EXN_CLI_PAGE_WHERE_H
#define EXN_CLI_PAGE_WHERE_H

#include "page_data.h"

/* The source as it was before the run, and the output as it is now; path: the item's in the
 * report. NULL: there is none, or memory is out. The caller frees. */
char *exn_page_where_before(const exn_page_run *run, const char *path, int outcome);
char *exn_page_where_after(const exn_page_run *run, const char *path, int outcome);

#endif
