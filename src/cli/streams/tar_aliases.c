/* SPDX-License-Identifier: MIT */
#include "tar_aliases.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

/* What a link leads to, as the name of a member. */
typedef struct exn_tar_alias {
    char *path, *target;
    bool is_known; /* what it leads to */
} exn_tar_alias;

/* A part less at the end of a path that ends in a slash, or is empty; false: there is none. "./" in
 * front is how tar(1) names all members of ".", and no folder that could be left. */
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

/* Steps are taken one by one from the link's folder. NULL: out of memory; "": it leads out of the
 * archive. So ../y/1.jpg at photos/x/link is photos/y/1.jpg. Steps further on (y/../1.jpg) are left
 * as they are: no member has such a name, and the link is of no image that is known. */
static char *follow(const char *path, const char *target)
{
    const char *slash = strrchr(path, '/');
    const size_t folder = slash ? (size_t)(slash + 1 - path) : 0;
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

/* Counted before it is known to be whole: exn_tar_aliases_free() takes one of which a half is NULL.
 */
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

/* Links are looked up among images only, so that one that leads to another link leads to none, and
 * no circle of links can keep this from its end. */
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
