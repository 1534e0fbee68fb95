/* SPDX-License-Identifier: MIT */
#include "brush.h"

#include <stdlib.h>

/* The head: the word count, the bits per word, and the bits of each of the four length sizes.
 * LONGEST is the converter's limit for its largest size. */
enum { SIZES = 4, HEAD_BITS = 32 + 5 + SIZES * 4, LONGEST = 1 << 16 };

/* ---- bits */

typedef struct reader {
    exn_span bytes;
    uint64_t at; /* in bits */
} reader;

/* Bits beyond the end read as zeros, and the caller checks is_over() afterwards. So no bounds check
 * is needed for each of a few million bits. */
static uint32_t read_bits(reader *r, unsigned count)
{
    uint32_t value = 0;
    for (; count > 0; count--, r->at++) {
        const uint64_t byte = r->at / 8;
        const unsigned bit = byte < r->bytes.size ? r->bytes.data[byte] >> (7 - r->at % 8) & 1u : 0;
        value = value << 1 | bit;
    }
    return value;
}

static bool is_over(const reader *r)
{
    return r->at > (uint64_t)r->bytes.size * 8;
}

typedef struct writer {
    exn_buffer *out;
    exn_account *account;
    uint32_t pending; /* bits of the byte that is not full yet */
    unsigned count;
    exn_status status;
    unsigned size[SIZES];
} writer;

/* Highest bit first, as read_bits() expects. */
static void write_bits(writer *w, uint32_t value, unsigned count)
{
    while (count > 0 && w->status == EXN_OK) {
        w->pending = w->pending << 1 | (value >> --count & 1);
        if (++w->count < 8)
            continue;
        const uint8_t byte = (uint8_t)w->pending;
        w->status = exn_account_append(w->account, w->out, &byte, 1);
        w->pending = w->count = 0;
    }
}

/* 7 means 8 bits per word: the channels of RGBA. */
static void write_head(writer *w, uint32_t words)
{
    write_bits(w, words, 32);
    write_bits(w, 7, 5);
    for (int i = 0; i < SIZES; i++)
        write_bits(w, w->size[i] - 1, 4);
}

/* Which of the four sizes holds a length: the first that fits, or else the last. Sizes need not be
 * in ascending order; both writers take the first that fits, so this one does too. */
static unsigned class_of(const writer *w, size_t length)
{
    unsigned i = 0;
    while (i < SIZES - 1 && length > (size_t)1 << w->size[i])
        i++;
    return i;
}

static void write_run(writer *w, bool is_repeated, unsigned class, size_t length)
{
    write_bits(w, is_repeated, 1);
    write_bits(w, class, 2);
    write_bits(w, (uint32_t)(length - 1), w->size[class]);
}

static void write_repeated(writer *w, unsigned class, size_t length, uint8_t word)
{
    write_run(w, true, class, length);
    write_bits(w, word, 8);
}

/* ---- the two writers */

/* How many equal words start here: at least one. */
static size_t measure_run(const uint8_t *words, size_t size, size_t from)
{
    size_t to = from + 1;
    while (to < size && words[to] == words[from])
        to++;
    return to - from;
}

/* Literal words, marked by one bit in front; a run has the other value. */
static void write_chunk(writer *w, const uint8_t *words, size_t length)
{
    if (length == 0)
        return;
    write_run(w, false, class_of(w, length), length);
    for (size_t i = 0; i < length; i++)
        write_bits(w, words[i], 8);
}

/* Single words are gathered into chunks. The remainder of a run longer than LONGEST counts as
 * single if it is one word. The very last word, if none is gathered, becomes a run of one. This
 * mirrors rle-pack case by case, oddities included: bytes that differ from the tool's own would
 * show up in every file that is only moved there and back. */
static void write_as_browser(writer *w, const uint8_t *words, size_t size)
{
    const size_t longest = (size_t)1 << w->size[SIZES - 1];
    size_t chunk = 0; /* how many words before `at` are gathered */
    for (size_t at = 0; at < size && w->status == EXN_OK;) {
        size_t length = measure_run(words, size, at);
        if (length > 1) {
            write_chunk(w, words + at - chunk, chunk);
            chunk = 0;
        }
        for (; length > longest; length -= longest, at += longest)
            write_repeated(w, SIZES - 1, longest, words[at]);
        if (length > 1 || (chunk == 0 && at + 1 == size)) {
            write_repeated(w, class_of(w, length), length, words[at]);
        } else if (++chunk == longest && at + 1 < size) {
            write_chunk(w, words + at + 1 - chunk, chunk);
            chunk = 0;
        }
        at += length;
    }
    write_chunk(w, words + size - chunk, chunk);
    if (w->count)
        write_bits(w, 0, 8 - w->count);
}

/* Each single word becomes a run of its own, the remainder of a longest run gets its own size
 * class, and the stream ends with one to eight zero bits. The converter's padding adds a full eight
 * when the stream ends on a byte boundary. */
static void write_as_converter(writer *w, const uint8_t *words, size_t size)
{
    for (size_t at = 0; at < size && w->status == EXN_OK;) {
        size_t length = measure_run(words, size, at);
        const bool is_long = length > LONGEST;
        for (; length > LONGEST; length -= LONGEST, at += LONGEST)
            write_repeated(w, SIZES - 1, LONGEST, words[at]);
        if (length == 1 && !is_long)
            write_chunk(w, words + at, 1);
        else
            write_repeated(w, is_long ? SIZES - 1 : class_of(w, length), length, words[at]);
        at += length;
    }
    write_bits(w, 0, 8 - w->count);
}

