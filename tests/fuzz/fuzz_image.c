/* SPDX-License-Identifier: MIT */
/* The whole image path, memory in, memory out, and what must be true of what comes out. */
#include "fuzz.h"

#include <inttypes.h>
#include <stdbool.h>

#include <exifnorm.h>

#include "peak.h"

/* Bits of a choice of options. */
enum {
    DECODE_ALL = 1 << 0,
    REFUSE = 1 << 1,
    LITTLE_MEMORY = 1 << 2,
    ON_DAMAGE = 1 << 3,
    WEBP_COPY = 1 << 4,
    WEBP_ROTATE = 1 << 5,
    DROP = 1 << 6,
    CHOICES = 1 << 7,
};

const unsigned exn_fuzz_choices = CHOICES;

enum {
    JPEG,
    PNG,
    ANIMATION,
    WEBP,
    CARRIED,
    ORIENTED = 2,
    COPIED = CARRIED + 2 * ORIENTED,
    DROPPED
};
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"rotated JPEG", 0},      {"rotated PNG", 0},
    {"rotated animation", 0}, {"oriented WebP", 0},
    {"HEIF looked at", 0},    {"TIFF, JXL looked at", 0},
    {"oriented HEIF", 0},     {"oriented TIFF, JXL", 0},
    {"WebP to be copied", 0}, {"orientation dropped in HEIF", 0},
    {"in TIFF, JXL", 0},      {NULL, 0},
};

/* A format that is only looked at: there is no product, and nobody vouches for what was found. */
static bool carried(const exn_result *r)
{
    return r->outcome == EXN_OUTCOME_COPIED || r->outcome == EXN_OUTCOME_UNSUPPORTED;
}

static bool turned(const exn_result *r)
{
    return r->outcome != EXN_OUTCOME_METADATA && r->outcome != EXN_OUTCOME_UNTOUCHED;
}

static int kind_of(const uint8_t *data, size_t size, const exn_result *r)
{
    if (r->format == EXN_FORMAT_JPEG)
        return JPEG;
    if (r->format == EXN_FORMAT_PNG)
        return memmem(data, size, "acTL", 4) ? ANIMATION : PNG;
    if (r->format == EXN_FORMAT_WEBP)
        return carried(r) ? COPIED : WEBP;
    const int other = r->format == EXN_FORMAT_TIFF || r->format == EXN_FORMAT_JXL;
    if (r->outcome == EXN_OUTCOME_METADATA)
        return DROPPED + other;
    const int carried = CARRIED + other;
    return r->outcome == EXN_OUTCOME_UNSUPPORTED ? carried + ORIENTED : carried;
}

/* One call's answer, whole. */
typedef struct answer {
    exn_status status;
    exn_bytes product;
    exn_result result;
    exn_error error;
} answer;

static answer ask(const uint8_t *data, size_t size, const exn_options *options)
{
    answer a;
    memset(&a, 0xA5, sizeof a); /* what the call leaves unset shows */
    a.result.struct_size = sizeof a.result;
    uint8_t *copy = fuzz_copy(data, size);
    peak_reset();
    a.status = exn_normalize(copy, size, options, &a.product, &a.result, &a.error);
    FACT(size == 0 || memcmp(copy, data, size) == 0);
    free(copy);
    return a;
}

