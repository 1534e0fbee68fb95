/* The whole image path, memory in, memory out, and what must be true of what comes out.
 *
 * A false fact ends the process by abort(), so that libFuzzer and replay see it as a crash. */
#ifndef EXN_FUZZ_IMAGE_H
#define EXN_FUZZ_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* Bits of a choice of options. */
enum {
    EXN_FUZZ_DECODE_ALL = 1 << 0,
    EXN_FUZZ_REFUSE = 1 << 1,
    EXN_FUZZ_LITTLE_MEMORY = 1 << 2,
    EXN_FUZZ_CHOICES = 1 << 3,
};

/* Normalizes data with the options that choice names and checks all facts. */
void exn_fuzz_image(const uint8_t *data, size_t size, unsigned choice);

/* libFuzzer's entry. The last byte of data chooses the options and stays part of it: pictures are
 * seeds as they are, and a byte behind a picture is a trailer, which is legal. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
