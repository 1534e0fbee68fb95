/* SPDX-License-Identifier: MIT */
/* Formats that are only looked at: what exn_check() and exn_normalize() say of them, and what
 * EXN_MODE_DROP makes of them. The files are made here, box by box; how an image is shown is found
 * by moving the samples of a small grid. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "buffer.h"
#include "support/exif_make.h"
#include "support/naive.h"
#include "support/places_make.h"
#include "support/webp_make.h"

#define EXIF_REASON     (1u << EXN_REASON_EXIF)
#define PROPERTY_REASON (1u << EXN_REASON_PROPERTY)

static int read_span(void *context, void *to, size_t size, uint64_t offset)
{
    const exn_buffer *file = context;
    assert_true(offset <= file->size && size <= file->size - offset);
    memcpy(to, file->data + offset, size);
    return 0;
}

static exn_status check(exn_buffer *file, exn_result *result)
{
    exn_source source = {.size = file->size, .read = read_span, .context = file};
    return exn_check(&source, NULL, result, NULL);
}

static exn_status check_within(exn_buffer *file, uint64_t max_memory, exn_result *result)
{
    exn_source source = {.size = file->size, .read = read_span, .context = file};
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.max_memory = max_memory;
    *result = (exn_result){.struct_size = sizeof(exn_result)};
    return exn_check(&source, &options, result, NULL);
}

/* How many files EXN_MODE_DROP has found damaged, which are copied else. */
static unsigned damaged;

/* Any other byte of the output, or one less, is found out. Not where text may be any. */
static void expect_no_change_unseen(const exn_buffer *file, const exn_bytes *product,
                                    const exn_options *options, const exn_result *result)
{
    enum { MANY = 2000 };
    for (size_t i = 0; i < product->size && product->size < MANY; i++) {
        product->data[i] ^= 1;
        assert_int_not_equal(
            exn_verify(file->data, file->size, product->data, product->size, options, result, NULL),
            EXN_OK);
        product->data[i] ^= 1;
    }
    assert_int_not_equal(
        exn_verify(file->data, file->size, product->data, product->size - 1, options, result, NULL),
        EXN_OK);
}

/* The same size, nothing left to rotate by, and nothing else changed. */
static void expect_dropped(const exn_buffer *file, const exn_result *looked)
{
    exn_options options;
    exn_bytes product, again;
    exn_result result = {.struct_size = sizeof result}, left = {.struct_size = sizeof left};
    exn_options_init(&options, sizeof options);
    options.mode = EXN_MODE_DROP;
    const exn_status status =
        exn_normalize(file->data, file->size, &options, &product, &result, NULL);
    damaged += status == EXN_CORRUPT;
    if (status == EXN_CORRUPT)
        return;
    assert_int_equal(status, EXN_OK);
    assert_int_equal(result.outcome,
                     looked->reasons ? EXN_OUTCOME_METADATA : EXN_OUTCOME_UNTOUCHED);
    assert_int_equal(product.data != NULL, looked->reasons != 0);
    assert_int_equal(result.orientation, looked->orientation);
    assert_int_equal(result.transform, 0);
    assert_int_equal(result.width_out, looked->width_in);
    if (!product.data)
        return;
    assert_int_equal(product.size, file->size);
    assert_int_equal(exn_normalize(product.data, product.size, NULL, &again, &left, NULL), EXN_OK);
    assert_int_equal(left.outcome, EXN_OUTCOME_COPIED);
    assert_int_equal(left.reasons, 0);
    assert_in_range(left.orientation, 0, 1);
    assert_int_equal(left.width_in, looked->width_in);
    assert_int_equal(
        exn_verify(file->data, file->size, product.data, product.size, &options, &result, NULL),
        EXN_OK);
    if (!(looked->warnings & 1u << EXN_WARN_ORIENTATION_IGNORED)) /* in JPEG XL: metadata */
        expect_no_change_unseen(file, &product, &options, &result);
    exn_bytes_free(&product);
}

/* Both ways to look say the same, and there is no product. */
static void expect(exn_buffer *file, exn_format format, uint32_t orientation, uint32_t reasons)
{
    exn_result looked = {.struct_size = sizeof(exn_result)},
               normalized = {.struct_size = sizeof(exn_result)};
    exn_bytes product;
    assert_int_equal(check(file, &looked), EXN_OK);
    assert_int_equal(exn_normalize(file->data, file->size, NULL, &product, &normalized, NULL),
                     EXN_OK);
    assert_null(product.data);
    assert_memory_equal(&looked, &normalized, sizeof looked);
    assert_int_equal(looked.format, format);
    assert_int_equal(looked.orientation, orientation);
    assert_int_equal(looked.reasons, reasons);
    assert_int_equal(looked.outcome, reasons ? EXN_OUTCOME_UNSUPPORTED : EXN_OUTCOME_COPIED);
    expect_dropped(file, &looked);
}

