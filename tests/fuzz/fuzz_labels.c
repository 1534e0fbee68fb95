/* SPDX-License-Identifier: MIT */
/* Label files. The first byte has the orientation, the frame and whether YOLO has poses; the next
 * two are the picture's size; the second also says whether mask images follow. The rest is the
 * file, of the format that it is recognized as, or of FUZZ_FORMAT where that is set: so each parser
 * can have an hour of its own.
 *
 * Where nothing is to rotate the output is the source. What was moved is read again and says as
 * much as its source, of as many images; moved back, its shapes reach as far as they did. */
#include "fuzz.h"

#include <math.h>

#include "buffer.h"
#include "orientation.h"
#include "window.h"

const unsigned exn_fuzz_choices = 1;

enum { HEAD = 3 };

exn_fuzz_kind exn_fuzz_kinds[] = {
    {"not recognized", 0},     {"COCO moved", 0},
    {"VOC moved", 0},          {"YOLO moved", 0},
    {"labelme moved", 0},      {"CSV moved", 0},
    {"Ground Truth moved", 0}, {"CVAT moved", 0},
    {"Open Images moved", 0},  {"MOT moved", 0},
    {"VIA moved", 0},          {"VIA CSV moved", 0},
    {"CreateML moved", 0},     {"Label Studio moved", 0},
    {"imagefolder moved", 0},  {"Datumaro moved", 0},
    {"NDJSON moved", 0},       {"FiftyOne moved", 0},
    {"Supervisely moved", 0},  {"list of names", 0},
    {"sizes of sequences", 0}, {NULL, 0},
};

/* All that a file says of its images, added up. */
typedef struct total {
    uint64_t images, shapes, refused;
    double reach;
} total;

static void add_image(void *context, const exn_labels_image *image)
{
    total *t = context;
    t->images++;
    t->shapes += image->shapes;
    t->refused += image->refused;
    FACT(image->name && image->refused <= image->shapes);
    FACT(image->mask_file_count <= image->shapes);
    if (image->has_extent)
        t->reach += fabs(image->right - image->left) + fabs(image->bottom - image->top);
}

static exn_status scan(exn_span file, exn_labels_format format, const exn_labels_options *options,
                       total *t)
{
    exn_source source = exn_window_source_of(&file);
    exn_labels_result result;
    exn_error error;
    *t = (total){0};
    exn_labels_result_init(&result, sizeof result);
    exn_status status = exn_labels_scan(&source, format, options, add_image, t, &result, &error);
    FACT(status == error.status && memchr(error.detail, 0, sizeof error.detail));
    FACT(status == EXN_OK || status == EXN_CORRUPT || status == EXN_LIMIT ||
         status == EXN_UNSUPPORTED);
    /* Images that nothing is drawn on are named, and not counted. */
    FACT(status != EXN_OK || (result.images <= t->images && result.shapes == t->shapes));
    return status;
}

static const exn_result *find(void *context, const exn_labels_image *image)
{
    (void)image;
    return context;
}

static int keep(void *context, const void *data, size_t size)
{
    FACT(exn_buffer_append(context, data, size) == EXN_OK);
    return 0;
}

static exn_status move(exn_span file, exn_labels_format format, const exn_labels_options *options,
                       exn_result *picture, exn_buffer *out, exn_labels_result *result)
{
    exn_source source = exn_window_source_of(&file);
    const exn_sink sink = {keep, out};
    exn_error error;
    exn_labels_result_init(result, sizeof *result);
    exn_status status =
        exn_labels_move(&source, format, options, find, picture, &sink, result, &error);
    FACT(status == error.status);
    FACT(status == EXN_OK || status == EXN_CORRUPT || status == EXN_LIMIT ||
         status == EXN_UNSUPPORTED);
    return status;
}

static exn_result picture_of(uint32_t orientation, uint32_t width, uint32_t height)
{
    exn_result picture;
    exn_orientation o = exn_orientation_from_exif(orientation);
    exn_result_init(&picture, sizeof picture);
    picture.outcome = EXN_OUTCOME_LOSSLESS;
    picture.orientation = orientation;
    picture.transform = exn_orientation_bits(o);
    picture.width_in = picture.width_out = width;
    picture.height_in = picture.height_out = height;
    exn_orientation_size(o, &picture.width_out, &picture.height_out);
    return picture;
}

static void check_stays(exn_span file, exn_labels_format format, const exn_labels_options *options)
{
    exn_buffer out = {0};
    exn_labels_result result;
    exn_result picture = picture_of(1, 7, 4);
    FACT(move(file, format, options, &picture, &out, &result) == EXN_OK);
    FACT(result.edits == 0 && exn_span_equal(exn_buffer_span(&out), file));
    exn_buffer_free(&out);
}

