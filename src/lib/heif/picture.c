/* SPDX-License-Identifier: MIT */
/* libheif decodes; everything about where the picture lies is read here. Three frames of
 * coordinates meet:
 *
 *   (0, 0)  of the planes: width x height of ispe
 *     +-------------------------------+
 *     |   (left, top)                 |
 *     |       +-----------------+     |    what clap leaves: exn_heif_picture_pixel() counts
 *     |       |                 |     |    from its corner, exn_heif_picture_sample() from
 *     |       +-----------------+     |    that of its plane, in the plane's own samples
 *     +-------------------------------+
 *
 * The caller handles the output's frame, after irot and imir. */
#include "picture.h"

#include <stdlib.h>
#include <string.h>

enum {
    UNSAID = 2, /* ISO 23091-2: primaries, transfer, matrix */
    NO_MATRIX = 0,
    MATRIX_709 = 1,
    MATRIX_601_625 = 5,
    MATRIX_601 = 6,
    MATRIX_2020 = 9,
    COLR = EXN_HEIF_TYPE('c', 'o', 'l', 'r'),
    /* ISO 14496-12, 12.1.5: colr of the type nclx. The top bit of its last byte is the range. */
    NCLX_PRIMARIES = 4,
    NCLX_TRANSFER = 6,
    NCLX_MATRIX = 8,
    NCLX_RANGE = 10,
    NCLX_SIZE = 11,
    NCLX_FULL = 0x80,
};

/* The frames of the decoder and of libheif, and a grid besides its tiles: three times all planes,
 * of which a pixel has at most four, with two bytes each; and a copy of the file (read_file()).
 * Capped at more than any machine has, so that callers' sums do not overflow. */
uint64_t exn_heif_picture_memory(const exn_heif *heif)
{
    enum { COPIES = 3, PLANES = 4, BYTES = 2 };
    const uint64_t pixels = (uint64_t)heif->shown.width * heif->shown.height, most = UINT64_MAX / 4;
    return pixels > most / (COPIES * PLANES * BYTES)
               ? most
               : pixels * COPIES * PLANES * BYTES + heif->file_size;
}

/* ISO 23091-2, table 4: the weights of red and blue in Y. */
static bool weights_of(uint32_t matrix, double *red, double *blue)
{
    const bool is_601 = matrix == MATRIX_601 || matrix == MATRIX_601_625 || matrix == UNSAID;
    *red = is_601 ? 0.299 : matrix == MATRIX_709 ? 0.2126 : 0.2627;
    *blue = is_601 ? 0.114 : matrix == MATRIX_709 ? 0.0722 : 0.0593;
    return is_601 || matrix == MATRIX_709 || matrix == MATRIX_2020;
}

/* Full range and its matrix are not taken from here: what counts is what the decoder has made of
 * them. For a grid the tiles count. */
static void take_colors(const exn_heif *heif, exn_span colr, bool is_grid,
                        exn_heif_picture *picture)
{
    double red, blue;
    if (colr.size < NCLX_SIZE || !exn_span_starts(colr, "nclx", 4))
        return;
    picture->primaries = exn_get16be(colr.data + NCLX_PRIMARIES);
    picture->transfer = exn_get16be(colr.data + NCLX_TRANSFER);
    picture->matrix = exn_get16be(colr.data + NCLX_MATRIX);
    const bool limited = !is_grid && !(colr.data[NCLX_RANGE] & NCLX_FULL) &&
                         (picture->matrix == NO_MATRIX || weights_of(picture->matrix, &red, &blue));
    picture->nclx_at = limited ? exn_heif_items_place(heif, colr) : 0;
}

/* ISO 14496-15, 8.3.3.1: chroma_format_idc in hvcC. AV1's binding to ISOBMFF, 2.3.3: bits in av1C
 * that say whether there is only luma, and whether columns and rows are halved.
 *
 * chroma_format_idc has the same numbers as libheif's chroma: 0 is luma alone, 1 is 4:2:0, 2 is
 * 4:2:2, 3 is 4:4:4. */
