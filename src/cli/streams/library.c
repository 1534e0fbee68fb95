/* SPDX-License-Identifier: MIT */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"
#include "base/item.h"

/* By its soname, which exists without the development package. RTLD_NOW, so that a library that
 * lacks a symbol fails here and not in the middle of an archive. */
void *exn_library_open(const char *soname, const char *what, exn_error *error)
{
    void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        exn_error_set(error, EXN_INTERNAL, 0, "%s needs %s, which cannot be loaded", what, soname);
    return library;
}

bool exn_library_find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);
    memcpy(function, &found, sizeof found); /* POSIX allows this conversion */
    return found != NULL;
}
