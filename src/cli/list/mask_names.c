/* SPDX-License-Identifier: MIT */
#include "mask_names.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* A backslash in a name is a character like any other, and so is a dot at its beginning. */
#define FLAGS FNM_NOESCAPE

/* Whether one part of a path matches one part of a GLOB. Parts are copied, since fnmatch(3) takes
 * no sizes. A file name has at most 255 bytes; a part that does not fit matches nothing. */
static bool is_part(const char *glob, size_t glob_size, const char *part, size_t size)
{
    char a[512], b[512];
    if (glob_size >= sizeof a || size >= sizeof b)
        return false;
    memcpy(a, glob, glob_size);
    memcpy(b, part, size);
    a[glob_size] = b[size] = '\0';
    return fnmatch(a, b, FLAGS) == 0;
}

static bool is_literal(const char *glob, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (strchr("*?[", glob[i]))
            return false;
    return true;
}

/* Where the part of a path begins that ends at `end`, which is a slash or the end of the path. */
static size_t begin_of(const char *path, size_t end)
{
    while (end > 0 && path[end - 1] != '/')
        end--;
    return end;
}

/* Compares the folders of a GLOB (`folders` bytes, with their last slash) with those that end at
 * `end` in the path, from the last to the first. from and to enclose the last run of folders that
 * the GLOB names without a wildcard: these make the path a mask's, and the image's path lacks them
 * or has others in their place. For a GLOB of masks/, a folder of any name and *.png, and the path
 * data/masks/a/1.png, from and to enclose masks/. */
static bool match_folders(const char *glob, size_t folders, const char *path, size_t end,
                          exn_mask_name *name)
{
    bool is_open = true;
    name->from = name->to = end;
    while (folders > 0) {
        if (end == 0)
            return false;
        const size_t g = begin_of(glob, folders - 1), p = begin_of(path, end - 1);
        if (!is_part(glob + g, folders - 1 - g, path + p, end - 1 - p))
            return false;
        if (!is_literal(glob + g, folders - 1 - g))
            is_open = name->from == name->to;
        else if (is_open) {
            name->to = name->from == name->to ? end : name->to;
            name->from = p;
        }
        folders = g;
        end = p;
    }
    return true;
}

static void set_stem(const char *path, size_t base, exn_mask_name *name)
{
    const char *dot = strrchr(path + base, '.');
    name->stem = base;
    name->stem_size = dot && dot > path + base ? (size_t)(dot - path) - base : strlen(path + base);
}

/* Not every file in a folder of masks is a mask. Formats that cannot be rotated count, so that they
 * are refused and not left as they are. */
static bool is_picture(const char *name)
{
    static const char *const endings[] = {".png", ".jpg",  ".jpeg", ".webp", ".tif", ".tiff",
                                          ".bmp", ".gif",  ".pgm",  ".ppm",  ".jxl", ".avif",
                                          ".jpe", ".heic", ".heif", ".jfif", ".npy", ".npz",
                                          ".mat", ".exr",  ".pfm",  ".tga",  ".jp2"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

/* "masks/": any folder of the path may match, and the last one counts, since a folder "masks" may
 * hold another one. */
static bool match_folder(const char *glob, const char *path, size_t least, exn_mask_name *name)
{
    const size_t base = exn_text_folder_size(path);
    set_stem(path, base, name);
    if (!is_picture(path + base))
        return false;
    for (size_t end = base; end > 0 && name->stem_size >= least; end = begin_of(path, end - 1))
        if (match_folders(glob, strlen(glob), path, end, name))
            return true;
    return false;
}

/* A GLOB of * alone stands for any name, without its ending. Finds the shortest stem of at least
 * that size, so that a caller who cannot use it can ask for a longer one. */
static bool match_base(const char *glob, const char *path, size_t base, size_t least,
                       exn_mask_name *name)
{
    const char *text = path + base, *star = strchr(glob, '*');
    const size_t before = (size_t)(star - glob), length = strlen(text);
    if (strcmp(glob, "*") == 0) {
        set_stem(path, base, name);
        return name->stem_size >= least;
    }
    if (strncmp(text, glob, before) != 0)
        return false;
    for (size_t size = least ? least : 1; before + size <= length; size++)
        if (fnmatch(star + 1, text + before + size, FLAGS) == 0) {
            name->stem = base + before;
            name->stem_size = size;
            return true;
        }
    return false;
}

static bool match(const char *glob, const char *path, size_t least, exn_mask_name *name)
{
    const size_t base = exn_text_folder_size(path), folders = exn_text_folder_size(glob);
    if (!glob[folders])
        return match_folder(glob, path, least, name);
    return match_folders(glob, folders, path, base, name) &&
           match_base(glob + folders, path, base, least, name);
}

bool exn_mask_names_fits(const char *glob, const char *path, exn_mask_name *name)
{
    return match(glob, path, 0, name);
}

/* The first GLOB that fits decides, even if its stem cannot be as long as least: a later GLOB is
 * not another reading of the first. */
bool exn_mask_names_match(const exn_cli_options *options, const char *path, size_t least,
                          exn_mask_name *name)
{
    exn_mask_name found;
    const char *const *glob = options->masks;
    while (*glob && !match(*glob, path, 0, &found))
        glob++;
    if (!*glob || !match(*glob, path, least, &found))
        return false;
    *name = found;
    return true;
}

/* Compares from the last part to the first. */
bool exn_mask_names_ends_as(const char *glob, size_t size, const char *path)
{
    size_t end = strlen(path);
    while (size > 0) {
        const size_t g = begin_of(glob, size), p = begin_of(path, end);
        if (!is_part(glob + g, size - g, path + p, end - p))
            return false;
        size = g > 0 ? g - 1 : 0;
        if (size > 0 && p == 0)
            return false;
        end = p > 0 ? p - 1 : 0;
    }
    return true;
}
