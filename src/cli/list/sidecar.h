/* SPDX-License-Identifier: MIT */
/* XMP sidecars, by their names: a.jpg.xmp belongs to a.jpg, and a.xmp to the one picture
 * a.* in its folder. If there are several (a.jpg and a.png, a.cr2 and a.jpg), there is no telling
 * whose it is, and we do not guess. */
#ifndef EXN_CLI_LIST_SIDECAR_H
#define EXN_CLI_LIST_SIDECAR_H

#include "base/item.h"
#include "base/siphash.h"
#include "options.h"

/* The pictures in the folder that was asked for last, and the images that failed; all-zero to
 * begin with. */
typedef struct exn_sidecars {
    char *folder;
    char **pictures; /* sorted names */
    size_t count;
    void *failed;        /* a tree of hashes of paths; keyed, so that */
    exn_siphash_key key; /* nobody can choose paths that collide */
} exn_sidecars;

/* Whether a file is taken for a sidecar: by its name, and unless --sidecars=copy is given. */
bool exn_sidecar_is(const exn_cli_options *options, const char *path);

/* Whether the picture name in folder has a file beside it that would be taken for its sidecar. */
bool exn_sidecar_has(const exn_cli_options *options, int folder, const char *name);

/* Fills in the item's owner, image and, if it has one, the image's status. Paths are relative to
 * the folder in. EXN_READ or EXN_MEMORY, with the item's error, if it cannot tell. */
exn_status exn_sidecar_pair(exn_sidecars *sidecars, int in, exn_item *item);

/* Opens the image of a sidecar that has one. The image must not have changed since they were
 * paired. -1, with the item's error. */
int exn_sidecar_open(exn_item *item, int in);

/* Notes that an image failed, since its sidecars then fail too. False: out of memory. */
bool exn_sidecar_note_failed(exn_sidecars *sidecars, const char *image);
bool exn_sidecar_failed(const exn_sidecars *sidecars, const char *image);

void exn_sidecar_close(exn_sidecars *sidecars);

#endif
