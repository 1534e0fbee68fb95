/* SPDX-License-Identifier: MIT */
/* Bytes into an open file and out of it, on either side of the wall. What a signal interrupts, or a
 * file system cuts short, goes on. */
#ifndef EXN_CLI_BASE_IO_H
#define EXN_CLI_BASE_IO_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Copies size bytes of source to output, which is empty: in the kernel, else by reading and
 * writing; its holes stay holes where the file system says where they are. EXN_READ or EXN_WRITE; a
 * source that has another size by now is EXN_READ. EXN_INTERRUPTED: a signal asks the program to
 * stop. */
exn_status exn_io_copy(int output, int source, uint64_t size, exn_error *error);

/* Reads size bytes at offset; fewer only where the file ends. -1 with errno. */
ssize_t exn_io_read_at(int fd, void *to, size_t size, uint64_t offset);

/* Reads a file that had size bytes, of which no more are needed: to has room for one more, which
 * shows that it has grown meanwhile. -1 with errno. */
ssize_t exn_io_read_whole(int fd, void *to, size_t size);

/* Writes size bytes at offset. False with errno: how much was written is not known. */
bool exn_io_write_at(int fd, const void *data, size_t size, uint64_t offset);

/* Writes size bytes at the file's position, in as many calls as it takes; none of them may block
 * for ever, since signals do not end it. False with errno: how much was written is not known. */
bool exn_io_write_all(int fd, const void *data, size_t size);

/* Compares size bytes of the two. */
exn_status exn_io_compare(int output, int source, uint64_t size, exn_error *error);

#endif
