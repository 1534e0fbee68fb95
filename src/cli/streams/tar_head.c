/* SPDX-License-Identifier: MIT */
#include "tar_head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/item.h"
#include "base/text.h"

/* Where the fields of a header lie: offset and size. */
enum {
    /* POSIX.1-2017, pax, "ustar Interchange Format"; the last two as in GNU tar's tar.h, struct
     * oldgnu_header. */
    NAME_SIZE = 100, /* at 0 */
    SIZE = 124,
    SIZE_SIZE = 12,
    CHECKSUM = 148,
    CHECKSUM_SIZE = 8,
    TYPE = 156,
    MAGIC = 257,
    PREFIX = 345, /* ustar: the first part of the name, before a slash */
    PREFIX_SIZE = 155,
    GNU_SPARSE = 386, /* GNU: the map's first entry */
    GNU_REAL = 483,   /* GNU: the size of the file with its holes */
};

/* Names and attributes can be long, but a larger head is an attack. */
#define MAX_HEAD ((size_t)4 << 20)

/* Unsigned arithmetic wraps, and 512 divides 2^64. */
size_t exn_tar_head_padding(uint64_t body)
{
    return (size_t)(-body % EXN_TAR_BLOCK);
}

bool exn_tar_head_is_zero(const uint8_t *block)
{
    for (size_t i = 0; i < EXN_TAR_BLOCK; i++)
        if (block[i])
            return false;
    return true;
}

/* head->size exceeds neither MAX_HEAD nor the room, so neither subtraction wraps. */
exn_status exn_tar_head_append(exn_tar_head *head, const uint8_t *data, size_t size,
                               exn_error *error)
{
    if (size > MAX_HEAD - head->size)
        return exn_error_set(error, EXN_READ, 0, "a member's header is larger than %zu MiB",
                             MAX_HEAD >> 20);
    if (size > head->room - head->size) {
        size_t room = 2 * (head->size + size);
        uint8_t *more = realloc(head->bytes, room);
        if (!more)
            return exn_error_set(error, EXN_MEMORY, 0, "header of a member");
        head->bytes = more;
        head->room = room;
    }
    if (size > 0)
        memcpy(head->bytes + head->size, data, size);
    head->size += size;
    return EXN_OK;
}

/* ---- the headers in front of a member's own */

static bool is_pax(uint8_t type)
{
    return type == 'x' || type == 'X'; /* X: Solaris */
}

/* About the archive, not the member: a global header, a volume's label. */
static bool is_note(uint8_t type)
{
    return type == 'g' || type == 'V';
}

/* Pax, GNU's long names, Solaris' access lists, notes. */
static bool is_prefix(uint8_t type)
{
    return is_pax(type) || is_note(type) || type == 'L' || type == 'K' || type == 'A';
}

typedef struct part {
    const uint8_t *block;
    uint8_t type;
    const uint8_t *data; /* of a prefix */
    size_t size;         /* of data */
    size_t whole;        /* with the block and the padding */
} part;

/* Takes the header at *at and its data. False: there is no complete one. libarchive has checked the
 * same blocks and their checksums, and accepts more forms of numbers than octal ones. The member's
 * own header is the last part and takes the rest: only GNU's blocks of a sparse map follow it. */
static bool next_part(const exn_tar_head *head, size_t *at, part *p)
{
    size_t left = head->size - *at, size = 0, i = SIZE;
    if (left < EXN_TAR_BLOCK)
        return false;
    p->block = head->bytes + *at;
    p->type = p->block[TYPE];
    p->data = p->block + EXN_TAR_BLOCK;
    while (i < SIZE + SIZE_SIZE && p->block[i] == ' ')
        i++;
    for (; i < SIZE + SIZE_SIZE && p->block[i] >= '0' && p->block[i] <= '7'; i++)
        size = size << 3 | (size_t)(p->block[i] - '0');
    bool number = i == SIZE + SIZE_SIZE || p->block[i] == ' ' || p->block[i] == '\0';
    bool prefix = is_prefix(p->type);
    p->size = p->type == 'V' || !prefix ? 0 : size;
    p->whole = prefix ? EXN_TAR_BLOCK + p->size + exn_tar_head_padding(p->size) : left;
    *at += p->whole;
    return (number || !prefix) && p->size <= MAX_HEAD && p->whole <= left;
}

/* One record of a pax header: "length key=value\n", with the length of the whole record in decimal.
 */
typedef struct record {
    const uint8_t *start, *key, *value;
    size_t size, key_size, value_size;
} record;