static void take_chroma(const exn_heif_box *box, exn_heif_picture *picture)
{
    enum { HVCC_AT = 16, AV1C_AT = 2 };
    const exn_span data = box->data;
    if (box->type == EXN_HEIF_TYPE('h', 'v', 'c', 'C') && data.size > HVCC_AT) {
        const uint8_t format = data.data[HVCC_AT] & 3;
        picture->shift_x = format == EXN_LIBHEIF_420 || format == EXN_LIBHEIF_422;
        picture->shift_y = format == EXN_LIBHEIF_420;
        picture->model = format == 0 ? EXN_HEIF_GRAY : picture->model;
    } else if (box->type == EXN_HEIF_TYPE('a', 'v', '1', 'C') && data.size > AV1C_AT) {
        const uint8_t bits = data.data[AV1C_AT];
        picture->model = bits >> 4 & 1 ? EXN_HEIF_GRAY : picture->model;
        picture->shift_x = bits >> 3 & 1;
        picture->shift_y = bits >> 2 & 1;
    }
}

/* A grid's tiles are all coded alike (ISO 23008-12, 6.6.2.3.1): the first existing input says how.
 * Sizes are those of the stored picture: clap cuts it, but irot and imir do not matter here. */
void exn_heif_picture_look(const exn_heif *heif, exn_heif_picture *picture)
{
    const exn_heif_shown *shown = &heif->shown;
    const exn_heif_item *primary = exn_heif_items_find(heif, heif->primary);
    exn_heif_walk walk = {.rest = heif->properties.iprp};
    exn_heif_association a;
    *picture = (exn_heif_picture){.left = shown->left, .top = shown->top, .full_range = true};
    picture->model = EXN_HEIF_YCBCR;
    picture->width = shown->clap_width ? shown->clap_width : shown->width;
    picture->height = shown->clap_width ? shown->clap_height : shown->height;
    picture->primaries = picture->transfer = UNSAID;
    while (exn_heif_properties_next(&heif->properties, &walk, &a)) {
        if (a.property && a.property->type == COLR && a.item == heif->primary)
            take_colors(heif, a.property->data, !primary || primary->input, picture);
        if (a.property && primary && a.item == (primary->input ? primary->input : primary->id))
            take_chroma(a.property, picture);
    }
}

/* Memory and rows were computed from the header's size, so a smaller plane would be read beyond its
 * end. Of a larger one only a corner would be seen; a decoder returns such planes if it takes
 * another layer of a picture than its header describes. */
static exn_status take_plane(const exn_heif_picture *p, int channel, uint32_t width,
                             uint32_t height, exn_heif_plane *plane, exn_error *error)
{
    enum { MOST_BITS = 16 };
    int stride = 0;
    plane->data = p->lib.image_get_plane_readonly(p->image, channel, &stride);
    plane->stride = (size_t)stride;
    const int bits = p->lib.image_get_bits_per_pixel_range(p->image, channel);
    plane->bits = (uint32_t)bits;
    if (!plane->data || stride <= 0 || bits < 8 || bits > MOST_BITS)
        return exn_status_fail(error, EXN_UNSUPPORTED, "libheif decodes it to other planes");
    const int has_width = p->lib.image_get_width(p->image, channel),
              has_height = p->lib.image_get_height(p->image, channel);
    if (has_width != (int)width || has_height != (int)height)
        return exn_status_fail(error, EXN_CORRUPT, "decoded to %dx%d, but its header says %ux%u",
                               has_width, has_height, width, height);
    return EXN_OK;
}

/* libheif's channel numbers are consecutive: Cb and Cr follow Y, G and B follow R. If a side is
 * odd, chroma has a sample for the last column or row alone. */
