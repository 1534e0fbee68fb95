/* Floor 4: the heads of a tar's members (POSIX.1-2017 pax, "ustar Interchange Format"; GNU tar's
 * manual, "Basic Tar Format").
 *
 * A tar is edited, not rebuilt: a head is carried as the bytes that it is, with the pax, GNU and
 * global headers in front of it, and where a member's size changes, that number and the checksums
 * change and nothing else. Names, times, owners, links, attributes, vendors' records and the format
 * itself stay what they were, whoever wrote them; libarchive's writer would make all of them
 * anew and leave out what it does not know (global headers, vendors' records, GNU's times and
 * sparse maps). */
#ifndef EXN_CLI_TAR_HEAD_H
#define EXN_CLI_TAR_HEAD_H

#include "stream.h"

#define EXN_TAR_BLOCK ((size_t)512)

typedef enum exn_tar_kind {
    EXN_TAR_FILE,
    EXN_TAR_SPARSE, /* a file whose body is a map and some of its bytes */
    EXN_TAR_LINK,   /* a hard link without a body */
    EXN_TAR_OTHER,  /* a symbolic link or a special file */
    EXN_TAR_FOLDER,
    EXN_TAR_NOTE, /* of the archive, not of a member: global header, label, list of names */
} exn_tar_kind;

typedef struct exn_tar_head {
    exn_tar_kind kind;
    uint8_t *bytes; /* whole blocks; owned */
    size_t size;
    size_t header; /* where the member's own header lies in bytes */
    char *name;    /* any bytes but NUL; owned */
    char *link;    /* of a hard link: the name that it goes to; owned */
    uint64_t body; /* bytes that follow, before they are padded to a block */
} exn_tar_head;

typedef enum exn_tar_next {
    EXN_TAR_MEMBER,
    EXN_TAR_ZEROS,  /* a block of zeros, which is left where it is */
    EXN_TAR_NO_TAR, /* what comes is no head; it is left where it is */
    EXN_TAR_END,    /* the stream ends here, and no head has begun */
    EXN_TAR_BAD,    /* the error says why */
} exn_tar_next;

/* Reads the next head. Free it by exn_tar_head_free() in any case. */
exn_tar_next exn_tar_head_read(exn_tar_head *head, exn_input *input, exn_error *error);

/* Makes the head that of a body of another size. */
exn_status exn_tar_head_resize(exn_tar_head *head, uint64_t body, exn_error *error);

/* Bytes of zeros that fill up a body's last block. */
size_t exn_tar_padding(uint64_t body);

void exn_tar_head_free(exn_tar_head *head);

#endif
