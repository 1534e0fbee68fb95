/* SPDX-License-Identifier: MIT */
#include "label.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "decimal.h"

/* Lists are named by this program, so a path is never truncated. */
static void write_path(const exn_label_place *place, char *to, size_t size)
{
    int at = snprintf(to, size, "%s[%" PRIu64 "]", place->list, place->index);
    for (int i = 0; i < 2 && place->inner[i].list; i++)
        at += snprintf(to + at, size - (size_t)at, ".%s[%" PRIu64 "]", place->inner[i].list,
                       place->inner[i].index);
    snprintf(to + at, size - (size_t)at, "%s%s: ", place->member ? "." : "",
             place->member ? place->member : "");
}

/* The text is for people: first where, then what. Callers limit the length of anything that comes
 * from the file. */
exn_status exn_label_fail(exn_error *error, exn_status status, const exn_label_place *place,
                          const char *format, ...)
{
    char what[200], where[200] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (place->list)
        write_path(place, where, sizeof where);
    else if (place->line)
        snprintf(where, sizeof where, "line %" PRIu64 ": %s%s", place->line,
                 place->member ? place->member : "", place->member ? ": " : "");
    else if (place->member)
        snprintf(where, sizeof where, "%s: ", place->member);
    return exn_status_fail(error, status, "%s%s", where, what);
}

/* ---- events without a handler */

static exn_status ignore_settled(void *context, uint64_t offset)
{
    (void)context;
    (void)offset;
    return EXN_OK;
}

static void ignore_generator(void *context, exn_label_generator generator)
{
    (void)context;
    (void)generator;
}

static exn_status ignore_embedded(void *context, const exn_label_embedded *embedded)
{
    (void)context;
    (void)embedded;
    return EXN_OK;
}

static exn_status ignore_address(void *context, const exn_label_address *address)
{
    (void)context;
    (void)address;
    return EXN_OK;
}

static exn_status ignore_bytes(void *context, const exn_label_bytes *bytes)
{
    (void)context;
    (void)bytes;
    return EXN_OK;
}

exn_label_events
exn_label_events_of(exn_status (*image)(void *context, const exn_label_image *image),
                    exn_status (*shape)(void *context, const exn_label_shape *shape), void *context,
                    exn_account *account)
{
    return (exn_label_events){.image = image,
                              .shape = shape,
                              .settled = ignore_settled,
                              .generator = ignore_generator,
                              .embedded = ignore_embedded,
                              .address = ignore_address,
                              .bytes = ignore_bytes,
                              .context = context,
                              .account = account};
}

double exn_label_degrees(exn_span text)
{
    double degrees;
    return exn_decimal_read_value(text, &degrees) ? fmod(degrees, 360) : (double)NAN;
}

bool exn_label_is_place(exn_span name)
{
    static const char *const parts[] = {
        "box",  "pts",    "point",   "landmark", "poly", "segm", "center", "contour", "ellipse",
        "quad", "corner", "vertice", "mask",     "rle",  "dp_",  "xy",     "obb"};
    static const char *const words[] = {"joints", "coordinates", "coords", "geometry", "roi",
                                        "rois",   "rect",        "hull",   "trace",    "traces",
                                        "line",   "lines",       "region", "regions"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (name.size == strlen(words[i]) && memcmp(name.data, words[i], name.size) == 0)
            return true;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (name.size && memmem(name.data, name.size, parts[i], strlen(parts[i])))
            return true;
    return false;
}
