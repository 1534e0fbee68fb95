/* SPDX-License-Identifier: MIT */
/* Byte streams, which are only read or written in sequence: standard streams and archives. Packed
 * ones are unpacked while they are read, and packed while they are written.
 *
 * The stream keeps the first error, and does nothing after it. */
#ifndef EXN_CLI_STREAMS_STREAM_H
#define EXN_CLI_STREAMS_STREAM_H

#include "packing.h"

/* The most that exn_stream_in_peek() can show. */
#define EXN_STREAM_CHUNK ((size_t)256 << 10)

typedef struct exn_stream_in {
    int fd; /* borrowed */
    exn_packing packing;
    exn_packer *packer;
    uint8_t *raw, *data; /* packed bytes, NULL in a plain stream; unpacked bytes */
    size_t raw_at, raw_have, at, have;
    bool ended;      /* the descriptor is at its end */
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
    uint64_t offset; /* bytes written, before packing */
    uint32_t sum;    /* their CRC-32 */
    exn_error error;
} exn_stream_out;

/* Also recognizes the packing, for which it waits for the first bytes. Close it in any case. */
exn_status exn_stream_in_open(exn_stream_in *input, int fd);

/* Does not unpack anything. */
exn_status exn_stream_in_open_plain(exn_stream_in *input, int fd);

/* Shows up to want bytes without taking them; fewer only at the end or after an error. They stay
 * valid until the next call. */
size_t exn_stream_in_peek(exn_stream_in *input, size_t want, const uint8_t **data);

/* Takes bytes that were shown. */
void exn_stream_in_skip(exn_stream_in *input, size_t size);

/* Skips size bytes, in a plain file without reading them. False: the stream ends before that, or an
 * error. */
bool exn_stream_in_pass(exn_stream_in *input, uint64_t size);

/* Whether the next read would not wait. */
bool exn_stream_in_ready(const exn_stream_in *input);

void exn_stream_in_close(exn_stream_in *input);

/* fd -1: the bytes are only counted. packing: that of the input. Close it in any case. */
exn_status exn_stream_out_open(exn_stream_out *output, int fd, exn_packing packing);

exn_status exn_stream_out_write(exn_stream_out *output, const void *data, size_t size);

/* Writes size bytes of the file `from`, from its beginning. */
exn_status exn_stream_out_copy(exn_stream_out *output, int from, uint64_t size);

/* Counts bytes like exn_stream_out_write(), but writes none. */
void exn_stream_out_sum(exn_stream_out *output, const uint8_t *data, size_t size);

/* Sends buffered bytes; a packer may still keep some. */
exn_status exn_stream_out_flush(exn_stream_out *output);

/* Sends everything and ends a packed stream. */
exn_status exn_stream_out_finish(exn_stream_out *output);

void exn_stream_out_close(exn_stream_out *output);

#endif
