/* SPDX-License-Identifier: MIT */
/* The AC coefficients of a block as bit planes: one word of signs, and one for each bit of their
 * magnitudes, lowest first. Bit k of a word is coefficient k in zigzag order.
 *
 * Progressive scans send a band of coefficients one bit at a time (T.81, G.1.2). With planes, a
 * refinement's questions are one operation for the whole block: which coefficients are known (the
 * higher planes or'ed), which are new, and which bits correct known ones. A block also takes no
 * more memory than it has planes: on average a third of the 128 bytes of an array.
 *
 * Planes are stored as strings (entropy_strings.h), in the machine's byte order; a block without AC
 * has none. */
#ifndef EXN_JPEG_BITPLANES_H
#define EXN_JPEG_BITPLANES_H

#include "entropy_strings.h"

enum { EXN_BITPLANES = EXN_LARGEST_SIZE }; /* of AC values in 8-bit JPEG */

typedef struct exn_bitplanes {
    uint64_t sign; /* of coefficients that are below 0 */
    uint64_t plane[EXN_BITPLANES];
} exn_bitplanes;

/* Stores a block, of which `used` planes are not all 0; there has to be room for all of them. */
EXN_INLINE void exn_bitplanes_put(exn_buffer *bytes, exn_string *to, const exn_bitplanes *planes,
                                  unsigned used)
{
    const size_t size = used ? (1 + used) * sizeof(uint64_t) : 0;
    memcpy(bytes->data + bytes->size, planes, sizeof *planes);
    to->offset = (uint32_t)bytes->size;
    to->bits = (uint16_t)(8 * size);
    bytes->size += size;
}

/* How many planes a stored block has. */
EXN_INLINE unsigned exn_bitplanes_used(const exn_string *block)
{
    return block->bits ? block->bits / 64u - 1 : 0;
}

/* Plane n of a stored block that begins at `from`; number -1 is the signs. */
EXN_INLINE uint64_t exn_bitplanes_word(const uint8_t *from, int n)
{
    uint64_t word;
    memcpy(&word, from + 8 * (n + 1), sizeof word);
    return word;
}

/* Converts planes to a block of coefficients in natural order, except for DC. */
void exn_bitplanes_to_block(const exn_bitplanes *planes, int16_t block[64]);

/* Like exn_entropy_strings_encode(): turns the blocks of component, which are the output's, into
 * the strings of plane i. */
exn_status exn_bitplanes_encode(exn_strings *strings, uint32_t i, const exn_component *component,
                                exn_error *error);

#endif
