/* SPDX-License-Identifier: MIT */
#include "usage.h"

#include <stdarg.h>
#include <stdio.h>

#include "text.h"

static void say(const char *name, const char *format, va_list arguments)
{
    fputs("exifnorm: ", stderr);
    if (name) {
        exn_text_quote(stderr, "", name);
        fputs(": ", stderr);
    }
    vfprintf(stderr, format, arguments);
}

exn_exit exn_usage_error(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(name, format, arguments);
    fputs("\n", stderr);
    va_end(arguments);
    return EXN_EXIT_USAGE;
}

exn_exit exn_usage_syntax(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(name, format, arguments);
    fputs("; try 'exifnorm --help'\n", stderr);
    va_end(arguments);
    return EXN_EXIT_USAGE;
}
