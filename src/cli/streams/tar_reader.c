/* SPDX-License-Identifier: MIT */
#include "tar_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "library.h"

/* The functions of libarchive that we use; all are stable since 3.2.0. */
#define ARCHIVE_MAP(X)                                                                             \
    X(archive_errno)                                                                               \
    X(archive_error_string)                                                                        \
    X(archive_filter_bytes)                                                                        \
    X(archive_read_data_skip)                                                                      \
    X(archive_read_free)                                                                           \
    X(archive_read_new)                                                                            \
    X(archive_read_next_header)                                                                    \
    X(archive_read_open2)                                                                          \
    X(archive_read_support_format_tar)                                                             \
    X(archive_entry_filetype)                                                                      \
    X(archive_entry_hardlink)                                                                      \
    X(archive_entry_pathname)                                                                      \
    X(archive_entry_size)                                                                          \
    X(archive_entry_symlink)

typedef struct archive_calls {
#define X(name) __typeof__(name) *name;
    ARCHIVE_MAP(X)
#undef X
} archive_calls;

struct exn_tar_reader {
    exn_stream_in *input;
    void *library;
    archive_calls call;
    struct archive *archive; /* NULL: not yet open, or it has seen an end */
    exn_tar_head *head;      /* the one that is being read */
    uint8_t block[EXN_TAR_BLOCK];
    bool shown;       /* libarchive has block, which is still the next one in the input */
    bool cut;         /* it needed more than the input has */
    uint64_t skipped; /* bytes of the member */
    exn_error error;
};

/* libarchive's name on Linux since 3.1. */
static const char soname[] = "libarchive.so.13";

bool exn_tar_reader_is_there(void)
{
    exn_error error = {0};
    return exn_library_open(soname, "a tar archive", &error) != NULL;
}

static bool load(exn_tar_reader *reader, exn_error *error)
{
    reader->library = exn_library_open(soname, "a tar archive", error);
    bool found = reader->library != NULL;
#define X(name) found = found && exn_library_find(reader->library, #name, &reader->call.name);
    ARCHIVE_MAP(X)
#undef X
    if (!found)
        exn_error_set(error, EXN_INTERNAL, 0, "%s lacks a function", soname);
    return found;
}

exn_tar_reader *exn_tar_reader_open(exn_stream_in *input, exn_error *error)
{
    exn_tar_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        exn_error_set(error, EXN_MEMORY, 0, "archive reader");
        return NULL;
    }
    reader->input = input;
    if (load(reader, error))
        return reader;
    exn_tar_reader_close(reader);
    return NULL;
}

/* ---- what libarchive calls */

/* libarchive has moved past the block. */
static exn_status take_shown(exn_tar_reader *reader)
{
    reader->shown = false;
    exn_stream_in_skip(reader->input, EXN_TAR_BLOCK);
    return exn_tar_head_append(reader->head, reader->block, EXN_TAR_BLOCK, &reader->error);
}

/* Gives one block per call. It stays in the input until libarchive asks for the next one, since
 * libarchive sometimes looks at a block without using it. */
static la_ssize_t give_block(struct archive *archive, void *data, const void **block)
{
    exn_tar_reader *reader = data;
    const uint8_t *next;
    (void)archive;
    if (reader->error.status != EXN_OK || (reader->shown && take_shown(reader) != EXN_OK))
        return ARCHIVE_FATAL;
    reader->cut = exn_stream_in_peek(reader->input, EXN_TAR_BLOCK, &next) < EXN_TAR_BLOCK;
    if (reader->cut)
        return 0;
    memcpy(reader->block, next, EXN_TAR_BLOCK);
    reader->shown = true;
    *block = reader->block;
    return EXN_TAR_BLOCK;
}

/* Pretends to skip: the body is still in the input, and the caller takes it. libarchive skips a GiB
 * at a time, which for the largest size in a header would be 2^33 calls, so there is a limit. */
static la_int64_t skip_bytes(struct archive *archive, void *data, la_int64_t request)
{
    const uint64_t most = UINT64_C(1) << 50;
    exn_tar_reader *reader = data;
    (void)archive;
    if (reader->skipped <= most)
        reader->skipped += (uint64_t)request;
    if (reader->skipped <= most)
        return request;
    exn_error_set(&reader->error, EXN_READ, 0,
                  "the member whose data begins at byte %" PRIu64 " promises more than 2^50 bytes",
                  reader->input->offset);
    return 0;
}

