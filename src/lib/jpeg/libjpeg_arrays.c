/* SPDX-License-Identifier: MIT */
#include "libjpeg_arrays.h"

#include <stdlib.h>
#include <string.h>

#include <jerror.h>

#include "pages.h"

/* libjpeg only declares this type and leaves its contents to its memory manager, which is the
 * functions below. */
struct jvirt_barray_control {
    bool passes;
    JDIMENSION width, height; /* in blocks */
    JDIMENSION held;          /* rows in memory */
    JDIMENSION first;         /* which of them is the first */
    JBLOCKROW rows[];         /* held of them; the blocks follow */
};

/* All blocks of a component are allocated at once; for large ones the kernel provides zeroed pages,
 * of which only those touched cost anything. Requests come in the order of the components. access
 * is how many rows libjpeg needs at a time. */
static jvirt_barray_ptr on_request(j_common_ptr common, int pool, boolean zero, JDIMENSION width,
                                   JDIMENSION height, JDIMENSION access)
{
    exn_libjpeg_arrays *arrays = common->client_data;
    const bool passes = arrays->passing >> arrays->count & 1;
    const JDIMENSION held = passes ? access : height;
    const size_t head =
        (sizeof(struct jvirt_barray_control) + held * sizeof(JBLOCKROW) + 63) / 64 * 64;
    jvirt_barray_ptr array = NULL;
    (void)pool, (void)zero;
    /* Sides have 16 bits, so a 64-bit sum cannot overflow, although a size_t could. */
    const uint64_t size = head + (uint64_t)held * width * sizeof(JBLOCK);
    if (arrays->count < EXN_JPEG_MAX_COMPONENTS && size <= SIZE_MAX / 2)
        array = calloc(1, (size_t)size);
    if (!array) {
        ERREXIT1(common, JERR_OUT_OF_MEMORY, 0);
        return NULL;
    }
    exn_pages_large(array, (size_t)size);
    array->passes = passes;
    array->width = width;
    array->height = height;
    array->held = held;
    for (JDIMENSION y = 0; y < held; y++)
        array->rows[y] = (JBLOCKROW)(void *)((char *)array + head) + (size_t)y * width;
    arrays->array[arrays->count++] = array;
    return array;
}

static void on_realize(j_common_ptr common)
{
    (void)common;
}

static uint32_t number_of(const exn_libjpeg_arrays *arrays,
                          const struct jvirt_barray_control *array)
{
    uint32_t i = 0;
    while (arrays->array[i] != array)
        i++;
    return i;
}

static void pass_rows(exn_libjpeg_arrays *arrays, struct jvirt_barray_control *array)
{
    const JDIMENSION left = array->height - array->first;
    const JDIMENSION count = left < array->held ? left : array->held;
    if (arrays->visit && !arrays->is_broken)
        arrays->visit(arrays->context, number_of(arrays, array), array->first, count, array->rows);
}

/* Rows that a decoder requests for the first time have to be zero. */
static void move_window(exn_libjpeg_arrays *arrays, struct jvirt_barray_control *array,
                        JDIMENSION first)
{
    arrays->is_broken |= first != array->first + array->held;
    pass_rows(arrays, array);
    memset(array->rows[0], 0, (size_t)array->held * array->width * sizeof(JBLOCK));
    array->first = first;
}

static JBLOCKARRAY on_access(j_common_ptr common, jvirt_barray_ptr array, JDIMENSION first,
                             JDIMENSION count, boolean writable)
{
    exn_libjpeg_arrays *arrays = common->client_data;
    (void)writable;
    if (first + count > array->height)
        ERREXIT(common, JERR_BAD_VIRTUAL_ACCESS);
    if (!array->passes)
        return array->rows + first;
    if (arrays->gives)
        arrays->visit(arrays->context, number_of(arrays, array), first, count, array->rows);
    else if (first != array->first)
        move_window(arrays, array, first);
    return array->rows;
}

void exn_libjpeg_arrays_open(exn_libjpeg_arrays *arrays, j_common_ptr common)
{
    common->client_data = arrays;
    common->mem->request_virt_barray = on_request;
    common->mem->realize_virt_arrays = on_realize;
    common->mem->access_virt_barray = on_access;
}

void exn_libjpeg_arrays_end(exn_libjpeg_arrays *arrays)
{
    for (uint32_t i = 0; i < arrays->count; i++)
        if (arrays->array[i]->passes)
            pass_rows(arrays, arrays->array[i]);
}

void exn_libjpeg_arrays_close(exn_libjpeg_arrays *arrays)
{
    for (uint32_t i = 0; i < arrays->count; i++)
        free(arrays->array[i]);
    arrays->count = 0;
}
