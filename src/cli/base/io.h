/* SPDX-License-Identifier: MIT */
/* Reading and writing open files, on either side of the wall. Calls that a signal interrupts, or
 * that transfer only a part, are continued. */
#ifndef EXN_CLI_BASE_IO_H
#define EXN_CLI_BASE_IO_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Copies size bytes of source to output, which is empty: in the kernel, or else by reading and
 * writing. Holes stay holes if the file system tells where they are. EXN_READ or EXN_WRITE;
 * EXN_READ too if the source has another size by now. EXN_INTERRUPTED: a signal asks the program to
 * stop. */
exn_status exn_io_copy(int output, int source, uint64_t size, exn_error *error);

/* Reads size bytes at offset; fewer only at the end of the file. -1 with errno. */
ssize_t exn_io_read_at(int fd, void *to, size_t size, uint64_t offset);

/* Reads a file that had size bytes. `to` has space for one byte more, which shows whether the file
 * has grown meanwhile. -1 with errno. */
ssize_t exn_io_read_whole(int fd, void *to, size_t size);

/* Writes size bytes at offset. False with errno; some of them may have been written. */
bool exn_io_write_at(int fd, const void *data, size_t size, uint64_t offset);

/* Writes size bytes at the file's position, in as many calls as it takes. Signals do not end it, so
 * none of the calls may block for ever. False with errno; some bytes may have been written. */
bool exn_io_write_all(int fd, const void *data, size_t size);

/* Opens the very file that fd is of once more, for reading, by /proc. -1 with errno. */
int exn_io_reopen(int fd);

/* Gives the very file that fd is of a name, whatever other names lead to by now. False with errno:
 * EEXIST: the name is taken; else it is impossible here. */
bool exn_io_link(int fd, int folder, const char *name);

/* Syncs the folder above this one to disk, and with it the name of this one. By "..", not by a
 * path, which may lead elsewhere by now. False with errno. */
bool exn_io_sync_above(int folder);

/* Compares size bytes of both. */
exn_status exn_io_compare(int output, int source, uint64_t size, exn_error *error);

#endif
