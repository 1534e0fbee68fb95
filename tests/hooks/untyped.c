/* SPDX-License-Identifier: MIT */
/* For LD_PRELOAD: folders are lists of names alone, as on file systems that do not tell of what
 * type an entry is (readdir(3), DT_UNKNOWN). tests/cli/tree.sh uses it. */
#include "next.h"

#include <dirent.h>

struct dirent *readdir(DIR *folder)
{
    struct dirent *entry = NEXT(readdir)(folder);
    if (entry)
        entry->d_type = DT_UNKNOWN;
    return entry;
}
