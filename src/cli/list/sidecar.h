/* SPDX-License-Identifier: MIT */
/* XMP sidecars, by their names: a.jpg.xmp belongs to a.jpg, and a.xmp to the one picture
 * a.* in its folder. Where there are several (a.jpg and a.png, a.cr2 and a.jpg) nobody can know
 * whose it is, and nobody guesses. */
#ifndef EXN_CLI_LIST_SIDECAR_H
#define EXN_CLI_LIST_SIDECAR_H

#include "base/item.h"
#include "base/siphash.h"
#include "options.h"

/* The pictures of the folder that was asked for last; all-zero: none yet. */
typedef struct exn_sidecars {
    char *folder;
    char **pictures; /* sorted names */
    size_t count;
    void *failed;        /* a tree of hashes of paths, */
    exn_siphash_key key; /* for which nobody can choose paths */
} exn_sidecars;

/* Whether a file is taken for a sidecar: by its name, and unless --sidecars=copy is given. */
bool exn_sidecar_is(const exn_cli_options *options, const char *path);

/* Whether the picture name in folder has a file beside it that would be taken for its sidecar. */
bool exn_sidecar_has(const exn_cli_options *options, int folder, const char *name);

/* Fills in the item's owner, image and, where it has one, the image's status: its path is relative
 * to the folder in. EXN_READ or EXN_MEMORY, with the item's error: it cannot be determined. */
exn_status exn_sidecar_pair(exn_sidecars *sidecars, int in, exn_item *item);

/* Opens the image of a sidecar that has one; it must still be what it was when they were paired.
 * -1, with the item's error. */
int exn_sidecar_open(exn_item *item, int in);

/* Notes that an image failed, which decides about its sidecars. False: out of memory. */
bool exn_sidecar_note_failed(exn_sidecars *sidecars, const char *image);
bool exn_sidecar_failed(const exn_sidecars *sidecars, const char *image);

void exn_sidecar_close(exn_sidecars *sidecars);

#endif
