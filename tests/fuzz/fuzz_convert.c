/* SPDX-License-Identifier: MIT */
/* A HEIF that becomes a PNG or a JPEG, with a decoder that may say anything. libheif and its codecs
 * are others' to test, and stand behind the workers' wall; what they may answer is ours to survive:
 * planes of another size, depth or number than the header says, none at all, colors of any kind, a
 * failure at any call. The last bytes of the file say what this one answers. It takes the place of
 * src/lib/heif/library.c. Its planes have not one byte more than it says. */
#include "fuzz.h"

#include <exifnorm.h>

#include "heif/library.h"
#include "peak.h"

const unsigned exn_fuzz_choices = 4; /* PNG, JPEG; each with little memory, too */

enum { FAILED, TO_PNG, TO_JPEG, ROTATED, DEEP, GRAY, ALPHA };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"decoder that fails", 0}, {"became a PNG", 0}, {"became a JPEG", 0}, {"rotated", 0},
    {"of 16 bits", 0},         {"gray", 0},         {"with alpha", 0},    {NULL, 0},
};

enum { SCRIPT = 16, CHANNELS = 7 };
/* Of the script. All zero: planes as they were asked for, of 8 bits. */
enum {
    FAILS,
    CODE,
    SPACE,
    BITS,
    OTHER_BITS,
    WIDER,
    HIGHER,
    STRIDE,
    HAS_ALPHA,
    MISSING,
    NCLX,
    MATRIX,
    ICC,
    SEED
};

typedef struct pretended {
    uint8_t *planes[CHANNELS];
    int width[CHANNELS], height[CHANNELS], stride[CHANNELS], bits[CHANNELS];
    int space, chroma;
} pretended;

static uint8_t script[SCRIPT];
static uint32_t coded_width, coded_height; /* as the header says */
static int calls, open_things;             /* how many of libheif's are not released */
static exn_libheif_options options_given;

static exn_libheif_error answer(void)
{
    const bool fails = script[FAILS] > 0 && script[FAILS] == ++calls;
    return (exn_libheif_error){fails ? 1 + script[CODE] % 10 : 0, 0, "as the script says"};
}

static exn_libheif_error init(void *parameters)
{
    (void)parameters;
    return (exn_libheif_error){0, 0, ""};
}

static void deinit(void)
{
}

static void *context_alloc(void)
{
    open_things++;
    return script;
}

static void context_free(void *context)
{
    FACT(context == script);
    open_things--;
}

static void set_threads(void *context, int most)
{
    FACT(context == script && most == 0);
}

static exn_libheif_error read_memory(void *context, const void *data, size_t size, const void *o)
{
    FACT(context == script && data && size > 0 && !o);
    return answer();
}

static exn_libheif_error get_handle(void *context, void **handle)
{
    const exn_libheif_error why = answer();
    FACT(context == script);
    *handle = why.code ? NULL : script;
    open_things += why.code == 0;
    return why;
}

static void handle_release(const void *handle)
{
    FACT(handle == script);
    open_things--;
}

static int is_premultiplied(const void *handle)
{
    (void)handle;
    return script[HAS_ALPHA] == 255;
}

static size_t profile_size(const void *handle)
{
    (void)handle;
    return script[ICC] == 255 ? SIZE_MAX : script[ICC] == 254 ? (size_t)1 << 40 : script[ICC];
}

static exn_libheif_error profile(const void *handle, void *data)
{
    (void)handle;
    memset(data, script[SEED], script[ICC]);
    if (script[ICC] >= 20)
        memcpy((char *)data + 16, script[SEED] % 2 ? "RGB " : "GRAY", 4); /* ICC.1:2010, 7.2.6 */
    return answer();
}

static exn_libheif_options *options_alloc(void)
{
    options_given = (exn_libheif_options){0};
    open_things++;
    return &options_given;
}

static void options_free(exn_libheif_options *o)
{
    FACT(o == &options_given);
    open_things--;
}

/* Other pictures are noise, also beyond their bits; a JPEG of that need not be like it. */
static bool is_smooth(void)
{
    return script[SEED] < 128;
}

static void fill(uint8_t *plane, size_t width, size_t height, size_t stride, unsigned bits,
                 int channel)
{
    const size_t bytes = bits > 8 ? 2 : 1;
    const unsigned most = bits < 16 ? (1u << bits) - 1 : UINT16_MAX;
    for (size_t y = 0; y < height; y++)
        for (size_t x = 0; x < width; x++) {
            unsigned value = script[SEED] + (unsigned)channel * 8 + (unsigned)(x + y) / 4;
            value = is_smooth() ? (value < 255 ? value : 255) * most / 255 : value * 40503;
            const uint16_t two = (uint16_t)value;
            plane[y * stride + x * bytes] = (uint8_t)value;
            if (bytes == 2)
                memcpy(plane + y * stride + x * bytes, &two, sizeof two);
        }
    for (size_t y = 0; y + 1 < height; y++)
        memset(plane + y * stride + width * bytes, 0xA5, stride - width * bytes);
}

