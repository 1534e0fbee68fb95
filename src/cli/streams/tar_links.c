/* SPDX-License-Identifier: MIT */
#include "tar_links.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* Not the difference, which would not fit into an int. */
static int by_number(const void *a, const void *b)
{
    const uint64_t *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

/* The hash of a normalized name; false: out of memory. tar writes both "./a" and "a", which are the
 * same file when unpacked. */
static bool hash_name(const exn_tar_links *l, const char *name, uint64_t *hash, exn_error *error)
{
    char *plain = strdup(name ? name : "");
    if (!plain) {
        exn_error_set(error, EXN_MEMORY, 0, "name of a member");
        return false;
    }
    exn_text_shorten(plain);
    *hash = exn_siphash(&l->key, plain, strlen(plain));
    free(plain);
    return true;
}

/* The tree takes over the hash unless it already has it. tsearch(3) returns a node, whose first
 * field is the stored pointer. */
void exn_tar_links_leave_out(exn_tar_links *l, const char *name, exn_error *error)
{
    if (!l->left_out)
        l->key = exn_siphash_new_key();
    uint64_t *hash = malloc(sizeof *hash);
    uint64_t **found =
        hash && hash_name(l, name, hash, error) ? tsearch(hash, &l->left_out, by_number) : NULL;
    if (!found)
        exn_error_set(error, EXN_MEMORY, 0, "name of a member");
    if (!found || *found != hash)
        free(hash);
}

bool exn_tar_links_is_left_out(const exn_tar_links *l, const char *target, exn_error *error)
{
    uint64_t hash;
    return l->left_out && hash_name(l, target, &hash, error) &&
           tfind(&hash, &l->left_out, by_number);
}

void exn_tar_links_put_back(exn_tar_links *l, const char *name, exn_error *error)
{
    uint64_t hash;
    uint64_t **found = l->left_out && hash_name(l, name, &hash, error)
                           ? tfind(&hash, &l->left_out, by_number)
                           : NULL;
    uint64_t *stored = found ? *found : NULL;
    if (stored)
        tdelete(&hash, &l->left_out, by_number);
    free(stored);
}

/* tdestroy(3) is an extension that glibc and musl have. */
void exn_tar_links_free(exn_tar_links *l)
{
    tdestroy(l->left_out, free);
}
