/* SPDX-License-Identifier: MIT */
#include "support/jpeg_oracle.h"

#include "support/exif_make.h"
#include "support/jpeg_dct.h"
#include "support/jpeg_walk.h"
#include "support/naive.h"
#include "support/proc.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((format(printf, 2, 3))) static bool fail(char why[EXN_TEST_WHY], const char *format,
                                                       ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, EXN_TEST_WHY, format, args);
    va_end(args);
    return false;
}

exn_test_axes exn_test_axes_of(uint32_t value)
{
    uint32_t x0 = 0, y0 = 0, xr = 1, yr = 0, xd = 0, yd = 1;

    exn_test_naive_point(value, 8, 8, &x0, &y0);
    exn_test_naive_point(value, 8, 8, &xr, &yr);
    exn_test_naive_point(value, 8, 8, &xd, &yd);
    return (exn_test_axes){
        .exchanged = xr == x0,
        .x_backwards = xr < x0 || yr < y0,
        .y_backwards = xd < x0 || yd < y0,
    };
}

static int max_factor(const exn_test_coefs *coefs, bool vertical)
{
    int max = 1;

    for (int i = 0; i < coefs->components; i++) {
        const int factor = vertical ? coefs->component[i].v : coefs->component[i].h;
        max = factor > max ? factor : max;
    }
    return max;
}

/* The picture's size in samples of a component, a fraction where it ends inside one. */
static double true_size(const exn_test_coefs *coefs, int i, bool vertical)
{
    const exn_test_component *c = &coefs->component[i];
    return (vertical ? coefs->height * (double)c->v : coefs->width * (double)c->h) /
           max_factor(coefs, vertical);
}

/* Quotients of small integers: one that is a multiple of 8 comes out as that. */
static bool ends_a_block(double samples)
{
    return fmod(samples, 8) == 0;
}

/* Whether all samples along an axis are the same, those of whole blocks that are never shown
 * included. */
static bool is_even(const exn_test_component *c, bool vertical)
{
    enum { LEAST = 100 }; /* 1 / LEAST: no coefficient makes so little a difference everywhere */
    exn_test_component whole = *c;
    whole.width = 8 * c->width_in_blocks;
    whole.height = 8 * c->height_in_blocks;
    float *plane = exn_test_plane(&whole);
    bool even = plane != NULL;

    for (uint32_t y = 0; even && y < whole.height; y++)
        for (uint32_t x = 0; even && x < whole.width; x++) {
            const float *row = plane + (size_t)y * whole.width;
            even = fabsf(row[x] - (vertical ? plane[x] : row[0])) < 1.0f / LEAST;
        }
    free(plane);
    return even;
}

/* Whether component i keeps its coefficients along an axis that runs backwards. */
static bool survives(const exn_test_coefs *source, int i, bool vertical)
{
    return ends_a_block(true_size(source, i, vertical)) || is_even(&source->component[i], vertical);
}

uint32_t exn_test_exact_set(const exn_test_coefs *source, uint32_t value)
{
    const exn_test_axes axes = exn_test_axes_of(value);
    uint32_t set = 0;

    for (int i = 0; i < source->components; i++)
        if ((!axes.x_backwards || survives(source, i, false)) &&
            (!axes.y_backwards || survives(source, i, true)))
            set |= 1u << i;
    return set;
}

bool exn_test_is_perfect(const exn_test_coefs *source, uint32_t value)
{
    const exn_test_axes axes = exn_test_axes_of(value);
    const bool single = source->components == 1;
    const uint32_t mcu_width = 8 * (single ? 1 : (uint32_t)max_factor(source, false)),
                   mcu_height = 8 * (single ? 1 : (uint32_t)max_factor(source, true));

    return (!axes.x_backwards || source->width % mcu_width == 0) &&
           (!axes.y_backwards || source->height % mcu_height == 0);
}

