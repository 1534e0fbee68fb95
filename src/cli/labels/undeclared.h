/* SPDX-License-Identifier: MIT */
/* Images that look like masks of others, although nothing says that they are: masks/a.png beside
 * images/a.jpg, or a_mask.png beside a.jpg. This goes only by names, so it is good enough for a
 * warning and nothing else. */
#ifndef EXN_CLI_LABELS_UNDECLARED_H
#define EXN_CLI_LABELS_UNDECLARED_H

#include "pictures.h"

/* Whether it is a PNG whose folder, or the end of whose name, is typical of masks. */
bool exn_undeclared_is_like(const char *path);

/* The image of these that one like that has the name of. NONE also where it is one of them itself.
 */
exn_match exn_undeclared_image(const exn_pictures *pictures, const char *path,
                               const exn_picture **found);

#endif
