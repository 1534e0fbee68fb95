/* SPDX-License-Identifier: MIT */
/* One call of the library on one file, for a counter of instructions: once
 * check|normalize|verify|labels FILE [peak]. Prints the status and, if asked, the peak memory; for
 * verify the output is made first and then verified; labels are recognized, and moved with an image
 * of orientation 6. */
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

static const exn_result *find_any(void *context, const exn_labels_image *image)
{
    (void)image;
    return context;
}

static int drop(void *context, const void *data, size_t size)
{
    (void)context, (void)data, (void)size;
    return 0;
}

static exn_status move(const exn_source *file)
{
    exn_result image = {.struct_size = sizeof image,
                        .outcome = EXN_OUTCOME_LOSSLESS,
                        .orientation = 6,
                        .transform = EXN_TRANSFORM_TRANSPOSE | EXN_TRANSFORM_FLIP_Y,
                        .width_in = 640,
                        .height_in = 480,
                        .width_out = 480,
                        .height_out = 640};
    exn_labels_options options;
    const exn_sink sink = {drop, NULL};
    exn_labels_options_init(&options, sizeof options);
    options.yolo = EXN_LABELS_YOLO_NO_POSES;
    return exn_labels_move(file, exn_labels_sniff(file), &options, find_any, &image, &sink, NULL,
                           NULL);
}

static exn_status call(const char *what, const uint8_t *data, size_t size)
{
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product = {NULL, 0};
    bytes file = {data};
    const exn_source source = {.size = size, .read = read_bytes, .context = &file};
    if (strcmp(what, "labels") == 0)
        return move(&source);
    if (strcmp(what, "check") == 0)
        return exn_check(&source, NULL, &result, NULL);
    exn_status status = exn_normalize(data, size, NULL, &product, &result, NULL);
    if (strcmp(what, "verify") == 0 && status == EXN_OK && product.data)
        status = exn_verify(data, size, product.data, product.size, NULL, &result, NULL);
    exn_bytes_free(&product);
    return status;
}

/* Of this process alone: what getrusage(2) says includes the parent's before exec. */
static void print_peak(void)
{
    char line[128];
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0)
            printf("%s", line);
    if (status)
        fclose(status);
}

int main(int argc, char **argv)
{
    size_t size;
    const int peak = argc == 4 && strcmp(argv[3], "peak") == 0;
    uint8_t *data = argc == 3 + peak ? read_file(argv[2], &size) : NULL;
    if (!data) {
        fprintf(stderr, "usage: once check|normalize|verify|labels FILE [peak]\n");
        return 2;
    }
    printf("%s\n", exn_status_word(call(argv[1], data, size)));
    if (peak)
        print_peak();
    free(data);
    return 0;
}
