/* SPDX-License-Identifier: MIT */
/* A program that was compiled against another version of the header than the library's: caller FILE
 * OUTPUT. tests/cli/header.sh compiles it against an older one, whose structs are smaller, and
 * against one whose structs have more members at their end (NEWER). */
#include <exifnorm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What lies after a struct is not the library's. */
typedef struct guarded_options {
    exn_options options;
    unsigned char guard[64];
} guarded_options;
typedef struct guarded_result {
    exn_result result;
    unsigned char guard[64];
} guarded_result;

static int is_intact(const unsigned char guard[64])
{
    for (int i = 0; i < 64; i++)
        if (guard[i] != 0xEE)
            return 0;
    return 1;
}

#define WANT(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "line %d: %s: %s\n", __LINE__, #condition, error.detail);              \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

int main(int argc, char **argv)
{
    static unsigned char data[1 << 20];
    guarded_options o;
    guarded_result r, again;
    exn_bytes output, none;
    exn_error error = {EXN_OK, 0, ""};
    FILE *file = fopen(argv[argc > 2 ? 1 : 0], "rb");
    if (argc < 3 || !file)
        return 2;
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    memset(&o, 0xEE, sizeof o);
    memset(&r, 0xEE, sizeof r);
    exn_options_init(&o.options, sizeof o.options);
    exn_result_init(&r.result, sizeof r.result);
    again = r;
    WANT(o.options.struct_size == sizeof o.options && r.result.struct_size == sizeof r.result);
    WANT(o.options.max_memory == (uint64_t)2 << 30 && o.options.mode == EXN_MODE_BAKE);
    o.options.png_level = 1;
    WANT(exn_normalize(data, size, &o.options, &output, &r.result, &error) == EXN_OK);
    WANT(r.result.outcome == EXN_OUTCOME_LOSSLESS && r.result.orientation == 6);
    WANT(r.result.struct_size == sizeof r.result);
    WANT(r.result.width_out == r.result.height_in && strcmp(r.result.make, "Example") == 0);
    WANT(exn_verify(data, size, output.data, output.size, &o.options, &r.result, &error) == EXN_OK);
    WANT(exn_normalize(output.data, output.size, &o.options, &none, &again.result, &error) ==
         EXN_OK);
    WANT(again.result.outcome == EXN_OUTCOME_UNTOUCHED && !none.data);
    WANT(is_intact(o.guard) && is_intact(r.guard) && is_intact(again.guard));
#ifdef NEWER
    /* What the library does not know is not reported, and not done in silence without. */
    WANT(r.result.newer[0] == 0 && r.result.newer[3] == 0);
    o.options.newer[3] = 1;
    WANT(exn_normalize(data, size, &o.options, &none, &r.result, &error) == EXN_BAD_ARGUMENT);
    WANT(strstr(error.detail, "options: a member is set that version") != NULL);
    o.options.newer[3] = 0;
#endif
    o.options.mode = (exn_mode)9;
    WANT(exn_normalize(data, size, &o.options, &none, &r.result, &error) == EXN_BAD_ARGUMENT);
    WANT(is_intact(o.guard) && is_intact(r.guard));
    file = fopen(argv[2], "wb");
    if (!file || fwrite(output.data, 1, output.size, file) != output.size || fclose(file) != 0)
        return 2;
    exn_bytes_free(&output);
    return 0;
}
