/* SPDX-License-Identifier: MIT */
/* Loads a whole file into memory, for formats whose files are small. */
#ifndef EXN_LABELS_LOADED_H
#define EXN_LABELS_LOADED_H

#include "account.h"

/* to has to be empty; free it with exn_account_free(). Returns EXN_OK, EXN_LIMIT, EXN_MEMORY or
 * EXN_READ. */
exn_status exn_loaded_read(const exn_source *source, exn_account *account, exn_buffer *to,
                           exn_error *error);

#endif
