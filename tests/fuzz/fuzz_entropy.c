/* SPDX-License-Identifier: MIT */
/* The rule of the entropy-domain turn, held against libjpeg: what it takes, libjpeg takes without a
 * warning, and the product has equal coefficients, the source's, turned, where blocks are whole;
 * what it calls corrupt, the way through libjpeg fails too, but for two things about which libjpeg
 * is lax; what it leaves to libjpeg it leaves without a word. */
#include "fuzz.h"

#include "jpeg/coefficients_write.h"
#include "jpeg/entropy.h"
#include "jpeg/requantize.h"
#include "jpeg/turned.h"

#include "slow_reader.h"

const unsigned exn_fuzz_choices = 7;

uint64_t exn_fuzz_verdicts[256]; /* by status */

enum { TURNED, PROGRESSIVE, DAMAGED, LEFT };
exn_fuzz_kind exn_fuzz_kinds[] = {{"turned picture", 0},
                                  {"turned progressive picture", 0},
                                  {"damaged picture", 0},
                                  {"picture left to libjpeg", 0},
                                  {NULL, 0}};

enum { MOST_PIXELS = 1 << 18, MEMORY = 256 << 20 };

/* The way through libjpeg. */
typedef struct arrays {
    exn_coefficients source, target;
    uint32_t exact, warnings;
    exn_buffer product;
} arrays;

static exn_status take_apart(const exn_jpeg *jpeg, exn_orientation o, arrays *a)
{
    exn_status status = exn_coefficients_read(&a->source, jpeg, &a->warnings, NULL);
    if (status == EXN_OK)
        status = exn_coefficients_write_open(&a->target, &a->source, o, NULL);
    a->exact = exn_component_exact_set(&a->source, jpeg, o);
    for (uint32_t i = 0; status == EXN_OK && i < a->source.components; i++)
        if (a->exact >> i & 1)
            exn_component_move(&a->source.component[i], &a->target.component[i], o);
        else
            status = exn_requantize(&a->source, &a->target, i, o, EXN_QUALITY_SAME, NULL);
    if (status == EXN_OK)
        status =
            exn_coefficients_write(&a->target, &a->source, jpeg, UINT64_MAX, &a->product, NULL);
    return status;
}

static void close_arrays(arrays *a)
{
    exn_buffer_free(&a->product);
    exn_coefficients_close(&a->target);
    exn_coefficients_close(&a->source);
}

static void append_product(exn_entropy *entropy, exn_buffer *out)
{
    FACT(exn_buffer_append(out, "\xFF\xD8", 2) == EXN_OK);
    FACT(exn_entropy_append_frame(entropy, out) == EXN_OK);
    for (uint32_t s = 0; s < entropy->plan.scans; s++)
        FACT(exn_entropy_append_scan(entropy, s, out) == EXN_OK);
    FACT(exn_buffer_append(out, "\xFF\xD9", 2) == EXN_OK);
}

/* A product, read back. */
typedef struct product {
    exn_jpeg jpeg;
    exn_coefficients coefficients;
} product;

static void read_product(const exn_buffer *file, product *p)
{
    uint32_t warnings = 0;
    *p = (product){0};
    FACT(exn_segments_parse(exn_buffer_span(file), &p->jpeg, NULL) == EXN_OK);
    FACT(exn_coefficients_read(&p->coefficients, &p->jpeg, &warnings, NULL) == EXN_OK);
    FACT(warnings == 0);
}

static void close_product(product *p)
{
    exn_coefficients_close(&p->coefficients);
    exn_segments_free(&p->jpeg);
}

/* Whether libjpeg writes the same restart intervals: it has one for all scans. */
static bool has_one_interval(const exn_jpeg *jpeg)
{
    for (size_t s = 1; s < jpeg->scan_count; s++)
        if (jpeg->scans[s].restart_interval != jpeg->scans[0].restart_interval)
            return false;
    return true;
}

static void check_product(exn_entropy *entropy, const arrays *a, exn_orientation o)
{
    const exn_orientation stay = exn_orientation_from_exif(1);
    exn_buffer out = {0};
    product one, other;
    append_product(entropy, &out);
    read_product(&out, &one);
    read_product(&a->product, &other);
    for (uint32_t i = 0; i < a->source.components; i++) {
        const exn_component *to = &one.coefficients.component[i];
        FACT(exn_component_compare(&other.coefficients.component[i], to, stay, true,
                                   EXN_QUALITY_SAME, NULL) == EXN_OK);
        FACT(!(a->exact >> i & 1) || exn_component_compare(&a->source.component[i], to, o, true,
                                                           EXN_QUALITY_SAME, NULL) == EXN_OK);
    }
    /* Tables by component may differ from libjpeg's by colour space; headers make the rest. */
    FACT(out.size <= a->product.size + a->product.size / 4 + 2000);
    /* Progressive scans are made for the picture, both by libjpeg and here. */
    FACT(!entropy->jpeg->progressive || !has_one_interval(entropy->jpeg) ||
         out.size <= a->product.size);
    close_product(&other);
    close_product(&one);
    exn_buffer_free(&out);
}

/* What the way through libjpeg may take though it is damage: a run past coefficient 63, which
 * libjpeg lets pass, and a code that is none, which it only sees where it does not read fast. */
static bool libjpeg_is_lax(const exn_jpeg *jpeg, const exn_error *error)
{
    return strstr(error->detail, "a run beyond coefficient 63") ||
           (strstr(error->detail, "invalid Huffman code") && exn_slow_reader_complains(jpeg->file));
}

static void compare(const exn_jpeg *jpeg, exn_orientation o)
{
    exn_entropy entropy;
    exn_error error = {0};
    arrays by_libjpeg = {0};
    exn_status status = exn_entropy_open(&entropy, jpeg, o, EXN_QUALITY_SAME, MEMORY, &error);
    if (status == EXN_OK)
        status = exn_entropy_rotate_kept(&entropy, &error);
    exn_fuzz_verdicts[status]++;
    if (status == EXN_OK || status == EXN_CORRUPT) {
        exn_fuzz_kinds[status != EXN_OK    ? DAMAGED
                       : jpeg->progressive ? PROGRESSIVE
                                           : TURNED]
            .count++;
        exn_status expected = take_apart(jpeg, o, &by_libjpeg);
        if (status == EXN_OK) {
            FACT(expected == EXN_OK && by_libjpeg.warnings == 0);
            check_product(&entropy, &by_libjpeg, o);
        } else {
            FACT(error.status == EXN_CORRUPT && error.detail[0]);
            FACT(expected != EXN_OK || libjpeg_is_lax(jpeg, &error));
        }
    } else if (status == EXN_UNSUPPORTED) {
        exn_fuzz_kinds[LEFT].count++;
        FACT(!error.detail[0]);
    } else {
        FACT(status == EXN_LIMIT || status == EXN_MEMORY);
    }
    close_arrays(&by_libjpeg);
    exn_entropy_close(&entropy);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_jpeg jpeg = {0};
    if (exn_segments_parse((exn_span){data, size}, &jpeg, NULL) == EXN_OK &&
        (uint64_t)jpeg.width * jpeg.height <= MOST_PIXELS)
        compare(&jpeg, exn_orientation_from_exif(2 + choice));
    exn_segments_free(&jpeg);
}
