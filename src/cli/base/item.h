/* SPDX-License-Identifier: MIT */
/* The one record that walks through all stages of a run; each stage fills in its own
 * fields.
 *
 * list.c fills in kind, path, target, mode, times and, where a thing cannot be an item, error;
 * batch.c and the worker fill in the bytes, result and error; report.c reads all of it. An item
 * owns its path; free with exn_item_free(). */
#ifndef EXN_CLI_BASE_ITEM_H
#define EXN_CLI_BASE_ITEM_H

#include <exifnorm.h>
#include <sys/stat.h>

typedef enum exn_item_kind {
    EXN_ITEM_FILE,       /* a regular file */
    EXN_ITEM_LINK,       /* a symbolic link to one: followed once, written as a file */
    EXN_ITEM_FOLDER,     /* before what it holds */
    EXN_ITEM_FOLDER_END, /* after it */
    EXN_ITEM_SKIPPED,    /* nothing that could be carried over: named, but no failure */
    EXN_ITEM_UNREADABLE, /* should have been an item and is none: a failure */
} exn_item_kind;

/* Whose XMP a file is, by its name (sidecar.h). The state has the numbers. */
typedef enum exn_owner {
    EXN_OWNER_UNASKED, /* it is no sidecar, or a member of an archive */
    EXN_OWNER_ONE,     /* an image's */
    EXN_OWNER_NONE,
    EXN_OWNER_SEVERAL, /* it could be that of several */
    EXN_OWNER_UNKNOWN, /* it is a stream and has no name */
} exn_owner;

/* Of a label file that is moved with its images (src/cli/labels). */
typedef struct exn_item_labels {
    exn_labels_format format; /* UNKNOWN: it is none, or not to be moved */
    uint64_t images, shapes;  /* in it */
    bool is_odd;              /* it looks like labels of no known format */
    uint64_t moved;           /* images whose labels are in their output's frame now */
    uint64_t kept;            /* whose labels stay, since the image has failed or is unsupported */
    uint64_t outside;         /* of those moved: with shapes that reach out of the image */
    uint64_t key; /* a hash of what the output depends on beside the file itself; also a mask's */
} exn_item_labels;

typedef struct exn_item {
    exn_item_kind kind;
    char *path;         /* relative to the input folder; any byte but NUL; NULL: none */
    const char *target; /* its name in the output folder; lies in path, renamed or the options */
    char *renamed;      /* path of an output of another format below OUT; NULL: as path; owned */
    struct stat status; /* of a folder: what its copy gets; of a sidecar: its image's */
    exn_owner owner;    /* of a sidecar */
    char *image;        /* its path, where there is one; owned */
    uint64_t bytes_in, bytes_out;
    uint64_t opened;       /* the clock when its source was opened; 0: it was not */
    uint64_t microseconds; /* that were spent on it, by whomever; not what it waited for others; 0:
                              not yet known */
    bool linked;           /* the output is a second name of the source */
    bool partial;          /* an archive with members that failed */
    bool alone;            /* it could not be written, but others can be */
    exn_item_labels labels;
    bool is_mask;        /* it is a mask image, */
    const char *mask_of; /* and this its image's path; borrowed */
    exn_result result;
    exn_error error; /* of a skipped one: why */
} exn_item;

/* Opens the file, relative to folder, so that nothing in its place can make the run wait or take
 * over a terminal, and makes sure that it is one. Fills in status and bytes_in. The caller closes
 * it. -1: the error says why. */
int exn_item_open(exn_item *item, int folder, struct stat *status);

/* Starts the clock of an item that is not opened by its name. */
void exn_item_start(exn_item *item);

/* A clock in microseconds. */
uint64_t exn_item_clock(void);

/* Adds what has passed since then to the time that was spent on the item. */
void exn_item_add_time(exn_item *item, uint64_t since);

/* Takes over what a worker says that it has spent, which is not more than has passed. */
void exn_item_take_time(exn_item *item, uint64_t microseconds);

/* What microseconds holds; the time since exn_item_open() where that is 0; 0 where nothing was
 * opened. */
uint64_t exn_item_microseconds(const exn_item *item);

/* Whether its name promises an image; that of an AppleDouble file (._a.jpg) does not. Content
 * decides what it is; this only decides whether having none is a failure. */
bool exn_item_named_as_image(const exn_item *item);

/* Whether labels may be of it: an image by its result or its name, also of a kind that has no
 * orientation. */
bool exn_item_may_have_labels(const exn_item *item);

/* What is neither read nor edited here although it may have an orientation: by its name alone. */
typedef enum exn_uncovered {
    EXN_UNCOVERED_NONE,
    EXN_UNCOVERED_RAW,   /* of a camera */
    EXN_UNCOVERED_VIDEO, /* whose header may say a rotation */
    EXN_UNCOVERED_COUNT
} exn_uncovered;

exn_uncovered exn_item_uncovered(const exn_item *item);

/* Says why an item so named, of size bytes, is none. */
void exn_item_misnamed(const exn_item *item, uint64_t size, exn_error *error);

/* Whether both have the same size and modification time. */
bool exn_item_same(const struct stat *a, const struct stat *b);

/* Whether a file has the size and times that it had before. The change time counts, since anybody
 * can set the other one back; relinks: but not of a file with several names, some of which the run
 * itself may be making or removing. */
bool exn_item_as_before(const struct stat *now, const struct stat *before, bool relinks);

/* The same of an open file and its status when it was opened. */
bool exn_item_unchanged(int source, const struct stat *before, bool relinks);

void exn_item_free(exn_item *item);

#endif
