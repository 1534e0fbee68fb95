/* SPDX-License-Identifier: MIT */
#include "labeler.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ending.h"
#include "base/error.h"
#include "base/io.h"
#include "base/wide.h"
#include "decoder.h"
#include "list/shard.h"
#include "odd.h"

/* ---- output */

/* Small pieces are gathered: an image's sighting is a few dozen bytes. */
typedef struct writer {
    exn_labeler_output *output;
    uint64_t written; /* and passed on, or, where nothing is to be written, dropped */
    size_t waiting;
    uint8_t buffer[1 << 14];
    int reason; /* errno of the first write that failed; 0: none has */
} writer;

/* What does not fit in an answer is left away; the parent sees that by the size, and asks for the
 * work once more with a file. Most label files of a data set have a few kilobytes, and a descriptor
 * for each would cost more than the work on it. */
static void keep_body(writer *w, const void *data, size_t size)
{
    exn_bytes *body = &w->output->body;
    if (!body->data)
        body->data = malloc(EXN_WIRE_BODY);
    if (!body->data)
        w->reason = ENOMEM;
    else if (w->written == body->size && size <= EXN_WIRE_BODY - body->size) {
        memcpy(body->data + body->size, data, size);
        body->size += size;
    }
}

/* Without a descriptor it is a dry run: the size is counted, as the report has it. After a failure
 * nothing more is written, so that its errno is the one that is told. */
static void pass_on(writer *w, const void *data, size_t size)
{
    if (w->reason != 0)
        return;
    if (w->output->with)
        keep_body(w, data, size);
    else if (w->output->fd >= 0 && !exn_io_write_at(w->output->fd, data, size, w->written))
        w->reason = errno;
    w->written += size;
}

/* finish() flushes the last piece, if all went well: of a failure no output is used. */
static void flush(writer *w)
{
    pass_on(w, w->buffer, w->waiting);
    w->waiting = 0;
}

/* exn_sink's write. */
static int put(void *context, const void *data, size_t size)
{
    writer *w = context;
    if (size > sizeof w->buffer - w->waiting)
        flush(w);
    if (size > sizeof w->buffer) {
        pass_on(w, data, size);
    } else {
        memcpy(w->buffer + w->waiting, data, size);
        w->waiting += size;
    }
    return w->reason;
}

/* A body of which a part was left away is none. */
static void finish(writer *w, exn_answer *answer)
{
    if (answer->error.status == EXN_OK)
        flush(w);
    if (w->reason != 0)
        exn_error_set(&answer->error, w->reason == ENOMEM ? EXN_MEMORY : EXN_WRITE, w->reason,
                      "while writing");
    if (answer->error.status == EXN_OK)
        answer->bytes_out = w->written;
    if (answer->error.status != EXN_OK || w->output->body.size != w->written)
        exn_bytes_free(&w->output->body);
}

/* ---- look */

typedef struct beginning {
    const exn_source *source;
    int reason; /* an errno: it could not be read; 0: it could */
} beginning;

/* exn_source's read, of the beginning of another one. */
static int read_beginning(void *context, void *to, size_t size, uint64_t offset)
{
    beginning *b = context;
    if (offset + size > EXN_LABELER_SNIFF)
        return EFBIG;
    const int reason = b->source->read(b->source->context, to, size, offset);
    if (reason != 0)
        b->reason = reason;
    return reason;
}

/* What cannot be read is of no format, and may be labels nevertheless. */
static void cannot_read(int reason, exn_answer *answer)
{
    exn_error_set(&answer->error, EXN_READ, reason, "while reading");
    answer->result.outcome = EXN_OUTCOME_FAILED;
}

static uint32_t name_size(const char *name)
{
    const size_t length = strlen(name);
    return (uint32_t)(length < EXN_SIGHTING_NAME ? length : EXN_SIGHTING_NAME);
}

/* Numbers and a name as they are, in this machine's own order: the parent is the same program. What
 * of a name is longer than any file's cannot matter to a match. */
static void see(void *context, const exn_labels_image *image)
{
    writer *w = context;
    exn_sighting sighting = {.name_size = name_size(image->name),
                             .other_size = name_size(image->other_name),
                             .width = image->width,
                             .height = image->height,
                             .mask_width = image->mask_width,
                             .mask_height = image->mask_height,
                             .has_size = image->has_size,
                             .masks_differ = image->masks_differ,
                             .has_extent = image->has_extent,
                             .is_stem = image->is_stem,
                             .shapes = image->shapes,
                             .refused = image->refused,
                             .left = image->left,
                             .top = image->top,
                             .right = image->right,
                             .bottom = image->bottom};
    for (size_t i = 0; i < image->mask_file_count; i++)
        sighting.masks_size += name_size(image->mask_files[i]) + 1;
    put(w, &sighting, sizeof sighting);
    put(w, image->name, sighting.name_size);
    put(w, image->other_name, sighting.other_size);
    for (size_t i = 0; i < image->mask_file_count; i++) {
        put(w, image->mask_files[i], name_size(image->mask_files[i]));
        put(w, "", 1);
    }
}

