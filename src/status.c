#include "status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *word, *text;
} statuses[] = {
#define X(name, word, text) {word, text},
    EXN_STATUS_MAP(X)
#undef X
};

#define X(name, word) word,
static const char *const outcomes[] = {EXN_OUTCOME_MAP(X)};
static const char *const warnings[] = {EXN_WARNING_MAP(X)};
static const char *const reasons[] = {EXN_REASON_MAP(X)};
static const char *const formats[] = {EXN_FORMAT_MAP(X)};
static const char *const methods[] = {EXN_METHOD_MAP(X)};
static const char *const places[] = {EXN_PLACE_MAP(X)};
#undef X

#define COUNT(array)       (sizeof(array) / sizeof(array)[0])
#define WORD(table, index) ((size_t)(index) < COUNT(table) ? table[index] : "unknown")

const char *exn_status_word(exn_status status)
{
    return (size_t)status < COUNT(statuses) ? statuses[status].word : "unknown";
}

const char *exn_status_text(exn_status status)
{
    return (size_t)status < COUNT(statuses) ? statuses[status].text : "unknown error";
}

const char *exn_outcome_word(exn_outcome outcome)
{
    return WORD(outcomes, outcome);
}

const char *exn_warning_word(exn_warning warning)
{
    return WORD(warnings, warning);
}

const char *exn_reason_word(exn_reason reason)
{
    return WORD(reasons, reason);
}

const char *exn_format_word(exn_format format)
{
    return WORD(formats, format);
}

const char *exn_method_word(exn_method method)
{
    return WORD(methods, method);
}

const char *exn_place_word(exn_place place)
{
    return WORD(places, place);
}

const char *exn_version(void)
{
    return EXN_VERSION;
}

void exn_copy_printable(char *to, size_t size, const char *text)
{
    size_t i = 0;
    for (; i + 1 < size && text[i]; i++)
        to[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
    if (size)
        to[i] = '\0';
}

exn_status exn_fail(exn_error *error, exn_status status, const char *format, ...)
{
    if (!error || error->status != EXN_OK)
        return status;
    char text[sizeof error->detail];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    error->status = status;
    exn_copy_printable(error->detail, sizeof error->detail, text);
    return status;
}

exn_status exn_need_memory(exn_error *error, uint64_t need, uint64_t limit)
{
    const bool small = limit < 1 << 20;
    const uint64_t unit = small ? 1 << 10 : 1 << 20;
    const char *name = small ? "KiB" : "MiB";
    if (need <= limit)
        return EXN_OK;
    return exn_fail(error, EXN_LIMIT, "needs %" PRIu64 " %s, limit %" PRIu64 " %s",
                    (need + unit - 1) / unit, name, limit / unit, name);
}

exn_status exn_need_pixels(exn_error *error, uint32_t width, uint32_t height, uint64_t limit)
{
    if ((uint64_t)width * height <= limit)
        return EXN_OK;
    return exn_fail(error, EXN_LIMIT, "%" PRIu32 "x%" PRIu32 " has more than %" PRIu64 " pixels",
                    width, height, limit);
}
