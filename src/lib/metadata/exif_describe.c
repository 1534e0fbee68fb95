/* SPDX-License-Identifier: MIT */
/* What libexif says about a block. It only reads. */
#include <libexif/exif-data.h>
#include <stdlib.h>
#include <string.h>

#include "exif.h"
#include "ifd.h"

enum {
    LIBEXIF_SIZE = 16 << 20, /* PNG eXIf may be larger than any APP1 */
    LIBEXIF_ENTRIES = 4096,  /* real blocks have a few hundred */
    LIBEXIF_VALUE = 1 << 10, /* of the values used, the longest is a name */
    LIBEXIF_TABLE = 64 << 10,
};

/* libexif copies every value, and values may overlap, so 64 KB could request 400 MB. Its allocator
 * has no context for counting, so each value is limited here, and their number by is_modest(). */
static void *ask(ExifLong size)
{
    return size > LIBEXIF_VALUE ? NULL : calloc(1, size ? size : 1);
}

/* Tables grow by one entry at a time. */
static void *ask_again(void *memory, ExifLong size)
{
    return size > LIBEXIF_TABLE ? NULL : realloc(memory, size);
}

/* libexif reads each of five tables once; all of them are among those found here. */
static bool is_modest(exn_span block)
{
    exn_tiff tiff;
    exn_ifd ifd0;
    exn_ifds ifds;
    uint64_t entries = 0;
    if (!exn_ifd_open_any_tiff(block, &tiff, &ifd0))
        return false;
    exn_ifd_take(&tiff, &ifd0, &ifds);
    for (size_t i = 0; i < ifds.count; i++)
        entries += ifds.tables[i].whole;
    return !ifds.over && entries <= LIBEXIF_ENTRIES;
}

/* Reads it like libexif's own clients: a SHORT with any value. */
static uint32_t libexif_orientation(ExifData *data, ExifIfd ifd)
{
    const ExifEntry *e = exif_content_get_entry(data->ifd[ifd], EXIF_TAG_ORIENTATION);
    if (!e || e->format != EXIF_FORMAT_SHORT || e->components != 1 || e->size < 2)
        return 0;
    return exif_get_short(e->data, exif_data_get_byte_order(data));
}

/* Copies an ASCII value, which may lack its NUL, without trailing blanks. Returns whether there was
 * one. */
static bool copy_ascii(ExifData *data, ExifIfd ifd, ExifTag tag, char *to, size_t size)
{
    char text[64] = "";
    const ExifEntry *e = exif_content_get_entry(data->ifd[ifd], tag);
    if (!e || e->format != EXIF_FORMAT_ASCII || !e->data)
        return false;
    memcpy(text, e->data, e->size < sizeof text - 1 ? e->size : sizeof text - 1);
    if (size < sizeof text)
        text[size - 1] = '\0';
    for (size_t end = strlen(text); end && text[end - 1] == ' '; end--)
        text[end - 1] = '\0';
    if (!text[0])
        return false;
    exn_status_copy_printable(to, size, text);
    return true;
}

/* libexif accepts a block only with its APP1 header. */
static ExifData *load(exn_span tiff)
{
    static const uint8_t header[] = {'E', 'x', 'i', 'f', 0, 0};
    size_t size = tiff.size < LIBEXIF_SIZE ? tiff.size : LIBEXIF_SIZE;
    uint8_t *app1 =
        tiff.size && is_modest(exn_span_part(tiff, 0, size)) ? malloc(sizeof header + size) : NULL;
    ExifMem *memory = app1 ? exif_mem_new(ask, ask_again, free) : NULL;
    ExifData *data = memory ? exif_data_new_mem(memory) : NULL;
    if (data) {
        memcpy(app1, header, sizeof header);
        memcpy(app1 + sizeof header, tiff.data, size);
        /* Both are on by default and make libexif modify what it loads. */
        exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
        exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
        exif_data_load_data(data, app1, (unsigned)(sizeof header + size));
    }
    if (memory)
        exif_mem_unref(memory); /* data also holds a reference */
    free(app1);
    return data;
}

void exn_exif_describe(exn_span tiff, exn_result *result)
{
    ExifData *data = load(tiff);
    if (!data)
        return;
    uint32_t orientation = libexif_orientation(data, EXIF_IFD_0);
    if (!orientation)
        orientation = libexif_orientation(data, EXIF_IFD_EXIF);
    if (orientation)
        result->libexif_orientation = orientation;
    copy_ascii(data, EXIF_IFD_0, EXIF_TAG_MAKE, result->make, sizeof result->make);
    copy_ascii(data, EXIF_IFD_0, EXIF_TAG_MODEL, result->model, sizeof result->model);
    if (!copy_ascii(data, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL, result->date_time,
                    sizeof result->date_time))
        copy_ascii(data, EXIF_IFD_0, EXIF_TAG_DATE_TIME, result->date_time,
                   sizeof result->date_time);
    exif_data_unref(data);
}
