/* SPDX-License-Identifier: MIT */
/* A file in memory, for what measures one call of the library. */
#ifndef EXN_MEASURE_FILE_H
#define EXN_MEASURE_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* NULL where it cannot be opened; the caller frees it. */
static inline uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long end = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (end >= 0 && fseek(file, 0, SEEK_SET) == 0)
        data = malloc((size_t)end + 1);
    *size = data ? fread(data, 1, (size_t)end, file) : 0;
    if (file)
        fclose(file);
    return data;
}

#endif
