/* SPDX-License-Identifier: MIT */
/* The page's style and script, line by line; each list ends with NULL. */
#ifndef EXN_CLI_PAGE_LOOK_H
#define EXN_CLI_PAGE_LOOK_H

extern const char *const exn_look_style[];
extern const char *const exn_look_script[];

#endif
