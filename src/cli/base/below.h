/* SPDX-License-Identifier: MIT */
/* Opens what lies below a folder, whatever somebody does to the names meanwhile: no link
 * is followed, be it at the end of a path or on the way, and none leads out of the folder. */
#ifndef EXN_CLI_BASE_BELOW_H
#define EXN_CLI_BASE_BELOW_H

#include <sys/types.h>

/* openat(2) of a relative path, by openat2(2) where the kernel has that, else component by
 * component. -1 with errno: of a link ELOOP or ENOTDIR; of ".." EXDEV, or what opening fails with.
 */
int exn_below_open(int folder, const char *path, int flags, mode_t mode);

#endif
