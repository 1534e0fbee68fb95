/* SPDX-License-Identifier: MIT */
/* Coordinates of labels, by the three bits of orientation.h. A flip turns a into extent - a, where
 * extent is the sum of the first and the last number: those of both edges, or of the first and the
 * last pixel. */
#include "orientation.h"

#include "exifnorm.h"

enum { ALL = EXN_TRANSFORM_FLIP_X | EXN_TRANSFORM_FLIP_Y | EXN_TRANSFORM_TRANSPOSE };

static bool is_map(const exn_map *map)
{
    return map && map->transform <= ALL && map->width > 0 && map->height > 0;
}

static bool is_known(exn_coordinates coordinates)
{
    return (uint32_t)coordinates <= EXN_COORDINATES_PIXELS_FROM_1;
}

/* What a flip subtracts from. Edges run from 0 to the size, pixels from 0 to one less, or from 1 to
 * the size. */
static int64_t extent(uint32_t size, exn_coordinates coordinates)
{
    static const int first_and_last[] = {[EXN_COORDINATES_EDGES] = 0,
                                         [EXN_COORDINATES_PIXELS] = -1,
                                         [EXN_COORDINATES_PIXELS_FROM_1] = 1};
    return (int64_t)size + first_and_last[coordinates];
}

static void swap(double *a, double *b)
{
    double c = *a;
    *a = *b;
    *b = c;
}

exn_status exn_map_init(exn_map *map, uint32_t orientation, uint32_t width, uint32_t height)
{
    if (!map || orientation < 1 || orientation > 8 || width == 0 || height == 0)
        return EXN_BAD_ARGUMENT;
    *map = (exn_map){exn_orientation_bits(exn_orientation_from_exif(orientation)), width, height};
    return EXN_OK;
}

exn_status exn_map_inverse(const exn_map *map, exn_map *back)
{
    if (!is_map(map) || !back)
        return EXN_BAD_ARGUMENT;
    exn_orientation o = exn_orientation_from_bits(map->transform);
    uint32_t width = map->width, height = map->height;
    exn_orientation_size(o, &width, &height);
    *back = (exn_map){exn_orientation_bits(exn_orientation_inverse(o)), width, height};
    return EXN_OK;
}

exn_status exn_map_size(const exn_map *map, uint32_t *width, uint32_t *height)
{
    if (!is_map(map) || !width || !height)
        return EXN_BAD_ARGUMENT;
    *width = map->width;
    *height = map->height;
    exn_orientation_size(exn_orientation_from_bits(map->transform), width, height);
    return EXN_OK;
}

exn_status exn_map_point(const exn_map *map, exn_coordinates coordinates, double *x, double *y)
{
    if (!is_map(map) || !is_known(coordinates) || !x || !y)
        return EXN_BAD_ARGUMENT;
    if (map->transform & EXN_TRANSFORM_FLIP_X)
        *x = (double)extent(map->width, coordinates) - *x;
    if (map->transform & EXN_TRANSFORM_FLIP_Y)
        *y = (double)extent(map->height, coordinates) - *y;
    if (map->transform & EXN_TRANSFORM_TRANSPOSE)
        swap(x, y);
    return EXN_OK;
}

/* Both corners are points, but a flip makes the smaller side the larger one. */
exn_status exn_map_box(const exn_map *map, exn_coordinates coordinates, double box[4])
{
    if (!is_map(map) || !is_known(coordinates) || !box)
        return EXN_BAD_ARGUMENT;
    if (map->transform & EXN_TRANSFORM_FLIP_X)
        swap(&box[0], &box[2]);
    if (map->transform & EXN_TRANSFORM_FLIP_Y)
        swap(&box[1], &box[3]);
    exn_map_point(map, coordinates, &box[0], &box[1]);
    return exn_map_point(map, coordinates, &box[2], &box[3]);
}

/* x, y, width, height: a flip brings another corner closest to the origin. */
exn_status exn_map_rectangle(const exn_map *map, double rectangle[4])
{
    if (!is_map(map) || !rectangle)
        return EXN_BAD_ARGUMENT;
    if (map->transform & EXN_TRANSFORM_FLIP_X)
        rectangle[0] = (double)map->width - rectangle[0] - rectangle[2];
    if (map->transform & EXN_TRANSFORM_FLIP_Y)
        rectangle[1] = (double)map->height - rectangle[1] - rectangle[3];
    if (map->transform & EXN_TRANSFORM_TRANSPOSE) {
        swap(&rectangle[0], &rectangle[1]);
        swap(&rectangle[2], &rectangle[3]);
    }
    return EXN_OK;
}

/* Two rows of three: u and v are where x and y are written before axes are swapped. */
exn_status exn_map_matrix(const exn_map *map, exn_coordinates coordinates, int64_t matrix[6])
{
    if (!is_map(map) || !is_known(coordinates) || !matrix)
        return EXN_BAD_ARGUMENT;
    const exn_orientation o = exn_orientation_from_bits(map->transform);
    int64_t *u = o.transpose ? matrix + 3 : matrix, *v = o.transpose ? matrix : matrix + 3;
    u[0] = o.flip_x ? -1 : 1;
    u[1] = v[0] = 0;
    u[2] = o.flip_x ? extent(map->width, coordinates) : 0;
    v[1] = o.flip_y ? -1 : 1;
    v[2] = o.flip_y ? extent(map->height, coordinates) : 0;
    return EXN_OK;
}
