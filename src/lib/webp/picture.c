/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

enum { Y, CB, CR, A, PLANES };

/* If a side is odd, its last pixel has a chroma sample of its own (RFC 6386, 2). */
static uint32_t half(uint32_t side)
{
    return side / 2 + side % 2;
}

/* The size of a plane in samples. */
static void plane_size(const exn_webp_picture *picture, int plane, uint32_t *width,
                       uint32_t *height)
{
    const bool chroma = plane == CB || plane == CR;
    *width = chroma ? half(picture->width) : picture->width;
    *height = chroma ? half(picture->height) : picture->height;
}

/* Alpha is a plane of the picture's size, or missing. */
static size_t plane_bytes(const exn_webp_picture *picture, int plane)
{
    uint32_t width, height;
    plane_size(picture, plane, &width, &height);
    return plane == A && !picture->alpha ? 0 : (size_t)width * height;
}

static size_t samples_size(const exn_webp_picture *picture)
{
    size_t size = 0;
    if (picture->lossless)
        return (size_t)picture->width * picture->height * sizeof *picture->pixels;
    for (int i = 0; i < PLANES; i++)
        size += plane_bytes(picture, i);
    return size;
}

/* libwebp holds a second copy of a lossless picture while it reads it; of a lossy one, a few rows.
 */
uint64_t exn_webp_picture_memory_to_read(const exn_webp_picture *picture)
{
    const uint64_t size = samples_size(picture), head = 1 << 20;
    return head + size +
           (picture->lossless || picture->alpha ? size : (uint64_t)256 * picture->width);
}

/* The rotated picture, and the memory of libwebp 1.2.4's coders for noise, which takes most. */
uint64_t exn_webp_picture_memory_to_write(const exn_webp_picture *picture)
{
    enum { LOSSLESS = 40, LOSSY = 28, LOSSY_ALPHA = 44, HEAD = 8 << 20 };
    const uint64_t pixels = (uint64_t)picture->width * picture->height;
    return HEAD + samples_size(picture) +
           pixels * (picture->lossless ? LOSSLESS
                     : picture->alpha  ? LOSSY_ALPHA
                                       : LOSSY);
}

/* All planes are one block, so there is only one failure and one thing to free. */
static bool allocate(exn_webp_picture *picture)
{
    uint8_t *at = malloc(samples_size(picture));
    picture->memory = at;
    picture->pixels = picture->lossless ? (uint32_t *)(void *)at : NULL;
    for (int i = 0; at && !picture->lossless && i < PLANES; i++) {
        const size_t size = plane_bytes(picture, i);
        picture->planes[i] = size ? at : NULL;
        at += size;
    }
    return picture->memory != NULL;
}

void exn_webp_picture_free(exn_webp_picture *picture)
{
    free(picture->memory);
    *picture = (exn_webp_picture){0};
}

/* Animations are not accepted here: their frames come one by one, like still pictures. */
exn_status exn_webp_picture_head(exn_span data, exn_webp_picture *picture, exn_error *error)
{
    enum { LOSSLESS = 2 }; /* WebPBitstreamFeatures.format */
    WebPBitstreamFeatures found;
    *picture = (exn_webp_picture){0};
    if (WebPGetFeatures(data.data, data.size, &found) != VP8_STATUS_OK || found.has_animation)
        return exn_status_fail(error, EXN_CORRUPT, "a picture's headers");
    picture->lossless = found.format == LOSSLESS;
    picture->alpha = found.has_alpha;
    picture->width = (uint32_t)found.width;
    picture->height = (uint32_t)found.height;
    return EXN_OK;
}

/* The decoder writes directly into the picture. WEBP_PIXELS: 0xAARRGGBB in this machine's byte
 * order. So the decoder needs no copy of its own: a picture may have hundreds of megabytes. */
static void point_at(WebPDecBuffer *output, const exn_webp_picture *picture)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    enum { WEBP_PIXELS = MODE_ARGB };
#else
    enum { WEBP_PIXELS = MODE_BGRA };
#endif
    output->is_external_memory = 1;
    if (picture->lossless) {
        output->colorspace = (WEBP_CSP_MODE)WEBP_PIXELS;
        output->u.RGBA.rgba = (uint8_t *)picture->pixels;
        output->u.RGBA.stride = (int)(picture->width * sizeof *picture->pixels);
        output->u.RGBA.size = samples_size(picture);
        return;
    }
    WebPYUVABuffer *to = &output->u.YUVA;
    output->colorspace = picture->alpha ? MODE_YUVA : MODE_YUV;
    to->y = picture->planes[Y];
    to->u = picture->planes[CB];
    to->v = picture->planes[CR];
    to->a = picture->planes[A];
    to->y_stride = (int)picture->width;
    to->u_stride = to->v_stride = (int)half(picture->width);
    to->a_stride = picture->alpha ? (int)picture->width : 0;
    to->y_size = plane_bytes(picture, Y);
    to->u_size = to->v_size = plane_bytes(picture, CB);
    to->a_size = plane_bytes(picture, A);
}

/* Piece by piece, to check for cancellation in between. The decoder takes the whole data each time
 * and continues where it stopped. */
