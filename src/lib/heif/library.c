/* SPDX-License-Identifier: MIT */
#include "library.h"

#include <dlfcn.h>
#include <string.h>

/* By its soname, which a distribution's package has without headers; with RTLD_NOW, so that it
 * fails here if a symbol is missing. A process that enters a sandbox loads it beforehand: then it
 * is found by this name without opening a file. */
exn_status exn_heif_library_open(exn_libheif *lib, exn_error *error)
{
    *lib = (exn_libheif){.handle = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL)};
    if (!lib->handle)
        return exn_status_fail(error, EXN_UNSUPPORTED,
                               "its decoder is not installed: install libheif1");
    bool whole = true;
    void *found;
    /* POSIX allows getting a function in this way. */
#define X(type, name, parameters)                                                                  \
    found = dlsym(lib->handle, "heif_" #name);                                                     \
    memcpy(&lib->name, &found, sizeof found);                                                      \
    whole = whole && found;
    EXN_LIBHEIF_FUNCTIONS(X)
#undef X
    if (whole && lib->init(NULL).code == 0)
        return EXN_OK;
    dlclose(lib->handle);
    *lib = (exn_libheif){0};
    return exn_status_fail(error, EXN_UNSUPPORTED,
                           "libheif1 is too old: 1.13 or a later one is needed");
}

void exn_heif_library_close(exn_libheif *lib)
{
    if (!lib->handle)
        return;
    lib->deinit();
    dlclose(lib->handle);
    *lib = (exn_libheif){0};
}

exn_status exn_heif_library_failed(exn_libheif_error why, exn_error *error)
{
    /* Some of its messages end with a newline. */
    const int size = (int)strcspn(why.message, "\n");
    switch (why.code) {
    case EXN_LIBHEIF_MEMORY:
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    case EXN_LIBHEIF_UNSUPPORTED_FILE:
    case EXN_LIBHEIF_UNSUPPORTED:
        return exn_status_fail(error, EXN_UNSUPPORTED, "libheif: %.*s", size, why.message);
    default:
        return exn_status_fail(error, EXN_CORRUPT, "libheif: %.*s", size, why.message);
    }
}
