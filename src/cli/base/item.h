/* SPDX-License-Identifier: MIT */
/* The one record that walks through all stages of a run; each stage fills in its own
 * fields.
 *
 * list.c fills in kind, path, target, mode, times and, if something cannot be an item, error;
 * batch.c and the worker fill in the bytes, result and error; report.c reads all of it. Free it
 * with exn_item_free(). */
#ifndef EXN_CLI_BASE_ITEM_H
#define EXN_CLI_BASE_ITEM_H

#include <exifnorm.h>
#include <sys/stat.h>

typedef enum exn_item_kind {
    EXN_ITEM_FILE,       /* a regular file */
    EXN_ITEM_LINK,       /* a symbolic link to one: followed once, written as a file */
    EXN_ITEM_FOLDER,     /* before what it holds */
    EXN_ITEM_FOLDER_END, /* after it */
    EXN_ITEM_SKIPPED,    /* cannot be carried over: named, but not a failure */
    EXN_ITEM_UNREADABLE, /* should have been an item, but cannot be read: a failure */
} exn_item_kind;

/* Which image a sidecar belongs to, by its name (sidecar.h). The state stores the numbers. */
typedef enum exn_owner {
    EXN_OWNER_UNASKED, /* it is not a sidecar, or it is a member of an archive */
    EXN_OWNER_ONE,     /* one image */
    EXN_OWNER_NONE,
    EXN_OWNER_SEVERAL, /* it could belong to several */
    EXN_OWNER_UNKNOWN, /* it is a stream and has no name */
} exn_owner;

/* For a label file that is moved with its images (src/cli/labels). */
typedef struct exn_item_labels {
    exn_labels_format format; /* UNKNOWN: it is not a label file, or not moved */
    uint64_t images, shapes;  /* in it */
    bool is_odd;              /* it looks like labels of no known format */
    uint64_t moved;           /* images whose labels are in their output's frame now */
    uint64_t kept;            /* images whose labels stay, since they failed or are unsupported */
    uint64_t outside;         /* moved images with shapes that reach beyond their edges */
    uint64_t key; /* a hash of what the output depends on besides the file; also a mask's */
} exn_item_labels;

typedef struct exn_item {
    exn_item_kind kind;
    char *path;         /* relative to the input folder; any byte but NUL; NULL: none */
    const char *target; /* its name in the output folder; lies in path, renamed or the options */
    char *renamed;      /* path of an output of another format below OUT; NULL: as path; owned */
    struct stat status; /* a folder's own, for its copy; a sidecar's image's */
    exn_owner owner;    /* of a sidecar */
    char *image;        /* path of the sidecar's image, if it has one; owned */
    uint64_t bytes_in, bytes_out;
    uint64_t opened;       /* exn_item_clock() when its source was opened; 0: it was not */
    uint64_t microseconds; /* spent on it by all processes, without waiting; 0: not yet known */
    bool linked;           /* the output is a hard link to the source */
    bool partial;          /* an archive with members that failed */
    bool alone;            /* it could not be written, but others can be */
    exn_item_labels labels;
    bool is_mask;        /* it is a mask image */
    const char *mask_of; /* the path of the mask's image; borrowed */
    exn_result result;
    exn_error error; /* if it was skipped: why */
} exn_item;

/* Opens the file, relative to folder, and makes sure that it is a regular one; nothing in its place
 * can make the run wait or take over a terminal. Fills in status and bytes_in. The caller closes
 * it. -1: the error says why. */
int exn_item_open(exn_item *item, int folder, struct stat *status);

/* Starts the clock of an item that is not opened by its name. */
void exn_item_start(exn_item *item);

/* A clock in microseconds. */
uint64_t exn_item_clock(void);

/* Adds the time since `since` to that spent on the item. */
void exn_item_add_time(exn_item *item, uint64_t since);

/* Takes over the time that a worker says it has spent, but no more than has passed. */
void exn_item_take_time(exn_item *item, uint64_t microseconds);

/* item->microseconds or, if that is 0, the time since exn_item_open(); 0 if nothing was opened. */
uint64_t exn_item_microseconds(const exn_item *item);

/* Whether its name is that of an image; an AppleDouble file's (._a.jpg) is not. Content decides
 * what it is; this only decides whether other content is a failure. */
bool exn_item_named_as_image(const exn_item *item);

/* Whether labels may be about it: it is an image by its result or its name, also of a format that
 * has no orientation. */
bool exn_item_may_have_labels(const exn_item *item);

/* Files that may have an orientation, but are neither read nor edited here; by their names. */
typedef enum exn_uncovered {
    EXN_UNCOVERED_NONE,
    EXN_UNCOVERED_RAW,   /* a camera's raw file */
    EXN_UNCOVERED_VIDEO, /* its header may ask for a rotation */
    EXN_UNCOVERED_COUNT
} exn_uncovered;

exn_uncovered exn_item_uncovered(const exn_item *item);

/* Sets the error for an item that is named like an image, has size bytes, and is not one. */
void exn_item_misnamed(const exn_item *item, uint64_t size, exn_error *error);

/* Whether both have the same size and modification time. */
bool exn_item_same(const struct stat *a, const struct stat *b);

/* Whether a file has the size and times that it had before. The change time counts too, since
 * anybody can set back the modification time. relinks: it does not count for a file with several
 * names, since the run itself may be adding or removing some. */
bool exn_item_as_before(const struct stat *now, const struct stat *before, bool relinks);

/* The same for an open file and its status when it was opened. */
bool exn_item_unchanged(int source, const struct stat *before, bool relinks);

void exn_item_free(exn_item *item);

#endif