/* A file that is cut off anywhere is still one to copy, unless not even its kind can be told. */
static void expect_no_failure_when_cut(const exn_buffer *file)
{
    for (size_t size = 0; size < file->size; size++) {
        exn_result result = {.struct_size = sizeof(exn_result)};
        exn_buffer cut = {.data = malloc(size + 1), .size = size};
        assert_non_null(cut.data);
        memcpy(cut.data, file->data, size);
        cut.data = realloc(cut.data, size ? size : 1); /* a sanitizer sees the end */
        exn_status status = check(&cut, &result);
        if (status == EXN_OK)
            assert_true(result.outcome == EXN_OUTCOME_COPIED ||
                        result.outcome == EXN_OUTCOME_UNSUPPORTED);
        else
            assert_true(size < 12 && status == EXN_NOT_AN_IMAGE);
        free(cut.data);
    }
}

static void put(exn_buffer *out, const void *data, size_t size)
{
    assert_int_equal(exn_buffer_append(out, data, size), EXN_OK);
}

/* An integer of size bytes. */
static void put_number(exn_buffer *out, uint64_t value, size_t size, bool big_endian)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (big_endian ? size - 1 - i : i));
        put(out, &byte, 1);
    }
}

/* --- HEIF and AVIF (ISO 14496-12, 23008-12) ------------------------------------------------ */

static size_t open_box(exn_buffer *out, const char *type)
{
    size_t start = out->size;
    put(out, "\0\0\0\0", 4);
    put(out, type, 4);
    return start;
}

static void close_box(exn_buffer *out, size_t start)
{
    exn_put32be(out->data + start, (uint32_t)(out->size - start));
}

typedef struct heif {
    const char *brand;
    int version;     /* of pitm and ipma: item numbers of 16 or 32 bits */
    bool wide;       /* ipma flags 1: property numbers of 15 bits */
    int padding;     /* properties in front of those that count */
    int angle;       /* -1: no irot */
    int axis;        /* -1: no imir */
    bool axis_first; /* associated before irot */
    bool other;      /* the properties belong to another item */
    bool wide_size;  /* the meta box has a 64-bit size */
    size_t data;     /* bytes of an item's own data in front of the properties */
    uint32_t rounds; /* entries more for the picture, each of 252 times irot: whole turns */
} heif;

static void put_properties(exn_buffer *out, const heif *h)
{
    static const uint8_t ispe[12] = {0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2};
    size_t ipco = open_box(out, "ipco");
    size_t box = open_box(out, "ispe");
    put(out, ispe, sizeof ispe);
    close_box(out, box);
    for (int i = 0; i < h->padding; i++) {
        box = open_box(out, "free");
        close_box(out, box);
    }
    box = open_box(out, "irot");
    put_number(out, (uint64_t)(h->angle & 3), 1, true);
    close_box(out, box);
    box = open_box(out, "imir");
    put_number(out, (uint64_t)(h->axis & 1), 1, true);
    close_box(out, box);
    close_box(out, ipco);
}

static void put_index(exn_buffer *out, const heif *h, uint32_t index)
{
    /* The top bit says that a reader must know the property. */
    put_number(out, index | (h->wide ? 0x8000u : 0x80u), h->wide ? 2 : 1, true);
}

static void put_associations(exn_buffer *out, const heif *h)
{
    size_t ipma = open_box(out, "ipma"), item = h->version ? 4 : 2;
    uint32_t irot = 2 + (uint32_t)h->padding, imir = irot + 1;
    put_number(out, (uint64_t)h->version << 24 | h->wide, 4, true);
    put_number(out, 2 + h->rounds, 4, true); /* entries: a thumbnail's, then the picture's */
    for (uint32_t i = 0; i < h->rounds; i++) {
        put_number(out, 7, item, true);
        put_number(out, 252, 1, true);
        for (int k = 0; k < 252; k++)
            put_index(out, h, irot);
    }
    put_number(out, 9, item, true);
    put_number(out, 1, 1, true);
    put_index(out, h, 1);
    put_number(out, h->other ? 8 : 7, item, true);
    put_number(out, (uint64_t)(1 + (h->angle >= 0) + (h->axis >= 0)), 1, true);
    put_index(out, h, 1);
    if (h->axis >= 0 && h->axis_first)
        put_index(out, h, imir);
    if (h->angle >= 0)
        put_index(out, h, irot);
    if (h->axis >= 0 && !h->axis_first)
        put_index(out, h, imir);
    close_box(out, ipma);
}

static void put_meta_content(exn_buffer *out, const heif *h)
{
    put_number(out, 0, 4, true);
    size_t pitm = open_box(out, "pitm");
    put_number(out, (uint64_t)h->version << 24, 4, true);
    put_number(out, 7, h->version ? 4 : 2, true);
    close_box(out, pitm);
    if (h->data > 0) {
        size_t idat = open_box(out, "idat");
        assert_int_equal(exn_buffer_reserve(out, h->data), EXN_OK);
        memset(out->data + out->size, 0, h->data);
        out->size += h->data;
        close_box(out, idat);
    }
    size_t iprp = open_box(out, "iprp");
    put_properties(out, h);
    put_associations(out, h);
    close_box(out, iprp);
}