static void see_masks(void *context, const exn_labels_image *image)
{
    if (image->mask_file_count > 0)
        see(context, image);
}

/* Of other formats nothing but the beginning has to be read to know that they name none. */
static bool names_masks(exn_labels_format format)
{
    return format == EXN_LABELS_COCO || format == EXN_LABELS_GROUND_TRUTH ||
           format == EXN_LABELS_OPEN_IMAGES;
}

/* FROM,TO of --source-ref-prefix, each with its NUL. */
typedef struct prefix_list {
    exn_labels_prefix list[EXN_OPTIONS_LIST];
    size_t count;
    char texts[EXN_OPTIONS_LIST][2048];
} prefix_list;

/* One that is longer than an address may be (S3: 1,024 bytes and the bucket) fits no address, cut
 * or not. */
static void split_prefixes(const exn_cli_options *cli, prefix_list *prefixes)
{
    prefixes->count = 0;
    for (const char *const *value = cli->source_refs; *value; value++) {
        char *text = prefixes->texts[prefixes->count];
        snprintf(text, sizeof prefixes->texts[0], "%s", *value);
        char *comma = strchr(text, ',');
        if (comma)
            *comma = '\0';
        prefixes->list[prefixes->count++] = (exn_labels_prefix){text, comma ? comma + 1 : NULL};
    }
}

/* Limits are those of images: one file must not take more memory than a worker is given. */
static exn_labels_options options_of(const exn_labels_job *job, const exn_cli_options *cli,
                                     prefix_list *prefixes)
{
    exn_labels_options options;
    exn_labels_options_init(&options, sizeof options);
    options.max_memory = cli->work.max_memory;
    split_prefixes(cli, prefixes);
    options.yolo = job->yolo;
    options.keypoints = job->keypoints;
    options.keypoint_numbers = job->keypoint_numbers;
    options.masks = EXN_LABELS_MASKS_ROTATED;
    options.createml = job->createml;
    options.prefixes = prefixes->list;
    options.prefix_count = prefixes->count;
    return options;
}

/* As see() does, of what is no more than a name. */
static void see_name(writer *w, const char *name, size_t size, bool is_stem, uint64_t shapes)
{
    const uint32_t length = (uint32_t)(size < EXN_SIGHTING_NAME ? size : EXN_SIGHTING_NAME);
    const exn_sighting sighting = {.is_stem = is_stem, .name_size = length, .shapes = shapes};
    put(w, &sighting, sizeof sighting);
    put(w, name, length);
}

static void see_odd(void *context, const char *name, size_t size, bool is_stem)
{
    see_name(context, name, size, is_stem, 1);
}

static void see_mere_name(void *context, const char *name, size_t size, bool is_stem)
{
    see_name(context, name, size, is_stem, 0);
}

/* Names in the first part of a text are enough to know whether it is about images of this run. A
 * text has no NULs, except at its end, where a crash of the machine leaves them in place of what
 * was not written yet. Where images get other names, so is every text that says one. */
static void look_for_odd(const exn_source *source, bool names, writer *w, exn_answer *answer)
{
    static char text[(64 << 10) + 1];
    size_t size = source->size < sizeof text ? (size_t)source->size : sizeof text - 1;
    const int reason = size > 0 ? source->read(source->context, text, size, 0) : 0;
    if (reason != 0)
        cannot_read(reason, answer);
    if (size == 0 || reason != 0)
        return;
    /* The mark of UTF-32 (Unicode 15, 2.6), which begins with that of UTF-16. */
    const bool is_wider = size >= 4 && memcmp(text, "\xFF\xFE\0\0", 4) == 0;
    size = exn_wide_narrow(text, size);
    while (size > 0 && !text[size - 1])
        size--;
    /* NULs among the first bytes come this far only in what is text by its name (scout.c). */
    answer->labels.blank = is_wider || size == 0 ||
                           memchr(text, 0, size < EXN_LABELER_GLANCE ? size : EXN_LABELER_GLANCE);
    if (answer->labels.blank) {
        answer->labels.odd = 1;
        see_odd(w, "", 0, false);
        finish(w, answer);
        return;
    }
    if (memchr(text, 0, size))
        return;
    text[size] = '\0';
    answer->labels.odd = exn_odd_look(text, size, see_odd, w) ||
                         (names && exn_odd_names(text, size, see_mere_name, w));
    finish(w, answer);
}