static void add_plane(pretended *p, int channel, bool halved_x, bool halved_y)
{
    const int deep = script[channel == 0 || channel == 3 ? BITS : OTHER_BITS];
    const int wider = (int8_t)script[WIDER] / 16, higher = (int8_t)script[HIGHER] / 16;
    int width = (int)(coded_width + halved_x) >> halved_x,
        height = (int)(coded_height + halved_y) >> halved_y;
    width = width + wider < 1 ? 1 : width + wider;
    height = height + higher < 1 ? 1 : height + higher;
    const int bits = deep < 8 ? 8 : deep % 24;
    const size_t bytes = bits > 8 ? 2 : 1, stride = (size_t)width * bytes + script[STRIDE] % 8;
    const size_t size = stride * (size_t)(height - 1) + (size_t)width * bytes;
    p->planes[channel] = malloc(size);
    FACT(p->planes[channel]);
    fill(p->planes[channel], (size_t)width, (size_t)height, stride, (unsigned)bits, channel);
    p->width[channel] = width;
    p->height[channel] = height;
    p->stride[channel] = script[STRIDE] == 255 ? 0 : (int)stride;
    p->bits[channel] = deep == 255 ? -1 : bits;
}

static exn_libheif_error decode(const void *handle, void **image, int space, int chroma,
                                const exn_libheif_options *o)
{
    const exn_libheif_error why = answer();
    FACT(handle == script && o == &options_given && o->ignore_transformations == 1);
    *image = NULL;
    if (why.code)
        return why;
    pretended *p = calloc(1, sizeof *p);
    FACT(p);
    p->space = space == EXN_LIBHEIF_UNDEFINED ? script[SPACE] % 3 : space;
    p->space =
        space == EXN_LIBHEIF_UNDEFINED && script[SPACE] == 0 ? EXN_LIBHEIF_MONOCHROME : p->space;
    const int first = p->space == EXN_LIBHEIF_RGB ? EXN_LIBHEIF_R : EXN_LIBHEIF_Y;
    const bool halves = p->space == EXN_LIBHEIF_YCBCR;
    for (int i = 0; i < (p->space == EXN_LIBHEIF_MONOCHROME ? 1 : 3); i++)
        if (!(script[MISSING] >> i & 1))
            add_plane(p, first + i, i > 0 && halves && chroma != EXN_LIBHEIF_444,
                      i > 0 && halves && chroma == EXN_LIBHEIF_420);
    if (script[HAS_ALPHA])
        add_plane(p, EXN_LIBHEIF_ALPHA, false, false);
    *image = p;
    open_things++;
    return why;
}

static void image_release(const void *image)
{
    const pretended *p = image;
    for (int i = 0; i < CHANNELS; i++)
        free(p->planes[i]);
    free((void *)image);
    open_things--;
}

static int get_space(const void *image)
{
    return ((const pretended *)image)->space;
}

static int get_chroma(const void *image)
{
    return ((const pretended *)image)->chroma;
}

static int get_width(const void *image, int channel)
{
    return ((const pretended *)image)->width[channel];
}

static int get_height(const void *image, int channel)
{
    return ((const pretended *)image)->height[channel];
}

static int get_bits(const void *image, int channel)
{
    return ((const pretended *)image)->bits[channel];
}

static int has_channel(const void *image, int channel)
{
    return ((const pretended *)image)->planes[channel] != NULL;
}

static const uint8_t *get_plane(const void *image, int channel, int *stride)
{
    *stride = ((const pretended *)image)->stride[channel];
    return ((const pretended *)image)->planes[channel];
}

static exn_libheif_error get_nclx(const void *image, exn_libheif_nclx **nclx)
{
    (void)image;
    *nclx = NULL;
    if (script[NCLX] == 0)
        return (exn_libheif_error){script[MATRIX] % 2, 0, "there is none"};
    *nclx = malloc(sizeof **nclx);
    FACT(*nclx);
    **nclx = (exn_libheif_nclx){1, 2, 2, script[MATRIX] % 16, script[NCLX] & 1};
    open_things++;
    return (exn_libheif_error){0, 0, ""};
}

static void nclx_free(exn_libheif_nclx *nclx)
{
    free(nclx);
    open_things--;
}

