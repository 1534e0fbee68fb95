/* SPDX-License-Identifier: MIT */
/* libFuzzer's entry into any target. Pictures are seeds as they are: a byte behind one is a
 * trailer, which is legal. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    exn_fuzz_one(data, size, size ? data[size - 1] % exn_fuzz_choices : 0);
    return 0;
}