static void make_heif(exn_buffer *out, const heif *h)
{
    size_t ftyp = open_box(out, "ftyp");
    put(out, h->brand, 4);
    put(out, "\0\0\0\0mif1", 8);
    close_box(out, ftyp);
    exn_buffer content = {0};
    put_meta_content(&content, h);
    put_number(out, h->wide_size ? 1 : content.size + 8, 4, true);
    put(out, "meta", 4);
    if (h->wide_size)
        put_number(out, content.size + 16, 8, true);
    put(out, content.data, content.size);
    exn_buffer_free(&content);
    size_t mdat = open_box(out, "mdat");
    put(out, "picture data", 12);
    close_box(out, mdat);
}

/* A grid of samples that no turn maps to itself. */
typedef struct grid {
    uint32_t width, height;
    uint8_t at[6];
} grid;

static grid turn_left(grid g)
{
    grid out = {.width = g.height, .height = g.width};
    for (uint32_t y = 0; y < g.height; y++)
        for (uint32_t x = 0; x < g.width; x++)
            out.at[(g.width - 1 - x) * out.width + y] = g.at[y * g.width + x];
    return out;
}

/* axis 0: top and bottom are exchanged; 1: left and right. */
static grid mirror(grid g, int axis)
{
    grid out = g;
    for (uint32_t y = 0; y < g.height; y++)
        for (uint32_t x = 0; x < g.width; x++) {
            uint32_t to_x = axis == 1 ? g.width - 1 - x : x;
            uint32_t to_y = axis == 0 ? g.height - 1 - y : y;
            out.at[to_y * g.width + to_x] = g.at[y * g.width + x];
        }
    return out;
}

/* The Exif orientation that shows the stored grid as the properties do. */
static uint32_t orientation_of(const heif *h)
{
    const grid stored = {3, 2, {1, 2, 3, 4, 5, 6}};
    grid shown = stored;
    if (h->axis >= 0 && h->axis_first)
        shown = mirror(shown, h->axis);
    for (int i = 0; i < h->angle; i++)
        shown = turn_left(shown);
    if (h->axis >= 0 && !h->axis_first)
        shown = mirror(shown, h->axis);
    for (uint32_t value = 1; value <= 8; value++) {
        uint8_t out[6];
        exn_test_naive_rotate(value, stored.at, 3, 2, 1, out);
        if ((value >= 5) == (shown.width == 2) && memcmp(out, shown.at, sizeof out) == 0)
            return value;
    }
    fail();
    return 0;
}

static void expect_heif(const heif *h)
{
    exn_buffer file = {0};
    uint32_t orientation = h->other ? 1 : orientation_of(h);
    make_heif(&file, h);
    const exn_format format = memcmp(h->brand, "avi", 3) == 0  ? EXN_FORMAT_AVIF
                              : memcmp(h->brand, "he", 2) == 0 ? EXN_FORMAT_HEIC
                                                               : EXN_FORMAT_HEIF;
    expect(&file, format, orientation == 1 ? 0 : orientation,
           orientation == 1 ? 0 : PROPERTY_REASON);
    exn_buffer_free(&file);
}

static void test_heif_properties(void **state)
{
    (void)state;
    for (int angle = -1; angle <= 3; angle++)
        for (int axis = -1; axis <= 1; axis++)
            for (int form = 0; form < 16; form++) {
                heif h = {.brand = "heic",
                          .version = form & 1,
                          .wide = form & 2,
                          .axis_first = form & 4,
                          .wide_size = form & 8,
                          .angle = angle,
                          .axis = axis};
                expect_heif(&h);
            }
}

/* The two tables that libavif and Chromium share, by heart: irot 1, then imir 0 is orientation 5.
 */
static void test_heif_known(void **state)
{
    (void)state;
    assert_int_equal(orientation_of(&(heif){.angle = 1, .axis = -1}), 8);
    assert_int_equal(orientation_of(&(heif){.angle = 3, .axis = -1}), 6);
    assert_int_equal(orientation_of(&(heif){.angle = -1, .axis = 0}), 4);
    assert_int_equal(orientation_of(&(heif){.angle = -1, .axis = 1}), 2);
    assert_int_equal(orientation_of(&(heif){.angle = 1, .axis = 0}), 5);
    assert_int_equal(orientation_of(&(heif){.angle = 1, .axis = 1}), 7);
}

/* As many properties as an index can name, and half a million associations with the last ones: what
 * took minutes where each was looked for from the first on. What is beyond the last property is
 * none. */
static void test_heif_many(void **state)
{
    (void)state;
    heif h = {.brand = "heic", .wide = true, .padding = 0x7FFF - 3, .angle = 1, .axis = 0};
    h.rounds = 2000;
    expect_heif(&h);
    h.padding++; /* imir is number 0x8000, whose index would be 0 */
    h.rounds = 1;
    exn_buffer file = {0};
    make_heif(&file, &h);
    expect(&file, EXN_FORMAT_HEIC, 8, PROPERTY_REASON);
    exn_buffer_free(&file);
}

