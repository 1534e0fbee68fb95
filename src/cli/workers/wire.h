/* SPDX-License-Identifier: MIT */
/* What goes through the wall: records of fixed size over a SOCK_SEQPACKET socket, one a
 * packet, with descriptors beside them (SCM_RIGHTS, unix(7)).
 *
 * Both ends are the same build and start from the same memory, so a record is a plain struct. What
 * a worker sends is hostile all the same: exn_wire_valid() before anything of it is believed. */
#ifndef EXN_CLI_WORKERS_WIRE_H
#define EXN_CLI_WORKERS_WIRE_H

#include <exifnorm.h>
#include <stdbool.h>
#include <sys/types.h>

/* A request carries the source, unless it is to be looked at only or small the output, and of a
 * sidecar that has one the image, or the turns of label files. */
#define EXN_WIRE_DESCRIPTORS 3

/* The most bytes of output that come with an answer. */
#define EXN_WIRE_BODY ((size_t)64 << 10)

/* The longer side of a small picture, in pixels. */
#define EXN_WIRE_MINIATURE 160

typedef enum exn_job_kind {
    EXN_JOB_NORMALIZE,
    EXN_JOB_FILL, /* to normalize; of what needs nothing the output gets the source's own bytes */
    EXN_JOB_CHECK,
    EXN_JOB_SIDECAR, /* to edit XMP as its image is */
    EXN_JOB_VERIFY,  /* what another worker has made of the source; nothing is written */
    EXN_JOB_LABELS,  /* to look whether the source has labels, and of which images: the output gets
                        what the file says of each, an exn_sighting and its name */
    EXN_JOB_MOVE_LABELS, /* to write a label file for the outputs of its images */
    EXN_JOB_POSES,       /* to look for a data set's kpt_shape */
    EXN_JOB_MINIATURE,   /* to make a small picture of the source, for people */
    EXN_JOB_BOXES, /* to say where shapes are on some images of a label file: the output gets an
                      exn_boxed of each, and then, for each image, how many there are: uint64_t */
} exn_job_kind;

/* What a label file says of an image. As many bytes of the name follow, of its other name, and of
 * its masks' names, each of which ends with a NUL. */
typedef struct exn_sighting {
    uint64_t masks_size;
    uint32_t name_size, other_size;
    uint32_t width, height, mask_width, mask_height;
    uint8_t has_size, masks_differ, has_extent, is_stem; /* 0 or 1 */
    uint64_t shapes, refused;
    double left, top, right, bottom;
} exn_sighting;

/* Names that are longer are cut: no file has such a one. */
#define EXN_SIGHTING_NAME ((size_t)4096)

/* A box of a shape on an image that was asked for, as the library says it. */
typedef struct exn_boxed {
    uint64_t wanted; /* the place of its image among those asked for */
    double left, top, right, bottom, degrees;
    uint8_t is_part, is_about_center, unused[6]; /* 0 or 1; 0 */
} exn_boxed;

/* Nobody sees more of an image at once. */
#define EXN_BOXED_MOST ((size_t)50)

/* What became of an image that labels are of: what exn_labels_move() needs to know of an
 * exn_result, and by which name it was asked for. */
typedef struct exn_turn {
    uint64_t name; /* exn_shard_hash() of it */
    uint32_t width_in, height_in, width_out, height_out;
    uint64_t bytes_out; /* of the file, where a format has that in it; 0: it is not known */
    uint8_t format, outcome, orientation, given, transform;
    uint8_t displayed; /* that frame its labels are in; 0: the stored one */
    uint8_t made;   /* the exn_format that the name in the label file is to end like; 0: it stays */
    uint8_t unused; /* 0: all bytes are hashed */
} exn_turn;

