/* The rule of the entropy-domain turn, held against libjpeg: what it takes, libjpeg takes without a
 * warning, and the product has equal coefficients, turned; what it calls corrupt, the way through
 * libjpeg fails too, but for two things about which libjpeg is lax; what it leaves to libjpeg it
 * leaves without a word. */
#include "fuzz.h"

#include "jpeg/coefficients.h"
#include "jpeg/entropy.h"

#include "slow_reader.h"

const unsigned exn_fuzz_choices = 7;

uint64_t exn_fuzz_verdicts[256]; /* by status */

enum { MOST_PIXELS = 1 << 18, MEMORY = 256 << 20 };

static exn_status take_apart(const exn_jpeg *jpeg, exn_orientation o, exn_coefficients *source,
                             uint32_t *warnings, exn_buffer *out)
{
    exn_coefficients target = {0};
    exn_status status = exn_coefficients_read(source, jpeg, warnings, NULL);
    if (status == EXN_OK)
        status = exn_coefficients_turned(&target, source, o, NULL);
    for (uint32_t i = 0; status == EXN_OK && i < source->components; i++)
        exn_component_move(&source->component[i], &target.component[i], o);
    if (status == EXN_OK)
        status = exn_coefficients_write(&target, source, jpeg, out, NULL);
    exn_coefficients_close(&target);
    return status;
}

static void append_product(exn_entropy *entropy, exn_buffer *out)
{
    FACT(exn_buffer_append(out, "\xFF\xD8", 2) == EXN_OK);
    FACT(exn_entropy_append_frame(entropy, out) == EXN_OK);
    for (uint32_t s = 0; s < entropy->plan.scans; s++)
        FACT(exn_entropy_append_scan(entropy, s, out) == EXN_OK);
    FACT(exn_buffer_append(out, "\xFF\xD9", 2) == EXN_OK);
}

static void check_product(exn_entropy *entropy, const exn_coefficients *source, exn_orientation o,
                          size_t other)
{
    exn_buffer out = {0};
    exn_jpeg jpeg = {0};
    exn_coefficients product = {0};
    uint32_t warnings = 0;
    append_product(entropy, &out);
    FACT(exn_jpeg_parse((exn_span){out.data, out.size}, &jpeg, NULL) == EXN_OK);
    FACT(exn_coefficients_read(&product, &jpeg, &warnings, NULL) == EXN_OK);
    FACT(warnings == 0);
    for (uint32_t i = 0; i < source->components; i++)
        FACT(exn_component_compare(&source->component[i], &product.component[i], o, true,
                                   EXN_QUALITY_SAME, NULL) == EXN_OK);
    /* Tables by component may differ from libjpeg's by colour space; headers make the rest. */
    FACT(out.size <= other + other / 4 + 2000);
    exn_coefficients_close(&product);
    exn_jpeg_free(&jpeg);
    exn_buffer_free(&out);
}

static bool is_exact(const exn_jpeg *jpeg, exn_orientation o)
{
    for (uint32_t i = 0; i < jpeg->components; i++)
        if (!exn_jpeg_component_is_exact(jpeg, i, o))
            return false;
    return true;
}

/* What the way through libjpeg may take though it is damage: a run past coefficient 63, which
 * libjpeg lets pass, and a code that is none, which it only sees where it does not read fast. */
static bool libjpeg_is_lax(const exn_jpeg *jpeg, const exn_error *error)
{
    return strstr(error->detail, "a run past coefficient 63") ||
           (strstr(error->detail, "no such Huffman code") && exn_slow_reader_complains(jpeg->file));
}

static void compare(const exn_jpeg *jpeg, exn_orientation o)
{
    exn_entropy entropy;
    exn_error error = {0};
    exn_coefficients source = {0};
    exn_buffer other = {0};
    uint32_t warnings = 0;
    exn_status status = exn_entropy_open(&entropy, jpeg, o, MEMORY, &error);
    exn_fuzz_verdicts[status]++;
    if (status == EXN_OK || status == EXN_CORRUPT) {
        exn_status expected = take_apart(jpeg, o, &source, &warnings, &other);
        if (status == EXN_OK) {
            FACT(expected == EXN_OK && warnings == 0);
            check_product(&entropy, &source, o, other.size);
        } else {
            FACT(error.status == EXN_CORRUPT && error.detail[0]);
            FACT(expected != EXN_OK || libjpeg_is_lax(jpeg, &error));
        }
    } else if (status == EXN_UNSUPPORTED) {
        FACT(!error.detail[0]);
    } else {
        FACT(status == EXN_LIMIT || status == EXN_MEMORY);
    }
    exn_buffer_free(&other);
    exn_coefficients_close(&source);
    exn_entropy_close(&entropy);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_jpeg jpeg = {0};
    exn_orientation o = exn_orientation_from_exif(2 + choice);
    if (exn_jpeg_parse((exn_span){data, size}, &jpeg, NULL) == EXN_OK &&
        (uint64_t)jpeg.width * jpeg.height <= MOST_PIXELS) {
        if (!is_exact(&jpeg, o))
            o = exn_orientation_from_exif(5); /* which always is */
        compare(&jpeg, o);
    }
    exn_jpeg_free(&jpeg);
}