static void test_heif_brands(void **state)
{
    (void)state;
    static const char *const brands[] = {"avif", "avis", "heic", "heix", "mif1", "mif2", "msf1"};
    for (size_t i = 0; i < sizeof brands / sizeof brands[0]; i++)
        expect_heif(&(heif){.brand = brands[i], .angle = 3, .axis = -1});
}

/* A major brand that names no coding leaves it to the compatible ones. */
static void test_heif_compatible(void **state)
{
    (void)state;
    static const struct {
        const char *brands; /* the major one, its version, the others */
        exn_format format;
    } rows[] = {
        {"mif1....mif1heic", EXN_FORMAT_HEIC}, {"mif1....miafavif", EXN_FORMAT_AVIF},
        {"mif1....avifheic", EXN_FORMAT_AVIF}, {"mif1....mif1jpeg", EXN_FORMAT_HEIF},
        {"msf1....hevc", EXN_FORMAT_HEIC},     {"heic....avif", EXN_FORMAT_HEIC},
        {"avif....heic", EXN_FORMAT_AVIF},     {"isom....avif", EXN_FORMAT_UNKNOWN},
        {"mif2....mif1heic", EXN_FORMAT_HEIC}, {"mif2....mif2", EXN_FORMAT_HEIF},
        {"mif3avif", EXN_FORMAT_AVIF},         {"mif3heicavif", EXN_FORMAT_HEIC},
        {"mif3....mif1", EXN_FORMAT_HEIF},     {"mif1avif", EXN_FORMAT_HEIF},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        exn_buffer file = {0};
        size_t ftyp = open_box(&file, "ftyp");
        put(&file, rows[i].brands, strlen(rows[i].brands));
        close_box(&file, ftyp);
        put(&file, "heic", 4); /* after the box */
        assert_int_equal(exn_sniff(file.data, file.size), rows[i].format);
        exn_buffer_free(&file);
    }
}

/* Appends a number's bits, which are gathered in *byte until there are eight. */
static void put_high_first(exn_buffer *out, uint32_t value, int count, uint32_t *byte, int *held)
{
    for (int i = count - 1; i >= 0; i--) {
        *byte = *byte << 1 | (value >> i & 1);
        if (++*held == 8) {
            put_number(out, *byte, 1, true);
            *byte = 0;
            *held = 0;
        }
    }
}

/* A minimized image: the orientation is in its mini box. It is never dropped or decoded. */
static void test_heif_mini(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {{12, 9}, {128, 1}, {129, 7}, {4032, 3024}, {32768, 32767}};
    for (uint32_t value = 1; value <= 8; value++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            const uint32_t width = sizes[i][0], height = sizes[i][1];
            const bool large = width > 128 || height > 128;
            exn_buffer file = {0};
            exn_result result = {.struct_size = sizeof result};
            exn_options options;
            exn_bytes product;
            uint32_t byte = 0;
            int held = 0;
            size_t box = open_box(&file, "ftyp");
            put(&file, "mif3avif", 8);
            close_box(&file, box);
            box = open_box(&file, "mini");
            put_high_first(&file, 0, 2, &byte, &held);
            put_high_first(&file, 0x4A, 9, &byte, &held); /* flags, some of them set */
            put_high_first(&file, 1, 2, &byte, &held);
            put_high_first(&file, value - 1, 3, &byte, &held);
            put_high_first(&file, large, 1, &byte, &held);
            put_high_first(&file, width - 1, large ? 15 : 7, &byte, &held);
            put_high_first(&file, height - 1, large ? 15 : 7, &byte, &held);
            put_high_first(&file, UINT32_MAX, 9, &byte, &held);
            put(&file, "the rest", 8);
            close_box(&file, box);
            assert_int_equal(check(&file, &result), EXN_OK);
            assert_int_equal(result.format, EXN_FORMAT_AVIF);
            assert_int_equal(result.orientation, value == 1 ? 0 : value);
            assert_int_equal(result.outcome,
                             value == 1 ? EXN_OUTCOME_COPIED : EXN_OUTCOME_UNSUPPORTED);
            assert_int_equal(result.width_in, width);
            assert_int_equal(result.height_in, height);
            exn_options_init(&options, sizeof options);
            for (int mode = 1; mode <= 3; mode++) {
                options.heif = mode == 1 ? EXN_HEIF_DROP : mode == 2 ? EXN_HEIF_PNG : EXN_HEIF_JPEG;
                assert_int_equal(
                    exn_normalize(file.data, file.size, &options, &product, NULL, NULL),
                    EXN_UNSUPPORTED);
                assert_null(product.data);
            }
            if (i == 3)
                expect_no_failure_when_cut(&file);
            exn_buffer_free(&file);
        }
}

