/* What makes a worker of a test build misbehave on demand: an image whose last bytes are
 * "EXN-HOOK:" and a word. Such bytes are legal after a JPEG's EOI and a PNG's IEND. */
#ifndef EXN_HOOKS_H
#define EXN_HOOKS_H

#include <exifnorm.h>

/* Does what the last bytes say, if they do. An error that it returns is the worker's answer. */
exn_status exn_hook(const void *data, size_t size, exn_error *error);

#endif
