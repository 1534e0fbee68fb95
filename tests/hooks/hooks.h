/* SPDX-License-Identifier: MIT */
/* What makes a worker of a test build misbehave on demand: an image whose last bytes are
 * "EXN-HOOK:" and a word. Such bytes are legal after a JPEG's EOI and a PNG's IEND. */
#ifndef EXN_HOOKS_H
#define EXN_HOOKS_H

#include <exifnorm.h>

/* Does what the last bytes say, if they do. An error that it returns is the worker's answer. */
exn_status exn_hook(const void *data, size_t size, exn_error *error);

/* The same of a file that is not in memory. */
exn_status exn_hook_at_end(const exn_source *source, exn_error *error);

/* What becomes of that image's product before it is written, and of its output after that, where
 * the last bytes say so. body: an output that goes with the answer. */
void exn_hook_product(exn_bytes *product);
void exn_hook_output(int output, exn_bytes *body);

/* The answer on its way: the request's number, the bytes of output that it speaks of, the
 * descriptors that the worker would close now, source and output, and the bytes that go with it. */
void exn_hook_reply(uint64_t *number, uint64_t *bytes_out, int *held, size_t *count,
                    exn_bytes *body);

#endif