static exn_status take_planes(const exn_heif *heif, exn_heif_picture *p, exn_error *error)
{
    const uint32_t width = heif->shown.width, height = heif->shown.height;
    const bool halves = p->model == EXN_HEIF_YCBCR;
    const uint32_t shift_x = halves ? p->shift_x : 0, shift_y = halves ? p->shift_y : 0;
    const int first =
        p->model == EXN_HEIF_YCBCR || p->model == EXN_HEIF_GRAY ? EXN_LIBHEIF_Y : EXN_LIBHEIF_R;
    exn_status status = take_plane(p, first, width, height, &p->planes[0], error);
    for (int i = 1; i < 3 && p->model != EXN_HEIF_GRAY && status == EXN_OK; i++)
        status = take_plane(p, first + i, (width + shift_x) >> shift_x,
                            (height + shift_y) >> shift_y, &p->planes[i], error);
    if (status == EXN_OK && p->lib.image_has_channel(p->image, EXN_LIBHEIF_ALPHA))
        status = take_plane(p, EXN_LIBHEIF_ALPHA, width, height, &p->alpha, error);
    return status;
}

/* An nclx profile has no bytes. A profile that would be larger than its file, or that libheif does
 * not return, is treated as missing. */
static exn_status take_icc(exn_heif_picture *p, const void *handle, uint64_t most, exn_error *error)
{
    const size_t size = p->lib.image_handle_get_raw_color_profile_size(handle);
    if (size == 0 || size > most)
        return EXN_OK;
    if (exn_buffer_reserve(&p->icc, size) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "ICC profile");
    if (p->lib.image_handle_get_raw_color_profile(handle, p->icc.data).code == 0)
        p->icc.size = size;
    return EXN_OK;
}

/* May be called twice: for planes as they are coded and then, if those do not suit a JPEG, for RGB.
 * The first picture is freed then. */
static exn_status decode(exn_heif_picture *p, const void *handle, int space, int chroma,
                         exn_error *error)
{
    exn_libheif_options *options = p->lib.decoding_options_alloc();
    if (!options)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    /* irot, imir and clap are applied by us, once, to whole numbers of samples. */
    options->ignore_transformations = 1;
    if (p->image)
        p->lib.image_release(p->image);
    p->image = NULL;
    const exn_libheif_error why = p->lib.decode_image(handle, &p->image, space, chroma, options);
    p->lib.decoding_options_free(options);
    return why.code == 0 && p->image ? EXN_OK : exn_heif_library_failed(why, error);
}

/* Whether the planes suit a JPEG. libheif 1.15 and older convert unsuitable ones without saying so;
 * later ones say what they are. 5 and 6 are the same matrix under two numbers (ISO 23091-2, 8.3),
 * JFIF's; 2, unspecified, is taken for it. */
static bool is_jfif(const exn_heif_picture *p)
{
    exn_libheif_nclx *nclx = NULL;
    if (p->lib.image_get_nclx_color_profile(p->image, &nclx).code != 0 || !nclx)
        return true;
    const bool jfif =
        nclx->full_range &&
        (nclx->matrix == MATRIX_601 || nclx->matrix == MATRIX_601_625 || nclx->matrix == UNSAID);
    p->lib.nclx_color_profile_free(nclx);
    return jfif;
}

/* Only for gray planes: RGB always has full range. */
static bool has_full_range(const exn_heif_picture *p)
{
    exn_libheif_nclx *nclx = NULL;
    if (p->lib.image_get_nclx_color_profile(p->image, &nclx).code != 0 || !nclx)
        return true;
    const bool full = nclx->full_range;
    p->lib.nclx_color_profile_free(nclx);
    return full;
}

/* Gray is taken as coded, as there is nothing to convert. If a header wrongly says gray, the
 * picture has colors, which are decoded to RGB. */
