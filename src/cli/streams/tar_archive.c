/* SPDX-License-Identifier: MIT */
#include "tar_archive.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/memory.h"

bool exn_tar_archive_may_go_on(const exn_tar_archive *t)
{
    return exn_flight_may_go_on(&t->flight);
}

void exn_tar_archive_write_padding(exn_tar_archive *t, uint64_t size)
{
    static const uint8_t zeros[EXN_TAR_RECORD_SIZE];
    exn_stream_out_write(&t->out, zeros, (size_t)size);
}

/* Reads by offset, since the file's position is at its end. */
void exn_tar_archive_write_memory(exn_tar_archive *t, int memory, uint64_t size)
{
    exn_stream_out_copy(&t->out, memory, size);
    exn_tar_archive_write_padding(t, exn_tar_head_padding(size));
}

/* In pieces of the stream's buffer. The size comes from the archive, so nothing is allocated by it.
 */
exn_status exn_tar_archive_take(exn_tar_archive *t, uint64_t size, int memory, bool write)
{
    const uint8_t *data;
    while (size > 0 && t->error.status == EXN_OK) {
        size_t want = size < EXN_STREAM_CHUNK ? (size_t)size : EXN_STREAM_CHUNK;
        size_t n = exn_stream_in_peek(&t->in, want, &data);
        if (n == 0 && t->in.error.status != EXN_OK)
            t->error = t->in.error;
        else if (n == 0)
            exn_error_set(&t->error, EXN_READ, 0, "the archive is truncated after byte %" PRIu64,
                          t->in.offset);
        else if (memory >= 0)
            exn_memory_write(memory, data, n, &t->error);
        else if (write && exn_stream_out_write(&t->out, data, n) != EXN_OK)
            t->error = t->out.error;
        exn_stream_in_skip(&t->in, n);
        size -= n;
    }
    return t->error.status;
}
