/* SPDX-License-Identifier: MIT */
/*     /data/upload/4/1f2e3d4c-a%20b.jpg        1f2e3d4c-a b.jpg, or a b.jpg
 *     /data/local-files/?d=set/a.jpg           set/a.jpg
 *     s3://bucket/set/a.jpg                    set/a.jpg
 *     https://host/set/a.jpg?signature=1       set/a.jpg
 *     set/a%20b.jpg                            set/a%20b.jpg: no address, so nothing is escaped */
#include "label_studio_name.h"

#include <string.h>
#include <strings.h>

static const uint8_t *find(exn_span text, const char *word)
{
    return text.size ? memmem(text.data, text.size, word, strlen(word)) : NULL;
}

static exn_span from(exn_span text, const uint8_t *at)
{
    return exn_span_part(text, (size_t)(at - text.data), text.size - (size_t)(at - text.data));
}

static exn_span until(exn_span text, uint8_t byte)
{
    const uint8_t *end = text.size ? memchr(text.data, byte, text.size) : NULL;
    return end ? exn_span_part(text, 0, (size_t)(end - text.data)) : text;
}

/* Whether it is an address: /data/upload/... on the server itself, or any scheme. Anything else is
 * a path in a folder. */
static bool is_address(exn_span text)
{
    return exn_span_starts(text, "/", 1) || find(text, "://");
}

/* The path in a text, and whether it has an address's escapes. A path that is no address may
 * contain any character. Files of a storage have their path in a query parameter. Whatever follows
 * the path (a signature in a query, a fragment: RFC 3986, 3.4 and 3.5) is not part of a file's
 * name. */
static exn_span path_of(exn_span text, bool *is_escaped)
{
    static const char *const parameters[] = {"?d=", "&d=", "?filepath=", "&filepath="};
    *is_escaped = is_address(text);
    if (!*is_escaped)
        return text;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        const uint8_t *at = find(text, parameters[i]);
        if (at)
            return until(until(from(text, at + strlen(parameters[i])), '&'), '#');
    }
    text = until(until(text, '?'), '#');
    const uint8_t *scheme = find(text, "://");
    if (!scheme)
        return exn_span_part(text, 1, text.size - 1);
    text = from(text, scheme + 3);
    const uint8_t *slash = find(text, "/"); /* after the host or bucket */
    return slash ? from(text, slash + 1) : text;
}

static int digit_of(uint8_t byte)
{
    return byte >= '0' && byte <= '9'   ? byte - '0'
           : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10
           : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
                                        : -1;
}

size_t exn_label_studio_name_rest(exn_span text)
{
    bool is_escaped;
    const exn_span path = path_of(text, &is_escaped);
    return (size_t)(text.data + text.size - (path.data + path.size));
}

/* Percent-encoding (RFC 3986, 2.1). A percent sign without two hex digits is kept, as browsers do.
 */
static exn_status append_decoded(exn_span text, bool is_escaped, exn_buffer *to)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < text.size && status == EXN_OK; i++) {
        uint8_t byte = text.data[i];
        const int high = i + 2 < text.size ? digit_of(text.data[i + 1]) : -1,
                  low = i + 2 < text.size ? digit_of(text.data[i + 2]) : -1;
        if (is_escaped && byte == '%' && high >= 0 && low >= 0) {
            byte = (uint8_t)(high << 4 | low);
            i += 2;
        }
        status = exn_buffer_append(to, &byte, 1);
    }
    return status;
}

/* The folder of an uploaded file is unknown to the data set. */
static exn_span base_of(exn_span path)
{
    const uint8_t *slash = path.size ? memrchr(path.data, '/', path.size) : NULL;
    return slash ? from(path, slash + 1) : path;
}

/* A task's texts may be anything: captions, ids, other files. Before any project's settings are
 * known, only the extension tells them apart. Types that are not read here count as well, or a task
 * with a GIF would seem to have no image. */
bool exn_label_studio_name_is_image(exn_span text)
{
    static const char *const endings[] = {"jpg",  "jpeg", "jpe", "jfif", "png",  "webp", "tif",
                                          "tiff", "bmp",  "gif", "avif", "heic", "heif", "jxl"};
    bool is_escaped;
    const exn_span base = base_of(path_of(text, &is_escaped));
    const uint8_t *point = base.size ? memrchr(base.data, '.', base.size) : NULL;
    for (size_t i = 0; point && i < sizeof endings / sizeof *endings; i++)
        if (from(base, point + 1).size == strlen(endings[i]) &&
            strncasecmp((const char *)point + 1, endings[i], strlen(endings[i])) == 0)
            return true;
    return false;
}

/* /data/upload/4/1f2e3d4c-name.jpg: eight digits of a UUID and a hyphen. The file in the data set
 * has its name from before the upload. */
static bool has_hash(exn_span base)
{
    enum { HASH = 8 };
    size_t i = 0;
    while (i < HASH && i < base.size && digit_of(base.data[i]) >= 0)
        i++;
    return i == HASH && base.size > HASH + 1 && base.data[i] == '-';
}

exn_status exn_label_studio_name_find(exn_span text, exn_buffer *name, exn_buffer *other)
{
    enum { HASH_AND_HYPHEN = 9 };
    bool is_escaped;
    const exn_span path = path_of(text, &is_escaped), base = base_of(path);
    /* An upload's folder is the project's number on the server and does not exist in the data set.
     */
    const bool is_upload = is_escaped && find(path, "upload/");
    exn_status status = append_decoded(is_upload ? base : path, is_escaped, name);
    if (status == EXN_OK && is_upload && has_hash(base))
        status = append_decoded(exn_span_part(base, HASH_AND_HYPHEN, base.size - HASH_AND_HYPHEN),
                                is_escaped, other);
    return status;
}
