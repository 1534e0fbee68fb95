/* SPDX-License-Identifier: MIT */
/* The heads of a tar's members as bytes (POSIX.1-2017 pax, "ustar Interchange Format"; GNU
 * tar's manual, "Basic Tar Format").
 *
 * libarchive reads what a head says (tar_reader.h). Writing is done here: a head is carried over
 * byte for byte, with the pax, GNU and global headers in front of it; if a member's size changes,
 * only that number and the checksums change. Names, times, owners, links, attributes, vendors'
 * records and the format itself stay. libarchive's writer would generate all of them and leave out
 * what it does not know (global headers, vendors' records, GNU's times and sparse maps). */
#ifndef EXN_CLI_STREAMS_TAR_HEAD_H
#define EXN_CLI_STREAMS_TAR_HEAD_H

#include <exifnorm.h>
#include <stddef.h>

#define EXN_TAR_BLOCK ((size_t)512)

typedef enum exn_tar_kind {
    EXN_TAR_FILE,
    EXN_TAR_SPARSE, /* a file whose body is not simply its bytes */
    EXN_TAR_LINK,   /* a hard link without a body */
    EXN_TAR_OTHER,  /* a symbolic link or a special file */
    EXN_TAR_FOLDER,
    EXN_TAR_NOTE, /* about the archive, not about a member */
} exn_tar_kind;

typedef struct exn_tar_head {
    exn_tar_kind kind;
    uint8_t *bytes; /* whole blocks; owned */
    size_t size, room;
    size_t header; /* where the member's own header is in bytes */
    char *name;    /* any bytes but NUL; owned */
    char *link;    /* the target of a hard or symbolic link, else NULL; owned */
    uint64_t body; /* size of the body that follows, without padding */
    bool ends;     /* bytes include the archive's end marker, after notes without a member */
} exn_tar_head;

/* Appends whole blocks. EXN_READ: it would be larger than any honest head. */
exn_status exn_tar_head_append(exn_tar_head *head, const uint8_t *data, size_t size,
                               exn_error *error);

/* Finds the member's own header in bytes. EXN_READ: a header in front of it is damaged, or there is
 * none. EXN_UNSUPPORTED: a global header would have to be edited. *odd: the header's size may not
 * be the file's. */
exn_status exn_tar_head_look(exn_tar_head *head, bool *odd, exn_error *error);

/* Changes the size of the body in the head. */
exn_status exn_tar_head_resize(exn_tar_head *head, uint64_t body, exn_error *error);

/* Changes the member's name in the head; the new one differs in its ending. head->name stays.
 * EXN_UNSUPPORTED: there is no space for it, or the head has more than one name. */
exn_status exn_tar_head_rename(exn_tar_head *head, const char *name, exn_error *error);

/* For a member that is left out: keeps only the headers that concern the whole archive. */
void exn_tar_head_orphan(exn_tar_head *head);

/* Bytes of zeros that fill up a body's last block. */
size_t exn_tar_head_padding(uint64_t body);

bool exn_tar_head_is_zero(const uint8_t *block);

void exn_tar_head_free(exn_tar_head *head);

#endif