static bool same_coding(const exn_test_coefs *source, const exn_test_coefs *product,
                        char why[EXN_TEST_WHY])
{
    if (product->components != source->components || product->color_space != source->color_space)
        return fail(why, "%d components in colour space %d", product->components,
                    (int)product->color_space);
    if (product->progressive != source->progressive || product->arithmetic != source->arithmetic)
        return fail(why, "progressive %d, arithmetic %d", product->progressive,
                    product->arithmetic);
    if (product->jfif != source->jfif || product->adobe != source->adobe ||
        product->adobe_transform != source->adobe_transform)
        return fail(why, "JFIF %d, Adobe %d with transform %d", product->jfif, product->adobe,
                    product->adobe_transform);
    return true;
}

bool exn_test_same_frame(const exn_test_coefs *source, const exn_test_coefs *product,
                         uint32_t value, char why[EXN_TEST_WHY])
{
    const bool exchanged = exn_test_axes_of(value).exchanged;

    if (product->width != (exchanged ? source->height : source->width) ||
        product->height != (exchanged ? source->width : source->height))
        return fail(why, "size %ux%u", product->width, product->height);
    if (product->warnings)
        return fail(why, "libjpeg warns %ld times of the output", product->warnings);
    if (!same_coding(source, product, why))
        return false;
    for (int i = 0; i < source->components; i++) {
        const exn_test_component *from = &source->component[i], *to = &product->component[i];
        if (to->id != from->id || to->h != (exchanged ? from->v : from->h) ||
            to->v != (exchanged ? from->h : from->v))
            return fail(why, "component %d has id %d, factors %dx%d", i, to->id, to->h, to->v);
        for (int k = 0; k < 64; k++)
            if (to->quant[k] != from->quant[exchanged ? k % 8 * 8 + k / 8 : k])
                return fail(why, "component %d has quantization step %d at %d", i, to->quant[k], k);
    }
    return true;
}

/* cos((2(7 - x) + 1) u pi / 16) = (-1)^u cos((2x + 1) u pi / 16): backwards, odd frequencies change
 * sign. */
static int turned_coefficient(const int16_t block[64], exn_test_axes axes, int u, int v)
{
    const int across = axes.exchanged ? v : u, down = axes.exchanged ? u : v;
    int coefficient = block[down * 8 + across];

    if (axes.x_backwards && across % 2)
        coefficient = -coefficient;
    return axes.y_backwards && down % 2 ? -coefficient : coefficient;
}

bool exn_test_same_coefficients(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                                uint32_t value, char why[EXN_TEST_WHY])
{
    const exn_test_component *from = &source->component[i], *to = &product->component[i];
    const exn_test_axes axes = exn_test_axes_of(value);

    if (to->width_in_blocks != (axes.exchanged ? from->height_in_blocks : from->width_in_blocks) ||
        to->height_in_blocks != (axes.exchanged ? from->width_in_blocks : from->height_in_blocks))
        return fail(why, "component %d has %ux%u blocks", i, to->width_in_blocks,
                    to->height_in_blocks);
    for (uint32_t by = 0; by < from->height_in_blocks; by++)
        for (uint32_t bx = 0; bx < from->width_in_blocks; bx++) {
            uint32_t x = bx, y = by;
            exn_test_naive_point(value, from->width_in_blocks, from->height_in_blocks, &x, &y);
            const int16_t *ours = from->blocks[(size_t)by * from->width_in_blocks + bx];
            const int16_t *theirs = to->blocks[(size_t)y * to->width_in_blocks + x];
            for (int k = 0; k < 64; k++)
                if (theirs[k] != turned_coefficient(ours, axes, k % 8, k / 8))
                    return fail(why, "component %d, block %u,%u, coefficient %d: %d, not %d", i, x,
                                y, k, theirs[k], turned_coefficient(ours, axes, k % 8, k / 8));
        }
    return true;
}

/* A sinc under the middle lobe of a wider one (Lanczos' window), for a place x samples away. */
static double kernel(double x, int taps)
{
    const double a = acos(-1) * x, b = 2 * a / taps;

    if (fabs(x) < 1e-12)
        return 1;
    return fabs(2 * x) >= taps ? 0 : sin(a) / a * sin(b) / b;
}

enum { MAX_TAPS = 64, REACH = MAX_TAPS / 2 + 1 };

/* Sample k of a line becomes what stands at k - shift; beyond its ends a line goes on as it ended.
 * weight[REACH + d] is for the sample d places further. */
