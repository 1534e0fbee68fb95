/* SPDX-License-Identifier: MIT */
/* The editors of metadata, each on one block: Exif, XMP, the MPF index, Photoshop resources. The
 * first byte says which, the next three are the picture's size in units of 16 pixels and an
 * orientation; the block follows.
 *
 * An edit writes nothing but its block, says what it did, and leaves nothing that the scan of the
 * same block would want edited. A second one, of a picture that stays as it is, changes nothing;
 * behind a turn it may set sizes whose bytes something had shared that is gone since. */
#include "fuzz.h"

#include "metadata/exif.h"
#include "metadata/irb.h"
#include "metadata/mpf.h"
#include "metadata/xmp.h"

const unsigned exn_fuzz_choices = 1;

enum { HEAD = 4, BEFORE = 3 };

enum { EXIF, XMP, DIRECTORY, MPF, RESOURCES };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"edited Exif", 0}, {"edited XMP", 0},        {"XMP directory", 0},
    {"MPF index", 0},   {"cleaned resources", 0}, {NULL, 0},
};

/* The block's picture, and what is done to it. */
typedef struct turn {
    exn_orientation o;
    uint32_t width, height;         /* stored */
    uint32_t new_width, new_height; /* of the product */
} turn;

/* A thumbnail's turn: fails, shrinks or grows by what is in it. */
static exn_status turn_jpeg(exn_thumbnails *budget, exn_span jpeg, exn_orientation o, size_t room,
                            exn_buffer *out)
{
    (void)budget;
    (void)o;
    (void)room;
    if (jpeg.size < 4 || jpeg.data[0] != 0xFF || jpeg.data[3] % 4 == 3)
        return EXN_CORRUPT;
    if (jpeg.data[3] % 4 == 2 && exn_buffer_append(out, "\xFF\xD8\xFF\xD9", 4) != EXN_OK)
        return EXN_MEMORY;
    return exn_buffer_append(out, jpeg.data, jpeg.data[3] % 4 == 1 ? jpeg.size / 2 : jpeg.size);
}

static exn_thumbnails thumbnails = {.turn = turn_jpeg};

static exn_exif_turn exif_turn(exn_orientation o, uint32_t width, uint32_t height)
{
    return (exn_exif_turn){.o = o,
                           .stored_width = width,
                           .stored_height = height,
                           .max_size = 65527,
                           .thumbnails = &thumbnails};
}

/* Edits the block at the end of a buffer that has other bytes in front. */
static exn_exif_verdict edit_exif(exn_span block, const exn_exif_turn *how, exn_buffer *out)
{
    exn_exif_verdict verdict;
    uint32_t warnings = 0;
    const uint32_t allowed = 1u << EXN_WARN_DENSITY_NEUTRALIZED | 1u << EXN_WARN_THUMBNAIL_DROPPED |
                             1u << EXN_WARN_METADATA_STALE;
    FACT(exn_buffer_append(out, "abc", BEFORE) == EXN_OK);
    FACT(exn_buffer_append(out, block.data, block.size) == EXN_OK);
    FACT(exn_exif_edit(out, BEFORE, how, &verdict, &warnings) == EXN_OK);
    FACT(memcmp(out->data, "abc", BEFORE) == 0);
    FACT((warnings & ~allowed) == 0);
    return verdict;
}