/* ---- heads */

/* Only formats of tar: libarchive would also recognize others, such as a zip file or an mtree. */
static int open_archive(exn_tar_reader *reader)
{
    const archive_calls *call = &reader->call;
    reader->archive = call->archive_read_new();
    if (!reader->archive || call->archive_read_support_format_tar(reader->archive) != ARCHIVE_OK) {
        exn_error_set(&reader->error, EXN_MEMORY, 0, "archive reader");
        return ARCHIVE_FATAL;
    }
    return call->archive_read_open2(reader->archive, reader, NULL, give_block, skip_bytes, NULL);
}

static void close_archive(exn_tar_reader *reader)
{
    if (reader->archive)
        reader->call.archive_read_free(reader->archive);
    reader->archive = NULL;
    reader->shown = false;
}

/* Sets the reason why a head that has begun cannot be read. */
static exn_tar_next bad(exn_tar_reader *reader, exn_error *error)
{
    const char *why = reader->archive ? reader->call.archive_error_string(reader->archive) : NULL;
    *error = reader->error;
    if (error->status == EXN_OK && reader->input->error.status != EXN_OK)
        *error = reader->input->error;
    if (error->status == EXN_OK && reader->cut)
        exn_error_set(error, EXN_READ, 0, "the archive is truncated after byte %" PRIu64,
                      reader->input->offset + (reader->input->have - reader->input->at));
    if (error->status == EXN_OK)
        exn_error_set(error, EXN_READ, 0, "invalid header at byte %" PRIu64 ": %s",
                      reader->input->offset, why ? why : "libarchive gives no reason");
    return EXN_TAR_BAD;
}

/* A file whose name ends in a slash is a folder to GNU tar, and to libarchive unless it has warned
 * about the head. A hard link may carry the file's bytes (pax -o linkdata, POSIX.1-2017); then it
 * counts as a file. */
static exn_tar_kind kind_of(const exn_tar_reader *reader, struct archive_entry *entry,
                            const char *name, uint64_t stored)
{
    size_t length = name ? strlen(name) : 0;
    if (stored == 0 && reader->call.archive_entry_hardlink(entry))
        return EXN_TAR_LINK;
    switch (reader->call.archive_entry_filetype(entry)) {
    case AE_IFREG:
        return length > 0 && name[length - 1] == '/' ? EXN_TAR_FOLDER : EXN_TAR_FILE;
    case AE_IFDIR:
        return EXN_TAR_FOLDER;
    case 0: /* the rest of a file from another volume */
        return EXN_TAR_NOTE;
    default:
        return EXN_TAR_OTHER;
    }
}

/* Takes what libarchive says about a member that it has read. stored: its body with the padding. If
 * size and stored bytes do not fit, the body is not simply the file: a sparse map comes first, or
 * holes are left out. Then it is carried over without a look. */
static exn_status describe(exn_tar_reader *reader, struct archive_entry *entry, uint64_t stored,
                           exn_error *error)
{
    exn_tar_head *head = reader->head;
    const char *name = reader->call.archive_entry_pathname(entry),
               *hard = reader->call.archive_entry_hardlink(entry),
               *link = hard ? hard : reader->call.archive_entry_symlink(entry);
    int64_t size = reader->call.archive_entry_size(entry);
    bool odd;
    if (exn_tar_head_look(head, &odd, error) != EXN_OK)
        return error->status;
    head->kind = kind_of(reader, entry, name, stored);
    odd = odd || size < 0 || (uint64_t)size > stored ||
          (uint64_t)size + exn_tar_head_padding((uint64_t)size) != stored;
    if (head->kind == EXN_TAR_FILE && odd)
        head->kind = EXN_TAR_SPARSE;
    head->body = odd ? stored : (uint64_t)size;
    head->name = strdup(name ? name : "");
    const bool is_link = link && (head->kind == EXN_TAR_LINK || head->kind == EXN_TAR_OTHER);
    head->link = is_link ? strdup(link) : NULL;
    if (!head->name || (is_link && !head->link))
        exn_error_set(error, EXN_MEMORY, 0, "name of a member");
    return error->status;
}