static void shift_line(double *line, size_t step, uint32_t count, const double *weight,
                       double *work)
{
    for (uint32_t k = 0; k < count; k++) {
        work[k] = 0;
        for (int d = -REACH; d <= REACH; d++) {
            const int at = (int)k + d;
            const uint32_t inside = at < 0 ? 0 : at >= (int)count ? count - 1 : (uint32_t)at;
            if (weight[REACH + d] != 0)
                work[k] += weight[REACH + d] * line[inside * step];
        }
    }
    for (uint32_t k = 0; k < count; k++)
        line[k * step] = work[k];
}

static void make_weights(double shift, int taps, double weight[2 * REACH + 1])
{
    double sum = 0;

    for (int d = -REACH; d <= REACH; d++)
        sum += weight[REACH + d] = kernel(-shift - d, taps);
    for (int d = 0; d <= 2 * REACH; d++)
        weight[d] /= sum;
}

/* Samples are centred in the areas they cover, counted from the picture's left and top (T.81,
 * A.1.1; JFIF 1.02, p. 5). Read backwards the count begins at the other end, which may lie inside
 * the last sample: then the new grid lies before the mirrored one by as much as that sample reaches
 * over. */
static bool shift_plane(double *plane, const exn_test_component *c, double over_x, double over_y,
                        int taps)
{
    double *work = malloc((c->width > c->height ? c->width : c->height) * sizeof *work);
    double weight[2 * REACH + 1];

    if (!work)
        return false;
    make_weights(over_x, taps, weight);
    for (uint32_t y = 0; over_x > 0 && y < c->height; y++)
        shift_line(plane + (size_t)y * c->width, 1, c->width, weight, work);
    make_weights(over_y, taps, weight);
    for (uint32_t x = 0; over_y > 0 && x < c->width; x++)
        shift_line(plane + x, c->width, c->height, weight, work);
    free(work);
    return true;
}

/* How far the last sample of a backward axis reaches over the picture's edge. */
static double overhang(const exn_test_coefs *source, int i, uint32_t value, bool vertical)
{
    const exn_test_component *c = &source->component[i];
    const exn_test_axes axes = exn_test_axes_of(value);

    if (vertical ? !axes.y_backwards : !axes.x_backwards)
        return 0;
    const double over = (vertical ? c->height : c->width) - true_size(source, i, vertical);
    return over < 1e-9 ? 0 : over;
}

double *exn_test_ideal_plane(const exn_test_coefs *source, int i, uint32_t value, int taps)
{
    const exn_test_component *c = &source->component[i];
    const size_t count = (size_t)c->width * c->height;
    float *samples = exn_test_plane(c);
    double *stored = malloc(count * sizeof *stored), *turned = malloc(count * sizeof *turned);
    bool done = samples && stored && turned;

    for (size_t k = 0; done && k < count; k++)
        stored[k] = (double)samples[k];
    done = done && shift_plane(stored, c, overhang(source, i, value, false),
                               overhang(source, i, value, true), taps);
    if (done)
        exn_test_naive_rotate(value, stored, c->width, c->height, sizeof *stored, turned);
    else
        free(turned);
    free(stored);
    free(samples);
    return done ? turned : NULL;
}

static double distance_within(const exn_test_component *c, const float *samples,
                              const double *plane, uint32_t x0, uint32_t y0, uint32_t x1,
                              uint32_t y1)
{
    double sum = 0;

    for (uint32_t y = y0; y < y1; y++)
        for (uint32_t x = x0; x < x1; x++) {
            const double off =
                (double)samples[(size_t)y * c->width + x] - plane[(size_t)y * c->width + x];
            sum += off * off;
        }
    return sum / ((double)(x1 - x0) * (y1 - y0));
}

double exn_test_distance(const exn_test_component *component, const double *plane)
{
    float *samples = exn_test_plane(component);
    const double distance = samples ? distance_within(component, samples, plane, 0, 0,
                                                      component->width, component->height)
                                    : INFINITY;

    free(samples);
    return distance;
}

/* The nearest whole number; halfway between two it is theirs, if that is one of them. Pictures
 * whose last row or column is repeated to fill a block often have coefficients that fall there, and
 * float noise decides. */
