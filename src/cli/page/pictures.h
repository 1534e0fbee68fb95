/* SPDX-License-Identifier: MIT */
/* The page's pictures: what browsers showed for an item, and what they show now. The workers make
 * them; this process only converts their answers to Base64 and never parses them. */
#ifndef EXN_CLI_PAGE_PICTURES_H
#define EXN_CLI_PAGE_PICTURES_H

#include "page_data.h"
#include "workers/pool.h"

/* Makes the pictures of all picks. One that cannot be made is left out. */
void exn_page_pictures_make(exn_page *page, exn_pool *pool);

#endif