/* Takes the record at *at; false: there is none, and *at tells whether that is the end.
 * POSIX.1-2017, pax, "pax Extended Header": "%d %s=%s\n". The length is untrusted: reading it stops
 * when it exceeds the data, so that it cannot overflow, and it must lead to a newline within them.
 */
static bool next_record(const part *p, size_t *at, record *r)
{
    const uint8_t *data = p->data;
    size_t length = 0, i = *at;
    for (; i < p->size && data[i] >= '0' && data[i] <= '9' && length <= p->size; i++)
        length = length * 10 + (size_t)(data[i] - '0');
    if (i == *at || i >= p->size || data[i] != ' ' || length > p->size - *at ||
        *at + length <= i + 1 || data[*at + length - 1] != '\n')
        return false;
    r->start = data + *at;
    r->size = length;
    r->key = data + i + 1;
    const uint8_t *end = r->start + length - 1;
    const uint8_t *equals = memchr(r->key, '=', (size_t)(end - r->key));
    if (!equals)
        return false;
    r->key_size = (size_t)(equals - r->key);
    r->value = equals + 1;
    r->value_size = (size_t)(end - r->value);
    *at += length;
    return true;
}

static bool is_key(const record *r, const char *key)
{
    return r->key_size == strlen(key) && memcmp(r->key, key, r->key_size) == 0;
}

/* Keys of sparse files, whose body is a map and some of their bytes. */
static bool is_sparse_key(const record *r)
{
    static const char gnu[] = "GNU.sparse.";
    return (r->key_size >= sizeof gnu - 1 && memcmp(r->key, gnu, sizeof gnu - 1) == 0) ||
           is_key(r, "SCHILY.realsize") || is_key(r, "SUN.holesdata");
}

/* libarchive reads "12x" as 12; others do not. */
static bool is_decimal(const record *r)
{
    for (size_t i = 0; i < r->value_size; i++)
        if (r->value[i] < '0' || r->value[i] > '9')
            return false;
    return r->value_size > 0;
}

/* A global header with a name or a size is refused: it holds for each member up to the next one, so
 * editing one member would mean giving all others records of their own. */
static exn_status look_at_record(const part *p, const record *r, bool *odd, exn_error *error)
{
    bool sized = is_key(r, "size"), sparse = is_sparse_key(r);
    if (p->type == 'g' && (sized || sparse || is_key(r, "path") || is_key(r, "linkpath")))
        return exn_error_set(error, EXN_UNSUPPORTED, 0,
                             "a global header that gives names or sizes to members");
    if (sized && !is_decimal(r))
        return exn_error_set(error, EXN_READ, 0, "a pax size is not a number");
    *odd = *odd || sparse;
    return EXN_OK;
}

/* Only zeros may follow the last record: a more lenient reader could find a size or a name there
 * that this program has not seen. */
static exn_status look_at_records(const part *p, bool *odd, exn_error *error)
{
    record r;
    size_t at = 0;
    while (next_record(p, &at, &r))
        if (look_at_record(p, &r, odd, error) != EXN_OK)
            return error->status;
    for (; at < p->size; at++)
        if (p->data[at] != 0)
            return exn_error_set(error, EXN_READ, 0, "damaged pax header");
    return EXN_OK;
}

/* GNU's fields count only with GNU's magic: in ustar the same bytes belong to the prefix of the
 * name (345 to 499). */
exn_status exn_tar_head_look(exn_tar_head *head, bool *odd, exn_error *error)
{
    part p;
    *odd = false;
    for (size_t at = 0; next_part(head, &at, &p);) {
        if ((is_pax(p.type) || p.type == 'g') && look_at_records(&p, odd, error) != EXN_OK)
            return error->status;
        if (is_prefix(p.type))
            continue;
        head->header = (size_t)(p.block - head->bytes);
        bool gnu = memcmp(p.block + MAGIC, "ustar  ", 8) == 0;
        *odd = *odd || p.type == 'S' || (gnu && (p.block[GNU_SPARSE] || p.block[GNU_REAL]));
        return EXN_OK;
    }
    return exn_error_set(error, EXN_READ, 0, "extended headers without a member");
}

/* ---- editing */

/* The sum of unsigned bytes; six octal digits, a NUL and a space, as all writers have it. 512 times
 * 255 is below 8^6. */
