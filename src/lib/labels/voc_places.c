/* SPDX-License-Identifier: MIT */
#include "voc_places.h"

#include <string.h>

#include "label.h"

bool exn_voc_places_is_coordinate(const char *name)
{
    static const char *const names[] = {"x",        "y",     "cx",   "cy",   "xc",   "yc",  "angle",
                                        "rotation", "theta", "xmin", "ymin", "xmax", "ymax"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    /* x1, y12 */
    return (name[0] == 'x' || name[0] == 'y') && name[1] &&
           strspn(name + 1, "0123456789") == strlen(name + 1);
}

/* Elements whose text is numbers of a place, whether or not they contain other elements: points of
 * FAIR1M, mbox_cx and header_x of HRSC2016, x_left_top of DIOR-R, left and top of various tools. */
static bool is_named_place(const char *name)
{
    static const char *const names[] = {"left", "top", "right", "bottom", "pt"};
    const size_t size = strlen(name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    if (size > 2 && (strncmp(name, "x_", 2) == 0 || strncmp(name, "y_", 2) == 0 ||
                     strcmp(name + size - 2, "_x") == 0 || strcmp(name + size - 2, "_y") == 0))
        return true;
    return strcmp(name, "segmented") != 0 &&
           exn_label_is_place((exn_span){(const uint8_t *)name, size});
}

static bool is_one_of(char c, const char *set)
{
    return c && strchr(set, c);
}

/* How many numbers a text consists of; 0 if it contains anything else. */
static size_t count_numbers(const char *text, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        const size_t begin = i;
        bool has_digit = false;
        for (; i < size && is_one_of(text[i], "0123456789.+-eE"); i++)
            has_digit |= text[i] >= '0' && text[i] <= '9';
        count += has_digit;
        if (i == begin && !is_one_of(text[i++], " \t\r\n,;:()[]"))
            return 0;
    }
    return count;
}

/* As many numbers as a box has count as a place whatever their element is called. */
bool exn_voc_places_are_in(const char *name, const char *text, size_t size)
{
    enum { BOX = 4 };
    const size_t count = count_numbers(text, size);
    return !exn_voc_places_is_coordinate(name) &&
           (count >= BOX || (count > 0 && is_named_place(name)));
}

bool exn_voc_places_are_attributes(const char **attributes)
{
    static const char *const names[] = {"width", "height", "w", "h", "points", "bbox"};
    for (; *attributes; attributes += 2) {
        bool is_place = exn_voc_places_is_coordinate(attributes[0]);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            is_place |= strcmp(attributes[0], names[i]) == 0;
        if (is_place)
            return true;
    }
    return false;
}