static exn_status decode_planes(exn_heif_picture *p, const void *handle, bool ycbcr,
                                exn_error *error)
{
    const int chroma = p->shift_y   ? EXN_LIBHEIF_420
                       : p->shift_x ? EXN_LIBHEIF_422
                                    : EXN_LIBHEIF_444;
    const bool gray = p->model == EXN_HEIF_GRAY;
    exn_status status = EXN_OK;
    if (!gray && p->nclx_at) {
        p->model = p->matrix == NO_MATRIX ? EXN_HEIF_RGB : EXN_HEIF_LIMITED;
        p->full_range = false;
        return decode(p, handle, EXN_LIBHEIF_RGB, EXN_LIBHEIF_444, error);
    }
    if (gray)
        status = decode(p, handle, EXN_LIBHEIF_UNDEFINED, EXN_LIBHEIF_UNDEFINED, error);
    else if (ycbcr)
        status = decode(p, handle, EXN_LIBHEIF_YCBCR, chroma, error);
    if (status != EXN_OK)
        return status;
    if (gray && p->lib.image_get_colorspace(p->image) == EXN_LIBHEIF_MONOCHROME) {
        p->full_range = has_full_range(p);
        return EXN_OK;
    }
    if (!gray && ycbcr && is_jfif(p))
        return EXN_OK;
    p->model = EXN_HEIF_RGB;
    return decode(p, handle, EXN_LIBHEIF_RGB, EXN_LIBHEIF_444, error);
}

/* Colors in a PNG are not premultiplied (PNG 3rd edition, 6.2). Dividing them by alpha would be
 * inaccurate where it is small, and impossible where it is 0. */
static exn_status open_handle(const exn_heif *heif, const void *handle, bool ycbcr,
                              exn_heif_picture *p, exn_error *error)
{
    if (p->lib.image_handle_is_premultiplied_alpha(handle))
        return exn_status_fail(error, EXN_UNSUPPORTED, "its colors are multiplied by its alpha");
    exn_status status = decode_planes(p, handle, ycbcr, error);
    if (status == EXN_OK)
        status = take_icc(p, handle, heif->file_size, error);
    return status == EXN_OK ? take_planes(heif, p, error) : status;
}

/* Alpha repeats its picture's irot, imir and clap, as MIAF requires. libheif 1.15 applies those to
 * alpha even if transformations are left to the caller, and omits alpha whose resulting size
 * differs from the picture's. So both are decoded without any, and the picture's are applied to
 * both afterwards. A number of 0 refers to no property (ISO 23008-12, 9.3.3). */
static exn_status unframe(const exn_heif *heif, exn_span file, exn_buffer *copy)
{
    exn_heif_walk walk = {.rest = heif->properties.iprp};
    exn_heif_association a;
    bool has_auxiliary = false;
    for (size_t i = 0; i < heif->count; i++)
        has_auxiliary = has_auxiliary || heif->items[i].is_auxiliary;
    while (has_auxiliary && exn_heif_properties_next(&heif->properties, &walk, &a)) {
        const uint32_t type = a.property ? a.property->type : 0;
        const bool frames = type == EXN_HEIF_IROT || type == EXN_HEIF_IMIR || type == EXN_HEIF_CLAP;
        const exn_heif_item *item = frames ? exn_heif_items_find(heif, a.item) : NULL;
        if (!item || (!item->is_auxiliary && item->id != heif->primary))
            continue;
        if (copy->size == 0 && exn_buffer_append(copy, file.data, file.size) != EXN_OK)
            return EXN_MEMORY;
        memset(copy->data + exn_heif_items_place(heif, a.at), 0, a.at.size);
    }
    return EXN_OK;
}

/* If a picture is coded in a way that libheif does not know, it says that there is none, which
 * sounds like damage. */