static void set_checksum(uint8_t *block)
{
    char text[CHECKSUM_SIZE];
    unsigned sum = CHECKSUM_SIZE * ' '; /* its own field counts as spaces */
    for (size_t i = 0; i < EXN_TAR_BLOCK; i++)
        sum += i >= CHECKSUM && i < CHECKSUM + CHECKSUM_SIZE ? 0 : block[i];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(block + CHECKSUM, text, 7);
    block[CHECKSUM + 7] = ' ';
}

/* Writes eleven octal digits with leading zeros, as in ustar, whatever the form of the number
 * before (GNU and star also use base 256). The field's last byte, a NUL or a space, stays. */
static void set_size(uint8_t *block, uint64_t size)
{
    char text[SIZE_SIZE + 12];
    uint8_t *end = &block[SIZE + SIZE_SIZE - 1];
    snprintf(text, sizeof text, "%011" PRIo64, size);
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a head has a block */
    memcpy(block + SIZE, text, SIZE_SIZE - 1);
    *end = *end == ' ' ? ' ' : '\0';
    set_checksum(block);
}

static bool has_key(const part *p, const char *key)
{
    record r;
    for (size_t at = 0; next_record(p, &at, &r);)
        if (is_key(&r, key))
            return true;
    return false;
}

/* A record's length counts its own digits. */
static void append_record(exn_tar_head *to, const char *key, const char *value, exn_error *error)
{
    char digits[24];
    const size_t rest = strlen(key) + strlen(value) + 3; /* blank, equals sign, newline */
    size_t length = rest + 1, count = 0;
    do {
        count = (size_t)snprintf(digits, sizeof digits, "%zu", length);
        length = rest + count;
    } while ((size_t)snprintf(digits, sizeof digits, "%zu", length) != count);
    const char *const texts[] = {digits, " ", key, "=", value, "\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        exn_tar_head_append(to, (const uint8_t *)texts[i], strlen(texts[i]), error);
}

static void append_zeros(exn_tar_head *to, size_t size, exn_error *error)
{
    static const uint8_t zeros[EXN_TAR_BLOCK];
    exn_tar_head_append(to, zeros, size, error);
}

/* Copies a pax header with another value for a key. Bytes after the records stay, since readers may
 * react to them. A record overrides the header's field, so every record with the key has to change.
 * The first failure stays in the error; appending after it does no harm. */
static exn_status put_value(exn_tar_head *to, const part *p, const char *key, const char *value,
                            exn_error *error)
{
    record r;
    size_t at = 0, begin = to->size, records = begin + EXN_TAR_BLOCK;
    exn_tar_head_append(to, p->block, EXN_TAR_BLOCK, error);
    while (next_record(p, &at, &r))
        if (is_key(&r, key))
            append_record(to, key, value, error);
        else
            exn_tar_head_append(to, r.start, r.size, error);
    exn_tar_head_append(to, p->data + at, p->size - at, error);
    size_t size = error->status == EXN_OK ? to->size - records : 0;
    append_zeros(to, exn_tar_head_padding(size), error);
    if (error->status == EXN_OK)
        set_size(to->bytes + begin, size);
    return error->status;
}

/* Replaces the head, but only if the edited one is complete. */
static exn_status replace(exn_tar_head *head, const exn_tar_head *edited, size_t header,
                          const exn_error *error)
{
    if (error->status != EXN_OK) {
        free(edited->bytes);
        return error->status;
    }
    free(head->bytes);
    head->bytes = edited->bytes;
    head->size = edited->size;
    head->room = edited->room;
    head->header = header;
    return EXN_OK;
}

/* Sets the size in the header's field and, if there is one, in a pax record: readers without pax
 * use the field. */
exn_status exn_tar_head_resize(exn_tar_head *head, uint64_t body, exn_error *error)
{
    const uint64_t octal_limit = (uint64_t)1 << 33; /* eleven digits */
    exn_tar_head edited = {0};
    char number[24];
    part p;
    size_t header = 0;
    snprintf(number, sizeof number, "%" PRIu64, body);
    if (body >= octal_limit)
        return exn_error_set(error, EXN_LIMIT, 0, "a member of 8 GiB or more cannot be edited");
    for (size_t at = 0; error->status == EXN_OK && next_part(head, &at, &p);) {
        header = edited.size;
        if (is_pax(p.type) && has_key(&p, "size"))
            put_value(&edited, &p, "size", number, error);
        else
            exn_tar_head_append(&edited, p.block, p.whole, error);
    }
    if (replace(head, &edited, header, error) != EXN_OK)
        return error->status;
    set_size(head->bytes + header, body);
    head->body = body;
    return EXN_OK;
}

/* ---- another name */

/* Whether the last path in a pax header, which is the one that counts, is this name. */
static bool says_path(const part *p, const char *name)
{
    record r;
    bool says = false;
    for (size_t at = 0; next_record(p, &at, &r);)
        if (is_key(&r, "path"))
            says = r.value_size == strlen(name) && memcmp(r.value, name, r.value_size) == 0;
    return says;
}

/* Whether GNU's long name, which ends in a NUL, is this name. */
static bool says_long_name(const part *p, const char *name)
{
    const size_t size = strnlen((const char *)p->data, p->size);
    return size == strlen(name) && memcmp(p->data, name, size) == 0;
}

/* Whether the header's own fields give this name, with the prefix if it is ustar. */
static bool says_name(const uint8_t *block, const char *name)
{
    char whole[NAME_SIZE + PREFIX_SIZE + 2] = "";
    const bool is_ustar = memcmp(block + MAGIC, "ustar", 6) == 0;
    const size_t prefix = is_ustar ? strnlen((const char *)block + PREFIX, PREFIX_SIZE) : 0;
    snprintf(whole, sizeof whole, "%.*s%s%.*s", (int)prefix, (const char *)block + PREFIX,
             prefix ? "/" : "", NAME_SIZE, (const char *)block);
    return strcmp(whole, name) == 0;
}

static void put_long_name(exn_tar_head *to, const part *p, const char *name, exn_error *error)
{
    const size_t begin = to->size, size = strlen(name) + 1;
    exn_tar_head_append(to, p->block, EXN_TAR_BLOCK, error);
    exn_tar_head_append(to, (const uint8_t *)name, size, error);
    append_zeros(to, exn_tar_head_padding(size), error);
    if (error->status == EXN_OK)
        set_size(to->bytes + begin, size);
}

/* The name's last part is always in the field of 100 bytes, which need not end in a NUL. A shorter
 * name is padded with zeros, so that nothing of the old one is left. */
static bool set_name(uint8_t *block, const char *name)
{
    const char *base = exn_text_base(name);
    const size_t size = strnlen((const char *)block, NAME_SIZE), length = strlen(base);
    size_t folder = size;
    while (folder > 0 && block[folder - 1] != '/')
        folder--;
    if (folder + length > NAME_SIZE)
        return false;
    memset(block + folder, 0, NAME_SIZE - folder);
    memcpy(block + folder, base, length);
    set_checksum(block);
    return true;
}

/* Changes the name wherever the head has it. All headers in front have to agree on the old name,
 * since it depends on the reader which of two it takes. If one of them has a longer name, the
 * header's own field is truncated, and readers that know the longer one ignore it; then it may
 * stay.
 */
exn_status exn_tar_head_rename(exn_tar_head *head, const char *name, exn_error *error)
{
    exn_tar_head edited = {0};
    part p;
    size_t header = 0, said = 0;
    bool is_well = true, is_own = false;
    for (size_t at = 0; error->status == EXN_OK && next_part(head, &at, &p);) {
        const bool is_path = is_pax(p.type) && has_key(&p, "path");
        header = edited.size;
        said += is_path || p.type == 'L';
        is_well = is_well && (!is_path || says_path(&p, head->name)) &&
                  (p.type != 'L' || says_long_name(&p, head->name));
        is_own = !is_prefix(p.type) && says_name(p.block, head->name);
        if (is_path)
            put_value(&edited, &p, "path", name, error);
        else if (p.type == 'L')
            put_long_name(&edited, &p, name, error);
        else
            exn_tar_head_append(&edited, p.block, p.whole, error);
    }
    const bool is_set = is_own && edited.bytes && set_name(edited.bytes + header, name);
    if (error->status == EXN_OK && (!is_well || (said == 0 && !is_set)))
        exn_error_set(error, EXN_UNSUPPORTED, 0,
                      "its name cannot be changed to that of its output");
    return replace(head, &edited, header, error);
}

/* A global header or a volume's label also applies to later members. */
void exn_tar_head_orphan(exn_tar_head *head)
{
    part p;
    size_t kept = 0;
    for (size_t at = 0; next_part(head, &at, &p);)
        if (is_note(p.type)) {
            memmove(head->bytes + kept, p.block, p.whole);
            kept += p.whole;
        }
    head->size = kept;
}

void exn_tar_head_free(exn_tar_head *head)
{
    free(head->bytes);
    free(head->name);
    free(head->link);
    *head = (exn_tar_head){0};
}
