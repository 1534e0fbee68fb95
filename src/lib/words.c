/* SPDX-License-Identifier: MIT */
/* Words for machines and for people: one table for each enum of the public header. */
#include <stddef.h>

#include "exifnorm.h"

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
