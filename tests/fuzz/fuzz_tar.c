/* SPDX-License-Identifier: MIT */
/* A tar's members as the program carries them: every byte of the archive belongs to one head, body,
 * block of zeros or tail; what was edited or left out is all that libarchive, reading the archives
 * from before and after as wholes, sees of a difference. Packed ones unpack to what was packed. */
#include "fuzz.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "buffer.h"
#include "peak.h"
#include "streams/tar_reader.h"

const unsigned exn_fuzz_choices = 9;

enum { KEPT, RESIZED, LEFT_OUT, PACKED };
exn_fuzz_kind exn_fuzz_kinds[] = {{"member kept", 0},
                                  {"member resized", 0},
                                  {"member left out", 0},
                                  {"packed archive", 0},
                                  {NULL, 0}};

enum {
    TYPE = 156, /* where these lie in a header */
    MAGIC = 257,
    MOST_UNPACKED = 1 << 20, /* of a bomb no more is looked at */
    END_MARKER = 1024,
};

/* A member, or a block of zeros, whose head has no bytes. */
typedef struct part {
    exn_tar_head head;
    size_t begin, end;
    bool entry;    /* libarchive sees one there: no zeros, and no headers that nothing follows */
    bool left_out; /* of the edited archive */
    uint64_t before;
    size_t body; /* that it is to get */
} part;

typedef struct entry {
    char *text; /* all but its size and contents */
    int64_t size;
    uint32_t sum;
} entry;

typedef struct list {
    entry *entries;
    size_t count;
    int status; /* of libarchive where it stopped */
} list;

static void append(exn_buffer *to, const void *data, size_t size)
{
    FACT(exn_buffer_append(to, data, size) == EXN_OK);
}

static void append_zeros(exn_buffer *to, size_t size)
{
    static const uint8_t zeros[END_MARKER];
    append(to, zeros, size);
}

/* ---- streams */

static int memory_of(exn_span bytes)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FACT(fd >= 0);
    FACT(pwrite(fd, bytes.data, bytes.size, 0) == (ssize_t)bytes.size);
    return fd;
}

/* All that is in a stream, but no more than the limit. */
static exn_status read_all(int fd, size_t limit, exn_buffer *to, exn_packing *packing)
{
    exn_stream_in in;
    const uint8_t *data;
    size_t n;
    exn_stream_in_open(&in, fd);
    *packing = in.packing;
    while (to->size < limit && in.data && (n = exn_stream_in_peek(&in, 4096, &data)) > 0) {
        FACT(n <= 4096 && in.offset == to->size);
        append(to, data, n);
        exn_stream_in_skip(&in, n);
    }
    exn_status status = in.error.status;
    FACT((status == EXN_OK) == (in.error.detail[0] == '\0'));
    exn_stream_in_close(&in);
    return status;
}

/* What the input holds, unpacked if it is packed. */
static void unpack(exn_span bytes, exn_buffer *to)
{
    exn_packing packing;
    int fd = memory_of(bytes);
    exn_status status =
        read_all(fd, bytes.size < MOST_UNPACKED ? MOST_UNPACKED : bytes.size + 1, to, &packing);
    FACT(packing == exn_packing_tell(bytes.data, bytes.size));
    if (packing == EXN_PACKING_NONE)
        FACT(status == EXN_OK && to->size == bytes.size &&
             (to->size == 0 || memcmp(to->data, bytes.data, to->size) == 0));
    close(fd);
}

