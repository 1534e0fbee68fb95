/* Floor 2: Huffman tables of sequential JPEG (T.81, annexes C, F.1.2 and K.2): from a DHT segment,
 * or built for counted symbols; as tables to decode with, and to encode with.
 *
 * A coefficient is a token of 16 bits: its size (T.81, table F.2) in the upper four, its value bits
 * in the rest. To negate a coefficient is to complement its value bits, so no sign is ever
 * extended. */
#ifndef EXN_JPEG_ENTROPY_TABLES_H
#define EXN_JPEG_ENTROPY_TABLES_H

#include "../bytes.h"

enum {
    EXN_LOOKAHEAD =
        11, /* bits that one look-up decides on; two tables of a scan stay in the L1 cache */
    EXN_TOKEN_SIZE = 12,   /* where the size stands in a token */
    EXN_LARGEST_SIZE = 10, /* of an AC value in 8-bit JPEG */
    EXN_SYMBOL_EOB = 0x00,
    EXN_SYMBOL_ZRL = 0xF0,
};

/* As DHT has it (T.81, B.2.4.2). */
typedef struct exn_huffman {
    uint8_t counts[16]; /* of codes of 1..16 bits */
    uint8_t values[256];
    uint32_t codes;
} exn_huffman;

/* table: 16 counts and the values, nothing more. False where libjpeg would not take it. */
bool exn_huffman_parse(exn_span table, exn_huffman *huffman);

/* The symbol behind any code, in few steps. */
typedef struct exn_codes {
    uint32_t end[17];   /* behind the last code of so many bits, as the upper of 16 bits */
    int32_t offset[17]; /* from a code to its place in values */
    uint8_t values[256];
} exn_codes;

/* An entry's fields: bits 0..7 the length of code and value bits; AC: 8..15 how far the
 * coefficient's number moves (run + 1), 16..31 the token, 0 where the entry is a symbol without
 * value (bits 8..15) or, its length being 0, decides nothing. DC: bits 8..15 the size. */
typedef struct exn_decoder {
    uint32_t entry[1 << EXN_LOOKAHEAD];
    exn_codes codes;
} exn_decoder;

void exn_decoder_make_dc(const exn_huffman *huffman, exn_decoder *decoder);
void exn_decoder_make_ac(const exn_huffman *huffman, exn_decoder *decoder);

/* Length of the code that window, 16 bits, begins with; 17: there is none. *symbol is its symbol.
 */
unsigned exn_codes_find(const exn_codes *codes, uint32_t window, uint8_t *symbol);

/* Code and length of each symbol. An entry is the code, with room for `symbol & 15` value bits
 * below it (0 in them), shifted left by 5, and the length of both. 0: no such code. Entries from
 * 256 on have the room filled with ones: xor with value bits complements them. */
typedef struct exn_encoder {
    uint32_t entry[512];
} exn_encoder;

void exn_encoder_make(const exn_huffman *huffman, exn_encoder *encoder);

/* Each symbol's code is itself, in eight bits: for tokens that wait for their real codes. */
void exn_encoder_make_plain(exn_encoder *encoder);

/* The best codes of at most 16 bits, none of which is all ones (T.81, K.2). counts: how often each
 * symbol comes. */
void exn_huffman_build(const uint64_t counts[256], exn_huffman *huffman);

#endif
