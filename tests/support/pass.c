/* SPDX-License-Identifier: MIT */
#include "support/pass.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "support/proc.h"

static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_span *file = context;
    assert_true(offset <= file->size && size <= file->size - offset);
    memcpy(to, file->data + offset, size);
    return 0;
}

exn_status exn_test_check(exn_span file, const exn_options *options, exn_result *result)
{
    exn_source source = {.size = file.size, .read = read_span, .context = &file};
    exn_result other = {.struct_size = sizeof(exn_result)};
    const exn_status status = exn_check(&source, options, result, NULL);
    assert_int_equal(exn_check_memory(file.data, file.size, options, &other, NULL), status);
    assert_memory_equal(&other, result, sizeof other);
    return status;
}

/* Neither mode finds anything to do. */
static void expect_nothing_to_do(exn_span file)
{
    for (int mode = 0; mode < 2; mode++) {
        exn_options options;
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_bytes product;
        exn_options_init(&options, sizeof options);
        options.mode = mode ? EXN_MODE_DROP : EXN_MODE_BAKE;
        assert_int_equal(exn_normalize(file.data, file.size, &options, &product, &result, NULL),
                         EXN_OK);
        assert_null(product.data);
        assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
        assert_int_equal(result.reasons, 0);
        assert_int_equal(exn_test_check(file, &options, &result), EXN_OK);
        assert_int_equal(result.outcome, EXN_OUTCOME_UNTOUCHED);
        assert_int_equal(result.reasons, 0);
    }
}

exn_test_pass exn_test_pass_make(exn_span source, const exn_options *options)
{
    exn_test_pass pass;
    exn_result looked = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_result_init(&pass.result, sizeof pass.result);
    exn_status status =
        exn_normalize(source.data, source.size, options, &pass.product, &pass.result, &error);
    if (status != EXN_OK)
        fail_msg("%s: %s", exn_status_word(status), error.detail);
    pass.file = source;
    assert_int_equal(exn_test_check(source, options, &looked), EXN_OK);
    assert_int_equal(looked.reasons, pass.result.reasons);
    assert_int_equal(looked.orientation, pass.result.orientation);
    assert_int_equal(looked.outcome == EXN_OUTCOME_UNTOUCHED,
                     pass.result.outcome == EXN_OUTCOME_UNTOUCHED);
    assert_int_equal(pass.product.data == NULL, pass.result.outcome == EXN_OUTCOME_UNTOUCHED);
    assert_int_equal(pass.result.reasons == 0, pass.result.outcome == EXN_OUTCOME_UNTOUCHED);
    if (pass.product.data) {
        pass.file = (exn_span){pass.product.data, pass.product.size};
        status = exn_verify(source.data, source.size, pass.file.data, pass.file.size, options,
                            &pass.result, &error);
        if (status != EXN_OK)
            fail_msg("verify: %s: %s", exn_status_word(status), error.detail);
    }
    expect_nothing_to_do(pass.file);
    return pass;
}

void exn_test_pass_free(exn_test_pass *pass)
{
    exn_bytes_free(&pass->product);
}

bool exn_test_is_refused(exn_span source)
{
    exn_options options;
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    exn_options_init(&options, sizeof options);
    options.strict = true;
    exn_status status = exn_normalize(source.data, source.size, &options, &product, &result, NULL);
    assert_int_equal(exn_test_check(source, &options, &result), status);
    assert_true(status == EXN_OK || (status == EXN_REFUSED && product.data == NULL));
    exn_bytes_free(&product);
    return status == EXN_REFUSED;
}

char *exn_test_exiftool(exn_span file, const char *const arguments[])
{
    enum { MOST = 16 };
    const char *argv[MOST + 3] = {"exiftool"};
    exn_test_proc proc;
    size_t count = 1;
    for (; arguments[count - 1]; count++) {
        assert_true(count < MOST);
        argv[count] = arguments[count - 1];
    }
    argv[count] = "-";
    assert_true(exn_test_run(argv, file, &proc));
    char *text = malloc(proc.out.size + 1);
    assert_non_null(text);
    if (proc.out.size)
        memcpy(text, proc.out.data, proc.out.size);
    text[proc.out.size] = '\0';
    exn_test_proc_free(&proc);
    return text;
}

void exn_test_no_orientation(exn_span file)
{
    static const char *const arguments[] = {
        "-a", "-G1", "-s", "-n", "-Orientation", "-XMP-tiff:Orientation", "-exif:Orientation",
        NULL};
    char *text = exn_test_exiftool(file, arguments);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strcmp(line + strlen(line) - 3, ": 1") != 0)
            fail_msg("%s", line);
    free(text);
}
