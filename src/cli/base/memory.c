/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "claim.h"
#include "error.h"
#include "io.h"

/* Linux before 3.17 has no memfd_create(2), and some containers forbid it. A file without a name
 * does the same, but is written to a disk. */
static int open_nameless(void)
{
    const char *folder = getenv("TMPDIR");
    return open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

int exn_memory_open(exn_error *error)
{
    int memory = memfd_create("exifnorm", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0 && (errno == ENOSYS || errno == EPERM))
        memory = open_nameless();
    if (memory < 0)
        exn_error_set(error, EXN_MEMORY, errno, "cannot create a memory file");
    return memory;
}

/* For a file without seals: replaces the descriptor by a read-only one. The file has no name, so it
 * is opened by /proc; dup3(2) closes the old descriptor and puts the new one in its place. */
static bool give_up_writing(int memory)
{
    int reader = exn_io_reopen(memory);
    bool done = reader >= 0 && dup3(reader, memory, O_CLOEXEC) == memory;
    int reason = errno;
    if (reader >= 0)
        close(reader);
    errno = reason;
    return done;
}

/* F_SEAL_WRITE fails with EBUSY while somebody maps the file shared and writable (fcntl(2)); the
 * filter allows a worker no such mapping. */
exn_status exn_memory_seal(int memory, exn_error *error)
{
    const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    const int had = fcntl(memory, F_GET_SEALS); /* for other files -1 or F_SEAL_SEAL */
    if (had == seals)
        return EXN_OK;
    if (had == 0)
        return fcntl(memory, F_ADD_SEALS, seals) == 0
                   ? EXN_OK
                   : exn_error_set(error, EXN_INTERNAL, errno, "cannot seal a memory file");
    if (!give_up_writing(memory))
        return exn_error_set(error, EXN_INTERNAL, errno, "cannot seal a temporary file");
    return exn_claim_check(memory, error);
}

/* ENOSPC here means memory, or the disk of TMPDIR, but never OUT, so it is not EXN_WRITE, which
 * would end the run. */
exn_status exn_memory_write(int memory, const void *data, size_t size, exn_error *error)
{
    return exn_io_write_all(memory, data, size)
               ? EXN_OK
               : exn_error_set(error, EXN_MEMORY, errno, "cannot write a memory file");
}
