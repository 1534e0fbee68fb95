/* SPDX-License-Identifier: MIT */
#include "label.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Names of lists are this program's own, so it is never cut. */
static void write_path(const exn_label_place *place, char *to, size_t size)
{
    int at = snprintf(to, size, "%s[%" PRIu64 "]", place->list, place->index);
    for (int i = 0; i < 2 && place->inner[i].list; i++)
        at += snprintf(to + at, size - (size_t)at, ".%s[%" PRIu64 "]", place->inner[i].list,
                       place->inner[i].index);
    snprintf(to + at, size - (size_t)at, "%s%s: ", place->member ? "." : "",
             place->member ? place->member : "");
}

/* The text goes to people: where first, then what. What a file contributes to it is cut by the
 * callers. */
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

bool exn_label_is_place(exn_span name)
{
    static const char *const parts[] = {
        "box",  "pts",    "point",   "landmark", "poly", "segm", "center", "contour", "ellipse",
        "quad", "corner", "vertice", "mask",     "rle",  "dp_",  "xy",     "obb"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (name.size && memmem(name.data, name.size, parts[i], strlen(parts[i])))
            return true;
    return false;
}