static bool is_printable(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    if (!end)
        return false;
    for (; text < end; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

static void check_words(const answer *a)
{
    FACT(is_printable(a->error.detail, sizeof a->error.detail));
    FACT(is_printable(a->result.make, sizeof a->result.make));
    FACT(is_printable(a->result.model, sizeof a->result.model));
    FACT(is_printable(a->result.date_time, sizeof a->result.date_time));
    FACT(a->error.status == a->status);
    FACT(a->error.sys_errno == 0);
    FACT(a->result.warnings < 1u << EXN_WARNING_COUNT);
    FACT(a->result.orientation <= 8);
    FACT((a->result.orientation == 0) == (a->result.orientation_place == EXN_PLACE_NONE));
}

static void check_failure(const answer *a)
{
    FACT(a->status == EXN_NOT_AN_IMAGE || a->status == EXN_CORRUPT ||
         a->status == EXN_UNSUPPORTED || a->status == EXN_LIMIT || a->status == EXN_REFUSED ||
         a->status == EXN_MEMORY);
    FACT(!a->product.data && a->product.size == 0);
    FACT(a->result.outcome == EXN_OUTCOME_FAILED && a->result.method == EXN_METHOD_NONE);
    FACT(a->result.exact_components == 0);
    FACT(a->error.detail[0] != '\0' || exn_status_text(a->status)[0] != '\0');
}

/* Which components are exact is what the outcome's name says. */
static void check_exactness(const exn_result *r)
{
    if (r->format > EXN_FORMAT_WEBP) {
        FACT(r->outcome == EXN_OUTCOME_METADATA && r->components == 0 && r->exact_components == 0);
        return;
    }
    FACT(r->components >= 1 && r->components <= 4);
    uint32_t all = (1u << r->components) - 1;
    FACT((r->exact_components & ~all) == 0);
    switch (r->outcome) {
    case EXN_OUTCOME_METADATA:
    case EXN_OUTCOME_LOSSLESS:
        FACT(r->exact_components == all);
        break;
    case EXN_OUTCOME_LUMA_LOSSLESS:
        FACT((r->exact_components & 1) && r->exact_components != all);
        break;
    case EXN_OUTCOME_REQUANTIZED:
        FACT(!(r->exact_components & 1));
        break;
    default:
        FACT(!"an outcome with a product");
    }
}

static void check_carried(const answer *a)
{
    const exn_result *r = &a->result;
    FACT(!a->product.data && a->product.size == 0);
    FACT(r->format != EXN_FORMAT_JPEG && r->format != EXN_FORMAT_PNG);
    FACT(r->method == EXN_METHOD_NONE && r->exact_components == 0 && r->transform == 0);
    FACT((r->outcome == EXN_OUTCOME_UNSUPPORTED) == (r->reasons != 0));
}

static void check_size(const exn_result *r)
{
    bool swapped = r->orientation >= 5 && turned(r) && !carried(r);
    FACT(!turned(r) || carried(r) || (r->width_in > 0 && r->height_in > 0));
    FACT(r->width_out == (swapped ? r->height_in : r->width_in));
    FACT(r->height_out == (swapped ? r->width_in : r->height_in));
}

/* The product needs nothing, has the size that was promised and, where its picture was written
 * here or found whole before, decodes. */
static void check_product(const answer *a, bool decode, exn_mode mode)
{
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.decode_all = decode;
    options.mode = mode;
    /* Where pixels stay, so does damage, and scans that are missing stay so. */
    if (a->result.warnings & (1u << EXN_WARN_DAMAGED | 1u << EXN_WARN_SCANS_MISSING))
        options.on_damage = EXN_ON_DAMAGE_DECODE;
    answer again = ask(a->product.data, a->product.size, &options);
    FACT(again.status == EXN_OK);
    FACT(again.result.outcome == EXN_OUTCOME_UNTOUCHED);
    FACT(again.result.format == a->result.format);
    FACT(again.result.orientation <= 1);
    FACT(again.result.width_in == a->result.width_out);
    FACT(again.result.height_in == a->result.height_out);
    FACT(again.result.components == a->result.components);
}

/* An edit of metadata leaves the picture alone, so that a broken one is still broken; all else must
 * verify. */
static void check_verify(const uint8_t *data, size_t size, const exn_options *options,
                         const answer *a, bool whole)
{
    exn_error error;
    exn_status status =
        exn_verify(data, size, a->product.data, a->product.size, options, &a->result, &error);
    FACT(error.status == status);
    if (status == EXN_LIMIT) /* two pictures are read here; a turn has paid for two, an edit not */
        FACT(!turned(&a->result));
    else if (whole)
        FACT(status == EXN_OK);
    else
        FACT(status != EXN_MISMATCH && status != EXN_INTERNAL);
}

static void check_success(const uint8_t *data, size_t size, const exn_options *options,
                          const answer *a)
{
    check_size(&a->result);
    FACT(a->result.format == exn_sniff(data, size < 64 ? size : 64));
    if (carried(&a->result) || a->result.orientation > 1)
        exn_fuzz_kinds[kind_of(data, size, &a->result)].count++;
    if (carried(&a->result)) {
        check_carried(a);
        return;
    }
    if (a->result.outcome == EXN_OUTCOME_UNTOUCHED) {
        FACT(!a->product.data && a->product.size == 0 && a->result.orientation <= 1);
        return;
    }
    bool whole = turned(&a->result) || options->decode_all;
    FACT(a->product.data && a->product.size > 0);
    bool kept = options->mode == EXN_MODE_DROP ||
                (a->result.format == EXN_FORMAT_WEBP && options->webp == EXN_WEBP_AS_SHOWN);
    FACT(turned(&a->result) == (a->result.orientation > 1 && !kept));
    FACT(turned(&a->result) || a->product.size <= size + 12); /* an IEND that was missing */
    FACT(options->edges != EXN_EDGES_REFUSE || a->result.outcome == EXN_OUTCOME_METADATA ||
         a->result.outcome == EXN_OUTCOME_LOSSLESS);
    check_exactness(&a->result);
    check_product(a, whole, options->mode);
    check_verify(data, size, options, a, whole);
}

/* The same bytes give the same answer. */
static void check_determinism(const uint8_t *data, size_t size, const exn_options *options,
                              const answer *a)
{
    answer b = ask(data, size, options);
    FACT(b.status == a->status && b.product.size == a->product.size);
    FACT(a->product.size == 0 || memcmp(a->product.data, b.product.data, a->product.size) == 0);
    FACT(b.result.warnings == a->result.warnings && b.result.outcome == a->result.outcome);
    FACT(strcmp(a->error.detail, b.error.detail) == 0);
    exn_bytes_free(&b.product);
}

static void choose(exn_options *options, unsigned choice)
{
    exn_options_init(options, sizeof *options);
    options->max_memory = choice & LITTLE_MEMORY ? UINT64_C(2) << 20 : UINT64_C(256) << 20;
    options->max_pixels = 4000000;
    options->decode_all = choice & DECODE_ALL;
    options->mode = choice & DROP ? EXN_MODE_DROP : EXN_MODE_BAKE;
    options->edges = choice & REFUSE ? EXN_EDGES_REFUSE : EXN_EDGES_REQUANTIZE;
    options->webp = choice & WEBP_COPY     ? EXN_WEBP_COPY
                    : choice & WEBP_ROTATE ? EXN_WEBP_ROTATE
                                           : EXN_WEBP_AS_SHOWN;
    options->on_damage = choice & ON_DAMAGE ? EXN_ON_DAMAGE_DECODE : EXN_ON_DAMAGE_FAIL;
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_options options;
    choose(&options, choice);
    answer a = ask(data, size, &options);
    /* The input's own copy counts as held, and lists of segments and chunks are bounded by it. */
    if (peak_bytes() > options.max_memory + 16 * (uint64_t)size + (1 << 20)) {
        fprintf(stderr, "held %zu bytes, limit %" PRIu64 "\n", peak_bytes(), options.max_memory);
        abort();
    }
    check_words(&a);
    if (a.status == EXN_OK)
        check_success(data, size, &options, &a);
    else
        check_failure(&a);
    check_determinism(data, size, &options, &a);
    exn_bytes_free(&a.product);
    FACT(!a.product.data && a.product.size == 0);
}
