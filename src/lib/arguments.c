/* SPDX-License-Identifier: MIT */
/* Public structs grow only at their end and begin with their size, which tells the header that a
 * caller was built with:
 *
 *   older    | size | a  b |            lacks c: everything is as before c existed
 *   this     | size | a  b  c |
 *   newer    | size | a  b  c  d |      d has to be 0, because its meaning is unknown here
 *
 * So a program keeps working with a later library, and a later program with this one, as long as it
 * requests nothing new. */
#include "arguments.h"

#include <string.h>

enum {
    PNG_LEVEL_MAX = 12,   /* libdeflate's */
    QUALITY_MAX = 100,    /* libjpeg's */
    ORIENTATION_MAX = 8,  /* Exif's */
    SIZE_MAX_EVER = 4096, /* no struct of ours will be this large: its size was not filled in */
};

/* What the structs had in the first version; no caller has less. */
#define END_OF(type, member) (offsetof(type, member) + sizeof((type *)NULL)->member)
#define OPTIONS_FIRST        END_OF(exn_options, look_whole)
#define RESULT_FIRST         END_OF(exn_result, date_time)
#define LABELS_OPTIONS_FIRST END_OF(exn_labels_options, keypoint_numbers)
#define LABELS_RESULT_FIRST  END_OF(exn_labels_result, edits)

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Zeroes as many bytes as the caller has; an impossible size is recorded for the calls to refuse.
 * struct_size is the first member of each struct, so it can be accessed whatever else the caller's
 * version has. */
static void empty(void *given, size_t size)
{
    memset(given, 0, size >= sizeof size && size <= SIZE_MAX_EVER ? size : sizeof size);
    memcpy(given, &size, sizeof size);
}

/* A caller built with an older header has a shorter struct and gets the defaults of the members it
 * has. */
void exn_options_init(exn_options *options, size_t struct_size)
{
    exn_options defaults = {
        .struct_size = struct_size,
        .max_memory = UINT64_C(2) << 30,
        .max_pixels = 500 * UINT64_C(1000000),
        .edges = EXN_EDGES_REQUANTIZE,
        .quality = EXN_QUALITY_SAME,
        .mode = EXN_MODE_BAKE,
        .secondary = EXN_SECONDARY_ROTATE,
        .on_damage = EXN_ON_DAMAGE_FAIL,
        .webp = EXN_WEBP_AS_SHOWN,
    };
    if (!options)
        return;
    empty(options, struct_size);
    if (struct_size <= SIZE_MAX_EVER)
        memcpy(options, &defaults, least(struct_size, sizeof defaults));
}

void exn_result_init(exn_result *result, size_t struct_size)
{
    if (result)
        empty(result, struct_size);
}

void exn_labels_options_init(exn_labels_options *options, size_t struct_size)
{
    const exn_labels_options defaults = {
        .struct_size = struct_size,
        .max_memory = UINT64_C(2) << 30,
        .frame = EXN_LABELS_STORED,
        .yolo = EXN_LABELS_YOLO_UNKNOWN,
    };
    if (!options)
        return;
    empty(options, struct_size);
    if (struct_size <= SIZE_MAX_EVER)
        memcpy(options, &defaults, least(struct_size, sizeof defaults));
}

void exn_labels_result_init(exn_labels_result *result, size_t struct_size)
{
    if (result)
        empty(result, struct_size);
}

/* If a struct is smaller than the first version, or larger than any, it was never initialized, and
 * nothing in it can be trusted. */
static exn_status check_size(const void *given, size_t first, const char *name, exn_error *error)
{
    size_t size;
    memcpy(&size, given, sizeof size);
    if (size >= first && size <= SIZE_MAX_EVER)
        return EXN_OK;
    return exn_status_fail(error, EXN_BAD_ARGUMENT, "%s: struct_size is %zu, at least %zu expected",
                           name, size, first);
}

/* Copies the members that both versions of a struct have. A newer one may have more, as long as
 * those are 0. */
static exn_status take(const void *given, size_t first, size_t known, const char *name, void *own,
                       exn_error *error)
{
    size_t size;
    const exn_status status = check_size(given, first, name, error);
    if (status != EXN_OK)
        return status;
    memcpy(&size, given, sizeof size);
    memcpy(own, given, least(size, known));
    memcpy(own, &known, sizeof known);
    for (size_t i = known; i < size; i++)
        if (((const uint8_t *)given)[i] != 0)
            return exn_status_fail(error, EXN_BAD_ARGUMENT,
                                   "%s: a member is set that version %s does not know", name,
                                   exn_version());
    return EXN_OK;
}

/* The reverse. Members of a newer caller's struct that this version lacks stay zero. */
static void give(const void *own, size_t known, void *given, size_t size)
{
    empty(given, size);
    memcpy(given, own, least(size, known));
    memcpy(given, &size, sizeof size);
}

typedef struct rule {
    const char *name;
    uint32_t value, most;
} rule;

/* A caller may have stored any number in an enum. */
static exn_status check_rules(const rule *rules, size_t count, const char *of, exn_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (rules[i].value > rules[i].most)
            return exn_status_fail(error, EXN_BAD_ARGUMENT, "%s: %s is %u, at most %u is allowed",
                                   of, rules[i].name, rules[i].value, rules[i].most);
    return EXN_OK;
}

/* An orientation given by the caller says how to rotate pixels, which contradicts keeping them. */
static exn_status check_mode(const exn_options *own, exn_error *error)
{
    if (!own->orientation || own->mode != EXN_MODE_DROP)
        return EXN_OK;
    return exn_status_fail(error, EXN_BAD_ARGUMENT,
                           "options: mode keeps the pixels, but an orientation is given");
}

