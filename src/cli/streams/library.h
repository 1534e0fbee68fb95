/* SPDX-License-Identifier: MIT */
/* Libraries that only some runs need. They are opened when a run needs them, after the fork server
 * was started, so that other runs and all workers do not load them. */
#ifndef EXN_CLI_STREAMS_LIBRARY_H
#define EXN_CLI_STREAMS_LIBRARY_H

#include <exifnorm.h>

/* Opens a library by its soname. what: names what needs it, for the error. NULL, with the error.
 * Close it by dlclose(). */
void *exn_library_open(const char *soname, const char *what, exn_error *error);

/* Puts the function of that name into *function, which points to a function pointer of its type.
 * False: there is none. */
bool exn_library_find(void *library, const char *name, void *function);

#endif
