/* SPDX-License-Identifier: MIT */
#include "drawn_layer.h"

#include <math.h>
#include <stdlib.h>

#define RADIAN (M_PI / 180)

/* From one frame to another, by way of the stored one. */
typedef struct way {
    exn_map first, then;
} way;

static exn_map map_of(uint32_t orientation, const exn_page_pick *p)
{
    exn_map map = {0, p->width, p->height};
    exn_map_init(&map, orientation ? orientation : 1, p->width, p->height);
    return map;
}

/* Converts to pixels of the boxes' frame. The numbers come from a worker and may be anything:
 * places outside of any picture are dropped. */
static bool scale(const exn_boxed *boxed, uint32_t width, uint32_t height, exn_page_box *box)
{
    const double most = 1e9, x = boxed->is_part ? width : 1, y = boxed->is_part ? height : 1;
    *box = (exn_page_box){.x = boxed->left * x,
                          .y = boxed->top * y,
                          .width = (boxed->right - boxed->left) * x,
                          .height = (boxed->bottom - boxed->top) * y,
                          .degrees = boxed->degrees,
                          .is_about_center = boxed->is_about_center != 0};
    return fabs(box->x) < most && fabs(box->y) < most && box->width >= 0 && box->width < most &&
           box->height >= 0 && box->height < most && fabs(box->degrees) < most;
}

/* Those of image `at`, in pixels. Returns how many. */
static size_t gather(const exn_drawn_boxes *all, size_t at, uint32_t width, uint32_t height,
                     exn_page_box *boxes)
{
    size_t n = 0;
    for (size_t i = 0; i < all->count && n < EXN_BOXED_MOST; i++)
        n += all->list[i].wanted == at && scale(&all->list[i], width, height, &boxes[n]);
    return n;
}

enum { X, Y };

/* As it is rotated. */
static void find_corner(const exn_page_box *box, size_t i, double at[2])
{
    const double c = cos(box->degrees * RADIAN), s = sin(box->degrees * RADIAN),
                 x = box->is_about_center ? box->width / 2 : 0,
                 y = box->is_about_center ? box->height / 2 : 0,
                 right = (i == 1 || i == 2 ? box->width : 0) - x,
                 down = (i > 1 ? box->height : 0) - y;
    at[X] = box->x + x + c * right - s * down;
    at[Y] = box->y + y + s * right + c * down;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) < 0.05; /* of a pixel: what was rounded in a file is less than that */
}

/* Corners and sides may be exchanged, since a box that is rotated by 90 degrees more may be the
 * same one. With the same lengths of sides, boxes are equal only if each corner is one of the
 * other's. */
static bool leads(const way *w, const exn_page_box *before, const exn_page_box *after)
{
    enum { CORNERS = 4 };
    const bool same =
                   is_near(before->width, after->width) && is_near(before->height, after->height),
               across =
                   is_near(before->width, after->height) && is_near(before->height, after->width);
    for (size_t i = 0; i < CORNERS; i++) {
        double from[2], to[2];
        bool is_one = false;
        find_corner(before, i, from);
        exn_map_point(&w->first, EXN_COORDINATES_EDGES, &from[X], &from[Y]);
        exn_map_point(&w->then, EXN_COORDINATES_EDGES, &from[X], &from[Y]);
        for (size_t k = 0; k < CORNERS && !is_one; k++) {
            find_corner(after, k, to);
            is_one = is_near(from[X], to[X]) && is_near(from[Y], to[Y]);
        }
        if (!is_one)
            return false;
    }
    return same || across;
}

/* Whole numbers, as all maps are. */
static void set_matrix(const way *w, int64_t matrix[6])
{
    double at[3][2] = {{0, 0}, {1, 0}, {0, 1}};
    for (size_t i = 0; i < 3; i++) {
        exn_map_point(&w->first, EXN_COORDINATES_EDGES, &at[i][0], &at[i][1]);
        exn_map_point(&w->then, EXN_COORDINATES_EDGES, &at[i][0], &at[i][1]);
    }
    for (size_t axis = 0; axis < 2; axis++) {
        int64_t *row = matrix + 3 * axis;
        row[0] = llround(at[1][axis] - at[0][axis]);
        row[1] = llround(at[2][axis] - at[0][axis]);
        row[2] = llround(at[0][axis]);
    }
}

/* Neither the two label files nor the report says which frame the old labels were in. If the files
 * are this run's, one of the two frames leads from each old box to its new one; if both do, they
 * draw the same. So nothing wrong is drawn over the old picture, whatever has happened to the files
 * since.
 */
static void tell(const exn_page_pick *p, size_t at, const exn_drawn_boxes *boxes,
                 exn_page_layer *layer, uint32_t transform)
{
    const exn_map stored = map_of(1, p), shown = map_of(p->given, p),
                  done = {transform, p->width, p->height};
    for (int displayed = 0; displayed < 2 && !layer->is_told; displayed++) {
        way to_after = {stored, done}, to_before = {stored, map_of(p->shown, p)};
        uint32_t width = p->width, height = p->height;
        if (displayed) {
            exn_map_size(&shown, &width, &height);
            exn_map_inverse(&shown, &to_after.first);
            to_before.first = to_after.first;
        }
        layer->before = gather(boxes, at, width, height, layer->boxes);
        /* The new boxes come after the space for the old ones. */
        const exn_page_box *after = layer->boxes + EXN_BOXED_MOST;
        layer->is_told = layer->before > 0 && layer->before == layer->after;
        for (size_t i = 0; i < layer->before && layer->is_told; i++)
            layer->is_told = leads(&to_after, &layer->boxes[i], &after[i]);
        set_matrix(&to_before, layer->matrix);
    }
}

/* Labels of an image that failed or is unsupported were not moved, and their frame was never
 * determined. */
bool exn_drawn_layer_add(exn_page *page, size_t row, const exn_drawn_want *want, size_t at,
                         const exn_drawn_boxes *before, const exn_drawn_boxes *after)
{
    exn_page_pick *p = want->pick;
    const exn_page_row *image = &page->rows[p->row];
    const exn_map done = {image->transform, p->width, p->height};
    uint32_t width, height;
    if (image->outcome == EXN_OUTCOME_FAILED || image->outcome == EXN_OUTCOME_UNSUPPORTED ||
        exn_map_size(&done, &width, &height) != EXN_OK)
        return true;
    exn_page_layer *layer = calloc(1, sizeof *layer);
    exn_page_box *boxes = layer ? calloc(2 * EXN_BOXED_MOST, sizeof *boxes) : NULL;
    if (!boxes) {
        free(layer);
        return false;
    }
    *layer = (exn_page_layer){
        .row = row, .shapes = (after->bytes ? after : before)->shapes[at], .boxes = boxes};
    layer->after = gather(after, at, width, height, boxes + EXN_BOXED_MOST);
    tell(p, at, before, layer, image->transform);
    layer->before = layer->is_told ? layer->before : 0;
    exn_page_layer **last = &p->layers;
    while (*last)
        last = &(*last)->next;
    *last = layer;
    return true;
}