static exn_status no_picture(const exn_heif *heif, exn_libheif_error why, exn_error *error)
{
    static const uint32_t known[] = {
        EXN_HEIF_TYPE('h', 'v', 'c', '1'), EXN_HEIF_TYPE('a', 'v', '0', '1'),
        EXN_HEIF_TYPE('g', 'r', 'i', 'd'), EXN_HEIF_TYPE('i', 'o', 'v', 'l'), EXN_HEIF_IDEN};
    const exn_heif_item *primary = exn_heif_items_find(heif, heif->primary);
    bool is_known = !primary;
    for (size_t i = 0; !is_known && i < sizeof known / sizeof *known; i++)
        is_known = primary->type == known[i];
    if (is_known)
        return exn_heif_library_failed(why, error);
    char name[5] = "";
    for (int i = 0; i < 4; i++) {
        const char letter = (char)(primary->type >> (24 - 8 * i) & 0xFF);
        name[i] = letter;
        if (letter < ' ' || letter > '~')
            name[i] = '?';
    }
    return exn_status_fail(error, EXN_UNSUPPORTED,
                           "coded as '%s', which the installed libheif1 does not decode", name);
}

/* With limited range, libheif's RGB is up to a level too bright (it treats 219 and 224 steps as
 * parts of 256), and before 1.19 it offers nothing else. If it is told that there is full range and
 * no matrix, it returns Cr, Y and Cb unchanged in place of R, G and B. */
static exn_status unsay_range(const exn_heif_picture *p, exn_span file, exn_buffer *copy)
{
    if (!p->nclx_at || p->model == EXN_HEIF_GRAY)
        return EXN_OK;
    if (copy->size == 0 && exn_buffer_append(copy, file.data, file.size) != EXN_OK)
        return EXN_MEMORY;
    memset(copy->data + p->nclx_at + NCLX_MATRIX, NO_MATRIX, NCLX_RANGE - NCLX_MATRIX);
    copy->data[p->nclx_at + NCLX_RANGE] |= NCLX_FULL;
    return EXN_OK;
}

/* libheif gets a copy of the file if the file would make it do the wrong thing. */
static exn_status read_file(const exn_heif *heif, const exn_heif_picture *p, void *context,
                            exn_span file, exn_buffer *copy, exn_error *error)
{
    if (unframe(heif, file, copy) != EXN_OK || unsay_range(p, file, copy) != EXN_OK)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    if (copy->size > 0)
        file = exn_buffer_span(copy);
    const exn_libheif_error why =
        p->lib.context_read_from_memory_without_copy(context, file.data, file.size, NULL);
    return why.code == 0 ? EXN_OK : no_picture(heif, why, error);
}

/* The context borrows the file's bytes, and both handle and context are freed at the end, since the
 * decoded picture needs neither. libheif is asked not to use threads, because the caller decides
 * how many pictures to process at once; its decoders may start some all the same. */
exn_status exn_heif_picture_open(const exn_heif *heif, exn_span file, bool ycbcr,
                                 const exn_cancel *cancel, exn_heif_picture *picture,
                                 exn_error *error)
{
    void *context = NULL, *handle = NULL;
    exn_buffer copy = {0};
    exn_status status = exn_cancel_check(cancel, error);
    if (status == EXN_OK)
        status = exn_heif_library_open(&picture->lib, error);
    if (status != EXN_OK)
        return status;
    context = picture->lib.context_alloc();
    if (!context)
        return exn_status_fail(error, EXN_MEMORY, "decoder");
    picture->lib.context_set_max_decoding_threads(context, 0);
    status = read_file(heif, picture, context, file, &copy, error);
    if (status == EXN_OK) {
        const exn_libheif_error why =
            picture->lib.context_get_primary_image_handle(context, &handle);
        status = why.code == 0 ? open_handle(heif, handle, ycbcr, picture, error)
                               : no_picture(heif, why, error);
    }
    if (handle)
        picture->lib.image_handle_release(handle);
    picture->lib.context_free(context);
    exn_buffer_free(&copy);
    return status == EXN_OK ? exn_cancel_check(cancel, error) : status;
}

void exn_heif_picture_close(exn_heif_picture *picture)
{
    if (picture->image)
        picture->lib.image_release(picture->image);
    exn_buffer_free(&picture->icc);
    exn_heif_library_close(&picture->lib);
    *picture = (exn_heif_picture){0};
}

