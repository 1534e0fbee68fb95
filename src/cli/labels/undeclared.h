/* SPDX-License-Identifier: MIT */
/* Images that look like masks of others, and that nobody has said are masks: masks/a.png beside
 * images/a.jpg, or a_mask.png beside a.jpg. Names are all that this goes by, so a warning may rest
 * on it and nothing else. */
#ifndef EXN_CLI_LABELS_UNDECLARED_H
#define EXN_CLI_LABELS_UNDECLARED_H

#include "pictures.h"

/* Whether it is a PNG in a folder, or with an end of its name, that is called as those of masks
 * are. */
bool exn_undeclared_is_like(const char *path);

/* The image of these that one like that has the name of. NONE also where it is one of them itself.
 */
exn_match exn_undeclared_image(const exn_pictures *pictures, const char *path,
                               const exn_picture **found);

#endif
