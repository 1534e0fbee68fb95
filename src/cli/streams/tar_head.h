/* SPDX-License-Identifier: MIT */
/* The heads of a tar's members as bytes (POSIX.1-2017 pax, "ustar Interchange Format"; GNU
 * tar's manual, "Basic Tar Format").
 *
 * libarchive reads what a head says (tar_reader.h). Here is what is written: a head is carried as
 * the bytes that it is, with the pax, GNU and global headers in front of it, and where a member's
 * size changes, that number and the checksums change and nothing else. Names, times, owners, links,
 * attributes, vendors' records and the format itself stay what they were, whoever wrote them;
 * libarchive's writer would make all of them anew and leave out what it does not know (global
 * headers, vendors' records, GNU's times and sparse maps). */
#ifndef EXN_CLI_STREAMS_TAR_HEAD_H
#define EXN_CLI_STREAMS_TAR_HEAD_H

#include <exifnorm.h>
#include <stddef.h>

#define EXN_TAR_BLOCK ((size_t)512)

typedef enum exn_tar_kind {
    EXN_TAR_FILE,
    EXN_TAR_SPARSE, /* a file whose body is not all of its bytes in their order */
    EXN_TAR_LINK,   /* a hard link without a body */
    EXN_TAR_OTHER,  /* a symbolic link or a special file */
    EXN_TAR_FOLDER,
    EXN_TAR_NOTE, /* of the archive, not of a member */
} exn_tar_kind;

typedef struct exn_tar_head {
    exn_tar_kind kind;
    uint8_t *bytes; /* whole blocks; owned */
    size_t size, room;
    size_t header; /* where the member's own header lies in bytes */
    char *name;    /* any bytes but NUL; owned */
    char *link;    /* of a hard or symbolic link: where it goes to, else NULL; owned */
    uint64_t body; /* bytes that follow, before they are padded to a block */
    bool ends;     /* bytes hold the archive's end marker, after notes that have no member */
} exn_tar_head;

/* Whole blocks more. EXN_READ: a head of that size is no honest one. */
exn_status exn_tar_head_append(exn_tar_head *head, const uint8_t *data, size_t size,
                               exn_error *error);

/* Finds the member's own header in bytes. EXN_READ: what is in front of it is damaged, or there is
 * none. EXN_UNSUPPORTED: a global header would have to be edited. *odd: the size that the header
 * has may not be that of the file. */
exn_status exn_tar_head_look(exn_tar_head *head, bool *odd, exn_error *error);

/* Makes the head that of a body of another size. */
exn_status exn_tar_head_resize(exn_tar_head *head, uint64_t body, exn_error *error);

/* Makes the head that of a member of another name, which differs in its ending; head->name stays.
 * EXN_UNSUPPORTED: there is no room for it, or the head says more than one name. */
exn_status exn_tar_head_rename(exn_tar_head *head, const char *name, exn_error *error);

/* Leaves of the bytes what is the archive's: the member is not to be written. */
void exn_tar_head_orphan(exn_tar_head *head);

/* Bytes of zeros that fill up a body's last block. */
size_t exn_tar_head_padding(uint64_t body);

bool exn_tar_head_is_zero(const uint8_t *block);

void exn_tar_head_free(exn_tar_head *head);

#endif
