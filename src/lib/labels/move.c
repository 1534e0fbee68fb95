/* SPDX-License-Identifier: MIT */
#include "move.h"

#include "decimal_short.h"
#include "measure.h"
#include "move_masks.h"
#include "move_picture.h"
#include "move_points.h"
#include "move_tilted.h"

/* The side, in the frame that labels come from: a coordinate is mirrored there and then changes its
 * slot. Fractions and percents refer to each side by itself, so they are mirrored within 1 or 100
 * whatever the image's size. */
static uint32_t side_of(const exn_mover *m, bool is_y)
{
    switch (m->shape->unit) {
    case EXN_LABEL_PARTS:
        return 1;
    case EXN_LABEL_PERCENT:
        return 100;
    default:
        return is_y ? m->move->height : m->move->width;
    }
}

/* What a mirrored coordinate is subtracted from. For pixel indices, i of 0 to n-1 becomes n-1-i and
 * i of 1 to n becomes n+1-i; an edge e becomes n-e. Each format has its own convention. Getting it
 * wrong puts a label off by one pixel: too little to be seen, but enough to fail a comparison. */
static uint32_t end_of(const exn_mover *m, bool is_y)
{
    const uint32_t side = side_of(m, is_y);
    switch (m->shape->coordinates) {
    case EXN_COORDINATES_PIXELS:
        return side - 1;
    case EXN_COORDINATES_PIXELS_FROM_1:
        return side + 1;
    default:
        return side;
    }
}

/* The same as mirror() for numbers of any length; leaves the text in m->text. */
static exn_status mirror_long(exn_mover *m, uint32_t end_at, size_t at, const size_t *less,
                              exn_decimal_zeros zeros)
{
    exn_decimal end, number, other;
    exn_status status = exn_mover_read(m, at, &number);
    if (status == EXN_OK && less)
        status = exn_mover_read(m, *less, &other);
    if (status != EXN_OK)
        return status;
    exn_decimal_set(&end, end_at);
    exn_decimal form = number;
    if (!exn_decimal_subtract(&end, &number, &number) ||
        (less && !exn_decimal_subtract(&number, &other, &number)))
        return exn_mover_fail(m, EXN_LIMIT, "a number has too many digits");
    m->text.size = 0;
    status = exn_decimal_write(&number, &form, zeros, &m->text);
    return status == EXN_OK ? EXN_OK : exn_mover_fail(m, status, "a number has too many digits");
}

/* Number `slot` becomes end - number `at` - number `less`, in the form of number `at`. Computed
 * exactly in decimal: with doubles half of all two-digit numbers would not survive a round trip. */
static exn_status mirror(exn_mover *m, size_t slot, size_t at, const size_t *less, uint32_t end,
                         exn_decimal_zeros zeros)
{
    const exn_numbers *numbers = m->shape->numbers;
    const exn_decimal_short other =
        less ? exn_numbers_short(numbers, *less) : (exn_decimal_short){0, 0};
    char text[EXN_DECIMAL_SHORT_SIZE];
    /* The last pixel of a box is at + less - 1. */
    end += less && m->shape->coordinates != EXN_COORDINATES_EDGES;
    const size_t size = exn_decimal_short_mirror(end, exn_numbers_short(numbers, at),
                                                 less ? &other : NULL, zeros, text);
    if (size > 0)
        return exn_mover_put(m, slot, (exn_span){(const uint8_t *)text, size});
    exn_status status = mirror_long(m, end, at, less, zeros);
    return status == EXN_OK ? exn_mover_put(m, slot, exn_buffer_span(&m->text)) : status;
}

static exn_status move_axis(exn_mover *m, size_t slot, size_t at, const size_t *length, bool is_y,
                            exn_decimal_zeros zeros)
{
    return (is_y ? m->move->o.flip_y : m->move->o.flip_x)
               ? mirror(m, slot, at, length, end_of(m, is_y), zeros)
               : exn_mover_copy(m, slot, at);
}

