#include "tar_head.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the fields of a header lie: offset and size. */
enum {
    NAME = 0,
    NAME_SIZE = 100,
    SIZE = 124,
    SIZE_SIZE = 12,
    CHECKSUM = 148,
    CHECKSUM_SIZE = 8,
    TYPE = 156,
    LINK = 157,
    LINK_SIZE = 100,
    MAGIC = 257,
    PREFIX = 345,
    PREFIX_SIZE = 155,
    IS_EXTENDED = 482, /* GNU sparse: a block of more of the map follows */
    MORE_EXTENDED = 504,
};

/* Names and attributes are long at times, but a head of megabytes is an attack. */
#define MAX_HEAD ((size_t)4 << 20)

size_t exn_tar_padding(uint64_t body)
{
    return (size_t)(-body % EXN_TAR_BLOCK);
}

static bool is_zero(const uint8_t *block)
{
    for (size_t i = 0; i < EXN_TAR_BLOCK; i++)
        if (block[i])
            return false;
    return true;
}

/* Octal digits between spaces or NULs; or, where the first bit is set, a big-endian number (GNU's
 * base-256), of which the negative ones make no sense here. */
static bool read_number(const uint8_t *field, size_t size, uint64_t *number)
{
    uint64_t value = 0;
    size_t i = 0;
    if (field[0] & 0x80) {
        value = field[0] & 0x3f;
        for (i = 1; i < size; i++) {
            if (value >> 55)
                return false;
            value = value << 8 | field[i];
        }
        *number = value;
        return field[0] < 0xc0;
    }
    while (i < size && field[i] == ' ')
        i++;
    for (; i < size && field[i] >= '0' && field[i] <= '7'; i++)
        value = value << 3 | (uint64_t)(field[i] - '0'); /* twelve digits fit */
    *number = value;
    return i == size || field[i] == ' ' || field[i] == '\0';
}

/* The sum of the header's bytes, its own field counted as spaces. Some old tars took bytes for
 * signed. */
static void sum_up(const uint8_t *block, uint64_t *plain, uint64_t *with_signs)
{
    *plain = *with_signs = 0;
    for (size_t i = 0; i < EXN_TAR_BLOCK; i++) {
        uint8_t byte = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_SIZE ? ' ' : block[i];
        *plain += byte;
        *with_signs += (uint64_t)(int64_t)(int8_t)byte;
    }
}

static bool is_header(const uint8_t *block)
{
    uint64_t said, plain, with_signs;
    sum_up(block, &plain, &with_signs);
    return read_number(block + CHECKSUM, CHECKSUM_SIZE, &said) &&
           (said == plain || said == with_signs) && !is_zero(block);
}

static void set_checksum(uint8_t *block)
{
    char text[CHECKSUM_SIZE];
    uint64_t plain, with_signs;
    sum_up(block, &plain, &with_signs);
    snprintf(text, sizeof text, "%06" PRIo64, plain);
    memcpy(block + CHECKSUM, text, 7);
    block[CHECKSUM + 7] = ' ';
}

/* The field's last byte, a NUL or a space, stays as it was. */
static void set_size(uint8_t *block, uint64_t size)
{
    char text[SIZE_SIZE + 12];
    uint8_t *end = &block[SIZE + SIZE_SIZE - 1];
    snprintf(text, sizeof text, "%011" PRIo64, size);
    memcpy(block + SIZE, text, SIZE_SIZE - 1);
    *end = *end == ' ' ? ' ' : '\0';
    set_checksum(block);
}

static exn_status append(exn_tar_head *head, const uint8_t *data, size_t size, exn_error *error)
{
    if (size > MAX_HEAD - head->size)
        return exn_item_fail(error, EXN_READ, 0, "a member's header is over %zu MiB",
                             MAX_HEAD >> 20);
    uint8_t *more = realloc(head->bytes, head->size + size);
    if (!more)
        return exn_item_fail(error, EXN_MEMORY, 0, "no room for a member's header");
    memcpy(more + head->size, data, size);
    head->bytes = more;
    head->size += size;
    return EXN_OK;
}

static exn_status cut_short(const exn_input *input, exn_error *error)
{
    if (input->error.status != EXN_OK)
        *error = input->error;
    return exn_item_fail(error, EXN_READ, 0, "the archive is cut short after byte %" PRIu64,
                         input->offset + (input->have - input->at));
}

