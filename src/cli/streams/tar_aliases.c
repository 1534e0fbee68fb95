/* SPDX-License-Identifier: MIT */
#include "tar_aliases.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* A link, and the name of the member that it leads to. */
typedef struct exn_tar_alias {
    char *path, *target;
    bool is_known; /* the image that it leads to was found */
} exn_tar_alias;

/* Removes the last part of a path that ends in a slash, or is empty; false: there is none. tar(1)
 * puts "./" in front of all members of ".", which is not a folder to leave. */
static bool go_up(char *path)
{
    size_t end = strlen(path);
    if (end == 0 || strcmp(path, "./") == 0)
        return false;
    for (end--; end > 0 && path[end - 1] != '/';)
        end--;
    path[end] = '\0';
    return true;
}

/* Follows the leading steps from the link's folder: ../y/1.jpg at photos/x/link is photos/y/1.jpg.
 * NULL: out of memory; "": it leads out of the archive. Later steps (y/../1.jpg) are left as they
 * are: no member has such a name, so the link leads to no known image. */
static char *follow(const char *path, const char *target)
{
    const size_t folder = exn_text_folder_size(path);
    char *whole = calloc(1, folder + strlen(target) + 1);
    if (!whole)
        return NULL;
    memcpy(whole, path, folder);
    bool is_inside = *target != '/';
    while (is_inside && (strncmp(target, "./", 2) == 0 || strncmp(target, "../", 3) == 0)) {
        is_inside = target[1] == '/' || go_up(whole);
        target = strchr(target, '/') + 1;
    }
    const size_t kept = is_inside ? strlen(whole) : 0;
    memcpy(whole + kept, is_inside ? target : "", is_inside ? strlen(target) + 1 : 1);
    return whole;
}

char *exn_tar_aliases_target(const char *path, const char *link, bool is_symbolic)
{
    return is_symbolic ? follow(path, link) : strdup(link);
}

/* Counted before both strings are known to be there: exn_tar_aliases_free() accepts NULL. */
bool exn_tar_aliases_add(exn_tar_aliases *aliases, const char *path, const char *target,
                         bool is_symbolic)
{
    exn_tar_alias *list =
        exn_array_reserve(aliases->list, aliases->count, &aliases->room, sizeof *list, 64);
    if (!list)
        return false;
    aliases->list = list;
    exn_tar_alias *alias = &aliases->list[aliases->count++];
    *alias = (exn_tar_alias){.path = strdup(path),
                             .target = exn_tar_aliases_target(path, target, is_symbolic)};
    return alias->path && alias->target;
}

void exn_tar_aliases_get(const exn_tar_aliases *aliases, size_t i, const char **path,
                         const char **target)
{
    *path = aliases->list[i].path;
    *target = aliases->list[i].target;
}

/* Links are looked up only among images, not among links, so a circle of links cannot keep this
 * from ending. */
bool exn_tar_aliases_resolve(exn_tar_aliases *aliases, exn_pictures *pictures)
{
    if (aliases->asked == aliases->count + pictures->count)
        return true;
    for (size_t i = 0; i < aliases->count; i++) {
        exn_tar_alias *alias = &aliases->list[i];
        const exn_picture *picture =
            alias->is_known ? NULL : exn_pictures_at(pictures, alias->target);
        if (!picture || picture->is_link)
            continue;
        const exn_result result = exn_pictures_result(picture);
        if (!exn_pictures_add(pictures, alias->path, &result))
            return false;
        exn_pictures_set_bytes(pictures, picture->bytes_in, picture->bytes_out);
        pictures->list[pictures->count - 1]->is_link = alias->is_known = true;
    }
    aliases->asked = aliases->count + pictures->count;
    return exn_pictures_settle(pictures);
}

void exn_tar_aliases_free(exn_tar_aliases *aliases)
{
    for (size_t i = 0; i < aliases->count; i++) {
        free(aliases->list[i].path);
        free(aliases->list[i].target);
    }
    free(aliases->list);
    *aliases = (exn_tar_aliases){0};
}