/* The format is found by the file's beginning, and the answer has an error only where it is one:
 * any other file of the data set is none of labels, which is no fault. What is merely odd is asked
 * only where no format was found, so that it can never hide one. A file above job->most is said to
 * be unread with its format, as that alone is worth a warning. */
void exn_labeler_look(const exn_source *source, const exn_labels_job *job,
                      const exn_cli_options *cli, exn_labeler_output *output, exn_answer *answer)
{
    static prefix_list prefixes; /* too large for a small stack */
    writer w = {.output = output};
    exn_labels_result *found = &answer->labels.result;
    beginning read = {.source = source};
    const exn_source parts = {source->size, read_beginning, &read};
    answer->result.outcome = EXN_OUTCOME_COPIED;
    if (job->binary) {
        answer->labels.odd = job->odd && !job->none;
        if (answer->labels.odd)
            see_odd(&w, "", 0, false);
        finish(&w, answer);
        return;
    }
    if (source->size > 0 && !job->none)
        found->format = job->known ? job->known : exn_labels_sniff(&parts);
    if (read.reason != 0) {
        *found = (exn_labels_result){0};
        cannot_read(read.reason, answer);
        return;
    }
    if (job->masks && !names_masks(found->format))
        found->format = EXN_LABELS_UNKNOWN;
    if (found->format == EXN_LABELS_UNKNOWN && job->odd && !job->none)
        look_for_odd(source, exn_decoder_is_needed(cli), &w, answer);
    if (found->format == EXN_LABELS_UNKNOWN)
        return;
    if (job->most > 0 && source->size > job->most) {
        answer->labels.unread = 1;
        return;
    }
    exn_labels_options options = options_of(job, cli, &prefixes);
    options.prefix_count = job->plain ? 0 : options.prefix_count;
    exn_labels_scan(source, found->format, &options, job->masks ? see_masks : see, &w, found,
                    &answer->error);
    finish(&w, answer);
    if (answer->error.status != EXN_OK)
        answer->result.outcome = EXN_OUTCOME_FAILED;
}

/* ---- move */

/* The images come in the order of the look before; the name says whether it is still that file. */
typedef struct images {
    const exn_labels_job *job;
    int turns;
    uint64_t next;
    exn_turn turn; /* of the image that was asked for last */
    exn_result result;
    char *output; /* its name, if that is another one; owned */
    exn_error *error;
} images;

/* One by one, as they are asked for: a label file may name a million images. A single one is in the
 * request, since most formats have one image a file. The descriptor has plain structs side by side,
 * as the parent has written them (batch/labels.c). */
static bool read_turn(images *all)
{
    if (all->next >= all->job->turns)
        return false;
    all->turn = all->job->turn;
    if (all->job->turns == 1)
        return true;
    return exn_io_read_at(all->turns, &all->turn, sizeof all->turn, all->next * sizeof all->turn) ==
           (ssize_t)sizeof all->turn;
}

/* exn_labels_lookup. The parent has decided by what the look said, so the file has to say the same
 * still. */
static const exn_result *look_up(void *context, const exn_labels_image *image)
{
    images *all = context;
    const exn_turn *turn = &all->turn;
    const size_t length = strlen(image->name);
    const size_t size = length < EXN_SIGHTING_NAME ? length : EXN_SIGHTING_NAME;
    if (!read_turn(all) || turn->name != exn_shard_hash(image->name, size)) {
        exn_error_set(all->error, EXN_READ, 0, "the source changed while it was read");
        return NULL;
    }
    all->next++;
    exn_result_init(&all->result, sizeof all->result);
    all->result.format = turn->format;
    all->result.outcome = turn->outcome;
    all->result.orientation = turn->orientation;
    all->result.orientation_given = turn->given;
    all->result.transform = turn->transform;
    all->result.width_in = turn->width_in;
    all->result.height_in = turn->height_in;
    all->result.width_out = turn->width_out;
    all->result.height_out = turn->height_out;
    return &all->result;
}

/* Called after look_up() for the same image (exn_labels_options), so its turn is there. */
static exn_labels_frame frame_of(void *context, const exn_labels_image *image)
{
    const images *all = context;
    (void)image;
    return all->turn.displayed ? EXN_LABELS_DISPLAYED : EXN_LABELS_STORED;
}

/* Likewise; VIA has it in its keys. */
static uint64_t output_size(void *context, const exn_labels_image *image)
{
    const images *all = context;
    (void)image;
    return all->turn.bytes_out;
}