static void test_heif_far_properties(void **state)
{
    (void)state;
    expect_heif(&(heif){.brand = "heic", .wide = true, .padding = 300, .angle = 1, .axis = 0});
    expect_heif(&(heif){.brand = "heic", .padding = 100, .angle = 2, .axis = 1});
    assert_int_equal(damaged, 0);
    expect_heif(&(heif){.brand = "heic", .angle = 3, .axis = 1, .other = true});
    assert_int_equal(damaged, 1); /* a picture without a size */
    damaged = 0;
}

/* The picture itself may stand in the meta box. */
static void test_heif_large_meta(void **state)
{
    (void)state;
    enum { SIZE = 20 << 20 };
    const heif h = {.brand = "heic", .angle = 3, .axis = -1, .data = SIZE};
    exn_result result;
    exn_buffer file = {0};
    make_heif(&file, &h);
    expect(&file, EXN_FORMAT_HEIC, orientation_of(&h), PROPERTY_REASON);
    assert_int_equal(check_within(&file, SIZE, &result), EXN_LIMIT);
    exn_buffer_free(&file);
}

static void test_heif_cut(void **state)
{
    (void)state;
    exn_buffer file = {0};
    make_heif(&file, &(heif){.brand = "avif", .angle = 3, .axis = 0});
    expect_no_failure_when_cut(&file);
    exn_buffer_free(&file);
}

/* --- TIFF (TIFF 6.0; BigTIFF) --------------------------------------------------------------- */

enum { SHORT = 3, LONG = 4, IFD = 13, LONG8 = 16, IFD8 = 18 };

typedef struct tiff {
    bool big_endian, wide;
    struct {
        int type;
        uint32_t count, value;
    } page[3]; /* type 0: no entry */
    int pages;
    bool loop; /* the last page leads to the first */
} tiff;

static void put_entry(exn_buffer *out, const tiff *t, uint32_t tag, int type, uint32_t count,
                      uint64_t value)
{
    size_t room = t->wide ? 8 : 4, size = type == SHORT ? 2 : type == LONG || type == IFD ? 4 : 8;
    put_number(out, tag, 2, t->big_endian);
    put_number(out, (uint64_t)type, 2, t->big_endian);
    put_number(out, count, room, t->big_endian);
    put_number(out, value, size, t->big_endian);
    put_number(out, 0, room - size, t->big_endian);
}

static void put_page(exn_buffer *out, const tiff *t, int page)
{
    bool oriented = t->page[page].type != 0;
    put_number(out, oriented ? 3 : 2, t->wide ? 8 : 2, t->big_endian);
    put_entry(out, t, 256, t->wide ? LONG8 : LONG, 1, 30 + (uint32_t)page);
    put_entry(out, t, 257, SHORT, 1, 20);
    if (oriented)
        put_entry(out, t, 274, t->page[page].type, t->page[page].count, t->page[page].value);
    size_t room = t->wide ? 8 : 4;
    bool last = page == t->pages - 1;
    put_number(out, last ? t->loop ? 16 : 0 : out->size + room, room, t->big_endian);
}

/* The first page is to be at 16. */
static void put_tiff_head(exn_buffer *out, const tiff *t)
{
    put(out, t->big_endian ? "MM" : "II", 2);
    put_number(out, t->wide ? 43 : 42, 2, t->big_endian);
    if (t->wide)
        put_number(out, 8u, 2, t->big_endian), put_number(out, 0, 2, t->big_endian);
    put_number(out, 16, t->wide ? 8 : 4, t->big_endian);
    put_number(out, 0, 16 - out->size, t->big_endian);
}

static void make_tiff(exn_buffer *out, const tiff *t)
{
    put_tiff_head(out, t);
    for (int page = 0; page < t->pages; page++)
        put_page(out, t, page);
}

static void expect_tiff(const tiff *t, uint32_t orientation, uint32_t reasons)
{
    for (int form = 0; form < 4; form++) {
        exn_buffer file = {0};
        exn_result result = {.struct_size = sizeof(exn_result)};
        tiff copy = *t;
        copy.big_endian = form & 1;
        copy.wide = form & 2;
        make_tiff(&file, &copy);
        expect(&file, EXN_FORMAT_TIFF, orientation, reasons);
        assert_int_equal(check(&file, &result), EXN_OK);
        assert_int_equal(result.width_in, 30);
        assert_int_equal(result.height_in, 20);
        expect_no_failure_when_cut(&file);
        exn_buffer_free(&file);
    }
}

static void test_tiff_values(void **state)
{
    (void)state;
    expect_tiff(&(tiff){.pages = 1}, 0, 0);
    for (uint32_t value = 0; value <= 9; value++) {
        bool usable = value >= 1 && value <= 8;
        expect_tiff(&(tiff){.pages = 1, .page = {{SHORT, 1, value}}}, usable ? value : 0,
                    value == 1 ? 0 : EXIF_REASON);
    }
    expect_tiff(&(tiff){.pages = 1, .page = {{LONG, 1, 6}}}, 0, EXIF_REASON);
    expect_tiff(&(tiff){.pages = 1, .page = {{SHORT, 2, 6}}}, 0, EXIF_REASON);
}

