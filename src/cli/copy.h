/* Floor 4: the bytes of one open file into another one, on either side of the wall. */
#ifndef EXN_CLI_COPY_H
#define EXN_CLI_COPY_H

#include <exifnorm.h>

/* Copies size bytes of source to output, which is empty: in the kernel, else by reading and writing.
 * EXN_READ or EXN_WRITE; a source that has another size by now is EXN_READ. EXN_INTERRUPTED: a
 * signal asks the program to stop. */
exn_status exn_copy(int output, int source, uint64_t size, exn_error *error);

#endif
