/* SPDX-License-Identifier: MIT */
/* A keyed hash, for tables of untrusted names: without the key nobody can choose names that
 * collide. */
#ifndef EXN_CLI_BASE_SIPHASH_H
#define EXN_CLI_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct exn_siphash_key {
    uint64_t words[2];
} exn_siphash_key;

/* A random key, which differs from run to run. */
exn_siphash_key exn_siphash_new_key(void);

/* SipHash-2-4 (Aumasson, Bernstein: SipHash: a fast short-input PRF, 2012). */
uint64_t exn_siphash(const exn_siphash_key *key, const void *bytes, size_t size);

#endif