/* Moves the pair x, y; for boxes, width and height are their lengths. Mirroring makes a box's far
 * corner its near one, so its length is subtracted as well; a transpose swaps the slots of both
 * axes. Where an axis is not mirrored, the text is carried along unchanged, whatever its form. */
static exn_status move_pair(exn_mover *m, size_t x, size_t y, const size_t *width,
                            const size_t *height, exn_decimal_zeros zeros)
{
    const exn_orientation o = m->move->o;
    /* The earlier slot first, since edits are best put in the file's order. */
    exn_status status = o.transpose ? move_axis(m, x, y, height, true, zeros)
                                    : move_axis(m, x, x, width, false, zeros);
    if (status == EXN_OK)
        status = o.transpose ? move_axis(m, y, x, width, false, zeros)
                             : move_axis(m, y, y, height, true, zeros);
    return status;
}

/* Both copies read the old texts, since edits do not change the numbers. Only a transpose turns
 * widths into heights; a mirror leaves both alone. */
static exn_status swap_lengths(exn_mover *m)
{
    if (!m->move->o.transpose)
        return EXN_OK;
    exn_status status = exn_mover_copy(m, 2, 3);
    return status == EXN_OK ? exn_mover_copy(m, 3, 2) : status;
}

/* zeros says how this file writes numbers: if all have the same scale, as CVAT's do, sums keep it.
 */
static exn_status move_box(exn_mover *m)
{
    const size_t width = 2, height = 3;
    exn_status status = move_pair(m, 0, 1, &width, &height, m->move->zeros);
    return status == EXN_OK ? swap_lengths(m) : status;
}

/* A center is a point: unlike a corner it is mirrored without its lengths, be they sides or radii.
 */
static exn_status move_center(exn_mover *m)
{
    exn_status status = move_pair(m, 0, 1, NULL, NULL, EXN_DECIMAL_SAME);
    return status == EXN_OK ? swap_lengths(m) : status;
}

/* Points keep their order, even though a mirror reverses a polygon's direction: formats give that
 * no meaning, but they identify keypoints by order. */
static exn_status move_points(exn_mover *m, size_t count)
{
    exn_status status =
        count % 2 ? exn_mover_fail(m, EXN_CORRUPT, "an odd count of coordinates") : EXN_OK;
    const uint32_t ends[2] = {end_of(m, false), end_of(m, true)};
    for (size_t i = 0; status == EXN_OK; i++) {
        i = exn_move_points(m, ends, i, count);
        if (i >= count)
            break;
        const size_t from = m->move->o.transpose ? i ^ 1 : i;
        status = move_axis(m, i, from, NULL, from % 2, EXN_DECIMAL_SAME);
    }
    return status;
}

/* Each corner takes the place of the one across every mirrored axis. Corners are numbered so that
 * bit 0 is bottom and bit 1 is right. A transposed cuboid cannot be expressed, as CVAT draws it
 * from four vertical edges. */
static exn_status move_cuboid(exn_mover *m)
{
    const exn_orientation o = m->move->o;
    const size_t across = (size_t)o.flip_x << 1 | o.flip_y;
    exn_status status = EXN_OK;
    if (o.transpose)
        return exn_mover_fail(m, EXN_UNSUPPORTED,
                              "a cuboid, whose upright edges would not be upright any more");
    for (size_t corner = 0; corner < 8 && status == EXN_OK; corner++) {
        const size_t slot = 2 * corner, from = 2 * (corner ^ across);
        status = o.flip_x ? mirror(m, slot, from, NULL, end_of(m, false), EXN_DECIMAL_SAME)
                          : exn_mover_copy(m, slot, from);
        if (status == EXN_OK)
            status = o.flip_y
                         ? mirror(m, slot + 1, from + 1, NULL, end_of(m, true), EXN_DECIMAL_SAME)
                         : exn_mover_copy(m, slot + 1, from + 1);
    }
    return status;
}