static void test_tiff_pages(void **state)
{
    (void)state;
    enum { FORMS = 4 };
    expect_tiff(&(tiff){.pages = 2, .page = {{SHORT, 1, 1}, {SHORT, 1, 1}}}, 1, 0);
    expect_tiff(&(tiff){.pages = 2, .page = {{SHORT, 1, 1}, {SHORT, 1, 8}}}, 1, EXIF_REASON);
    expect_tiff(&(tiff){.pages = 3, .page = {{SHORT, 1, 3}, {0, 0, 0}, {SHORT, 1, 8}}}, 3,
                EXIF_REASON);
    assert_int_equal(damaged, 0);
    expect_tiff(&(tiff){.pages = 2, .page = {{SHORT, 1, 6}}, .loop = true}, 6, EXIF_REASON);
    expect_tiff(&(tiff){.pages = 1, .loop = true}, 0, 0);
    assert_int_equal(damaged, 2 * FORMS);
    damaged = 0;
}

/* A page of one side is none. */
static void test_tiff_without_a_side(void **state)
{
    (void)state;
    enum { FIRST = 16 + 2, ENTRY = 12 };
    for (int side = 0; side < 2; side++) {
        exn_buffer file = {0};
        make_tiff(&file, &(tiff){.pages = 1, .page = {{SHORT, 1, 6}}});
        exn_put16(file.data + FIRST + side * ENTRY, 0, false); /* its tag */
        expect(&file, EXN_FORMAT_TIFF, 6, EXIF_REASON);
        exn_buffer_free(&file);
    }
    assert_int_equal(damaged, 2);
    damaged = 0;
}

/* A stack of scans: what the last of many pages says counts as well. */
static void test_tiff_many_pages(void **state)
{
    (void)state;
    enum { PAGES = 70000, PAGE = 2 + 2 * 12 + 4 };
    const tiff t = {.pages = 1};
    exn_buffer file = {0};
    put(&file, "II*\0\x08\0\0", 8);
    for (size_t page = 1; page <= PAGES; page++) {
        put_number(&file, 2, 2, false);
        put_entry(&file, &t, page == PAGES ? 274 : 256, SHORT, 1, 6);
        put_entry(&file, &t, 257, SHORT, 1, 6);
        put_number(&file, page == PAGES ? 0 : 8 + page * PAGE, 4, false);
    }
    expect(&file, EXN_FORMAT_TIFF, 0, EXIF_REASON);
    exn_buffer_free(&file);
}

/* A page of 30x20, and below it as many tables with an orientation of 6, the last of which may
 * point to itself by the same tag. None leads to a next table, whatever is behind it. */
static void make_below(exn_buffer *out, const tiff *t, uint32_t tag, int type, uint32_t tables,
                       bool loop)
{
    enum { PAGE = 3, ENTRIES = 2 };
    const size_t room = t->wide ? 8 : 4, size = type == LONG || type == IFD ? 4 : 8;
    const size_t entry = 4 + 2 * room, count = t->wide ? 8 : 2;
    const size_t list = 16 + count + PAGE * entry + room;
    const bool apart = tables * size > room;
    const size_t first = list + (apart ? tables * size : 0), step = count + ENTRIES * entry + room;
    const size_t last = first + (tables - 1) * step;
    put_tiff_head(out, t);
    put_number(out, PAGE, count, t->big_endian);
    put_entry(out, t, 256, SHORT, 1, 30);
    put_entry(out, t, 257, SHORT, 1, 20);
    put_number(out, tag, 2, t->big_endian);
    put_number(out, (uint64_t)type, 2, t->big_endian);
    put_number(out, tables, room, t->big_endian);
    if (apart) {
        put_number(out, list, room, t->big_endian);
        put_number(out, 0, room, t->big_endian);
    }
    for (uint32_t i = 0; i < tables; i++)
        put_number(out, first + i * step, size, t->big_endian);
    while (!apart && out->size < list)
        put_number(out, 0, 1, t->big_endian);
    for (size_t at = first; at <= last; at += step) {
        put_number(out, ENTRIES, count, t->big_endian);
        put_entry(out, t, 274, SHORT, 1, 6);
        put_entry(out, t, loop && at == last ? tag : 0, type, 1, at);
        put_number(out, 0xFEDCBA98, room, t->big_endian);
    }
}

static void expect_below(uint32_t tag, int type, uint32_t tables, bool loop)
{
    for (int form = 0; form < 4; form++) {
        const tiff t = {.big_endian = form & 1, .wide = form & 2};
        exn_buffer file = {0};
        if (!t.wide && (type == LONG8 || type == IFD8))
            continue;
        make_below(&file, &t, tag, type, tables, loop);
        expect(&file, EXN_FORMAT_TIFF, 0, EXIF_REASON);
        expect_no_failure_when_cut(&file);
        exn_buffer_free(&file);
    }
}

