/* SPDX-License-Identifier: MIT */
/* The images that a label file names, by the key that its shapes use. Nothing else in memory grows
 * with the file. */
#ifndef EXN_LABELS_IMAGES_H
#define EXN_LABELS_IMAGES_H

#include "measure.h"
#include "orientation.h"

typedef struct exn_images_entry {
    size_t key, key_size, name, name_size; /* in texts; the name is NUL-terminated */
    size_t other_name;                     /* likewise; empty: none */
    bool is_named; /* seen as an image, and not only referred to by a shape */
    bool is_stem, is_optional, has_size;
    bool is_file_size;                /* the size is no witness (label.h) */
    uint64_t bytes, bytes_out;        /* sizes of its file and its output's; 0: not known */
    uint32_t width, height;           /* from its size fields; 0 where they are not sizes */
    uint32_t mask_width, mask_height; /* of its masks; 0: there are none, or they differ */
    bool masks_differ;
    uint64_t shapes, refused; /* refused: the shapes that cannot be moved */
    exn_measure measure;
    exn_label_place place;
    size_t first_mask, last_mask; /* 1 + their indices; 0: none */

    /* Set for a move. */
    bool is_failed;         /* it has no output */
    bool is_kept, is_still; /* nothing of it is edited, because its image failed; because nothing
                               needs to move */
    exn_orientation o;
    uint32_t frame_width, frame_height, width_out, height_out;
    bool is_renamed, is_told;   /* its output has another name; told: which has been written */
    size_t ending, ending_size; /* the new ending of its name, in texts, */
    size_t old_ending_size;     /* which replaces this many bytes */
    bool is_inside;             /* everything measured lies within the frame */
    bool is_stretched;          /* Label Studio's polygons */
    bool has_output;            /* width_out and height_out are known */
} exn_images_entry;

/* All zeros: empty and ready. Ends with exn_images_free(). */
typedef struct exn_images {
    exn_buffer entries, texts, slots, masks;
    exn_account *account; /* to be set, may be NULL */
    bool is_common_size;  /* the file has one size for all of them, */
    bool is_common_set;   /* which has been set */
} exn_images;

size_t exn_images_count(const exn_images *images);
exn_images_entry *exn_images_at(const exn_images *images, size_t index);

/* The entry of a key, created if there is none; valid until the next one is created. Returns
 * EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_images_find(exn_images *images, exn_span key, exn_images_entry **entry,
                           exn_error *error);

/* Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_images_set_name(exn_images *images, exn_images_entry *entry, exn_span name,
                               exn_span other_name, exn_error *error);

/* The value of a size field; 0: it is not a size. */
uint32_t exn_images_read_size(const exn_numbers *sizes, size_t index);

/* Note the values of size fields, and the size of one of its masks. */
void exn_images_set_size(exn_images_entry *entry, uint32_t width, uint32_t height);
void exn_images_note_mask(exn_images_entry *entry, uint32_t width, uint32_t height);

/* The name of a mask image. Returns EXN_OK, EXN_LIMIT or EXN_MEMORY. */
exn_status exn_images_add_mask(exn_images *images, exn_images_entry *entry, exn_span name,
                               exn_error *error);

/* Appends pointers to the names of an entry's masks, valid until the next text is added. Returns
 * EXN_OK or EXN_MEMORY. */
exn_status exn_images_masks(const exn_images *images, const exn_images_entry *entry,
                            exn_buffer *pointers);

/* Fails with EXN_CORRUPT if the size fields fit neither frame of the image. */
exn_status exn_images_check_size(const exn_images_entry *entry, const exn_result *image,
                                 exn_error *error);

/* Fails with EXN_UNSUPPORTED where one size is said of all images, and their outputs have several.
 */
exn_status exn_images_check_common(const exn_images *images, exn_error *error);

/* Whether what is said to be in pixels looks like fractions of a side: nothing that was measured in
 * the whole file reaches over 2, and not all of it ends at whole pixels. Some programs write COCO
 * and Pascal VOC in that way. */
bool exn_images_are_in_parts(const exn_images *images);

exn_span exn_images_key(const exn_images *images, const exn_images_entry *entry);
const char *exn_images_name(const exn_images *images, const exn_images_entry *entry);
const char *exn_images_other_name(const exn_images *images, const exn_images_entry *entry);

void exn_images_free(exn_images *images);

#endif
