/* SPDX-License-Identifier: MIT */
/* The container of a HEIF, as a conversion and an edit read it: items and where they lie, what
 * belongs to the picture, what clap leaves of it, metadata. No picture is decoded: libheif and its
 * decoders are others' to test, and stand behind the wall. */
#include "edited.h"

#include "heif/picture.h"
#include "heif/traces.h"
#include "scan.h"
#include "window.h"

const unsigned exn_fuzz_choices = 2; /* to convert; to edit */

enum { READ, ROTATED, CROPPED, METADATA, EDITED };
exn_fuzz_kind exn_fuzz_kinds[] = {
    {"container", 0}, {"rotated picture", 0},         {"cropped picture", 0},
    {"metadata", 0},  {"orientation edited away", 0}, {NULL, 0},
};

static void check_item(const exn_heif *heif, const exn_heif_item *item)
{
    exn_error error = {0};
    uint64_t size, sum = 0;
    const exn_status status = exn_heif_items_size(heif, item, &size, &error);
    exn_heif_extents walk = exn_heif_items_extents(heif, item);
    if (status != EXN_OK)
        return;
    while (exn_heif_items_next(&walk, &error)) {
        FACT(walk.size <= heif->file_size && walk.offset <= heif->file_size - walk.size);
        sum += walk.size;
    }
    FACT(walk.status == EXN_OK && sum == size && size <= heif->file_size);
}

static void check_metadata(const exn_heif *heif, const exn_heif_item *item, exn_span file)
{
    exn_window window;
    exn_buffer bytes = {0};
    exn_error error = {0};
    uint64_t size;
    const exn_source source = exn_window_source_of(&file);
    exn_window_open(&window, &source);
    if (exn_heif_traces_gather(heif, item, &window, &bytes, &error) == EXN_OK) {
        const exn_block block = exn_heif_traces_block(item, exn_buffer_span(&bytes));
        FACT(exn_heif_items_size(heif, item, &size, &error) == EXN_OK && bytes.size == size);
        FACT(block.prefix.size + block.body.size <= bytes.size);
        exn_fuzz_kinds[METADATA].count++;
    }
    exn_buffer_free(&bytes);
}

static void check_picture(const exn_heif *heif)
{
    exn_heif_picture picture;
    exn_heif_picture_look(heif, &picture);
    FACT(picture.width > 0 && picture.height > 0);
    FACT(picture.width <= heif->shown.width && picture.left <= heif->shown.width - picture.width);
    FACT(picture.height <= heif->shown.height &&
         picture.top <= heif->shown.height - picture.height);
    FACT(picture.shift_x <= 1 && picture.shift_y <= 1);
    const uint64_t memory = exn_heif_picture_memory(heif);
    FACT(memory / heif->shown.width / heif->shown.height >= 8 || memory >= UINT64_MAX / 4);
    exn_fuzz_kinds[CROPPED].count += heif->shown.clap_width > 0;
}

static bool is_heif(const exn_result *result)
{
    return result->format == EXN_FORMAT_HEIC || result->format == EXN_FORMAT_AVIF ||
           result->format == EXN_FORMAT_HEIF;
}

static void read_container(exn_span file)
{
    exn_image image;
    exn_options options;
    exn_result result;
    exn_error error = {0};
    exn_options_init(&options, sizeof options);
    exn_result_init(&result, sizeof result);
    options.heif = EXN_HEIF_PNG;
    const exn_status status = exn_scan(&image, file, &options, &result, &error);
    if (status == EXN_OK && is_heif(&result)) {
        const exn_heif *heif = image.state;
        FACT(heif->file_size == file.size && heif->has_primary);
        for (size_t i = 0; i < heif->count; i++) {
            FACT(i == 0 || heif->items[i - 1].id < heif->items[i].id);
            FACT(exn_heif_items_find(heif, heif->items[i].id) == &heif->items[i]);
            check_item(heif, &heif->items[i]);
            if (exn_heif_traces_is_metadata(&heif->items[i]))
                check_metadata(heif, &heif->items[i], file);
        }
        check_picture(heif);
        exn_fuzz_kinds[READ].count++;
        exn_fuzz_kinds[ROTATED].count += result.orientation > 1;
    }
    exn_scan_close(&image);
}

/* What was edited has its size, and needs nothing any more. */
static void edit(const uint8_t *data, size_t size)
{
    exn_options options;
    fuzz_edited edited;
    exn_options_init(&options, sizeof options);
    options.heif = EXN_HEIF_DROP;
    if (fuzz_edit(data, size, &options, &edited) && is_heif(&edited.result)) {
        FACT(edited.output.size == size && edited.again.orientation == 0);
        FACT(edited.again.width_in == edited.result.width_out &&
             edited.again.height_in == edited.result.height_out);
        exn_fuzz_kinds[EDITED].count++;
    }
    exn_bytes_free(&edited.output);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    uint8_t *copy = fuzz_copy(data, size);
    if (choice == 0)
        read_container((exn_span){copy, size});
    else
        edit(copy, size);
    free(copy);
}