/* A minimum stays a minimum: if an axis is mirrored, the other corner's number comes here. Slots
 * are x, y, x, y, so i ^ 1 is the corner's other axis and i ^ 2 the other corner's same axis. If
 * the texts stayed in their slots, xmin would exceed xmax, and readers drop or refuse such boxes.
 */
static exn_status move_corners(exn_mover *m)
{
    const exn_orientation o = m->move->o;
    exn_status status = EXN_OK;
    for (size_t i = 0; i < 4 && status == EXN_OK; i++) {
        const bool is_y = i % 2;
        const size_t slot = o.transpose ? i ^ 1 : i, from = i ^ 2;
        if (is_y ? o.flip_y : o.flip_x)
            status = mirror(m, slot, from, NULL, end_of(m, is_y), EXN_DECIMAL_SAME);
        else
            status = exn_mover_copy(m, slot, i);
    }
    return status;
}

/* Turning does not change an angle relative to the sides that turn with it; a mirror reverses it.
 * A positive angle in degrees stays positive, within 360; a negative one, or one in radians, in
 * which no decimal number is a full circle, changes its sign. An orientation mirrors if an odd
 * number of transpose, flip_x and flip_y are set. Zero is left alone, since it would become 360 or
 * -0. */
static exn_status move_angle(exn_mover *m, size_t at)
{
    const exn_orientation o = m->move->o;
    exn_decimal angle, circle;
    exn_status status = exn_mover_read(m, at, &angle);
    if (status != EXN_OK || (o.transpose != o.flip_x) == o.flip_y || angle.count == 0)
        return status;
    exn_decimal form = angle;
    exn_decimal_set(&circle, angle.is_negative || m->shape->kind == EXN_LABEL_RADIANS ? 0 : 360);
    if (!exn_decimal_subtract(&circle, &angle, &angle))
        return exn_mover_fail(m, EXN_LIMIT, "a number has too many digits");
    m->text.size = 0;
    status = exn_decimal_write(&angle, &form, EXN_DECIMAL_SAME, &m->text);
    return status == EXN_OK ? exn_mover_put(m, at, exn_buffer_span(&m->text))
                            : exn_mover_fail(m, status, "a number has too many digits");
}

static exn_status move_tilted(exn_mover *m)
{
    enum { ANGLE = 4 };
    exn_status status = exn_move_tilted_corner(m);
    if (status == EXN_OK)
        status = swap_lengths(m);
    return status == EXN_OK ? move_angle(m, ANGLE) : status;
}

/* The runs cover the patch alone, row by row, and rotate within it; its position moves like a box.
 */
static exn_status move_patch(exn_mover *m)
{
    exn_status status = exn_move_masks_patch(m);
    return status == EXN_OK ? move_box(m) : status;
}

/* All of an image's shapes in pixels were measured before; only if they extend outside of it does
 * it matter which one does. Fractions and percents are measured as if they were pixels of a side of
 * 1 or 100. A shape outside moves like any other and is never clamped: tools draw beyond the edge
 * on purpose (labelme, MOT), and clamping could not be undone. */
static exn_status find_outside(exn_mover *m)
{
    exn_measure measure;
    exn_label_shape in_pixels = *m->shape;
    if (m->move->is_inside && m->shape->unit == EXN_LABEL_PIXELS)
        return EXN_OK;
    exn_measure_init(&measure);
    in_pixels.unit = EXN_LABEL_PIXELS;
    exn_status status = exn_measure_add(&measure, &in_pixels, m->error);
    /* Sums of rounded numbers may slightly exceed the side. */
    const double slack = m->shape->unit == EXN_LABEL_PIXELS ? EXN_MEASURE_SLACK : 1e-5;
    m->is_outside = exn_measure_is_outside(&measure, side_of(m, false), side_of(m, true), slack);
    return status;
}