/* The archive in a file of its own, packed. */
static int pack(exn_span bytes, exn_packing packing)
{
    exn_stream_out out;
    exn_buffer back = {0};
    exn_packing told;
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FACT(fd >= 0 && exn_stream_out_open(&out, fd, packing) == EXN_OK);
    FACT(exn_stream_out_write(&out, bytes.data, bytes.size) == EXN_OK);
    FACT(exn_stream_out_finish(&out) == EXN_OK && out.offset == bytes.size);
    exn_stream_out_close(&out);
    FACT(lseek(fd, 0, SEEK_SET) == 0);
    FACT(read_all(fd, bytes.size + 1, &back, &told) == EXN_OK);
    FACT(back.size == bytes.size &&
         (back.size == 0 || memcmp(back.data, bytes.data, back.size) == 0));
    FACT(told == packing);
    exn_buffer_free(&back);
    FACT(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

/* ---- parts of the archive */

static bool lies_at(exn_span all, uint64_t at, const uint8_t *data, size_t size)
{
    return at <= all.size && size <= all.size - at &&
           (size == 0 || memcmp(all.data + at, data, size) == 0);
}

/* Goes on in the input, which shows what the archive holds there. False: it ends before. */
static bool take(exn_stream_in *in, exn_span all, uint64_t size)
{
    const uint8_t *data;
    while (size > 0) {
        size_t want = size < EXN_STREAM_CHUNK ? (size_t)size : EXN_STREAM_CHUNK;
        size_t n = exn_stream_in_peek(in, want, &data);
        FACT(n <= want && lies_at(all, in->offset, data, n));
        exn_stream_in_skip(in, n);
        if (n < want) {
            FACT(in->error.status == EXN_OK && in->offset == all.size);
            return false;
        }
        size -= n;
    }
    return true;
}

static void check_head(const exn_tar_head *head, exn_span all, uint64_t begin)
{
    FACT(head->size > 0 && head->size % EXN_TAR_BLOCK == 0 && head->name);
    FACT(lies_at(all, begin, head->bytes, head->size));
    FACT(head->header < head->size && head->header % EXN_TAR_BLOCK == 0);
    FACT(head->kind != EXN_TAR_LINK || head->link);
    FACT(!head->link || head->kind == EXN_TAR_LINK || head->kind == EXN_TAR_OTHER);
    FACT(head->kind != EXN_TAR_LINK || head->body == 0);
    FACT(exn_tar_head_padding(head->body) ==
         (EXN_TAR_BLOCK - head->body % EXN_TAR_BLOCK) % EXN_TAR_BLOCK);
}

/* Nothing has been said of a member, and nothing was taken that is not in the head. */
static void check_none(const exn_tar_head *head, exn_span all, uint64_t begin, uint64_t end)
{
    FACT(!head->name && !head->link);
    FACT(lies_at(all, begin, head->bytes, head->size) && begin + head->size == end);
}

/* Reads one part; false: there is no whole one. */
static bool next_part(exn_tar_reader *reader, exn_stream_in *in, exn_span all, part *p)
{
    exn_error error = {0};
    uint64_t begin = in->offset;
    exn_tar_next next = exn_tar_reader_read(reader, &p->head, &error);
    exn_tar_head *head = &p->head;
    FACT((next == EXN_TAR_BAD) == (error.status != EXN_OK));
    FACT((next == EXN_TAR_BAD) == (error.detail[0] != '\0'));
    p->begin = (size_t)begin;
    bool whole = next == EXN_TAR_ZEROS;
    if (next == EXN_TAR_MEMBER) {
        check_head(head, all, begin);
        FACT(in->offset == begin + head->size);
        whole = take(in, all, head->body) && take(in, all, exn_tar_head_padding(head->body));
    } else {
        check_none(head, all, begin, in->offset);
        FACT(next == EXN_TAR_BAD || head->size == 0);
        FACT(next != EXN_TAR_END || begin == all.size);
    }
    if (next == EXN_TAR_ZEROS)
        FACT(all.size - begin >= EXN_TAR_BLOCK && exn_tar_head_is_zero(all.data + begin) &&
             take(in, all, EXN_TAR_BLOCK));
    p->end = (size_t)in->offset;
    p->before = head->body;
    p->entry = next == EXN_TAR_MEMBER && !memchr("xXgLKAV", head->bytes[head->header + TYPE], 7);
    if (!whole)
        exn_tar_head_free(head);
    return whole;
}

/* Reads all parts, and the tail behind them. */
static size_t read_parts(int fd, exn_span all, part *parts, size_t room)
{
    exn_stream_in in;
    exn_error error = {0};
    size_t count = 0;
    FACT(exn_stream_in_open(&in, fd) == EXN_OK);
    exn_tar_reader *reader = exn_tar_reader_open(&in, &error);
    FACT(reader);
    while (next_part(reader, &in, all, &parts[count])) {
        FACT(parts[count].end >= parts[count].begin + EXN_TAR_BLOCK);
        FACT(++count < room);
    }
    take(&in, all, all.size - in.offset);
    exn_tar_reader_close(reader);
    exn_stream_in_close(&in);
    return count;
}

/* ---- what libarchive reads of a whole archive */

static uint32_t sum_of(struct archive *archive)
{
    const void *data;
    size_t size;
    la_int64_t at;
    uint32_t sum = 0;
    while (archive_read_data_block(archive, &data, &size, &at) == ARCHIVE_OK)
        sum = (uint32_t)crc32_z(sum, data, size);
    return sum;
}

static char *text_of(struct archive_entry *e)
{
    const char *name = archive_entry_pathname(e), *link = archive_entry_hardlink(e),
               *symbolic = archive_entry_symlink(e), *user = archive_entry_uname(e),
               *group = archive_entry_gname(e);
    char *text;
    FACT(asprintf(
             &text,
             "%s|%s|%s|%s|%s|%o|%" PRId64 "|%" PRId64 "|%" PRId64 ".%ld|%" PRId64 "|%" PRIu64 "|%d",
             name ? name : "-", link ? link : "-", symbolic ? symbolic : "-", user ? user : "-",
             group ? group : "-", (unsigned)archive_entry_mode(e), (int64_t)archive_entry_uid(e),
             (int64_t)archive_entry_gid(e), (int64_t)archive_entry_mtime(e),
             archive_entry_mtime_nsec(e), (int64_t)archive_entry_atime(e),
             (uint64_t)archive_entry_rdev(e), archive_entry_xattr_count(e)) >= 0);
    return text;
}

static list *list_of(exn_span bytes)
{
    list *l = calloc(1, sizeof *l);
    struct archive *archive = archive_read_new();
    struct archive_entry *e;
    size_t room = bytes.size / EXN_TAR_BLOCK;
    FACT(l && (l->entries = calloc(room, sizeof *l->entries)) != NULL);
    FACT(archive && archive_read_support_format_tar(archive) == ARCHIVE_OK);
    l->status = archive_read_open_memory(archive, bytes.data, bytes.size);
    while (l->status >= ARCHIVE_WARN && l->status != ARCHIVE_EOF) {
        l->status = archive_read_next_header(archive, &e);
        if (l->status < ARCHIVE_WARN || l->status == ARCHIVE_EOF)
            break;
        FACT(l->count < room);
        entry *to = &l->entries[l->count++];
        *to = (entry){.text = text_of(e), .size = archive_entry_size(e)};
        to->sum = sum_of(archive);
    }
    archive_read_free(archive);
    return l;
}

static void free_list(list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->entries[i].text);
    free(l->entries);
    free(l);
}

/* ---- editing */

static bool is_file(const part *p)
{
    return p->entry && p->head.kind == EXN_TAR_FILE;
}

/* What is to become of a member, which nothing but its bytes and the choice decides. As in the
 * program, only plain files get other bodies, and neither the one that they had nor the one that
 * they get is empty: a hard link that has a body is a file to libarchive, an empty one is not. */
static void choose(part *p, exn_span all, unsigned choice)
{
    p->body = p->end - p->begin - p->head.size;
    if (!is_file(p))
        return;
    uint32_t dice = (uint32_t)crc32_z(choice, all.data + p->begin, p->end - p->begin);
    size_t before = (size_t)p->before;
    size_t sizes[] = {before, 1, before + 1, before - (before > 1), 513, 1 + (dice >> 8 & 0xfff)};
    p->body = before ? sizes[dice % 6] : 0;
    p->left_out = dice >> 20 & 1 && dice >> 21 & 1;
}

static void resize(exn_tar_head *head, size_t body)
{
    exn_error error = {0};
    exn_buffer once = {0};
    FACT(exn_tar_head_resize(head, body, &error) == EXN_OK && head->body == body);
    FACT(head->size > 0 && head->size % EXN_TAR_BLOCK == 0);
    append(&once, head->bytes, head->size);
    FACT(exn_tar_head_resize(head, (uint64_t)1 << 33, &error) == EXN_LIMIT && error.detail[0]);
    error = (exn_error){0};
    FACT(exn_tar_head_resize(head, body + 77, &error) == EXN_OK);
    FACT(exn_tar_head_resize(head, body, &error) == EXN_OK);
    FACT(head->size == once.size && memcmp(head->bytes, once.data, once.size) == 0);
    exn_buffer_free(&once);
}

/* Writes a part as the program would. */
static void write_part(part *p, exn_span all, exn_buffer *to)
{
    if (!is_file(p) || (!p->left_out && p->body == p->before)) {
        append(to, all.data + p->begin, p->end - p->begin);
        exn_fuzz_kinds[KEPT].count += p->entry;
        return;
    }
    exn_fuzz_kinds[p->left_out ? LEFT_OUT : RESIZED].count++;
    if (p->left_out)
        exn_tar_head_orphan(&p->head);
    else
        resize(&p->head, p->body);
    append(to, p->head.bytes, p->head.size);
    for (size_t i = 0; !p->left_out && i < p->body; i++)
        append(to, &"new"[i % 3], 1);
    append_zeros(to, p->left_out ? 0 : exn_tar_head_padding(p->body));
}

static uint32_t sum_of_new(size_t size)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = (uint32_t)crc32_z(sum, (const uint8_t *)&"new"[i % 3], 1);
    return sum;
}