/* A keypoint without a flag that comes to lie on (0, 0) is one that is absent. */
static bool has_no_keypoints(exn_labels_format format)
{
    return format == EXN_LABELS_VOC || format == EXN_LABELS_LABELME || format == EXN_LABELS_CSV ||
           format == EXN_LABELS_CVAT || format == EXN_LABELS_MOT;
}

static void check_moves(exn_span file, exn_labels_format format, const exn_labels_options *options,
                        exn_result *picture, const total *before)
{
    exn_buffer there = {0}, back = {0};
    exn_labels_result result;
    total moved;
    if (move(file, format, options, picture, &there, &result) == EXN_OK) {
        const uint32_t inverse = exn_orientation_to_exif(
            exn_orientation_inverse(exn_orientation_from_exif(picture->orientation)));
        exn_result output = picture_of(inverse, picture->width_out, picture->height_out);
        FACT(scan(exn_buffer_span(&there), format, options, &moved) == EXN_OK);
        FACT(moved.images == before->images && moved.shapes <= before->shapes);
        exn_fuzz_kinds[format].count += result.shapes_moved > 0 || format == EXN_LABELS_LIST ||
                                        format == EXN_LABELS_MOT_SEQINFO;
        exn_status status = move(exn_buffer_span(&there), format, options, &output, &back, &result);
        /* Pixels of a whole CSV may have come to lie where they could be parts of sides, and parts
         * so far outside that they could be pixels. */
        FACT(status == EXN_OK || status == EXN_LIMIT ||
             ((format == EXN_LABELS_CSV || format == EXN_LABELS_NDJSON ||
               format == EXN_LABELS_FIFTYONE) &&
              status == EXN_UNSUPPORTED));
        if (status == EXN_OK) {
            FACT(scan(exn_buffer_span(&back), format, options, &moved) == EXN_OK);
            FACT(moved.images == before->images && moved.shapes <= before->shapes);
            /* Sums of doubles that are very large or very many are near each other only. */
            FACT(!(before->reach < 1e9) || !has_no_keypoints(format) ||
                 fabs(moved.reach - before->reach) < 1e-3);
        }
    }
    exn_buffer_free(&there);
    exn_buffer_free(&back);
}

/* A word of exn_labels_format_word() that is none would fuzz nothing, so it is an error. */
static exn_labels_format forced(void)
{
    const char *word = getenv("FUZZ_FORMAT");
    int i = EXN_LABELS_UNKNOWN;
    if (!word || !*word)
        return EXN_LABELS_UNKNOWN;
    do
        FACT(strcmp(exn_labels_format_word(++i), "unknown") != 0);
    while (strcmp(exn_labels_format_word(i), word) != 0);
    return i;
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    exn_labels_options options;
    total before;
    (void)choice;
    if (size < HEAD)
        return;
    exn_labels_options_init(&options, sizeof options);
    options.max_memory = 4 << 20;
    options.frame = data[0] & 8 ? EXN_LABELS_DISPLAYED : EXN_LABELS_STORED;
    options.yolo = (data[0] >> 4) % 3;
    options.keypoints = 2;
    options.keypoint_numbers = 2 + (data[0] >> 7);
    options.masks = data[1] >> 7;
    options.createml = (data[2] >> 6) % 3;
    exn_result picture = picture_of(1 + data[0] % 8, 1u + data[1], 1u + data[2]);
    uint8_t *copy = fuzz_copy(data + HEAD, size - HEAD);
    exn_span file = {copy, size - HEAD};
    exn_source source = exn_window_source_of(&file);
    exn_labels_format format = exn_labels_sniff(&source);
    if (format == EXN_LABELS_UNKNOWN && file.size && file.data[0] >= '1' && file.data[0] <= '9')
        format = EXN_LABELS_MOT; /* which nothing recognizes */
    if (forced() != EXN_LABELS_UNKNOWN)
        format = forced();
    exn_fuzz_kinds[0].count += format == EXN_LABELS_UNKNOWN;
    for (int i = 1; format == EXN_LABELS_UNKNOWN && exn_fuzz_kinds[i].name; i++)
        scan(file, i, &options, &before);
    if (format != EXN_LABELS_UNKNOWN && scan(file, format, &options, &before) == EXN_OK) {
        check_stays(file, format, &options);
        check_moves(file, format, &options, &picture, &before);
    }
    free(copy);
}