static bool is_same(exn_span a, exn_span b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static void fuzz_exif(exn_span block, const turn *t)
{
    exn_exif before, after;
    exn_result said = {.struct_size = sizeof(exn_result)};
    exn_buffer out = {0}, again = {0};
    exn_exif_turn how = exif_turn(t->o, t->width, t->height);
    exn_exif_turn none = exif_turn(exn_orientation_from_exif(1), t->new_width, t->new_height);
    exn_exif_scan(block, t->width, t->height, &before);
    FACT(before.orientation <= 8);
    exn_exif_describe(block, &said);
    FACT(memchr(said.make, 0, sizeof said.make) && memchr(said.model, 0, sizeof said.model));
    exn_exif_verdict verdict = edit_exif(block, &how, &out);
    exn_span product = exn_span_part((exn_span){out.data, out.size}, BEFORE, SIZE_MAX);
    if (verdict == EXN_EXIF_UNCHANGED) {
        FACT(is_same(product, block));
        FACT(before.reasons == 0);
    }
    if (verdict == EXN_EXIF_UNCHANGED || verdict == EXN_EXIF_EDITED) {
        FACT(product.size <= block.size || product.size <= how.max_size);
        FACT(!exn_orientation_is_identity(t->o) || product.size <= block.size);
        exn_fuzz_kinds[EXIF].count += verdict == EXN_EXIF_EDITED;
        exn_exif_scan(product, t->new_width, t->new_height, &after);
        FACT(after.reasons == 0 && after.orientation <= 1);
        verdict = edit_exif(product, &none, &again);
        FACT(verdict == EXN_EXIF_UNCHANGED ||
             (verdict == EXN_EXIF_EDITED && !exn_orientation_is_identity(t->o)) ||
             (verdict == EXN_EXIF_REMOVE && after.orientation == 1)); /* which is all there is */
        exn_exif_scan(exn_span_part((exn_span){again.data, again.size}, BEFORE, SIZE_MAX),
                      t->new_width, t->new_height, &after);
        FACT(again.size == out.size && after.reasons == 0 && after.orientation <= 1);
    }
    exn_buffer_free(&again);
    exn_buffer_free(&out);
}

static void check_list(exn_span packet, const exn_xmp_relist *relist, const exn_buffer *out)
{
    exn_xmp_directory before, after;
    exn_xmp_list(packet, &before);
    exn_xmp_list((exn_span){out->data, out->size}, &after);
    FACT(before.found && !before.broken && after.found && !after.broken);
    FACT(after.count == before.count);
    for (size_t i = 0; i < after.count; i++) {
        FACT(after.items[i].has_length == before.items[i].has_length);
        FACT(after.items[i].kind == before.items[i].kind);
        FACT(!after.items[i].has_length || after.items[i].length == relist->lengths[i]);
        FACT(after.items[i].padding == before.items[i].padding);
    }
}

static void fuzz_directory(exn_span packet, uint32_t seed)
{
    exn_xmp_directory directory;
    exn_xmp_relist relist = {0};
    exn_buffer out = {0};
    bool done;
    exn_xmp_list(packet, &directory);
    FACT(directory.count <= EXN_XMP_ITEMS_MAX);
    for (size_t i = 0; i < EXN_XMP_ITEMS_MAX; i++)
        relist.lengths[i] = seed * (uint32_t)(i * i + 1) % 1000000007u;
    if (!directory.found || directory.broken)
        return;
    FACT(exn_xmp_set_directory(packet, &relist, &out, &done) == EXN_OK);
    FACT(done || out.size == 0);
    exn_fuzz_kinds[DIRECTORY].count += done;
    if (done)
        check_list(packet, &relist, &out);
    exn_buffer_free(&out);
}

static void fuzz_xmp(exn_span packet, const turn *t)
{
    exn_xmp before, after;
    exn_xmp_edited edited, twice;
    exn_buffer out = {0}, again = {0};
    exn_xmp_turn how = {.o = t->o,
                        .width = t->width,
                        .height = t->height,
                        .max_size = packet.size + t->width % 256,
                        .thumbnails = &thumbnails};
    exn_xmp_turn none = {
        .o = exn_orientation_from_exif(1), .width = t->new_width, .height = t->new_height};
    exn_xmp_scan(packet, NULL, &before);
    FACT(before.orientation <= 8 && (!before.unsafe || before.needs_edit));
    FACT(!before.extended_guid.size ||
         (before.extended_guid.data >= packet.data &&
          before.extended_guid.data + before.extended_guid.size <= packet.data + packet.size));
    FACT(exn_xmp_edit(packet, &how, &out, &edited) == EXN_OK);
    FACT(edited.verdict != EXN_XMP_UNSAFE || before.unsafe);
    FACT((edited.verdict == EXN_XMP_EDITED) == (out.size > 0));
    FACT(edited.verdict != EXN_XMP_UNCHANGED || !before.needs_edit);
    exn_span product = edited.verdict == EXN_XMP_EDITED ? (exn_span){out.data, out.size} : packet;
    FACT(!exn_orientation_is_identity(t->o) || product.size == packet.size);
    if (edited.verdict != EXN_XMP_UNSAFE) {
        exn_fuzz_kinds[XMP].count += edited.verdict == EXN_XMP_EDITED;
        exn_xmp_scan(product, NULL, &after);
        FACT(!after.needs_edit && after.orientation <= 1);
        FACT(edited.thumbnails_dropped || after.extended_guid.size == before.extended_guid.size);
        FACT(edited.thumbnails_dropped || after.multi_picture == before.multi_picture);
        FACT(exn_xmp_edit(product, &none, &again, &twice) == EXN_OK);
        FACT(twice.verdict != EXN_XMP_UNSAFE);
        FACT(again.size == 0 || is_same((exn_span){again.data, again.size}, product));
    }
    exn_buffer_free(&again);
    exn_buffer_free(&out);
    fuzz_directory(packet, t->width);
}

static void fuzz_mpf(exn_span block, const turn *t)
{
    exn_mpf mpf, after;
    if (exn_mpf_open(block, &mpf) != EXN_MPF_INDEX)
        return;
    exn_fuzz_kinds[MPF].count++;
    FACT(mpf.count > 0 && mpf.count <= EXN_MPF_ENTRIES_MAX);
    uint32_t number = t->width % mpf.count;
    uint8_t *copy = fuzz_copy(block.data, block.size);
    exn_span product = {copy, block.size};
    exn_mpf_put(copy, &mpf, number, t->width, t->height);
    FACT(exn_mpf_open(product, &after) == EXN_MPF_INDEX);
    FACT(after.count == mpf.count && after.entries_at == mpf.entries_at);
    size_t changed = 0;
    for (size_t i = 0; i < block.size; i++)
        changed += copy[i] != block.data[i];
    FACT(changed <= 8);
    for (uint32_t i = 0; i < mpf.count; i++) {
        exn_mpf_entry a = exn_mpf_entry_at(block, &mpf, i),
                      b = exn_mpf_entry_at(product, &after, i);
        FACT(a.frame == b.frame && a.is_jpeg == b.is_jpeg);
        FACT(b.size == (i == number ? t->width : a.size));
        FACT(b.offset == (i == number ? t->height : a.offset));
    }
    free(copy);
}

static void fuzz_irb(exn_span block, const turn *t)
{
    const uint32_t exif = 1u << EXN_REASON_EXIF;
    const exn_exif_turn how = exif_turn(t->o, t->width, t->height),
                        stay = exif_turn(exn_orientation_from_exif(1), t->width, t->height);
    bool orients = exn_irb_reasons(block, NULL) & exif;
    exn_irb_edited edited = {0}, twice = {0};
    exn_buffer out = {0}, again = {0};
    FACT(exn_irb_edit(block, &how, &out, &edited) == EXN_OK);
    exn_span product = {out.data, out.size};
    FACT(edited.orientation_dropped == orients);
    FACT(edited.changed || is_same(product, block));
    FACT(!(exn_irb_reasons(product, NULL) & exif));
    exn_fuzz_kinds[RESOURCES].count += edited.changed;
    FACT(exn_irb_edit(product, &stay, &again, &twice) == EXN_OK);
    FACT(!twice.orientation_dropped);
    exn_buffer_free(&again);
    exn_buffer_free(&out);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    static void (*const editors[])(exn_span, const turn *) = {fuzz_exif, fuzz_xmp, fuzz_mpf,
                                                              fuzz_irb};
    (void)choice;
    if (size < HEAD)
        return;
    turn t = {.o = exn_orientation_from_exif(1 + data[3] % 8),
              .width = 16 * (1u + data[1]),
              .height = 16 * (1u + data[2])};
    t.new_width = t.width;
    t.new_height = t.height;
    exn_orientation_size(t.o, &t.new_width, &t.new_height);
    uint8_t *copy = fuzz_copy(data + HEAD, size - HEAD);
    editors[data[0] % 4]((exn_span){copy, size - HEAD}, &t);
    FACT(size == HEAD || memcmp(copy, data + HEAD, size - HEAD) == 0);
    free(copy);
}