static int16_t nearest(double value, int16_t theirs)
{
    return (int16_t)(fabs(fabs(value - theirs) - 0.5) < 1e-3 ? theirs : round(value));
}

/* One block forward, and rounded with the table. */
static void quantize_block(double basis[8][8], const double in[64], const uint16_t quant[64],
                           const int16_t theirs[64], int16_t out[64])
{
    double frequencies[64];

    exn_test_dct_forward(basis, in, frequencies);
    for (int k = 0; k < 64; k++)
        out[k] = nearest(frequencies[k] / quant[k], theirs[k]);
}

/* Samples of component i along an axis that move: only where that is read backwards, and its end
 * cuts a block, those of the picture alone. Else the padding goes along, as it does where nothing
 * is quantized. */
static uint32_t moved_samples(const exn_test_coefs *source, int i, uint32_t value, bool vertical)
{
    const exn_test_component *c = &source->component[i];
    const exn_test_axes axes = exn_test_axes_of(value);
    const uint32_t count = vertical ? c->height : c->width;
    const bool backwards = vertical ? axes.y_backwards : axes.x_backwards;

    if (backwards && (count % 8 != 0 || overhang(source, i, value, vertical) > 0))
        return count;
    return 8 * (vertical ? c->height_in_blocks : c->width_in_blocks);
}

/* A component like product's, whose blocks are source's component i turned and quantized with
 * product's table. */
static bool quantize_turned(const exn_test_coefs *source, int i, uint32_t value, int taps,
                            const exn_test_component *product, exn_test_component *made)
{
    exn_test_coefs padded = *source;
    exn_test_component *p = &padded.component[i];
    double basis[8][8], block[64];

    p->width = moved_samples(source, i, value, false);
    p->height = moved_samples(source, i, value, true);
    const bool exchanged = exn_test_axes_of(value).exchanged;
    const uint32_t width = exchanged ? p->height : p->width,
                   height = exchanged ? p->width : p->height;
    double *plane = exn_test_ideal_plane(&padded, i, value, taps);

    exn_test_dct_basis(basis);
    *made = *product;
    made->blocks =
        calloc((size_t)made->width_in_blocks * made->height_in_blocks, sizeof *made->blocks);
    for (uint32_t by = 0; plane && made->blocks && by < made->height_in_blocks; by++)
        for (uint32_t bx = 0; bx < made->width_in_blocks; bx++) {
            const size_t at = (size_t)by * made->width_in_blocks + bx;
            exn_test_dct_cut(plane, width, height, bx, by, block);
            quantize_block(basis, block, made->quant, product->blocks[at], made->blocks[at]);
        }
    const bool done = plane && made->blocks;
    free(plane);
    return done;
}

/* All five areas that are judged: the whole, and the outermost rows and columns. */
static void area(int number, const exn_test_component *c, uint32_t box[4])
{
    const uint32_t boxes[5][4] = {{0, 0, c->width, c->height},
                                  {0, 0, c->width, 1},
                                  {0, c->height - 1, c->width, c->height},
                                  {0, 0, 1, c->height},
                                  {c->width - 1, 0, c->width, c->height}};
    memcpy(box, boxes[number], sizeof boxes[number]);
}

/* Whether each area of the product is as near to the ideal plane as rounding allows, give or take
 * 0.1 dB. */
static bool areas_are_close(const exn_test_component *c, const double *ideal, const float *best,
                            const float *found, int i, char why[EXN_TEST_WHY])
{
    static const char *const names[] = {"", " top row", " bottom row", " left column",
                                        " right column"};

    for (int number = 0; number < 5; number++) {
        uint32_t b[4];
        area(number, c, b);
        const double allowed = distance_within(c, best, ideal, b[0], b[1], b[2], b[3]),
                     off = distance_within(c, found, ideal, b[0], b[1], b[2], b[3]);
        if (off > allowed * pow(10, 0.01) + 1e-3)
            return fail(why, "component %d%s: squared error %.3f, best %.3f", i, names[number], off,
                        allowed);
    }
    return true;
}