static exn_status move_kind(exn_mover *m)
{
    const size_t count = exn_numbers_count(m->shape->numbers);
    switch (m->shape->kind) {
    case EXN_LABEL_BOX:
        return move_box(m);
    case EXN_LABEL_CORNERS:
        return move_corners(m);
    case EXN_LABEL_CENTER:
    case EXN_LABEL_ELLIPSE:
        return move_center(m);
    case EXN_LABEL_CUBOID:
        return move_cuboid(m);
    case EXN_LABEL_POINTS:
        return move_points(m, count);
    case EXN_LABEL_ANGLE:
    case EXN_LABEL_RADIANS:
        return move_angle(m, 0);
    case EXN_LABEL_TILTED:
        return move_tilted(m);
    case EXN_LABEL_DOT:
        return exn_move_tilted_dot(m);
    case EXN_LABEL_RUNS:
        return exn_move_masks_runs(m);
    case EXN_LABEL_FILE: /* the caller rotates it */
        return EXN_OK;
    case EXN_LABEL_PATCH:
        return move_patch(m);
    case EXN_LABEL_BRUSH:
        return exn_move_masks_brush(m);
    case EXN_LABEL_PICTURE:
    case EXN_LABEL_BITMAP:
        return exn_move_picture(m);
    }
    return exn_mover_fail(m, EXN_INTERNAL, "a shape of no kind");
}

/* Frames compose: displayed to stored is the inverse of the tag's orientation, and stored to output
 * is what was done to the pixels. The latter differs from the tag if only metadata changed. */
exn_orientation exn_move_way(const exn_result *image, exn_labels_frame frame)
{
    const exn_orientation shown =
                              exn_orientation_shown(image->orientation_given, image->orientation),
                          done = exn_orientation_from_bits(image->transform);
    if (image->outcome == EXN_OUTCOME_FAILED || image->outcome == EXN_OUTCOME_UNSUPPORTED)
        return (exn_orientation){false, false, false};
    return frame == EXN_LABELS_DISPLAYED
               ? exn_orientation_compose(exn_orientation_inverse(shown), done)
               : done;
}

/* Runs are checked even if nothing moves, because they have to fit their image. A refusal counts
 * only if something would move: a file whose images stay is copied whatever is in it. */
exn_status exn_move_shape(const exn_move *move, const exn_label_shape *shape, exn_edits *edits,
                          bool *is_outside, exn_error *error)
{
    exn_mover m = {move, shape, edits, error, {0}, false};
    const bool stays = exn_orientation_is_identity(move->o);
    exn_status status = EXN_OK;
    if (!stays && shape->refusal)
        status = exn_mover_fail(&m, EXN_UNSUPPORTED, shape->refusal);
    if (status == EXN_OK)
        status = find_outside(&m);
    if (status == EXN_OK && (!stays || (shape->kind == EXN_LABEL_RUNS && !shape->refusal)))
        status = move_kind(&m);
    *is_outside = m.is_outside;
    exn_buffer_free(&m.text);
    return status;
}

/* A field that already has the right value is left as written, even as 640.0. */
exn_status exn_move_sizes(const exn_numbers *sizes, const exn_label_place *place, uint32_t width,
                          uint32_t height, exn_edits *edits, bool *is_set, exn_error *error)
{
    const uint32_t values[2] = {width, height};
    exn_status status = EXN_OK;
    *is_set = false;
    for (size_t i = 0; i < 2 && status == EXN_OK; i++) {
        exn_decimal number, value;
        uint32_t old;
        exn_buffer text = {0};
        status = exn_measure_number(sizes, i, place, &number, error);
        if (status != EXN_OK || (exn_decimal_is_size(&number, &old) && old == values[i]))
            continue;
        exn_decimal_set(&value, values[i]);
        status = exn_decimal_write(&value, &number, EXN_DECIMAL_SAME, &text);
        const exn_numbers_item *item = exn_numbers_at(sizes, i);
        if (status == EXN_OK)
            status = exn_edits_put(edits, item->offset, item->size, exn_buffer_span(&text), error);
        exn_buffer_free(&text);
        *is_set = true;
    }
    return status;
}