/* Whether it is a hard link that has a body: libarchive guesses by what stands around it whether
 * the body is there, and what comes after it hangs on that. */
static bool is_guessed(const part *p)
{
    return p->entry && p->head.bytes[p->head.header + TYPE] == '1' && p->before > 0;
}

/* Whether the two lists differ by what was edited, and by nothing else, as far as nothing is
 * guessed. */
static void compare(const list *before, const list *after, const part *parts, size_t count)
{
    size_t a = 1, b = 1; /* behind the front */
    FACT(before->count > 0 && after->count > 0);
    for (size_t i = 0; i < count && a < before->count; i++) {
        if (!parts[i].entry)
            continue;
        if (is_guessed(&parts[i]))
            return;
        const entry *old = &before->entries[a++], *new = &after->entries[b];
        if (a == before->count && strncmp(old->text, "-|", 2) == 0)
            return; /* libarchive has given up */
        if (parts[i].left_out)
            continue;
        FACT(b++ < after->count);
        if (strcmp(old->text, new->text) != 0)
            fprintf(stderr, "before: %s\nafter:  %s\n", old->text, new->text);
        FACT(strcmp(old->text, new->text) == 0);
        if (!is_file(&parts[i]) || parts[i].body == parts[i].before)
            FACT(old->size == new->size && old->sum == new->sum);
        else
            FACT((uint64_t)old->size == parts[i].before &&
                 new->size == (int64_t)parts[i].body &&new->sum == sum_of_new(parts[i].body));
    }
    /* Where libarchive gives up behind the last member it hands out an entry without a name. */
    FACT(before->count - a == after->count - b);
    for (; a < before->count; a++, b++)
        FACT(strcmp(before->entries[a].text, after->entries[b].text) == 0);
    FACT(before->status == after->status);
}

