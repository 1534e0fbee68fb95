/* SPDX-License-Identifier: MIT */
#include "ending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

static bool is_one_of(const char *ending, const char *const *endings)
{
    for (; *endings; endings++)
        if (strcasecmp(ending, *endings) == 0)
            return true;
    return false;
}

/* An ending of HEIF is replaced; one of the output's own format stays; any other stays too, since
 * what follows the dot may be part of the name, and the new one is appended. */
char *exn_ending_of(const char *name, exn_format made)
{
    static const char *const heif[] = {".heic",  ".heif",  ".hif",   ".avif",
                                       ".heics", ".heifs", ".avifs", NULL};
    static const char *const endings_png[] = {".png", NULL};
    static const char *const endings_jpeg[] = {".jpg", ".jpeg", ".jpe", ".jfif", NULL};
    const bool png = made == EXN_FORMAT_PNG;
    const char *base = exn_text_base(name), *dot = strrchr(base, '.');
    const bool begins = dot && dot > base;
    size_t kept = strlen(name);
    char *output = NULL;
    if (begins && is_one_of(dot, png ? endings_png : endings_jpeg))
        return strdup(name);
    if (begins && is_one_of(dot, heif))
        kept = (size_t)(dot - name);
    return asprintf(&output, "%.*s%s", (int)kept, name, png ? ".png" : ".jpg") < 0 ? NULL : output;
}
