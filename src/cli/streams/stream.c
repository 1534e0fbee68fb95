/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"
#include "base/io.h"
#include "base/signals.h"

/* Waits until the descriptor is ready; false after a signal that asks to stop. */
static bool wait_for(int fd, short events)
{
    enum { A_DAY = 86400000 };
    struct pollfd polled = {.fd = fd, .events = events};
    while (!exn_signals_caught())
        if (exn_signals_poll(&polled, 1, A_DAY) > 0)
            return true;
    return false;
}

/* Reads once. 0: the end, or an error. EAGAIN can occur even after poll(2): the descriptor may be
 * non-blocking, and another process may have read from the same pipe. */
static size_t read_some(exn_stream_in *in, uint8_t *to, size_t room)
{
    while (!in->ended && in->error.status == EXN_OK) {
        if (!wait_for(in->fd, POLLIN)) {
            exn_error_set(&in->error, EXN_INTERRUPTED, 0, "dropped");
            break;
        }
        ssize_t n = read(in->fd, to, room);
        if (n > 0)
            return (size_t)n;
        if (n == 0)
            in->ended = true;
        else if (errno != EINTR && errno != EAGAIN)
            exn_error_set(&in->error, EXN_READ, errno, "cannot read the stream");
    }
    return 0;
}

/* Reads and unpacks once; false: there is no more. A step without output is not the end: a
 * decompressor may take much input before it gives output, and may still have some when the input
 * has ended. */
static bool unpack_some(exn_stream_in *in, size_t room)
{
    if (in->raw_have == 0) {
        in->raw_at = 0;
        in->raw_have = read_some(in, in->raw, EXN_STREAM_CHUNK);
    }
    exn_step step = {in->raw + in->raw_at, in->raw_have, in->data + in->have, room};
    if (in->error.status != EXN_OK ||
        exn_packing_unpack(in->packer, &step, &in->whole, &in->error) != EXN_OK)
        return false;
    size_t made = room - step.room;
    in->raw_at += in->raw_have - step.have;
    in->raw_have = step.have;
    in->have += made;
    if (made == 0 && in->raw_have == 0 && in->ended && !in->whole)
        exn_error_set(&in->error, EXN_READ, 0, "the compressed stream is truncated");
    return made > 0 || !in->ended || in->raw_have > 0;
}

/* Moves bytes that were not taken to the front, since exn_stream_in_peek() shows one piece of
 * memory. */
static bool fill_some(exn_stream_in *in)
{
    if (in->at > 0) {
        memmove(in->data, in->data + in->at, in->have - in->at);
        in->have -= in->at;
        in->at = 0;
    }
    size_t room = EXN_STREAM_CHUNK - in->have;
    if (in->packer)
        return unpack_some(in, room);
    size_t n = read_some(in, in->data + in->have, room);
    in->have += n;
    return n > 0;
}

exn_status exn_stream_in_open_plain(exn_stream_in *input, int fd)
{
    *input = (exn_stream_in){.fd = fd};
    input->data = malloc(EXN_STREAM_CHUNK);
    return input->data ? EXN_OK : exn_error_set(&input->error, EXN_MEMORY, 0, "stream buffer");
}

/* Waits for the first bytes, which tell whether a stream is packed. */
exn_status exn_stream_in_open(exn_stream_in *input, int fd)
{
    const uint8_t *head;
    if (exn_stream_in_open_plain(input, fd) != EXN_OK)
        return input->error.status;
    size_t size = exn_stream_in_peek(input, EXN_PACKING_MAGIC, &head);
    input->packing = exn_packing_tell(head, size);
    if (input->packing == EXN_PACKING_NONE || input->error.status != EXN_OK)
        return input->error.status;
    /* The bytes by which the packing was recognized are packed, so their buffer becomes the raw
     * one. */
    input->raw = input->data;
    input->raw_have = input->have;
    input->have = 0;
    input->data = malloc(EXN_STREAM_CHUNK);
    if (!input->data)
        return exn_error_set(&input->error, EXN_MEMORY, 0, "stream buffer");
    input->packer = exn_packing_open(input->packing, true, &input->error);
    return input->error.status;
}

size_t exn_stream_in_peek(exn_stream_in *input, size_t want, const uint8_t **data)
{
    while (input->have - input->at < want && input->error.status == EXN_OK && fill_some(input))
        continue;
    size_t have = input->have - input->at;
    *data = input->data + input->at;
    return have < want ? have : want;
}

void exn_stream_in_skip(exn_stream_in *input, size_t size)
{
    input->at += size;
    input->offset += size;
}

/* Moves the descriptor of a plain file, but not beyond its end, which lseek(2) would allow. Call it
 * only if the buffer is empty: then the descriptor is at the stream's position. */