/* Moves blocks from the input into the head. */
static exn_status take_blocks(exn_tar_head *head, exn_input *input, uint64_t size, exn_error *error)
{
    const uint8_t *data;
    if (size > MAX_HEAD)
        return exn_item_fail(error, EXN_READ, 0, "a member's header is over %zu MiB",
                             MAX_HEAD >> 20);
    for (size_t left = (size_t)size + exn_tar_padding(size); left > 0;) {
        size_t n = exn_input_peek(input, left < EXN_STREAM_CHUNK ? left : EXN_STREAM_CHUNK, &data);
        if (n == 0 || (n < left && n % EXN_TAR_BLOCK))
            return cut_short(input, error);
        if (append(head, data, n, error) != EXN_OK)
            return error->status;
        exn_input_skip(input, n);
        left -= n;
    }
    return EXN_OK;
}

static char *copy_text(const uint8_t *text, size_t most)
{
    return strndup((const char *)text, strnlen((const char *)text, most));
}

static exn_status replace(char **text, const uint8_t *by, size_t size, exn_error *error)
{
    free(*text);
    *text = copy_text(by, size);
    return *text ? EXN_OK : exn_item_fail(error, EXN_MEMORY, 0, "no room for a name");
}

/* One record of a pax header: "length key=value\n", the length that of all of it, in decimal. */
typedef struct record {
    const uint8_t *start, *key, *value;
    size_t size, key_size, value_size;
} record;

/* Takes the record at *at; false: there is none, and *at tells whether that is the end. */
static bool next_record(const uint8_t *data, size_t size, size_t *at, record *r)
{
    size_t length = 0, i = *at;
    for (; i < size && data[i] >= '0' && data[i] <= '9' && length <= size; i++)
        length = length * 10 + (size_t)(data[i] - '0');
    if (i == *at || i >= size || data[i] != ' ' || length > size - *at || *at + length <= i + 1 ||
        data[*at + length - 1] != '\n')
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

/* What the headers in front of a member's own say about it, and what of it the latter then does not
 * say. */
typedef struct notes {
    char *name, *link;
    bool sized, sparse, sparse_name;
    uint64_t size;
} notes;

static bool read_decimal(const record *r, uint64_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < r->value_size; i++)
        if (r->value[i] < '0' || r->value[i] > '9' || __builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(r->value[i] - '0'), &value))
            return false;
    *number = value;
    return r->value_size > 0;
}

static exn_status note_record(notes *n, const record *r, exn_error *error)
{
    static const char sparse[] = "GNU.sparse.";
    if (is_key(r, "size")) {
        n->sized = read_decimal(r, &n->size);
        return n->sized ? EXN_OK : exn_item_fail(error, EXN_READ, 0, "a pax size is no number");
    }
    if (is_key(r, "GNU.sparse.name") || (is_key(r, "path") && !n->sparse_name)) {
        n->sparse_name = *r->key == 'G';
        n->sparse = n->sparse || n->sparse_name;
        return replace(&n->name, r->value, r->value_size, error);
    }
    if (is_key(r, "linkpath"))
        return replace(&n->link, r->value, r->value_size, error);
    if (r->key_size >= sizeof sparse - 1 && memcmp(r->key, sparse, sizeof sparse - 1) == 0)
        n->sparse = true;
    return EXN_OK;
}

static exn_status note_pax(notes *n, const uint8_t *data, size_t size, exn_error *error)
{
    record r;
    size_t at = 0;
    while (next_record(data, size, &at, &r))
        if (note_record(n, &r, error) != EXN_OK)
            return error->status;
    for (; at < size; at++)
        if (data[at] != 0)
            return exn_item_fail(error, EXN_READ, 0, "a pax header is damaged");
    return EXN_OK;
}

static bool is_pax(uint8_t type)
{
    return type == 'x' || type == 'X'; /* X: Solaris */
}

/* Headers that speak of the member behind them: pax, GNU's long names, Solaris' access lists. */
static bool is_prefix(uint8_t type)
{
    return is_pax(type) || type == 'L' || type == 'K' || type == 'A';
}

static exn_status take_prefix(exn_tar_head *head, exn_input *input, notes *n, uint8_t type,
                              uint64_t size, exn_error *error)
{
    size_t begin = head->size;
    if (take_blocks(head, input, size, error) != EXN_OK)
        return error->status;
    const uint8_t *data = head->bytes + begin;
    if (is_pax(type))
        return note_pax(n, data, (size_t)size, error);
    if (type == 'L')
        return replace(&n->name, data, (size_t)size, error);
    return type == 'K' ? replace(&n->link, data, (size_t)size, error) : EXN_OK;
}