exn_status exn_arguments_options(const exn_options *given, exn_options *own, exn_error *error)
{
    exn_options_init(own, sizeof *own);
    if (!given)
        return EXN_OK;
    *own = (exn_options){0}; /* of what an older caller does not have: as it was before */
    exn_status status = take(given, OPTIONS_FIRST, sizeof *own, "options", own, error);
    if (status != EXN_OK)
        return status;
    const rule rules[] = {
        {"edges", (uint32_t)own->edges, EXN_EDGES_REFUSE},
        {"quality", (uint32_t)own->quality, EXN_QUALITY_HIGH},
        {"mode", (uint32_t)own->mode, EXN_MODE_DROP},
        {"secondary", (uint32_t)own->secondary, EXN_SECONDARY_DROP},
        {"on_damage", (uint32_t)own->on_damage, EXN_ON_DAMAGE_DECODE},
        {"webp", (uint32_t)own->webp, EXN_WEBP_ROTATE},
        {"heif", (uint32_t)own->heif, EXN_HEIF_JPEG},
        {"heif_quality", own->heif_quality, QUALITY_MAX},
        {"png_level", own->png_level, PNG_LEVEL_MAX},
        {"orientation", own->orientation, ORIENTATION_MAX},
    };
    status = check_rules(rules, sizeof rules / sizeof rules[0], "options", error);
    return status == EXN_OK ? check_mode(own, error) : status;
}

exn_status exn_arguments_orientation(uint32_t orientation, exn_options *own, exn_error *error)
{
    if (orientation < 1 || orientation > ORIENTATION_MAX)
        return exn_status_fail(error, EXN_BAD_ARGUMENT, "orientation is %u, 1 to 8 expected",
                               orientation);
    own->orientation = orientation;
    return check_mode(own, error);
}

exn_status exn_arguments_result(const exn_result *result, exn_error *error)
{
    return result ? check_size(result, RESULT_FIRST, "result", error) : EXN_OK;
}

void exn_arguments_give(const exn_result *own, exn_result *result)
{
    if (!result || exn_arguments_result(result, NULL) != EXN_OK)
        return;
    give(own, sizeof *own, result, result->struct_size);
}

/* A result comes back from the caller's memory and is trusted no more than options are. */
exn_status exn_arguments_returned(const exn_result *given, const char *name, exn_result *own,
                                  exn_error *error)
{
    exn_result_init(own, sizeof *own);
    exn_status status = exn_arguments_given(given, name, error);
    if (status == EXN_OK)
        status = take(given, RESULT_FIRST, sizeof *own, name, own, error);
    if (status != EXN_OK)
        return status;
    const rule rules[] = {
        {"format", (uint32_t)own->format, EXN_FORMAT_JXL},
        {"format_out", (uint32_t)own->format_out, EXN_FORMAT_JXL},
        {"outcome", (uint32_t)own->outcome, EXN_OUTCOME_UNSUPPORTED},
        {"method", (uint32_t)own->method, EXN_METHOD_SAMPLES},
        {"orientation_place", (uint32_t)own->orientation_place, EXN_PLACE_ITEM_PROPERTY},
        {"orientation", own->orientation, ORIENTATION_MAX},
        {"orientation_given", own->orientation_given, ORIENTATION_MAX},
        {"transform", own->transform,
         EXN_TRANSFORM_FLIP_X | EXN_TRANSFORM_FLIP_Y | EXN_TRANSFORM_TRANSPOSE},
    };
    return check_rules(rules, sizeof rules / sizeof rules[0], name, error);
}

exn_status exn_arguments_labels_options(const exn_labels_options *given, exn_labels_options *own,
                                        exn_error *error)
{
    enum { KEYPOINTS_MAX = 10000 };
    exn_labels_options_init(own, sizeof *own);
    if (!given)
        return EXN_OK;
    exn_status status = take(given, LABELS_OPTIONS_FIRST, sizeof *own, "options", own, error);
    if (status != EXN_OK)
        return status;
    const rule rules[] = {
        {"frame", (uint32_t)own->frame, EXN_LABELS_DISPLAYED},
        {"yolo", (uint32_t)own->yolo, EXN_LABELS_YOLO_POSES},
        {"keypoints", own->keypoints, KEYPOINTS_MAX},
        {"keypoint_numbers", own->keypoint_numbers, 3},
        {"masks", (uint32_t)own->masks, EXN_LABELS_MASKS_ROTATED},
        {"createml", (uint32_t)own->createml, EXN_LABELS_CREATEML_CORNER},
    };
    status = check_rules(rules, sizeof rules / sizeof rules[0], "options", error);
    if (status == EXN_OK && own->yolo == EXN_LABELS_YOLO_POSES &&
        (own->keypoints == 0 || own->keypoint_numbers < 2))
        return exn_status_fail(error, EXN_BAD_ARGUMENT,
                               "options: keypoints is %u and keypoint_numbers is %u, poses need "
                               "at least 1 and 2",
                               own->keypoints, own->keypoint_numbers);
    return status;
}

exn_status exn_arguments_labels_result(const exn_labels_result *result, exn_error *error)
{
    return result ? check_size(result, LABELS_RESULT_FIRST, "result", error) : EXN_OK;
}

void exn_arguments_give_labels(const exn_labels_result *own, exn_labels_result *result)
{
    if (!result || exn_arguments_labels_result(result, NULL) != EXN_OK)
        return;
    give(own, sizeof *own, result, result->struct_size);
}

exn_status exn_arguments_data(const void *data, size_t size, const char *name, exn_error *error)
{
    return size == 0 ? EXN_OK : exn_arguments_given(data, name, error);
}

exn_status exn_arguments_given(const void *argument, const char *name, exn_error *error)
{
    return argument ? EXN_OK : exn_status_fail(error, EXN_BAD_ARGUMENT, "%s is NULL", name);
}
