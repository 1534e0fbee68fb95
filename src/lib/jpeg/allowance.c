/* SPDX-License-Identifier: MIT */
#include "allowance.h"

void exn_allowance_take(uint64_t *left, uint64_t amount)
{
    *left -= amount < *left ? amount : *left;
}

exn_thumbnails *exn_allowance_thumbnails(const exn_allowance *left, const exn_jpeg *jpeg,
                                         const exn_turned *turned)
{
    left->thumbnails->max_memory = left->options.max_memory;
    exn_allowance_take(&left->thumbnails->max_memory,
                       turned ? exn_turned_bytes(turned) : 2 * (uint64_t)jpeg->file.size);
    return left->thumbnails;
}