static bool is_close(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                     uint32_t value, int taps, char why[EXN_TEST_WHY])
{
    const exn_test_component *c = &product->component[i];
    exn_test_component made = {0};
    double *ideal = exn_test_ideal_plane(source, i, value, taps);
    float *found = exn_test_plane(c), *best = NULL;

    if (ideal && found && quantize_turned(source, i, value, taps, c, &made))
        best = exn_test_plane(&made);
    const bool close =
        best ? areas_are_close(c, ideal, best, found, i, why) : fail(why, "out of memory");
    free(made.blocks);
    free(best);
    free(found);
    free(ideal);
    return close;
}

bool exn_test_component_is_close(const exn_test_coefs *source, const exn_test_coefs *product, int i,
                                 uint32_t value, char why[EXN_TEST_WHY])
{
    /* Which filter shifts best is a matter of taste, once it is wide enough. */
    static const int widths[] = {8, 6, 10, 12, 16};

    for (size_t n = 0; n < sizeof widths / sizeof *widths; n++) {
        if (is_close(source, product, i, value, widths[n], why))
            return true;
        if (overhang(source, i, value, false) == 0 && overhang(source, i, value, true) == 0)
            return false; /* nothing was shifted: one width is all */
    }
    return false;
}

/* An MCU of more than ten blocks cannot be interleaved (T.81, B.2.3), which jpegtran would try, and
 * a sequential picture of several scans is to stay one: scans of one component. */
static bool write_script(exn_span jpeg, const exn_test_coefs *coefs, char name[])
{
    exn_test_segment scan;
    int blocks = 0;

    for (int i = 0; i < coefs->components; i++)
        blocks += coefs->component[i].h * coefs->component[i].v;
    const bool several = !coefs->progressive && exn_test_jpeg_find(jpeg, 0xDA, 1, &scan);
    if (coefs->components == 1 || (blocks <= 10 && !several)) {
        name[0] = 0;
        return true;
    }
    const int descriptor = mkstemp(name);
    if (descriptor < 0)
        return false;
    bool done = true;
    for (int i = 0; i < coefs->components; i++)
        done = dprintf(descriptor, "%d;\n", i) > 0 && done;
    return close(descriptor) == 0 && done;
}

bool exn_test_jpegtran(exn_span jpeg, uint32_t value, const char *more, exn_buffer *out,
                       char why[EXN_TEST_WHY])
{
    static const char *const turns[9][2] = {
        [2] = {"-flip", "horizontal"}, [3] = {"-rotate", "180"}, [4] = {"-flip", "vertical"},
        [5] = {"-transpose", NULL},    [6] = {"-rotate", "90"},  [7] = {"-transverse", NULL},
        [8] = {"-rotate", "270"}};
    const char *argv[12] = {"jpegtran", "-perfect", "-copy", "none"};
    char script[] = "/tmp/exifnorm-scans-XXXXXX";
    exn_test_proc proc = {0};
    exn_test_coefs coefs;
    int n = 4;

    if (!exn_test_jpeg_read(jpeg, &coefs, why))
        return false;
    if (!write_script(jpeg, &coefs, script)) {
        exn_test_coefs_free(&coefs);
        return fail(why, "cannot write a scan script");
    }
    exn_test_coefs_free(&coefs);
    for (int k = 0; k < 2 && turns[value][k]; k++)
        argv[n++] = turns[value][k];
    if (more)
        argv[n++] = more;
    if (script[0]) {
        argv[n++] = "-scans";
        argv[n++] = script;
    }
    bool done = exn_test_run(argv, jpeg, &proc);
    if (!done)
        fail(why, "jpegtran: status %d: %.*s", proc.status, (int)proc.err.size,
             proc.err.size ? (const char *)proc.err.data : "");
    done = done && !exn_buffer_append(out, proc.out.data, proc.out.size);
    exn_test_proc_free(&proc);
    if (script[0])
        unlink(script);
    return done;
}

bool exn_test_tag(exn_span jpeg, uint32_t value, exn_buffer *out)
{
    const exn_test_exif exif = {.orientation = (uint16_t)value};
    exn_buffer tiff = {0};
    const bool done = exn_test_exif_make(&exif, &tiff) &&
                      exn_test_jpeg_insert_exif(jpeg, (exn_span){tiff.data, tiff.size}, out);

    exn_buffer_free(&tiff);
    return done;
}