/* Takes a member whose header was read. The bytes that libarchive says it used have to be those
 * that were collected, or the head that is written would not be the one that was read. */
static exn_tar_next take_member(exn_tar_reader *reader, struct archive_entry *entry, int64_t begin,
                                exn_error *error)
{
    const archive_calls *call = &reader->call;
    int64_t end = call->archive_filter_bytes(reader->archive, 0);
    size_t used = (size_t)((uint64_t)end - (uint64_t)begin);
    if (reader->shown && used == reader->head->size + EXN_TAR_BLOCK && take_shown(reader) != EXN_OK)
        return bad(reader, error);
    reader->skipped = 0;
    if (used != reader->head->size || call->archive_read_data_skip(reader->archive) < ARCHIVE_WARN)
        return bad(reader, error);
    /* libarchive's count may have overflowed, but the difference is still right. */
    uint64_t stored = (uint64_t)call->archive_filter_bytes(reader->archive, 0) - (uint64_t)end;
    reader->shown = reader->shown && stored == 0;
    return describe(reader, entry, stored, error) == EXN_OK ? EXN_TAR_MEMBER : EXN_TAR_BAD;
}

/* Takes headers for all members that no member follows. libarchive has also used the end marker. */
static exn_tar_next take_notes(exn_tar_reader *reader, exn_error *error)
{
    exn_tar_head *head = reader->head;
    if (reader->shown && exn_tar_head_is_zero(reader->block) && take_shown(reader) != EXN_OK)
        return bad(reader, error);
    close_archive(reader);
    head->kind = EXN_TAR_NOTE;
    head->ends = head->size > 0 && exn_tar_head_is_zero(head->bytes + head->size - EXN_TAR_BLOCK);
    head->name = strdup("");
    if (!head->name)
        exn_error_set(error, EXN_MEMORY, 0, "name of a member");
    return error->status == EXN_OK ? EXN_TAR_MEMBER : EXN_TAR_BAD;
}

/* ARCHIVE_WARN is a member that can be read, for example with a name in an unknown encoding. After
 * ARCHIVE_EOF libarchive reads no more, so it is closed and opened again for what follows. */
static exn_tar_next read_head(exn_tar_reader *reader, exn_error *error)
{
    const archive_calls *call = &reader->call;
    struct archive_entry *entry;
    int64_t begin = reader->archive ? call->archive_filter_bytes(reader->archive, 0) : 0;
    int status = reader->archive ? ARCHIVE_OK : open_archive(reader);
    bool open = status == ARCHIVE_OK;
    reader->cut = false;
    if (open)
        status = call->archive_read_next_header(reader->archive, &entry);
    if (open && (status == ARCHIVE_OK || status == ARCHIVE_WARN))
        return take_member(reader, entry, begin, error);
    if (status == ARCHIVE_EOF && reader->input->error.status == EXN_OK)
        return take_notes(reader, error);
    bool none = open ? status == ARCHIVE_RETRY
                     : reader->archive && call->archive_errno(reader->archive) != ENOMEM;
    bool first = reader->head->size == 0 && reader->error.status == EXN_OK;
    return none && first ? EXN_TAR_NO_TAR : bad(reader, error);
}

/* Keeps blocks of zeros from libarchive if possible, since it takes the first one for the end. */
exn_tar_next exn_tar_reader_read(exn_tar_reader *reader, exn_tar_head *head, exn_error *error)
{
    const uint8_t *block;
    *head = (exn_tar_head){0};
    size_t size = exn_stream_in_peek(reader->input, EXN_TAR_BLOCK, &block);
    if (reader->input->error.status != EXN_OK) {
        *error = reader->input->error;
        return EXN_TAR_BAD;
    }
    if (size < EXN_TAR_BLOCK)
        return size == 0 ? EXN_TAR_END : EXN_TAR_NO_TAR;
    if (exn_tar_head_is_zero(block)) {
        if (reader->shown) /* libarchive has seen it, and would take it for the end */
            close_archive(reader);
        return EXN_TAR_ZEROS;
    }
    reader->head = head;
    exn_tar_next next = read_head(reader, error);
    reader->head = NULL;
    return next;
}

void exn_tar_reader_close(exn_tar_reader *reader)
{
    if (!reader)
        return;
    close_archive(reader);
    if (reader->library)
        dlclose(reader->library);
    free(reader);
}
