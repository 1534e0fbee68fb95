/* SPDX-License-Identifier: MIT */
#include "siphash.h"

#include <sys/random.h>
#include <time.h>

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

/* SipRound, figure 2.1. */
static void mix(uint64_t *v, int rounds)
{
    while (rounds-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void take(uint64_t *v, uint64_t word)
{
    v[3] ^= word;
    mix(v, 2);
    v[0] ^= word;
}

/* The constants are ASCII, "somepseudorandomlygeneratedbytes". Words are little-endian on any
 * machine; the last one has the size, modulo 256, in its top byte. */
uint64_t exn_siphash(const exn_siphash_key *key, const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    const uint64_t k0 = key->words[0], k1 = key->words[1];
    uint64_t v[] = {k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261,
                    k1 ^ 0x7465646279746573};
    uint64_t word = 0;
    for (size_t i = 0; i < size; i++) {
        word |= (uint64_t)p[i] << 8 * (i % 8);
        if (i % 8 != 7)
            continue;
        take(v, word);
        word = 0;
    }
    take(v, word | (uint64_t)size << 56);
    v[2] ^= 0xFF;
    mix(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Hashes never leave the process, so each run can have its own key. */
exn_siphash_key exn_siphash_new_key(void)
{
    exn_siphash_key key;
    struct timespec now;
    if (getrandom(&key, sizeof key, 0) == (ssize_t)sizeof key)
        return key;
    clock_gettime(CLOCK_REALTIME, &now); /* better than a fixed key */
    key.words[0] = (uint64_t)now.tv_sec;
    key.words[1] = (uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)&key;
    return key;
}
