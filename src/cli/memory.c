#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "copy.h"

int exn_memory_open(exn_error *error)
{
    int memory = memfd_create("exifnorm", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memory < 0)
        exn_item_fail(error, EXN_MEMORY, errno, "cannot make a memory file");
    return memory;
}

exn_status exn_memory_seal(int memory, exn_error *error)
{
    int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    return fcntl(memory, F_ADD_SEALS, seals) == 0
               ? EXN_OK
               : exn_item_fail(error, EXN_INTERNAL, errno, "cannot seal a memory file");
}

exn_status exn_memory_write(int memory, const void *data, size_t size, exn_error *error)
{
    return exn_write_all(memory, data, size)
               ? EXN_OK
               : exn_item_fail(error, EXN_MEMORY, errno, "no room in a memory file");
}