exn_status exn_heif_library_open(exn_libheif *lib, exn_error *error)
{
    (void)error;
    *lib =
        (exn_libheif){script,        init,        deinit,        context_alloc,  context_free,
                      set_threads,   read_memory, get_handle,    handle_release, is_premultiplied,
                      profile_size,  profile,     options_alloc, options_free,   decode,
                      image_release, get_space,   get_chroma,    get_width,      get_height,
                      get_bits,      has_channel, get_plane,     get_nclx,       nclx_free};
    calls = 0;
    open_things++;
    return EXN_OK;
}

void exn_heif_library_close(exn_libheif *lib)
{
    open_things -= lib->handle != NULL;
    *lib = (exn_libheif){0};
}

exn_status exn_heif_library_failed(exn_libheif_error why, exn_error *error)
{
    exn_fuzz_kinds[FAILED].count++;
    return exn_status_fail(error, why.code == EXN_LIBHEIF_MEMORY ? EXN_MEMORY : EXN_CORRUPT,
                           "decoder: %s", why.message);
}

/* The header's size: what is asked of an image that is upright as it is stored. */
static bool look(const uint8_t *data, size_t size, const exn_options *options)
{
    exn_result result;
    exn_error error;
    exn_result_init(&result, sizeof result);
    if (exn_check_memory(data, size, options, &result, &error) != EXN_OK ||
        (result.format != EXN_FORMAT_HEIC && result.format != EXN_FORMAT_AVIF &&
         result.format != EXN_FORMAT_HEIF))
        return false;
    coded_width = result.width_in;
    coded_height = result.height_in;
    return true;
}

static void check_output(const uint8_t *data, size_t size, const exn_options *options,
                         const exn_bytes *output, const exn_result *result)
{
    const bool png = options->heif == EXN_HEIF_PNG, turned = result->orientation >= 5;
    exn_result again;
    exn_error error;
    exn_result_init(&again, sizeof again);
    FACT(output->data && output->size > 0);
    FACT(result->format_out == (png ? EXN_FORMAT_PNG : EXN_FORMAT_JPEG));
    FACT(result->outcome == (png ? EXN_OUTCOME_LOSSLESS : EXN_OUTCOME_REQUANTIZED));
    FACT(exn_check_memory(output->data, output->size, options, &again, &error) == EXN_OK);
    FACT(again.outcome == EXN_OUTCOME_UNTOUCHED && again.format == result->format_out &&
         again.orientation <= 1);
    FACT(again.width_in == result->width_out && again.height_in == result->height_out);
    FACT(result->width_out == (turned ? result->height_in : result->width_in));
    FACT(result->height_out == (turned ? result->width_in : result->height_in));
    const exn_status status =
        exn_verify(data, size, output->data, output->size, options, result, &error);
    FACT(status == EXN_OK || status == EXN_LIMIT ||
         (!png && !is_smooth() && status == EXN_MISMATCH));
    exn_fuzz_kinds[png ? TO_PNG : TO_JPEG].count++;
    exn_fuzz_kinds[ROTATED].count += result->orientation > 1;
    exn_fuzz_kinds[DEEP].count +=
        png && output->data[24] == 16; /* IHDR (PNG 3rd edition, 11.2.1) */
    exn_fuzz_kinds[GRAY].count += result->components < 3;
    exn_fuzz_kinds[ALPHA].count += result->components % 2 == 0;
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_options options;
    exn_result result;
    exn_bytes output = {0};
    exn_error error;
    uint8_t *copy = fuzz_copy(data, size);
    exn_options_init(&options, sizeof options);
    exn_result_init(&result, sizeof result);
    options.heif = choice % 2 ? EXN_HEIF_JPEG : EXN_HEIF_PNG;
    options.max_pixels = 1 << 16;
    options.max_memory = choice / 2 ? UINT64_C(1) << 20 : UINT64_C(64) << 20;
    memset(script, 0, sizeof script);
    memcpy(script, data + (size < SCRIPT ? 0 : size - SCRIPT), size < SCRIPT ? size : SCRIPT);
    if (look(copy, size, &options)) {
        peak_reset();
        const exn_status status = exn_normalize(copy, size, &options, &output, &result, &error);
        FACT(peak_bytes() <= options.max_memory + 16 * (uint64_t)size + (1 << 20));
        FACT(open_things == 0 && memcmp(copy, data, size) == 0);
        if (status == EXN_OK && result.outcome != EXN_OUTCOME_COPIED &&
            result.outcome != EXN_OUTCOME_UNSUPPORTED)
            check_output(copy, size, &options, &output, &result);
        else
            FACT(!output.data && output.size == 0);
        FACT(open_things == 0);
    }
    exn_bytes_free(&output);
    free(copy);
}
