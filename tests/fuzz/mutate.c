/* SPDX-License-Identifier: MIT */
/* libFuzzer's mutator for all targets: its own, then PNG chunk CRCs and the checksums of a tar's
 * headers made right again most of the time. Without that nearly every changed PNG ends at its
 * first CRC, and every changed tar at its first header. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* PNG clause 5.3: length, type, data, CRC of type and data. */
static void mend_crcs(uint8_t *data, size_t size)
{
    size_t at = 8;
    while (size - at >= 12) {
        uint32_t length = get32(data + at);
        if (length > size - at - 12)
            return;
        put32(data + at + 8 + length, (uint32_t)crc32(0, data + at + 4, length + 4));
        at += 12 + (size_t)length;
    }
}

/* POSIX.1-2017 pax, "ustar Interchange Format": the sum of a header's bytes, its own eight as
 * spaces. */
static void mend_sums(uint8_t *data, size_t size)
{
    for (size_t at = 0; size - at >= 512; at += 512) {
        uint8_t *header = data + at;
        unsigned sum = 0;
        if (memcmp(header + 257, "ustar", 5) != 0)
            continue;
        memset(header + 148, ' ', 8);
        for (int i = 0; i < 512; i++)
            sum += header[i];
        for (int i = 153; i >= 148; i--, sum >>= 3)
            header[i] = (uint8_t)('0' + sum % 8);
        header[154] = 0;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 8 != 0 && size > 8 && memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
        mend_crcs(data, size);
    if (seed % 8 != 0)
        mend_sums(data, size);
    return size;
}