/* A size for all members would be more than this program is ready to edit. */
static exn_status take_global(exn_tar_head *head, exn_input *input, uint64_t size, exn_error *error)
{
    notes n = {0};
    size_t begin = head->size;
    exn_status status = take_blocks(head, input, size, error);
    if (status == EXN_OK)
        status = note_pax(&n, head->bytes + begin, (size_t)size, error);
    if (status == EXN_OK && (n.sized || n.sparse || n.name || n.link))
        status = exn_item_fail(error, EXN_UNSUPPORTED, 0,
                               "a global header that gives names or sizes to members");
    free(n.name);
    free(n.link);
    return status;
}

static exn_tar_kind kind_of(const exn_tar_head *head, const notes *n, uint8_t type)
{
    size_t length = strlen(head->name);
    switch (type) {
    case '1':
        return EXN_TAR_LINK;
    case '2':
    case '3':
    case '4':
    case '6':
        return EXN_TAR_OTHER;
    case '5':
        return EXN_TAR_FOLDER;
    case 'D': /* GNU: what an incremental archive says of a folder, */
    case 'M': /* the rest of a file of another volume, */
    case 'N': /* names as they were long ago, and the label */
    case 'V':
        return EXN_TAR_NOTE;
    case 'S':
        return EXN_TAR_SPARSE;
    default: /* POSIX: what is not known is a regular file; v7 knew folders by their names only */
        if (n->sparse)
            return EXN_TAR_SPARSE;
        return length > 0 && head->name[length - 1] == '/' ? EXN_TAR_FOLDER : EXN_TAR_FILE;
    }
}

/* The prefix is POSIX's alone: GNU has times in its place. */
static exn_status read_name(exn_tar_head *head, const uint8_t *block, notes *n, exn_error *error)
{
    char *name = copy_text(block + NAME, NAME_SIZE);
    char *prefix = memcmp(block + MAGIC, "ustar", 6) == 0 ? copy_text(block + PREFIX, PREFIX_SIZE)
                                                          : strdup("");
    head->link = n->link ? n->link : copy_text(block + LINK, LINK_SIZE);
    head->name = n->name;
    n->name = n->link = NULL;
    if (!head->name && name && prefix &&
        asprintf(&head->name, "%s%s%s", prefix, *prefix ? "/" : "", name) < 0)
        head->name = NULL;
    free(name);
    free(prefix);
    return head->name && head->link ? EXN_OK
                                    : exn_item_fail(error, EXN_MEMORY, 0, "no room for a name");
}

/* Links, folders and devices have no body, but some writers give them a size all the same, and pax
 * may give a hard link a body indeed. What comes next tells. */
static void judge_size(exn_tar_head *head, exn_input *input)
{
    const uint8_t *next;
    if (head->body == 0 || head->kind == EXN_TAR_FILE || head->kind == EXN_TAR_SPARSE ||
        head->kind == EXN_TAR_NOTE)
        return;
    size_t n = exn_input_peek(input, EXN_TAR_BLOCK, &next);
    if (n < EXN_TAR_BLOCK || is_header(next) || is_zero(next))
        head->body = 0;
    else
        head->kind = EXN_TAR_FILE;
}

/* The rest of a sparse map is in blocks of its own, in front of the body. */
static exn_status take_map(exn_tar_head *head, exn_input *input, exn_error *error)
{
    size_t flag = head->header + IS_EXTENDED;
    while (head->bytes[flag]) {
        size_t begin = head->size;
        if (take_blocks(head, input, EXN_TAR_BLOCK, error) != EXN_OK)
            return error->status;
        flag = begin + MORE_EXTENDED;
    }
    return EXN_OK;
}

static exn_status take_own(exn_tar_head *head, exn_input *input, notes *n, exn_error *error)
{
    const uint8_t *block = head->bytes + head->header;
    uint8_t type = block[TYPE];
    if (n->sized)
        head->body = n->size;
    if (read_name(head, block, n, error) != EXN_OK)
        return error->status;
    head->kind = kind_of(head, n, type);
    if (type == 'S' && take_map(head, input, error) != EXN_OK)
        return error->status;
    if (head->body > INT64_MAX - EXN_TAR_BLOCK)
        return exn_item_fail(error, EXN_READ, 0, "a member's size makes no sense");
    judge_size(head, input);
    return EXN_OK;
}

