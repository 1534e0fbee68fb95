/* SPDX-License-Identifier: MIT */
#include "mask_names.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

/* A backslash is a character like any in a name, and so is a dot at its beginning. */
#define FLAGS FNM_NOESCAPE

/* Whether one part of a path is what one part of a GLOB says. Parts are copied, as fnmatch(3) knows
 * no sizes; a file's name has at most 255 bytes, and one that does not fit matches nothing. */
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

/* Where the part of a path that ends at `end`, a slash or its last byte's next, begins. */
static size_t begin_of(const char *path, size_t end)
{
    while (end > 0 && path[end - 1] != '/')
        end--;
    return end;
}

/* Compares the folders of a GLOB, `folders` bytes with their last slash, with those that end at
 * `end` in the path, from the last to the first. Those that it names, and does not only describe,
 * are what makes the path a mask's; of several runs of such the last one. Of a GLOB of masks/, a
 * folder of any name and *.png, and the path data/masks/a/1.png, from and to are around masks/:
 * that is what the path of the image lacks, or has something else for. */
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

/* Not all that is in a folder of masks is one. What cannot be rotated counts, so that it is refused
 * and not left as it is. */
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

/* "masks/": any folder of the path may be it. The last one counts: what is below a folder "masks"
 * may have one in it once more. */
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

/* A single * is a name without its ending, whatever that is. The shortest stem first, from least
 * on, so that a caller who has no use for it asks for a longer one. */
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

/* The first GLOB that fits decides. Also where only it has no stem as long as least: a later GLOB
 * is not another reading of the first. */
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

/* Both ends go up by one part at a time, past the slash before it. */
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
