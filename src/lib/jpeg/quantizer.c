/* SPDX-License-Identifier: MIT */
#include "quantizer.h"

#include <math.h>

#include "dct_block.h"
#include "entropy_bits.h"
#include "float_dct.h"

/* Steps in both orders, because encoding works on transposed blocks. */
void exn_quantizer_make(const uint16_t quant[64], exn_quantizer *q)
{
    for (int k = 0; k < 64; k++) {
        q->steps[k] = (float)quant[k];
        int transposed = k % 8 * 8 + k / 8;
        q->steps_transposed[k] = (float)quant[transposed];
        q->inverse[k] = 1 / q->steps_transposed[k];
    }
}

/* What baseline Huffman coding can hold (T.81, F.1.2): DC differences of 11 bits, AC values of 10.
 * A black block has a DC of -1024 if the step is 1. */
enum { LOWEST_DC = -1024, LARGEST = 1023 };

/* Limits values to what can be coded; DC is the first. */
static void limit(float values[64])
{
    for (int k = 0; k < 64; k++) {
        float lowest = k == 0 ? LOWEST_DC : -LARGEST;
        values[k] = values[k] < lowest ? lowest : values[k] > LARGEST ? LARGEST : values[k];
    }
}

/* Converts frequencies to multiples of their steps. */
EXN_INLINE void scale(const exn_quantizer *q, const float frequencies[restrict 64],
                      float values[restrict 64])
{
    float sums[8] = {0}, sum = 0;
    for (int k = 0; k < 64; k++)
        values[k] = frequencies[k] * q->inverse[k];
    /* Comparing each value would be the most expensive part. If the sum of magnitudes is within
     * the limits, each value is. */
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            sums[x] += fabsf(values[y * 8 + x]);
    for (int x = 0; x < 8; x++)
        sum += sums[x];
    if (sum > LARGEST)
        limit(values);
}

/* The nearest integer, for values up to 2^22: adding and subtracting 1.5 * 2^23 leaves no bit for a
 * fraction, while rintf() would be a call. The cast makes sure that the sum is a float: some
 * machines add in a wider type (C11, 5.2.4.2.2), whose extra bits would keep the fraction. */
EXN_INLINE float nearest(float value)
{
    return (float)(value + 12582912.0f) - 12582912.0f;
}

/* The transposed values before rounding. */
static void encode(const exn_quantizer *q, const float samples[restrict 64],
                   float values[restrict 64])
{
    float frequencies[64];
    exn_float_dct_encode_transposed(samples, frequencies);
    scale(q, frequencies, values);
}

void exn_quantizer_encode(const exn_quantizer *q, const float samples[restrict 64],
                          int16_t block[restrict 64])
{
    float values[64];
    int16_t transposed[64];
    encode(q, samples, values);
    for (int k = 0; k < 64; k++)
        transposed[k] = (int16_t)(int)nearest(values[k]);
    exn_dct_block_transpose(transposed, block);
}

void exn_quantizer_encode_like(const exn_quantizer *q, const float samples[restrict 64],
                               const int16_t theirs[restrict 64], int16_t block[restrict 64])
{
    float values[64];
    encode(q, samples, values);
    for (int k = 0; k < 64; k++) {
        int transposed = k % 8 * 8 + k / 8;
        float off = fabsf(values[transposed] - (float)theirs[k]);
        int value = fabsf(off - 0.5f) < 1e-3f ? theirs[k] : (int)nearest(values[transposed]);
        block[k] = (int16_t)value;
    }
}

/* Eight parallel sums can be vectorized, and lose less precision than a single long one. */
double exn_quantizer_rounding_error(const exn_quantizer *q, const float frequencies[64])
{
    float values[64], sums[8] = {0};
    double total = 0;
    scale(q, frequencies, values);
    for (int k = 0; k < 64; k++)
        values[k] = frequencies[k] - nearest(values[k]) * q->steps_transposed[k];
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
            sums[x] += values[y * 8 + x] * values[y * 8 + x];
    for (int x = 0; x < 8; x++)
        total += (double)sums[x];
    return total;
}

/* Eight partial sums each: squared errors of rounding, squared errors of their values, and
 * magnitudes of their values. */
typedef struct row_sums {
    float best[8], found[8], reach[8];
} row_sums;

EXN_INLINE void add_row(const float frequencies[restrict 8], const float steps[restrict 8],
                        const float values[restrict 8], const float theirs[restrict 8],
                        row_sums *restrict sums)
{
    for (int x = 0; x < 8; x++) {
        float their = theirs[x] * steps[x];
        float off = frequencies[x] - nearest(values[x]) * steps[x];
        float their_off = frequencies[x] - their;
        sums->best[x] += off * off;
        sums->found[x] += their_off * their_off;
        sums->reach[x] += fabsf(their);
    }
}

/* The DCT is orthonormal, so an error in the frequencies is the same error in the samples. If a
 * value is halfway between two integers, both have the same error. No basis function exceeds a
 * quarter, and that of DC is an eighth. */
EXN_HOT float exn_quantizer_judge(const exn_quantizer *q, const float samples[64],
                                  const int16_t *theirs, double *best, double *found)
{
    float frequencies[64], values[64], their_values[64], reach = 0;
    double best_sum = 0, found_sum = 0;
    int16_t transposed[64];
    row_sums sums = {.best = {0}};
    exn_float_dct_encode_transposed(samples, frequencies);
    scale(q, frequencies, values);
    exn_dct_block_transpose(theirs, transposed);
    for (int k = 0; k < 64; k++)
        their_values[k] = (float)transposed[k];
    for (int k = 0; k < 64; k += 8)
        add_row(frequencies + k, q->steps_transposed + k, values + k, their_values + k, &sums);
    for (int x = 0; x < 8; x++) {
        best_sum += (double)sums.best[x];
        found_sum += (double)sums.found[x];
        reach += sums.reach[x];
    }
    *best += best_sum;
    *found += found_sum;
    return reach / 4 - fabsf(their_values[0] * q->steps_transposed[0]) / 8;
}

/* Only samples inside the picture count; an error in padding is no loss. */
double exn_quantizer_block_error(const exn_quantizer *q, const float samples[64],
                                 const int16_t *block, uint32_t width, uint32_t height)
{
    float decoded[64];
    double sum = 0;
    exn_float_dct_decode(block, q->steps, decoded);
    for (uint32_t y = 0; y < height && y < 8; y++)
        for (uint32_t x = 0; x < width && x < 8; x++) {
            double off = (double)(decoded[y * 8 + x] - samples[y * 8 + x]);
            sum += off * off;
        }
    return sum;
}