/* Likewise. Without memory the call fails, as a name cannot be empty. */
static const char *output_name(void *context, const exn_labels_image *image)
{
    images *all = context;
    free(all->output);
    all->output = NULL;
    if (!all->turn.made)
        return NULL;
    all->output = exn_ending_of(image->name, all->turn.made);
    if (!all->output)
        exn_error_set(all->error, EXN_MEMORY, 0, "name of an output");
    return all->output ? all->output : "";
}

/* Fewer images than before are a change as well. changed is kept apart, since the library's own
 * error is only that the lookup has failed. */
void exn_labeler_move(const exn_source *source, const exn_labels_job *job,
                      const exn_cli_options *cli, int turns, exn_labeler_output *output,
                      exn_answer *answer)
{
    static prefix_list prefixes; /* too large for a small stack */
    writer w = {.output = output};
    exn_error changed = {0};
    images all = {.job = job, .turns = turns, .error = &changed};
    const exn_sink sink = {put, &w};
    exn_labels_options options = options_of(job, cli, &prefixes);
    options.frame_of = frame_of;
    options.output_size = output_size;
    options.output_name = output_name;
    exn_labels_move(source, job->format, &options, look_up, &all, &sink, &answer->labels.result,
                    &answer->error);
    free(all.output);
    if (answer->error.status == EXN_OK && all.next != job->turns)
        exn_error_set(&changed, EXN_READ, 0, "the source changed while it was read");
    if (changed.status != EXN_OK)
        answer->error = changed;
    finish(&w, answer);
    answer->result.outcome =
        answer->error.status == EXN_OK ? EXN_OUTCOME_METADATA : EXN_OUTCOME_FAILED;
    answer->result.method = answer->error.status == EXN_OK ? EXN_METHOD_EDIT : EXN_METHOD_NONE;
}

/* ---- boxes */

enum { WANTED_MOST = 1024 }; /* more images are on no page */

typedef struct boxes {
    writer *writer;
    size_t count;
    uint64_t wanted[WANTED_MOST];
    uint8_t seen[WANTED_MOST];    /* boxes of each, no more than are shown, */
    uint64_t shapes[WANTED_MOST]; /* and all its shapes */
} boxes;

static int compare_numbers(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* exn_labels_visit_box. There may be millions of shapes, on images that nobody asks for. */
static void see_box(void *context, const exn_labels_box *box)
{
    boxes *all = context;
    const uint64_t *found =
        bsearch(&box->image, all->wanted, all->count, sizeof *found, compare_numbers);
    if (found)
        all->shapes[found - all->wanted]++;
    if (!found || !box->has_extent || all->seen[found - all->wanted] == EXN_BOXED_MOST)
        return;
    all->seen[found - all->wanted]++;
    const exn_boxed boxed = {.wanted = (uint64_t)(found - all->wanted),
                             .left = box->left,
                             .top = box->top,
                             .right = box->right,
                             .bottom = box->bottom,
                             .degrees = box->degrees,
                             .is_part = box->is_part,
                             .is_about_center = box->is_about_center};
    put(all->writer, &boxed, sizeof boxed);
}

/* Names are no matter here, nor how addresses begin, which in an output is otherwise than in its
 * source. A file of other images than those that the parent has numbers of says nothing. */
void exn_labeler_boxes(const exn_source *source, const exn_labels_job *job,
                       const exn_cli_options *cli, int wanted, exn_labeler_output *output,
                       exn_answer *answer)
{
    static prefix_list none;
    static boxes all; /* too large for a small stack */
    writer w = {.output = output};
    uint64_t images = 0;
    exn_labels_options options = options_of(job, cli, &none);
    options.prefix_count = 0;
    all = (boxes){.writer = &w, .count = (size_t)job->wanted};
    const size_t size = all.count * sizeof *all.wanted;
    if (all.count > WANTED_MOST || exn_io_read_at(wanted, all.wanted, size, 0) != (ssize_t)size)
        exn_error_set(&answer->error, EXN_INTERNAL, 0, "which images are asked for is not known");
    else if (exn_labels_boxes(source, job->format, &options, see_box, &all, &images,
                              &answer->error) == EXN_OK &&
             images != job->images)
        exn_error_set(&answer->error, EXN_READ, 0, "it has other images than before");
    else
        put(&w, all.shapes, all.count * sizeof *all.shapes);
    answer->labels.result.format = job->format;
    finish(&w, answer);
    answer->result.outcome =
        answer->error.status == EXN_OK ? EXN_OUTCOME_COPIED : EXN_OUTCOME_FAILED;
}