/* A member in front of all: libarchive looks at an archive's first header more closely than at
 * those behind it, and another one may be the first where that is left out. */
static void append_front(exn_buffer *to)
{
    exn_error error = {0};
    exn_tar_head front = {0};
    uint8_t header[EXN_TAR_BLOCK] = "front";
    memcpy(header + MAGIC, "ustar\00000", 8);
    FACT(exn_tar_head_append(&front, header, sizeof header, &error) == EXN_OK);
    FACT(exn_tar_head_resize(&front, 0, &error) == EXN_OK && front.size == sizeof header);
    append(to, front.bytes, front.size);
    exn_tar_head_free(&front);
}

static void check_edit(exn_span all, part *parts, size_t count, unsigned choice)
{
    exn_buffer whole = {0}, edited = {0};
    append_front(&whole);
    append_front(&edited);
    for (size_t i = 0; i < count; i++) {
        choose(&parts[i], all, choice);
        append(&whole, all.data + parts[i].begin, parts[i].end - parts[i].begin);
        write_part(&parts[i], all, &edited);
    }
    append_zeros(&whole, END_MARKER);
    append_zeros(&edited, END_MARKER);
    list *before = list_of((exn_span){whole.data, whole.size});
    list *after = list_of((exn_span){edited.data, edited.size});
    compare(before, after, parts, count);
    free_list(before);
    free_list(after);
    exn_buffer_free(&whole);
    exn_buffer_free(&edited);
}

/* The archive, packed as the choice says, through the program's reader, and edited. */
static void check_archive(exn_span all, exn_packing packing, unsigned choice)
{
    size_t room = all.size / EXN_TAR_BLOCK + 2;
    part *parts = calloc(room, sizeof *parts);
    FACT(parts);
    int fd = pack(all, packing);
    peak_reset();
    size_t count = read_parts(fd, all, parts, room);
    FACT(peak_bytes() <= ((size_t)4 << 20) + 16 * all.size);
    check_edit(all, parts, count, choice);
    for (size_t i = 0; i < count; i++)
        exn_tar_head_free(&parts[i].head);
    close(fd);
    free(parts);
}

void exn_fuzz_one(const uint8_t *data, size_t size, unsigned choice)
{
    static const exn_packing packings[] = {EXN_PACKING_NONE, EXN_PACKING_GZIP, EXN_PACKING_ZSTD};
    exn_buffer all = {0};
    exn_packing packing = packings[choice % 3];
    unpack((exn_span){data, size}, &all);
    /* What was packed twice would be unpacked once more if it were not packed anew. */
    if (packing == EXN_PACKING_NONE && exn_packing_tell(all.data, all.size) != EXN_PACKING_NONE)
        packing = EXN_PACKING_GZIP;
    exn_fuzz_kinds[PACKED].count += packing != EXN_PACKING_NONE && all.size >= EXN_TAR_BLOCK;
    check_archive((exn_span){all.data, all.size}, packing, choice);
    exn_buffer_free(&all);
}
