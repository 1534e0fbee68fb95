/* SPDX-License-Identifier: MIT */
#include "label.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The text goes to people: where first, then what. What a file contributes to it is cut by the
 * callers. */
exn_status exn_label_fail(exn_error *error, exn_status status, const exn_label_place *place,
                          const char *format, ...)
{
    char what[200], where[100] = "";
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (place->list)
        snprintf(where, sizeof where, "%s[%" PRIu64 "]%s%s: ", place->list, place->index,
                 place->member ? "." : "", place->member ? place->member : "");
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
