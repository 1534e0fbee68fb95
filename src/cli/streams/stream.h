/* SPDX-License-Identifier: MIT */
/* Byte streams, read and written in sequence only: standard streams and archives. A packed
 * one is unpacked while it is read, and packed while it is written.
 *
 * The first error is kept in the stream, and nothing happens after it. */
#ifndef EXN_CLI_STREAMS_STREAM_H
#define EXN_CLI_STREAMS_STREAM_H

#include "packing.h"

/* The most that exn_stream_in_peek() can show. */
#define EXN_STREAM_CHUNK ((size_t)256 << 10)

typedef struct exn_stream_in {
    int fd; /* borrowed */
    exn_packing packing;
    exn_packer *packer;
    uint8_t *raw, *data; /* as the descriptor gave it; unpacked. One and the same where plain */
    size_t raw_at, raw_have, at, have;
    bool ended;      /* the descriptor gives no more */
    bool whole;      /* a packed stream may end here */
    uint64_t offset; /* of data[at] in the unpacked stream */
    exn_error error;
} exn_stream_in;

typedef struct exn_stream_out {
    int fd; /* borrowed */
    exn_packing packing;
    exn_packer *packer;
    uint8_t *data, *packed;
    size_t have;
    uint64_t offset; /* bytes taken, before they were packed */
    uint32_t sum;    /* CRC-32 of these */
    exn_error error;
} exn_stream_out;

/* Tells the packing, too; that waits for the first bytes. Close it in any case. */
exn_status exn_stream_in_open(exn_stream_in *input, int fd);

/* Takes the bytes as they are. */
exn_status exn_stream_in_open_plain(exn_stream_in *input, int fd);

/* Shows up to want bytes, fewer only at the end or after an error, and leaves them there. They stay
 * valid until the next call. */
size_t exn_stream_in_peek(exn_stream_in *input, size_t want, const uint8_t **data);

/* Goes on by bytes that were shown. */
void exn_stream_in_skip(exn_stream_in *input, size_t size);

/* Goes on by size bytes without looking at them, in a plain file also without reading them. False:
 * the stream ends before, or an error. */
bool exn_stream_in_pass(exn_stream_in *input, uint64_t size);

/* Whether reading would not wait. */
bool exn_stream_in_ready(const exn_stream_in *input);

void exn_stream_in_close(exn_stream_in *input);

/* fd -1: the bytes are counted and go nowhere. packing: as the input had it. Close it in any case.
 */
exn_status exn_stream_out_open(exn_stream_out *output, int fd, exn_packing packing);

exn_status exn_stream_out_write(exn_stream_out *output, const void *data, size_t size);

/* Writes size bytes of the file `from`, from its beginning. */
exn_status exn_stream_out_copy(exn_stream_out *output, int from, uint64_t size);

/* Counts bytes as exn_stream_out_write() does, and writes none. */
void exn_stream_out_sum(exn_stream_out *output, const uint8_t *data, size_t size);

/* Sends what was kept back to make larger writes of it; a packer may still keep some. */
exn_status exn_stream_out_flush(exn_stream_out *output);

/* Sends all and ends a packed stream. */
exn_status exn_stream_out_finish(exn_stream_out *output);

void exn_stream_out_close(exn_stream_out *output);

#endif
