/* SPDX-License-Identifier: MIT */
#include "poses_yaml.h"

#include <stdlib.h>
#include <string.h>

/* A line at the top level of a YAML file, "key: value"; NULL: it is another one. At the top level
 * only: an indented line is another mapping's. A key may have quotes, and blanks after it. */
static const char *value_of(const char *line, const char *key)
{
    const size_t length = strlen(key), quote = *line == '"' || *line == '\'';
    const char *end = line + quote + length;
    if (strncmp(line + quote, key, length) != 0 || (quote && *end != *line))
        return NULL;
    end += quote;
    end += strspn(end, " \t");
    return *end == ':' ? end + 1 : NULL;
}

/* White space, line ends and comments. */
static const char *skip_blanks(const char *text)
{
    for (;;) {
        text += strspn(text, " \t\r\n");
        if (*text != '#')
            return text;
        text += strcspn(text, "\n");
    }
}

/* The quote that a text begins with; NUL: none. */
static char quote_of(const char *text)
{
    if (*text == '"' || *text == '\'')
        return *text;
    return '\0';
}

/* 17, "17" or '17', and what follows is no part of it; *text: behind it. A thousand keypoints are
 * more than any data set has. */
static bool read_number(const char **text, uint32_t *to)
{
    enum { MOST = 1000 };
    const char *from = skip_blanks(*text);
    const char quote = quote_of(from);
    char *end;
    from += quote != '\0';
    if (*from < '0' || *from > '9')
        return false;
    const unsigned long number = strtoul(from, &end, 10);
    if (number > MOST || (quote && *end++ != quote) || !strchr(" \t\r\n,])", *end))
        return false;
    *to = (uint32_t)number;
    *text = end;
    return true;
}

/* "[17, 3]", also as a text, or, on lines of their own, "- 17" and "- 3" (YAML 1.2.2, 7.4.1 and
 * 8.2.1). Not a YAML reader: what is anything else than two numbers is unclear, and its data set's
 * files are not guessed at. */
static bool read_pair(const char *text, uint32_t *first, uint32_t *second)
{
    uint32_t *const to[] = {first, second};
    text = skip_blanks(text);
    const char quote = quote_of(text);
    if (quote)
        text = skip_blanks(text + 1);
    const char open = *text;
    char close = '\0', between = ',';
    if (open == '[')
        close = ']';
    else if (open == '(')
        close = ')';
    else if (open == '-')
        between = '-';
    else
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (*text++ != (i > 0 ? between : open) || !read_number(&text, to[i]))
            return false;
        text = skip_blanks(text);
    }
    const bool is_end = open == '-' ? *text != '-' : *text++ == close && (!quote || *text == quote);
    return is_end && (*second == 2 || *second == 3);
}

/* The first MiB: a list of class names may be long. Of a longer file nobody knows what follows.
 * kpt_shape that is there twice counts as the last one, as YAML readers of Python take it. */
void exn_poses_yaml_read(const exn_source *source, exn_answer *answer)
{
    static char text[(1 << 20) + 1];
    static const char *const keys[] = {"names", "nc", "train", "val", "path", "kpt_shape"};
    exn_labels_answer *found = &answer->labels;
    answer->result.outcome = EXN_OUTCOME_COPIED;
    const size_t size = source->size < sizeof text ? (size_t)source->size : sizeof text - 1;
    if (source->read(source->context, text, size, 0) != 0)
        return;
    text[size] = '\0';
    size_t known = 0;
    found->unclear = size < source->size || strlen(text) < size;
    const char *start = strncmp(text, "\xEF\xBB\xBF", 3) == 0 ? text + 3 : text;
    for (const char *line = start; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            known += value_of(line, keys[i]) != NULL;
        const char *value = value_of(line, "kpt_shape");
        if (value && !read_pair(value, &found->keypoints, &found->keypoint_numbers))
            found->keypoints = found->keypoint_numbers = 0;
        found->unclear |= value && found->keypoints == 0;
    }
    /* One key may be anybody's. */
    found->data = known >= 2;
}