typedef void write_all(writer *w, const uint8_t *words, size_t size);

/* ---- whole brushes */

/* The four length sizes are taken from the file. A browser chooses them by its picture, and any
 * other choice would be just as valid but give different bytes. */
static exn_status encode(write_all *write, const unsigned size[SIZES], const uint8_t *words,
                         size_t count, exn_account *account, exn_buffer *out)
{
    writer w = {.out = out, .account = account, .status = EXN_OK};
    for (int i = 0; i < SIZES; i++)
        w.size[i] = size[i];
    write_head(&w, (uint32_t)count);
    write(&w, words, count);
    return w.status;
}

/* Fails unless there are exactly as many words as expected. So a hostile file can neither write
 * past the picture nor leave part of it uninitialized. */
static exn_status decode(reader *r, const unsigned size[SIZES], uint8_t *words, size_t count)
{
    for (size_t at = 0; at < count;) {
        const bool is_repeated = read_bits(r, 1);
        const uint32_t length = read_bits(r, size[read_bits(r, 2)]) + 1;
        if (length > count - at || is_over(r))
            return EXN_CORRUPT;
        uint8_t word = 0;
        for (uint32_t i = 0; i < length; i++) {
            if (i == 0 || !is_repeated)
                word = (uint8_t)read_bits(r, 8);
            words[at++] = word;
        }
        if (is_over(r))
            return EXN_CORRUPT;
    }
    return EXN_OK;
}

/* Encodes the source's words as that writer would and compares. This costs another pass over the
 * mask, but no mark in the bytes says who wrote them. */
static exn_status is_by(write_all *write, exn_span bytes, const unsigned size[SIZES],
                        const uint8_t *words, size_t count, exn_account *account, bool *is)
{
    exn_buffer again = {0};
    exn_status status = encode(write, size, words, count, account, &again);
    *is = status == EXN_OK && exn_span_equal(exn_buffer_span(&again), bytes);
    exn_account_free(account, &again);
    return status;
}

/* The converter wrote it if the bytes are what it would write and not what a browser would. If both
 * would write the same, browsers are assumed, being more common. */
static exn_status tell_writer(exn_span bytes, const unsigned size[SIZES], const uint8_t *words,
                              size_t count, exn_account *account, write_all **writer)
{
    bool is_browser = true, is_converter = false;
    exn_status status = is_by(write_as_browser, bytes, size, words, count, account, &is_browser);
    if (status == EXN_OK && !is_browser &&
        size[SIZES - 1] == 16) /* the only size the converter uses */
        status = is_by(write_as_converter, bytes, size, words, count, account, &is_converter);
    *writer = is_converter ? write_as_converter : write_as_browser;
    return status;
}

/* Rotates pixel by pixel, treating all four channels as one unit of four bytes. */
static exn_status rotate(reader *r, const unsigned size[SIZES], exn_orientation o, uint32_t width,
                         uint32_t height, exn_account *account, exn_buffer *out)
{
    const size_t count = (size_t)width * height * 4;
    /* The caller has already taken both from the account. */
    uint8_t *words = malloc(count), *moved = malloc(count);
    write_all *writer = NULL;
    exn_status status = words && moved ? decode(r, size, words, count) : EXN_MEMORY;
    if (status == EXN_OK)
        status = tell_writer(r->bytes, size, words, count, account, &writer);
    if (status == EXN_OK) {
        exn_orientation_move(o, width, height, 4, words, (size_t)width * 4, moved,
                             (size_t)(o.transpose ? height : width) * 4);
        status = encode(writer, size, moved, count, account, out);
    }
    free(words);
    free(moved);
    return status;
}

/* The word count comes from the file, so it is checked against its image before any memory is
 * taken. */
static exn_status read_head(reader *r, uint64_t words, unsigned size[SIZES])
{
    if (words == 0 || words > UINT32_MAX || read_bits(r, 32) != words || read_bits(r, 5) != 7)
        return EXN_CORRUPT;
    for (int i = 0; i < SIZES; i++)
        size[i] = read_bits(r, 4) + 1;
    return is_over(r) ? EXN_CORRUPT : EXN_OK;
}

exn_status exn_brush_decode(exn_span bytes, uint32_t width, uint32_t height, exn_account *account,
                            exn_buffer *pixels)
{
    reader r = {.bytes = bytes};
    unsigned size[SIZES];
    const uint64_t words = (uint64_t)width * height * 4;
    exn_status status = read_head(&r, words, size);
    if (status == EXN_OK)
        status = exn_account_reserve(account, pixels, (size_t)words);
    if (status == EXN_OK)
        status = decode(&r, size, pixels->data, (size_t)words);
    pixels->size = status == EXN_OK ? (size_t)words : 0;
    return status;
}

exn_status exn_brush_rotate(exn_span bytes, exn_orientation o, uint32_t width, uint32_t height,
                            exn_account *account, exn_buffer *out)
{
    reader r = {.bytes = bytes};
    unsigned size[SIZES];
    const uint64_t words = (uint64_t)width * height * 4;
    exn_status status = read_head(&r, words, size);
    if (status == EXN_OK)
        status = exn_account_take(account, 2 * words);
    if (status != EXN_OK)
        return status;
    status = rotate(&r, size, o, width, height, account, out);
    exn_account_give(account, 2 * words);
    return status;
}
