#include "copy.h"

#include <errno.h>
#include <sys/types.h>
#include <unistd.h>

#include "item.h"
#include "signals.h"

/* One call of copy_file_range: between two of them a signal is looked for. */
#define COPY_STEP  ((uint64_t)16 << 20)
#define CHUNK_SIZE ((size_t)1 << 16)

/* The part of a copy that read and write do, from *done on. */
static exn_status copy_by_hand(int output, int source, uint64_t *done, exn_error *error)
{
    char chunk[CHUNK_SIZE];
    for (;;) {
        ssize_t have = pread(source, chunk, sizeof chunk, (off_t)*done);
        if (exn_signals_caught())
            return exn_item_fail(error, EXN_INTERRUPTED, 0, "dropped");
        if (have < 0 && errno == EINTR)
            continue;
        if (have < 0)
            return exn_item_fail(error, EXN_READ, errno, "while copying");
        if (have == 0)
            return EXN_OK;
        for (ssize_t put = 0; put < have;) {
            ssize_t n = pwrite(output, chunk + put, (size_t)(have - put), (off_t)*done);
            if (n < 0 && errno != EINTR)
                return exn_item_fail(error, EXN_WRITE, errno, "while copying");
            put += n > 0 ? n : 0;
            *done += n > 0 ? (uint64_t)n : 0;
        }
    }
}

exn_status exn_copy(int output, int source, uint64_t size, exn_error *error)
{
    /* Whatever stops copy_file_range, be it another file system, an old kernel or a full disk,
     * reading and writing by hand from there on either works or says which side is at fault. */
    uint64_t done = 0;
    while (done < size && !exn_signals_caught()) {
        loff_t from = (loff_t)done, to = (loff_t)done;
        uint64_t step = size - done < COPY_STEP ? size - done : COPY_STEP;
        ssize_t n = copy_file_range(source, &from, output, &to, (size_t)step, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        done += (uint64_t)n;
    }
    exn_status status = copy_by_hand(output, source, &done, error);
    if (status == EXN_OK && done != size)
        return exn_item_fail(error, EXN_READ, 0, "the source changed while it was read");
    return status;
}

bool exn_write_all(int fd, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t n = write(fd, from, size);
        if (n < 0 && errno != EINTR)
            return false;
        from += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}