static bool seek(exn_stream_in *in, uint64_t size)
{
    struct stat status;
    off_t here = in->packer ? -1 : lseek(in->fd, 0, SEEK_CUR);
    if (here < 0 || fstat(in->fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        here > status.st_size || size > (uint64_t)(status.st_size - here) ||
        lseek(in->fd, (off_t)size, SEEK_CUR) < 0)
        return false;
    in->offset += size;
    return true;
}

bool exn_stream_in_pass(exn_stream_in *input, uint64_t size)
{
    const uint8_t *data;
    while (size > 0) {
        size_t have = input->have - input->at;
        if (have == 0 && seek(input, size))
            return true;
        size_t want = have ? have : EXN_STREAM_CHUNK;
        size_t n = exn_stream_in_peek(input, size < want ? (size_t)size : want, &data);
        if (n == 0)
            return false;
        exn_stream_in_skip(input, n);
        size -= n;
    }
    return true;
}

/* Not exact for a packed stream: its bytes may give no output yet, and then the next read does
 * wait.
 */
bool exn_stream_in_ready(const exn_stream_in *input)
{
    struct pollfd polled = {.fd = input->fd, .events = POLLIN};
    return input->have > input->at || input->raw_have > 0 || input->ended ||
           poll(&polled, 1, 0) > 0;
}

void exn_stream_in_close(exn_stream_in *input)
{
    exn_packing_close(input->packer);
    free(input->raw);
    free(input->data);
    *input = (exn_stream_in){.fd = -1};
}

exn_status exn_stream_out_open(exn_stream_out *output, int fd, exn_packing packing)
{
    *output = (exn_stream_out){.fd = fd, .packing = packing};
    output->data = malloc(EXN_STREAM_CHUNK);
    output->packed = packing == EXN_PACKING_NONE ? NULL : malloc(EXN_STREAM_CHUNK);
    if (!output->data || (packing != EXN_PACKING_NONE && !output->packed))
        return exn_error_set(&output->error, EXN_MEMORY, 0, "stream buffer");
    if (packing != EXN_PACKING_NONE)
        output->packer = exn_packing_open(packing, false, &output->error);
    return output->error.status;
}

/* Fails with EPIPE if the reader has gone, since SIGPIPE is ignored. */
static exn_status send(exn_stream_out *out, const uint8_t *data, size_t size)
{
    while (size > 0 && out->fd >= 0) {
        if (!wait_for(out->fd, POLLOUT))
            return exn_error_set(&out->error, EXN_INTERRUPTED, 0, "dropped");
        ssize_t n = write(out->fd, data, size);
        if (n < 0 && errno != EINTR && errno != EAGAIN)
            return exn_error_set(&out->error, EXN_WRITE, errno, "cannot write the stream");
        data += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return EXN_OK;
}

/* Sends the packed buffer as often as it fills. out->data can only be filled again when the packer
 * has taken all of it. */
static exn_status pack(exn_stream_out *out, bool end)
{
    exn_step step = {.from = out->data, .have = out->have};
    bool done = false;
    while (!done) {
        step.to = out->packed;
        step.room = EXN_STREAM_CHUNK;
        if (exn_packing_pack(out->packer, &step, end, &done, &out->error) != EXN_OK ||
            send(out, out->packed, EXN_STREAM_CHUNK - step.room) != EXN_OK)
            return out->error.status;
    }
    out->have = 0;
    return EXN_OK;
}

exn_status exn_stream_out_flush(exn_stream_out *output)
{
    if (output->error.status != EXN_OK || output->have == 0)
        return output->error.status;
    if (output->packer)
        return pack(output, false);
    exn_status status = send(output, output->data, output->have);
    output->have = 0;
    return status;
}

/* CRC-32 is enough against accidents; nobody gains by a collision in their own archive. */
void exn_stream_out_sum(exn_stream_out *output, const uint8_t *data, size_t size)
{
    output->offset += size;
    output->sum = (uint32_t)crc32_z(output->sum, data, size);
}

/* Buffered, since each head of 512 bytes would otherwise be a system call. */
exn_status exn_stream_out_write(exn_stream_out *output, const void *data, size_t size)
{
    const uint8_t *from = data;
    exn_stream_out_sum(output, from, size);
    while (size > 0 && output->error.status == EXN_OK) {
        size_t part = EXN_STREAM_CHUNK - output->have;
        part = part < size ? part : size;
        memcpy(output->data + output->have, from, part);
        output->have += part;
        from += part;
        size -= part;
        if (output->have == EXN_STREAM_CHUNK)
            exn_stream_out_flush(output);
    }
    return output->error.status;
}

/* If the file ends before size it is an error (EXN_READ without an errno), since the head of a
 * member has promised that many bytes. */
exn_status exn_stream_out_copy(exn_stream_out *output, int from, uint64_t size)
{
    uint8_t chunk[1 << 14];
    for (uint64_t at = 0; at < size && output->error.status == EXN_OK;) {
        uint64_t left = size - at;
        ssize_t n =
            exn_io_read_at(from, chunk, left < sizeof chunk ? (size_t)left : sizeof chunk, at);
        if (n > 0)
            exn_stream_out_write(output, chunk, (size_t)n);
        else
            exn_error_set(&output->error, EXN_READ, n < 0 ? errno : 0, "while copying");
        at += n > 0 ? (uint64_t)n : 0;
    }
    return output->error.status;
}

exn_status exn_stream_out_finish(exn_stream_out *output)
{
    if (output->error.status == EXN_OK && output->packer)
        return pack(output, true);
    return exn_stream_out_flush(output);
}

void exn_stream_out_close(exn_stream_out *output)
{
    exn_packing_close(output->packer);
    free(output->data);
    free(output->packed);
    *output = (exn_stream_out){.fd = -1};
}