/* Of a job about labels. */
typedef struct exn_labels_job {
    exn_labels_format format; /* of MOVE_LABELS */
    exn_labels_yolo yolo;     /* as in exn_labels_options */
    exn_labels_createml createml;
    exn_labels_format known; /* of LABELS: what it is by its name; UNKNOWN: its content says so */
    bool odd;                /* of LABELS: what looks like labels of no known format is asked for */
    bool none;               /* likewise: it is none, whatever its content is */
    bool binary;             /* likewise: by its name it is of a kind that is never read */
    uint32_t keypoints, keypoint_numbers;
    uint64_t most;   /* of LABELS: what is larger is recognized and not read; 0: no limit */
    bool masks;      /* of LABELS: only images with mask images are asked for */
    bool plain;      /* of LABELS: addresses are names as they are, whatever they begin with */
    uint64_t wanted; /* of BOXES: how many images are asked for. Their numbers in the file, as
                        uint64_t and rising, are in the image's descriptor */
    uint64_t images; /* likewise: how many have to be in the file */
    uint64_t turns;  /* of MOVE_LABELS: how many images there are. Of one it is `turn`, */
    exn_turn turn;   /* of more they are in the image's descriptor, in the order of sightings */
} exn_labels_job;

/* What was found or done. */
typedef struct exn_labels_answer {
    exn_labels_result result;
    /* 0 or 1: it has labels, and is too large to be read: result says the format alone */
    uint8_t unread;
    /* 0 or 1: it looks like labels, and is of no known format; sightings are guesses */
    uint8_t odd;
    /* 0 or 1: its beginning has NULs, so that it may be anything; odd as well */
    uint8_t blank;
    /* Of POSES: 0 or 1: it describes a YOLO data set; 0 or 1: whose kpt_shape cannot be read; else
     * as many keypoints, 0 being none. */
    uint8_t data, unclear;
    uint32_t keypoints, keypoint_numbers;
} exn_labels_answer;

/* The image of a sidecar. */
typedef struct exn_beside {
    uint64_t size;
    bool there;
    bool whole; /* nobody has worked on it yet, so only doing that tells whether it fails */
} exn_beside;

typedef struct exn_request {
    uint64_t number; /* counts from 1; the reply repeats it */
    uint64_t size;   /* of the source */
    exn_job_kind kind;
    bool output; /* there is one, and its descriptor comes along */
    bool body;   /* there is one, and its bytes are to come with the answer */
    exn_beside beside;
    uint32_t orientation; /* that the image is to be rotated by; 0: as it says itself */
    bool mask;            /* it is a mask: exact, or not at all */
    exn_result made;      /* of kind VERIFY: what is said to be in output, and its size */
    uint64_t made_size;
    exn_labels_job labels;
} exn_request;

/* What became of an image. */
typedef struct exn_answer {
    exn_result result;
    exn_error error;
    uint64_t bytes_out; /* in the output; 0 where the outcome is UNTOUCHED, and the source's bytes
                           are still to be copied */
    uint64_t microseconds; /* that it took */
    exn_labels_answer labels;
} exn_answer;

/* Number 0: the worker is behind its wall and waits, or error says why it is not. */
typedef struct exn_reply {
    uint64_t number;
    exn_answer answer;
} exn_reply;

/* Sends one record with count descriptors, which stay the caller's. False, with errno. */
bool exn_wire_send(int socket, const void *record, size_t size, const int *descriptors,
                   size_t count);

/* The same with length bytes behind the record, and no descriptors. */
bool exn_wire_send_body(int socket, const void *record, size_t size, const void *body,
                        size_t length);

/* Receives one record of exactly that size with at most EXN_WIRE_DESCRIPTORS descriptors; *count
 * tells how many, and the caller closes them. flags: of recvmsg. Returns 1, 0 at the end, -1 with
 * errno; EPROTO: it is none. */
int exn_wire_receive(int socket, void *record, size_t size, int *descriptors, size_t *count,
                     int flags);

/* The same with what may follow a record: body has room for EXN_WIRE_BODY bytes, *length tells how
 * many came. */
int exn_wire_receive_body(int socket, void *record, size_t size, void *body, size_t *length,
                          int *descriptors, size_t *count, int flags);

/* Whether every field of a worker's answer is one that an honest worker could send. */
bool exn_wire_valid(exn_job_kind kind, const exn_answer *answer);

#endif
