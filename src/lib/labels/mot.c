/* SPDX-License-Identifier: MIT */
/* Lines of frame, id, left, top, width, height and more, without names. Boxes count pixels from 1,
 * and frame 1 is img1/000001 beside the table's folder. The numbers after the box are not places in
 * the image: confidence, class, visibility, or coordinates in the world.
 *
 * A table of numbers cannot be recognized by its content, but only by the names gt/gt.txt and
 * det/det.txt.
 *
 *   1,3,912,484,97,109,0,7,1      frame, id, left, top, width, height, ... */
#include "mot.h"

#include <inttypes.h>
#include <stdio.h>

#include "decimal.h"
#include "table.h"

typedef struct walk {
    exn_table table;
    const exn_label_events *events;
    exn_numbers box;
    size_t count; /* of columns */
} walk;

void exn_mot_names(exn_span folder, uint32_t frame, char room[2][EXN_MOT_NAME], exn_span names[2])
{
    for (int i = 0; i < 2; i++)
        names[i] = (exn_span){(const uint8_t *)room[i],
                              (size_t)snprintf(room[i], sizeof room[i], "%.*s/%0*" PRIu32,
                                               (int)folder.size, (const char *)folder.data,
                                               6 + 2 * i, frame)};
}

/* Detections and results have ten columns, ground truth has nine, and six suffice for a box. A line
 * with another count than the first is an error. Boxes may lie partly outside of the image and stay
 * so: the challenge asks for whole people, not for their visible parts. */
static exn_status read_record(void *context)
{
    walk *w = context;
    enum { FRAME, ID, LEFT, TOP, WIDTH, HEIGHT, LEAST, MOST = 10 };
    uint64_t offset;
    uint32_t frame;
    exn_decimal number;
    char room[2][EXN_MOT_NAME];
    if (w->count == 0)
        w->count = w->table.count;
    if (w->table.count < LEAST || w->table.count > MOST || w->table.count != w->count)
        return exn_table_fail(&w->table, EXN_CORRUPT,
                              w->table.count == w->count
                                  ? "a line that is not of 6 to 10 numbers"
                                  : "another count of numbers than the first line has");
    const exn_span text = exn_table_field_text(&w->table, FRAME, &offset);
    if (!exn_decimal_read(text, &number) || !exn_decimal_is_size(&number, &frame) || frame == 0)
        return exn_table_fail(&w->table, EXN_CORRUPT,
                              "it does not begin with the number of a frame");
    exn_numbers_clear(&w->box);
    exn_status status = EXN_OK;
    for (size_t i = LEFT; i <= HEIGHT && status == EXN_OK; i++)
        status = exn_table_add(&w->table, i, &w->box);
    if (status != EXN_OK)
        return status;
    exn_span names[2];
    exn_mot_names((exn_span){(const uint8_t *)"img1", 4}, frame, room, names);
    const exn_span key = names[0];
    /* The same frame comes with each of its boxes, in any order of lines. */
    const exn_label_image image = {.key = key,
                                   .name = key,
                                   .other_name = names[1],
                                   .is_stem = true,
                                   .is_repeated = true,
                                   .place = {.line = w->table.line, .member = "frame"}};
    const exn_label_shape shape = {.image = key,
                                   .kind = EXN_LABEL_BOX,
                                   .coordinates = EXN_COORDINATES_PIXELS_FROM_1,
                                   .numbers = &w->box,
                                   .place = {.line = w->table.line}};
    status = w->events->image(w->events->context, &image);
    if (status == EXN_OK)
        status = w->events->shape(w->events->context, &shape);
    return status == EXN_OK ? w->events->settled(w->events->context, exn_table_offset(&w->table))
                            : status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    walk w = {
        .table = {.source = source, .separator = ',', .account = events->account, .error = error},
        .box = {.account = events->account},
        .events = events};
    (void)settings;
    exn_status status = exn_table_each(&w.table, read_record, &w);
    exn_table_free(&w.table);
    exn_numbers_free(&w.box);
    return status;
}

/* Only the name tells, and only the caller knows it. */
static bool recognize(const exn_source *source)
{
    (void)source;
    return false;
}

const exn_label_format exn_mot_format = {.name = "mot", .recognize = recognize, .walk = walk_file};