static uint32_t stored(const exn_heif_plane *plane, uint32_t x, uint32_t y)
{
    const uint8_t *row = plane->data + plane->stride * y;
    uint16_t two = row[x];
    if (plane->bits > 8)
        memcpy(&two, row + 2 * (size_t)x, sizeof two);
    return two;
}

/* With limited range, 16 to 235 are black to white, times 2^(bits - 8) (ISO 23091-2, 8.3). Values
 * outside of that are for overshoot and are clamped to black or white. Rounded to nearest; with 16
 * bits, twice the product exceeds 32 bits, so it is computed in 64. */
uint32_t exn_heif_picture_sample(const exn_heif_picture *picture, const exn_heif_plane *plane,
                                 uint32_t x, uint32_t y, uint32_t most)
{
    enum { BLACK = 16, RANGE = 219 };
    const bool limited = !picture->full_range && plane != &picture->alpha;
    const uint64_t step = UINT64_C(1) << (plane->bits - 8),
                   whole = limited ? RANGE * step : (UINT64_C(1) << plane->bits) - 1,
                   black = limited ? BLACK * step : 0;
    uint64_t value = stored(plane, x, y);
    value = value > black ? value - black : 0;
    value = (2 * value * most + whole) / (2 * whole);
    return value > most ? most : (uint32_t)value;
}

static uint32_t nearest(double part, uint32_t most)
{
    return part <= 0 ? 0 : part >= 1 ? most : (uint32_t)(part * most + 0.5);
}

/* ISO 23091-2, 8.3: the equations for Y, Cb and Cr, solved for red, green and blue. Doubles are
 * precise enough for the nearest 16-bit number. */
static void limited_pixel(const exn_heif_picture *p, uint32_t x, uint32_t y, uint32_t most,
                          uint32_t pixel[3])
{
    enum { BLACK = 16, MIDDLE = 128, LUMA = 219, CHROMA = 224 };
    const double step = 1 << (p->planes[0].bits - 8);
    const double cr = (stored(&p->planes[0], x, y) / step - MIDDLE) / CHROMA,
                 luma = (stored(&p->planes[1], x, y) / step - BLACK) / LUMA,
                 cb = (stored(&p->planes[2], x, y) / step - MIDDLE) / CHROMA;
    double red, blue;
    weights_of(p->matrix, &red, &blue);
    const double r = luma + 2 * (1 - red) * cr, b = luma + 2 * (1 - blue) * cb;
    pixel[0] = nearest(r, most);
    pixel[1] = nearest((luma - red * r - blue * b) / (1 - red - blue), most);
    pixel[2] = nearest(b, most);
}

/* A picture whose planes are carried over is written with exn_heif_picture_sample(); only the
 * comparison calls this for it, and a subsampled value then stands for each pixel that it covers.
 */
void exn_heif_picture_pixel(const exn_heif_picture *p, uint32_t x, uint32_t y, uint32_t most,
                            uint32_t pixel[4])
{
    const bool halves = p->model == EXN_HEIF_YCBCR;
    const uint32_t at_x = p->left + x, at_y = p->top + y;
    pixel[3] = p->alpha.data ? exn_heif_picture_sample(p, &p->alpha, at_x, at_y, most) : most;
    if (p->model == EXN_HEIF_LIMITED) {
        limited_pixel(p, at_x, at_y, most, pixel);
        return;
    }
    pixel[0] = exn_heif_picture_sample(p, &p->planes[0], at_x, at_y, most);
    for (int i = 1; i < 3; i++)
        pixel[i] =
            p->model == EXN_HEIF_GRAY
                ? pixel[0]
                : exn_heif_picture_sample(p, &p->planes[i], at_x >> (halves ? p->shift_x : 0),
                                          at_y >> (halves ? p->shift_y : 0), most);
}
