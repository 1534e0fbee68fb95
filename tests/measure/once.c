/* SPDX-License-Identifier: MIT */
/* One call of the library on one file, for a counter of instructions: once check|normalize|verify
 * FILE. Prints the status; for verify the output is made first and then verified. */
#include <exifnorm.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

typedef struct bytes {
    const uint8_t *data;
} bytes;

static int read_bytes(void *context, void *to, size_t size, uint64_t offset)
{
    memcpy(to, ((bytes *)context)->data + offset, size);
    return 0;
}

static exn_status call(const char *what, const uint8_t *data, size_t size)
{
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product = {NULL, 0};
    bytes file = {data};
    const exn_source source = {.size = size, .read = read_bytes, .context = &file};
    if (strcmp(what, "check") == 0)
        return exn_check(&source, NULL, &result, NULL);
    exn_status status = exn_normalize(data, size, NULL, &product, &result, NULL);
    if (strcmp(what, "verify") == 0 && status == EXN_OK && product.data)
        status = exn_verify(data, size, product.data, product.size, NULL, &result, NULL);
    exn_bytes_free(&product);
    return status;
}

int main(int argc, char **argv)
{
    size_t size;
    uint8_t *data = argc == 3 ? read_file(argv[2], &size) : NULL;
    if (!data) {
        fprintf(stderr, "usage: once check|normalize|verify FILE\n");
        return 2;
    }
    printf("%s\n", exn_status_word(call(argv[1], data, size)));
    free(data);
    return 0;
}