static exn_status decode(exn_span data, WebPDecoderConfig *config, const exn_cancel *cancel,
                         exn_error *error)
{
    VP8StatusCode code = VP8_STATUS_SUSPENDED;
    exn_status status = EXN_OK;
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, config);
    if (!decoder)
        return exn_status_fail(error, EXN_MEMORY, "WebP decoder");
    for (size_t at = 0; status == EXN_OK && code == VP8_STATUS_SUSPENDED && at < data.size;) {
        at = data.size - at > EXN_CANCEL_STEP ? at + EXN_CANCEL_STEP : data.size;
        status = exn_cancel_check(cancel, error);
        if (status == EXN_OK)
            code = WebPIUpdate(decoder, data.data, at);
    }
    WebPIDelete(decoder);
    if (status != EXN_OK || code == VP8_STATUS_OK)
        return status;
    /* Still suspended after all of the data: something is missing, and part of a picture is not
     * accepted. */
    if (code == VP8_STATUS_OUT_OF_MEMORY)
        return exn_status_fail(error, EXN_MEMORY, "WebP decoder");
    return exn_status_fail(error, EXN_CORRUPT, "its picture's data is damaged or cut off");
}

exn_status exn_webp_picture_read(exn_span data, const exn_cancel *cancel, exn_webp_picture *picture,
                                 exn_error *error)
{
    WebPDecoderConfig config;
    exn_status status = exn_webp_picture_head(data, picture, error);
    if (status != EXN_OK)
        return status;
    if (!allocate(picture) || !WebPInitDecoderConfig(&config))
        return exn_status_fail(error, EXN_MEMORY, "picture");
    point_at(&config.output, picture);
    return decode(data, &config, cancel, error);
}

/* The filter's negative taps overshoot at edges. */
static uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > UINT8_MAX ? UINT8_MAX : value);
}

/* Moves a line of samples, which are step apart, by half a sample: each becomes the value between
 * it and the next. Six taps; the last sample is repeated beyond the end. line has room for count +
 * 5. The taps are 1, -5, 20, 20, -5, 1 over 32: a half-sample filter that is sharper than the mean
 * of two. Rounded only once, at the end. */
static void move_half(uint8_t *samples, size_t count, size_t step, uint8_t *line)
{
    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        line[i + 2] = samples[i * step];
    line[0] = line[1] = line[2];
    memset(line + count + 2, line[count + 1], 3);
    for (size_t i = 0; i < count; i++) {
        const uint8_t *p = line + i;
        samples[i * step] = clamp((p[0] + p[5] - 5 * (p[1] + p[4]) + 20 * (p[2] + p[3]) + 16) >> 5);
    }
}

/* A chroma sample covers two of luma (RFC 6386, 2), but the last one of an odd side covers one and
 * nothing. When reversed, the nothing comes first. across: along rows. */
static bool move_chroma(const exn_webp_picture *picture, bool across)
{
    const size_t width = half(picture->width), height = half(picture->height);
    const size_t count = across ? width : height, lines = across ? height : width;
    uint8_t *line = malloc(count + 5);
    for (size_t i = 0; line && i < lines; i++)
        for (int plane = CB; plane <= CR; plane++)
            move_half(picture->planes[plane] + i * (across ? width : 1), count, across ? 1 : width,
                      line);
    free(line);
    return line != NULL;
}

/* Planes move sample by sample, like pixels; only chroma along an odd side that is reversed is off
 * by half a sample. */
exn_status exn_webp_picture_turn(exn_webp_picture *picture, exn_orientation o, exn_error *error)
{
    exn_webp_picture turned = *picture;
    exn_orientation_size(o, &turned.width, &turned.height);
    if (!allocate(&turned))
        return exn_status_fail(error, EXN_MEMORY, "picture");
    if (picture->lossless)
        exn_orientation_move(o, picture->width, picture->height, sizeof *picture->pixels,
                             (const uint8_t *)picture->pixels,
                             picture->width * sizeof *picture->pixels, (uint8_t *)turned.pixels,
                             turned.width * sizeof *turned.pixels);
    for (int i = 0; i < PLANES && !picture->lossless; i++) {
        uint32_t width, height, row, rows;
        plane_size(picture, i, &width, &height);
        plane_size(&turned, i, &row, &rows);
        if (turned.planes[i])
            exn_orientation_move(o, width, height, 1, picture->planes[i], width, turned.planes[i],
                                 row);
    }
    bool moved = true;
    if (!picture->lossless && o.flip_x && picture->width % 2)
        moved = move_chroma(&turned, !o.transpose);
    if (!picture->lossless && o.flip_y && picture->height % 2)
        moved = moved && move_chroma(&turned, o.transpose);
    exn_webp_picture_free(picture);
    *picture = turned;
    return moved ? EXN_OK : exn_status_fail(error, EXN_MEMORY, "picture");
}

/* A recoded picture differs by less than this. The limit of 20 dB is loose, as it is there to find
 * a wrong rotation, another frame or damage, all of which are far worse, and not a loss of quality.
 */
static bool is_near(const uint8_t *a, const uint8_t *b, size_t count)
{
    enum { PEAK = UINT8_MAX * UINT8_MAX, TIMES = 100 }; /* 10 * log10(100) = 20 */
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (uint64_t)((a[i] - b[i]) * (a[i] - b[i]));
    return sum <= (uint64_t)count * PEAK / TIMES;
}

/* Lossless pictures are compared completely, even where they are transparent: invisible pixels have
 * to be kept, too. */
bool exn_webp_picture_is_like(const exn_webp_picture *a, const exn_webp_picture *b)
{
    if (a->lossless != b->lossless || a->width != b->width || a->height != b->height)
        return false;
    if (a->lossless)
        return memcmp(a->pixels, b->pixels, samples_size(a)) == 0;
    for (int i = Y; i <= CR; i++)
        if (!is_near(a->planes[i], b->planes[i], plane_bytes(a, i)))
            return false;
    /* Alpha that is opaque everywhere need not be coded. */
    const exn_webp_picture *with = a->alpha ? a : b, *other = a->alpha ? b : a;
    for (size_t i = 0; with->alpha && i < plane_bytes(with, A); i++)
        if (with->planes[A][i] != (other->alpha ? other->planes[A][i] : UINT8_MAX))
            return false;
    return true;
}