/* Takes one header, and what belongs to it. *more: another one follows in the same head. */
static exn_status take_header(exn_tar_head *head, exn_input *input, notes *n, bool *more,
                              exn_error *error)
{
    uint64_t size;
    head->header = head->size;
    if (take_blocks(head, input, EXN_TAR_BLOCK, error) != EXN_OK)
        return error->status;
    uint8_t type = head->bytes[head->header + TYPE];
    if (!read_number(head->bytes + head->header + SIZE, SIZE_SIZE, &size))
        return exn_item_fail(error, EXN_READ, 0, "a member's size is no number");
    *more = is_prefix(type);
    if (*more)
        return take_prefix(head, input, n, type, size, error);
    if (type == 'g') {
        head->kind = EXN_TAR_NOTE;
        *more = head->header > 0; /* between a member's headers: part of its head */
        return take_global(head, input, size, error);
    }
    head->body = size;
    return take_own(head, input, n, error);
}

exn_tar_next exn_tar_head_read(exn_tar_head *head, exn_input *input, exn_error *error)
{
    notes n = {0};
    bool more = true;
    *head = (exn_tar_head){0};
    while (more && error->status == EXN_OK) {
        const uint8_t *block;
        size_t size = exn_input_peek(input, EXN_TAR_BLOCK, &block);
        bool whole = size == EXN_TAR_BLOCK && input->error.status == EXN_OK;
        if (whole && is_header(block)) {
            take_header(head, input, &n, &more, error);
        } else if (head->size == 0 && input->error.status == EXN_OK) {
            return size == 0                 ? EXN_TAR_END
                   : whole && is_zero(block) ? EXN_TAR_ZEROS
                                             : EXN_TAR_NO_TAR;
        } else if (whole) {
            exn_item_fail(error, EXN_READ, 0, "no member's header at byte %" PRIu64, input->offset);
        } else {
            cut_short(input, error);
        }
    }
    free(n.name);
    free(n.link);
    return error->status == EXN_OK ? EXN_TAR_MEMBER : EXN_TAR_BAD;
}

/* Carries a pax header over without its size, so that the member's own header counts; a header
 * that then says nothing is left out. */
static exn_status strip_size(exn_tar_head *to, const uint8_t *block, size_t size, exn_error *error)
{
    static const uint8_t zeros[EXN_TAR_BLOCK];
    uint8_t header[EXN_TAR_BLOCK];
    const uint8_t *data = block + EXN_TAR_BLOCK;
    record r;
    size_t kept = 0, begin = to->size;
    memcpy(header, block, sizeof header);
    append(to, header, sizeof header, error);
    for (size_t at = 0; next_record(data, size, &at, &r);) {
        if (is_key(&r, "size"))
            continue;
        append(to, r.start, r.size, error);
        kept += r.size;
    }
    append(to, zeros, exn_tar_padding(kept), error);
    if (error->status != EXN_OK)
        return error->status;
    if (kept == 0)
        to->size = begin;
    else if (kept != size)
        set_size(to->bytes + begin, kept);
    return EXN_OK;
}

exn_status exn_tar_head_resize(exn_tar_head *head, uint64_t body, exn_error *error)
{
    const uint64_t octal_limit = (uint64_t)1 << 33; /* eleven digits */
    exn_tar_head edited = {0};
    if (body >= octal_limit)
        return exn_item_fail(error, EXN_LIMIT, 0, "a member of 8 GiB or more cannot be edited");
    for (size_t at = 0; at < head->header;) {
        uint64_t size = 0;
        const uint8_t *block = head->bytes + at;
        read_number(block + SIZE, SIZE_SIZE, &size); /* it was read before */
        size_t whole = EXN_TAR_BLOCK + (size_t)size + exn_tar_padding(size);
        if (is_pax(block[TYPE]))
            strip_size(&edited, block, (size_t)size, error);
        else
            append(&edited, block, whole, error);
        at += whole;
    }
    size_t header = edited.size;
    append(&edited, head->bytes + head->header, head->size - head->header, error);
    if (error->status != EXN_OK) {
        free(edited.bytes);
        return error->status;
    }
    set_size(edited.bytes + header, body);
    free(head->bytes);
    head->bytes = edited.bytes;
    head->size = edited.size;
    head->header = header;
    head->body = body;
    return EXN_OK;
}

void exn_tar_head_free(exn_tar_head *head)
{
    free(head->bytes);
    free(head->name);
    free(head->link);
    *head = (exn_tar_head){0};
}
