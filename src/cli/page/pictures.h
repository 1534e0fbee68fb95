/* SPDX-License-Identifier: MIT */
/* The page's pictures: what browsers showed of an item, and what they show of it now. The workers
 * make them; what they answer is Base64 to this process, and a picture to the browser alone. */
#ifndef EXN_CLI_PAGE_PICTURES_H
#define EXN_CLI_PAGE_PICTURES_H

#include "page_data.h"
#include "workers/pool.h"

/* Makes those of all picks. One that cannot be had is left out. */
void exn_page_pictures_make(exn_page *page, exn_pool *pool);

#endif