/* Cameras' raw data and reduced pictures are in SubIFDs; a library that goes by Exif alone may read
 * the orientation in the Exif IFD. */
static void test_tiff_below(void **state)
{
    (void)state;
    enum { FORMS = 4, SUB = 330, EXIF = 34665 };
    static const int types[] = {LONG, IFD, LONG8, IFD8};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (uint32_t tables = 1; tables <= 3; tables++)
            expect_below(SUB, types[i], tables, false);
    expect_below(EXIF, LONG, 1, false);
    assert_int_equal(damaged, 0);
    expect_below(SUB, IFD, 2, true);
    assert_int_equal(damaged, FORMS);
    damaged = 0;
}

/* What is outside of the file is no damage to a page: half of an entry, and a list of which one
 * pointer is left. */
static void test_tiff_below_cut(void **state)
{
    (void)state;
    enum { SUB = 330, ENTRY = 12, LIST = 16 + 2 + 2 * ENTRY + 8 };
    exn_buffer file = {0};
    make_below(&file, &(tiff){0}, SUB, LONG, 2, false);
    file.size -= 4 + ENTRY / 2;
    expect(&file, EXN_FORMAT_TIFF, 0, EXIF_REASON);
    file.size = 0;
    make_below(&file, &(tiff){0}, SUB, LONG, 2, false);
    exn_put32(file.data + LIST, (uint32_t)file.size - 4, false);
    expect(&file, EXN_FORMAT_TIFF, 0, 0);
    exn_buffer_free(&file);
}

static int read_and_count(void *context, void *to, size_t size, uint64_t offset)
{
    void **both = context;
    *(uint64_t *)both[1] += size;
    return read_span(both[0], to, size, offset);
}

/* The longest IFD there can be, whose next is itself, must not be walked for every page. */
static void test_tiff_long_loop(void **state)
{
    (void)state;
    enum { ENTRIES = 65535 };
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    uint64_t bytes = 0;
    put(&file, "II*\0\x08\0\0", 8);
    put_number(&file, ENTRIES, 2, false);
    for (int i = 0; i < ENTRIES; i++)
        put(&file, "\0\0\0\0\0\0\0\0\0\0\0", 12);
    put_number(&file, 8, 4, false);
    void *both[] = {&file, &bytes};
    exn_source source = {.size = file.size, .read = read_and_count, .context = both};
    assert_int_equal(exn_check(&source, NULL, &result, NULL), EXN_OK);
    assert_int_equal(result.outcome, EXN_OUTCOME_COPIED);
    assert_in_range(bytes, file.size, 32 * file.size);
    exn_buffer_free(&file);
}

/* --- JPEG XL (ISO 18181) ------------------------------------------------------------------- */

static void put_bits(uint8_t *data, size_t *at, uint32_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++, ++*at)
        data[*at / 8] |= (uint8_t)((value >> i & 1) << *at % 8);
}

typedef struct jxl {
    uint32_t width, height;
    int form;             /* how the size is said: 0: in eights, 1: a ratio, 2: 13 bits each */
    uint32_t orientation; /* 0: all is as usual, so nothing is said; 1: that is said */
} jxl;

/* The head of a codestream; what follows is no picture. */
static void put_codestream(exn_buffer *out, const jxl *j)
{
    uint8_t data[24] = {0xFF, 0x0A};
    size_t at = 16;
    put_bits(data, &at, j->form == 0, 1);
    if (j->form == 0) {
        put_bits(data, &at, j->height / 8 - 1, 5);
        put_bits(data, &at, 0, 3);
        put_bits(data, &at, j->width / 8 - 1, 5);
    } else {
        put_bits(data, &at, 1, 2);
        put_bits(data, &at, j->height - 1, 13);
        put_bits(data, &at, j->form == 1 ? 4 : 0, 3);
        put_bits(data, &at, 1, j->form == 1 ? 0 : 2);
        put_bits(data, &at, j->width - 1, j->form == 1 ? 0 : 13);
    }
    put_bits(data, &at, j->orientation == 0, 1);
    put_bits(data, &at, j->orientation > 1, j->orientation ? 1 : 0);
    put_bits(data, &at, j->orientation - 1, j->orientation > 1 ? 3 : 0);
    put(out, data, sizeof data);
}

static void expect_jxl(exn_buffer *file, const jxl *j, uint32_t more)
{
    exn_result result = {.struct_size = sizeof(exn_result)};
    const uint32_t orientation = j->orientation > 1 ? j->orientation : 0;
    expect(file, EXN_FORMAT_JXL, orientation, (orientation ? PROPERTY_REASON : 0) | more);
    assert_int_equal(check(file, &result), EXN_OK);
    assert_int_equal(result.width_in, j->width);
    assert_int_equal(result.height_in, j->height);
    assert_int_equal(result.warnings >> EXN_WARN_ORIENTATION_IGNORED & 1, more != 0);
}

