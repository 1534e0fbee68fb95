/* SPDX-License-Identifier: MIT */
/* Opens files below a folder safely, whatever somebody does to the names meanwhile: no link in a
 * path is followed, so none leads out of the folder. */
#ifndef EXN_CLI_BASE_BELOW_H
#define EXN_CLI_BASE_BELOW_H

#include <sys/types.h>

/* openat(2) of a relative path, by openat2(2) if the kernel has that, else component by component.
 * -1 with errno: ELOOP or ENOTDIR for a link, EXDEV for "..", or any error of openat(2). */
int exn_below_open(int folder, const char *path, int flags, mode_t mode);

#endif
