/* SPDX-License-Identifier: MIT */
#include "packing.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "packing_kind.h"

struct exn_packer {
    const exn_packing_kind *kind;
    void *self;
};

static const exn_packing_kind *const kinds[] = {
    [EXN_PACKING_NONE] = NULL,
    [EXN_PACKING_GZIP] = &exn_packing_gzip,
    [EXN_PACKING_BZIP2] = &exn_packing_bzip2,
    [EXN_PACKING_XZ] = &exn_packing_xz,
    [EXN_PACKING_ZSTD] = &exn_packing_zstd,
};

/* "BZh9" could be the name of a tar's first member, so bzip2 is recognized by what follows: the
 * magic number of a block or, without a block, of the end. */
static bool is_bzip2(const uint8_t *data, size_t size)
{
    return size >= 10 && memcmp(data, "BZh", 3) == 0 && data[3] >= '1' && data[3] <= '9' &&
           (memcmp(data + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            memcmp(data + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* By magic numbers and not by names, which a stream does not have. gzip: RFC 1952, 2.3.1; xz: The
 * .xz File Format, 2.1.1.1; zstd: RFC 8878, 3.1.1. Except for bzip2's (see above) a tar with a
 * plain name cannot begin like any of them. */
exn_packing exn_packing_tell(const uint8_t *data, size_t size)
{
    if (size >= 2 && memcmp(data, "\x1f\x8b", 2) == 0)
        return EXN_PACKING_GZIP;
    if (is_bzip2(data, size))
        return EXN_PACKING_BZIP2;
    if (size >= 6 && memcmp(data,
                            "\xfd"
                            "7zXZ\0",
                            6) == 0)
        return EXN_PACKING_XZ;
    if (size >= 4 && memcmp(data, "\x28\xb5\x2f\xfd", 4) == 0)
        return EXN_PACKING_ZSTD;
    /* RFC 8878, 3.1.2: a skippable frame, of 16 kinds; pzstd begins with one */
    if (size >= 4 && data[0] >> 4 == 5 && memcmp(data + 1, "\x2a\x4d\x18", 3) == 0)
        return EXN_PACKING_ZSTD;
    return EXN_PACKING_NONE;
}

exn_packer *exn_packing_open(exn_packing packing, bool unpacks, exn_error *error)
{
    exn_packer *p = calloc(1, sizeof *p);
    if (!p) {
        exn_error_set(error, EXN_MEMORY, 0, "decompressor");
        return NULL;
    }
    p->kind = kinds[packing];
    p->self = p->kind->open(unpacks, error);
    if (p->self)
        return p;
    free(p);
    return NULL;
}

exn_status exn_packing_unpack(exn_packer *packer, exn_step *step, bool *whole, exn_error *error)
{
    return packer->kind->unpack(packer->self, step, whole, error);
}

exn_status exn_packing_pack(exn_packer *packer, exn_step *step, bool end, bool *done,
                            exn_error *error)
{
    return packer->kind->pack(packer->self, step, end, done, error);
}

void exn_packing_close(exn_packer *packer)
{
    if (packer)
        packer->kind->close(packer->self);
    free(packer);
}