static void test_jxl(void **state)
{
    (void)state;
    static const jxl sizes[] = {{64, 256, 0, 0}, {900, 600, 1, 0}, {4000, 33, 2, 0}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (uint32_t orientation = 0; orientation <= 8; orientation++) {
            jxl j = sizes[i];
            exn_buffer file = {0};
            j.orientation = orientation;
            put_codestream(&file, &j);
            expect_jxl(&file, &j, 0);
            exn_buffer_free(&file);
        }
}

/* In boxes, whole or in parts; Exif and XMP never count, but are seen. */
static void test_jxl_boxes(void **state)
{
    (void)state;
    for (int kind = 0; kind < 16; kind++) {
        const bool parts = kind & 1, exif = kind & 2, xmp = kind & 4;
        const jxl j = {64, 48, 0, kind & 8 ? 6 : 0};
        exn_buffer file = {0}, codestream = {0}, tiff = {0};
        exn_buffer packet =
            exn_test_xmp(EXN_TEST_TIFF_NS, "<tiff:Orientation>3</tiff:Orientation>");
        put_codestream(&codestream, &j);
        put(&file, "\0\0\0\x0CJXL \r\n\x87\n", 12);
        size_t box = open_box(&file, "ftyp");
        put(&file, "jxl \0\0\0\0jxl ", 12);
        close_box(&file, box);
        assert_true(exn_test_exif_make(&(exn_test_exif){.orientation = 8}, &tiff));
        if (exif) {
            box = open_box(&file, "Exif");
            put(&file, "\0\0\0\2??", 6); /* the block begins two bytes later */
            put(&file, tiff.data, tiff.size);
            close_box(&file, box);
        }
        box = open_box(&file, parts ? "jxlp" : "jxlc");
        put_number(&file, 0, parts ? 4 : 0, true);
        put(&file, codestream.data, parts ? 20 : codestream.size);
        close_box(&file, box);
        if (xmp) {
            box = open_box(&file, "xml ");
            put(&file, packet.data, packet.size);
            close_box(&file, box);
        }
        if (parts) {
            box = open_box(&file, "jxlp");
            put_number(&file, 0x80000001, 4, true);
            put(&file, "\xFF\x0A\0\0\0\0", 6); /* looks like another head */
            close_box(&file, box);
        }
        expect_jxl(&file, &j, (exif ? EXIF_REASON : 0) | (xmp ? 1u << EXN_REASON_XMP : 0));
        if (kind == 15)
            expect_no_failure_when_cut(&file);
        exn_buffer_free(&file);
        exn_buffer_free(&codestream);
        exn_buffer_free(&tiff);
        exn_buffer_free(&packet);
    }
}

/* --- all ------------------------------------------------------------------------------------ */

static int fail_read(void *context, void *to, size_t size, uint64_t offset)
{
    (void)context, (void)to, (void)size, (void)offset;
    return 5;
}

/* A device that cannot be read is no damaged file, whatever is not vouched for. */
static int fail_late(void *context, void *to, size_t size, uint64_t offset)
{
    return offset >= 4096 ? 5 : read_span(context, to, size, offset);
}

static void test_read_errors(void **state)
{
    (void)state;
    exn_buffer file = {0};
    exn_result result = {.struct_size = sizeof(exn_result)};
    exn_error error;
    exn_test_webp(&file, &(exn_test_webp_parts){.orientation = 6, .data = 20000});
    exn_source source = {.size = file.size, .read = fail_read, .context = &file};
    assert_int_equal(exn_check(&source, NULL, &result, &error), EXN_READ);
    assert_int_equal(error.sys_errno, 5);
    source.read = fail_late;
    assert_int_equal(exn_check(&source, NULL, &result, &error), EXN_READ);
    assert_int_equal(error.sys_errno, 5);
    assert_int_equal(result.outcome, EXN_OUTCOME_FAILED);
    exn_buffer_free(&file);
}

/* A test that expects damage forgets it. */
static int none_damaged(void **state)
{
    (void)state;
    const bool none = damaged == 0;
    damaged = 0;
    return none ? 0 : -1;
}

int main(void)
{
#define TEST(test) cmocka_unit_test_teardown(test, none_damaged)
    const struct CMUnitTest tests[] = {
        TEST(test_heif_known),
        TEST(test_heif_properties),
        TEST(test_heif_many),
        TEST(test_heif_brands),
        TEST(test_heif_compatible),
        TEST(test_heif_mini),
        TEST(test_jxl),
        TEST(test_jxl_boxes),
        TEST(test_heif_large_meta),
        TEST(test_heif_far_properties),
        TEST(test_heif_cut),
        TEST(test_tiff_values),
        TEST(test_tiff_pages),
        TEST(test_tiff_without_a_side),
        TEST(test_tiff_many_pages),
        TEST(test_tiff_below),
        TEST(test_tiff_below_cut),
        TEST(test_tiff_long_loop),
        TEST(test_read_errors),
    };
    return cmocka_run_group_tests_name("carried", tests, NULL, NULL);
}
