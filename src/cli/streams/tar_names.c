/* SPDX-License-Identifier: MIT */
#include "tar_names.h"

#include <string.h>
#include <strings.h>

/* The length of a path without an ending of the list, which ends in NULL. */
static size_t stem(const char *path, const char *const *endings)
{
    size_t length = strlen(path);
    for (; *endings; endings++) {
        size_t n = strlen(*endings);
        if (length > n && strcasecmp(path + length - n, *endings) == 0)
            return length - n;
    }
    return length;
}

size_t exn_tar_name_stem(const char *path)
{
    static const char *const endings[] = {".tar",  ".tar.gz",  ".tgz",  ".taz",      ".tar.bz2",
                                          ".tbz2", ".tbz",     ".tb2",  ".tz2",      ".tar.xz",
                                          ".txz",  ".tar.zst", ".tzst", ".tar.zstd", NULL};
    return stem(path, endings);
}

/* GNU tar's manual, "Creating and Reading Compressed Archives". */
bool exn_tar_name_is_unknown(const char *path)
{
    static const char *const endings[] = {".tar.Z", ".tar.lz",  ".tlz",    ".tar.lzma", ".tar.lzo",
                                          ".tzo",   ".tar.lz4", ".tar.br", ".tar.7z",   NULL};
    return stem(path, endings) < strlen(path);
}

bool exn_tar_name_is(const char *path)
{
    return exn_tar_name_stem(path) < strlen(path);
}
