/* SPDX-License-Identifier: MIT */
/* Label formats against painters in Python that share no code with them (tests/labels): labels are
 * painted into masks, the masks are rotated pixel by pixel, and compared with what is painted of
 * the moved labels.
 *
 * test_label_formats serve: answers what those scripts ask. A request is a line, a line for each
 * image, and the file's bytes:
 *     sniff SIZE
 *     scan FORMAT SIZE
 *     move FORMAT FRAME COUNT SIZE [OPTION=VALUE...]
 *     judge FORMAT auto COUNT SIZE
 *     masks FORMAT FRAME COUNT SIZE                    (no file: an EXIF value for each image)
 *     orient EXIF-VALUE SIZE
 *     ORIENTATION MODE WIDTH HEIGHT OUTCOME NAME       (COUNT times)
 * The answer is a line of status, counts and message, with sizes of what follows: the lines of a
 * scan, the bytes of a move, or a line of a verdict for each image. */
#include "exifnorm.h"
#include "orientation.h"
#include "window.h"

#include "support/proc.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_NAME = 200 };

typedef struct served {
    exn_result result;
    char name[MAX_NAME];
    uint64_t bytes; /* of its output: outcome "rotated:1234" */
} served;

typedef struct request {
    char verb[16], format[24], frame[16];
    size_t count, size;
    exn_labels_options options;
    exn_labels_prefix prefixes[4];
    served *images;
    uint8_t *bytes;
} request;

static void die(const char *what)
{
    fprintf(stderr, "serve: %s\n", what);
    exit(2);
}

static exn_labels_format format_of(const char *word)
{
    for (int i = 1; strcmp(exn_labels_format_word(i), "unknown") != 0; i++)
        if (strcmp(exn_labels_format_word(i), word) == 0)
            return i;
    return EXN_LABELS_UNKNOWN;
}

static void read_image(served *image)
{
    char line[512], mode[16], outcome[40];
    exn_result *r = &image->result;
    exn_result_init(r, sizeof *r);
    image->bytes = 0;
    if (!fgets(line, sizeof line, stdin) ||
        sscanf(line, "%" SCNu32 " %15s %" SCNu32 " %" SCNu32 " %39s%*1[ ]%199[^\n]",
               &r->orientation, mode, &r->width_in, &r->height_in, outcome, image->name) < 5)
        die("an image's line");
    char *size = strchr(outcome, ':');
    if (size) {
        *size++ = '\0';
        image->bytes = strtoull(size, NULL, 10);
    }
    exn_orientation o = exn_orientation_from_exif(strcmp(mode, "bake") == 0 ? r->orientation : 1);
    r->transform = exn_orientation_bits(o);
    r->width_out = r->width_in;
    r->height_out = r->height_in;
    exn_orientation_size(o, &r->width_out, &r->height_out);
    r->outcome = strcmp(outcome, "failed") == 0        ? EXN_OUTCOME_FAILED
                 : strcmp(outcome, "unsupported") == 0 ? EXN_OUTCOME_UNSUPPORTED
                                                       : EXN_OUTCOME_LOSSLESS;
}

/* prefix=FROM>TO, or FROM alone. */
static void read_prefix(request *q, const char *word)
{
    char *from = strdup(word), *to = from ? strchr(from, '>') : NULL;
    if (!from || q->options.prefix_count == sizeof q->prefixes / sizeof *q->prefixes)
        die("prefixes");
    if (to)
        *to++ = '\0';
    q->prefixes[q->options.prefix_count++] = (exn_labels_prefix){from, to};
}

static void read_option(request *q, const char *word)
{
    if (strncmp(word, "prefix=", 7) == 0)
        read_prefix(q, word + 7);
    else if (strncmp(word, "max-memory=", 11) == 0)
        q->options.max_memory = strtoull(word + 11, NULL, 10);
    else if (strncmp(word, "createml=", 9) == 0)
        q->options.createml = strcmp(word + 9, "center") == 0 ? EXN_LABELS_CREATEML_CENTER
                                                              : EXN_LABELS_CREATEML_CORNER;
    else if (strcmp(word, "masks=rotated") == 0)
        q->options.masks = EXN_LABELS_MASKS_ROTATED;
    else if (strcmp(word, "yolo=none") == 0)
        q->options.yolo = EXN_LABELS_YOLO_NO_POSES;
    else if (strcmp(word, "yolo=poses") == 0)
        q->options.yolo = EXN_LABELS_YOLO_POSES;
    else if (sscanf(word, "keypoints=%" SCNu32 "x%" SCNu32, &q->options.keypoints,
                    &q->options.keypoint_numbers) != 2)
        die(word);
}

static bool read_request(request *q)
{
    char line[512], *rest;
    if (!fgets(line, sizeof line, stdin))
        return false;
    line[strcspn(line, "\n")] = '\0';
    char *word = strtok_r(line, " ", &rest);
    snprintf(q->verb, sizeof q->verb, "%s", word);
    exn_labels_options_init(&q->options, sizeof q->options);
    if (strcmp(q->verb, "sniff") != 0)
        snprintf(q->format, sizeof q->format, "%s", strtok_r(NULL, " ", &rest));
    if (strcmp(q->verb, "move") == 0 || strcmp(q->verb, "judge") == 0 ||
        strcmp(q->verb, "masks") == 0) {
        snprintf(q->frame, sizeof q->frame, "%s", strtok_r(NULL, " ", &rest));
        q->count = strtoul(strtok_r(NULL, " ", &rest), NULL, 10);
    }
    q->size = strtoul(strtok_r(NULL, " ", &rest), NULL, 10);
    q->options.frame =
        strcmp(q->frame, "displayed") == 0 ? EXN_LABELS_DISPLAYED : EXN_LABELS_STORED;
    q->options.prefixes = q->prefixes;
    while ((word = strtok_r(NULL, " ", &rest)) != NULL)
        read_option(q, word);
    q->images = calloc(q->count + 1, sizeof *q->images);
    q->bytes = malloc(q->size + 1);
    if (!q->images || !q->bytes)
        die("memory");
    for (size_t i = 0; i < q->count; i++)
        read_image(&q->images[i]);
    if (fread(q->bytes, 1, q->size, stdin) != q->size)
        die("a file");
    return true;
}

static const exn_result *look_up(void *context, const exn_labels_image *image)
{
    const request *q = context;
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->images[i].name, image->name) == 0)
            return &q->images[i].result;
    return NULL;
}

static uint64_t size_output(void *context, const exn_labels_image *image)
{
    const request *q = context;
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->images[i].name, image->name) == 0)
            return q->images[i].bytes;
    return 0;
}

static int keep(void *context, const void *data, size_t size)
{
    return exn_buffer_append(context, data, size) == EXN_OK ? 0 : 12;
}

static void describe(void *context, const exn_labels_image *image)
{
    char line[1024];
    int size = snprintf(line, sizeof line,
                        "%" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %d %" PRIu64 " %" PRIu64
                        " %.17g %.17g %.17g %.17g %s",
                        image->width, image->height, image->mask_width, image->mask_height,
                        image->masks_differ, image->shapes, image->refused,
                        image->has_extent ? image->left : 0, image->has_extent ? image->top : 0,
                        image->has_extent ? image->right : 0, image->has_extent ? image->bottom : 0,
                        image->name);
    for (size_t i = 0; i < image->mask_file_count && size < (int)sizeof line; i++)
        size += snprintf(line + size, sizeof line - (size_t)size, "\t%s", image->mask_files[i]);
    if (size >= (int)sizeof line - 1)
        die("an image's name");
    line[size++] = '\n';
    if (exn_buffer_append(context, line, (size_t)size) != EXN_OK)
        die("memory");
}

/* All images of one file are one set. */
typedef struct court {
    const request *request;
    const exn_labels_result *result;
    exn_labels_judgement judgements[4096];
    char names[4096][MAX_NAME];
    size_t count;
} court;

static void judge(void *context, const exn_labels_image *image)
{
    court *c = context;
    const exn_result *source = look_up((void *)(uintptr_t)c->request, image);
    if (!source || c->count == 4096 ||
        exn_labels_judge(image, c->result, source, &c->judgements[c->count], NULL) != EXN_OK)
        die("a judgement");
    snprintf(c->names[c->count++], MAX_NAME, "%s", image->name);
}

static exn_status judge_all(const request *q, const exn_source *source, exn_labels_format format,
                            exn_labels_result *result, exn_buffer *out, exn_error *error)
{
    static court c;
    c = (court){.request = q, .result = result};
    exn_status status = exn_labels_scan(source, format, &q->options, NULL, NULL, result, error);
    if (status == EXN_OK) /* the whole file's result has to be known first */
        status = exn_labels_scan(source, format, &q->options, judge, &c, result, error);
    exn_labels_inherit(c.judgements, c.count);
    for (size_t i = 0; i < c.count; i++) {
        char line[1024];
        int size = snprintf(line, sizeof line, "%s\t%s\t", c.names[i],
                            exn_labels_verdict_word(c.judgements[i].verdict));
        for (int w = 0; w <= EXN_LABELS_WITNESS_INHERITED; w++)
            if (c.judgements[i].witnesses >> w & 1)
                size += snprintf(line + size, sizeof line - (size_t)size, "%s ",
                                 exn_labels_witness_word(w));
        size += snprintf(line + size, sizeof line - (size_t)size, "\n");
        if (exn_buffer_append(out, line, (size_t)size) != EXN_OK)
            die("memory");
    }
    return status;
}

static exn_status tell_masks(const request *q, exn_buffer *out, exn_error *error)
{
    exn_status status = EXN_OK;
    for (size_t i = 0; i < q->count && status == EXN_OK; i++) {
        uint32_t value = 0;
        char line[16];
        status = exn_labels_mask_orientation(&q->images[i].result, q->options.frame, &value, error);
        int size = snprintf(line, sizeof line, "%" PRIu32 "\n", value);
        if (exn_buffer_append(out, line, (size_t)size) != EXN_OK)
            die("memory");
    }
    return status;
}

/* As the header says of masks. */
static exn_status orient(const request *q, exn_buffer *out, exn_error *error)
{
    exn_options options;
    exn_bytes made = {NULL, 0};
    exn_options_init(&options, sizeof options);
    options.edges = EXN_EDGES_REFUSE;
    exn_status status = exn_orient(q->bytes, q->size, (uint32_t)strtoul(q->format, NULL, 10),
                                   &options, &made, NULL, error);
    if (status == EXN_OK && exn_buffer_append(out, made.data, made.size) != EXN_OK)
        die("memory");
    exn_bytes_free(&made);
    return status;
}

/* The rest of memory behind the file is poisoned by sanitizers, so it is one block of its size. */
static void answer(request *q)
{
    exn_span file = {q->bytes, q->size};
    exn_source source = exn_window_source_of(&file);
    exn_buffer out = {0};
    exn_labels_result result;
    exn_error error = {0};
    exn_status status = EXN_OK;
    exn_labels_format format = format_of(q->format);
    exn_labels_result_init(&result, sizeof result);
    if (strcmp(q->verb, "sniff") == 0) {
        format = exn_labels_sniff(&source);
    } else if (strcmp(q->verb, "scan") == 0) {
        status = exn_labels_scan(&source, format, &q->options, describe, &out, &result, &error);
    } else if (strcmp(q->verb, "masks") == 0) {
        status = tell_masks(q, &out, &error);
    } else if (strcmp(q->verb, "orient") == 0) {
        status = orient(q, &out, &error);
    } else if (strcmp(q->verb, "judge") == 0) {
        status = judge_all(q, &source, format, &result, &out, &error);
    } else {
        const exn_sink sink = {keep, &out};
        q->options.output_size = size_output;
        status = exn_labels_move(&source, format, &q->options, look_up, q, &sink, &result, &error);
    }
    printf("%s %s %d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
           " %" PRIu64 " %" PRIu64 " %zu %s\n",
           exn_status_word(status), exn_labels_format_word(format), result.is_label_studio,
           result.images, result.shapes, result.images_moved, result.images_kept,
           result.shapes_moved, result.shapes_outside, result.sizes_set, result.edits, out.size,
           error.detail);
    if (out.size)
        fwrite(out.data, 1, out.size, stdout);
    fflush(stdout);
    exn_buffer_free(&out);
}

static int serve(void)
{
    request q = {.count = 0};
    while (read_request(&q)) {
        answer(&q);
        for (size_t i = 0; i < q.options.prefix_count; i++)
            free((void *)(uintptr_t)q.prefixes[i].from);
        free(q.images);
        free(q.bytes);
        q = (request){.count = 0};
    }
    return 0;
}

static void run_script(const char *script)
{
    char self[4096];
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(size > 0);
    self[size] = '\0';
    const char *const argv[] = {"python3", script, self, NULL};
    exn_test_proc proc;
    bool passed = exn_test_run(argv, (exn_span){NULL, 0}, &proc);
    printf("%.*s", (int)proc.out.size, (const char *)proc.out.data);
    if (!passed)
        fail_msg("%s: %.*s", script, (int)proc.err.size, (const char *)proc.err.data);
    exn_test_proc_free(&proc);
}

static void oracles(void **state)
{
    (void)state;
    run_script("tests/labels/oracles.py");
}

static void ignore(void *context, const exn_labels_image *image)
{
    (void)context;
    (void)image;
}

static void expect_bad(exn_status status, const exn_error *error, const char *detail)
{
    assert_int_equal(status, EXN_BAD_ARGUMENT);
    assert_int_equal(error->status, EXN_BAD_ARGUMENT);
    if (!strstr(error->detail, detail))
        fail_msg("'%s' is not in '%s'", detail, error->detail);
}

static void arguments_are_checked(void **state)
{
    (void)state;
    exn_span file = {(const uint8_t *)"0 0.5 0.5 0.1 0.1\n", 18};
    exn_source source = exn_window_source_of(&file);
    exn_buffer out = {0};
    const exn_sink sink = {keep, &out};
    exn_labels_options options;
    exn_labels_result result;
    exn_labels_image image = {.shapes = 1};
    exn_labels_judgement judgement;
    exn_result picture;
    exn_error e;
    request q = {.count = 0};
    exn_labels_options_init(NULL, 0);
    exn_labels_result_init(NULL, 0);
    exn_labels_options_init(&options, sizeof options);
    exn_labels_result_init(&result, sizeof result);
    exn_result_init(&picture, sizeof picture);
    assert_int_equal(options.max_memory, (uint64_t)2 << 30);
    expect_bad(exn_labels_scan(NULL, EXN_LABELS_YOLO, NULL, NULL, NULL, NULL, &e), &e, "source");
    expect_bad(exn_labels_scan(&source, 0, NULL, NULL, NULL, NULL, &e), &e, "format is 0");
    expect_bad(exn_labels_scan(&source, 99, NULL, NULL, NULL, NULL, &e), &e, "format is 99");
    expect_bad(exn_labels_move(&source, EXN_LABELS_YOLO, NULL, NULL, NULL, &sink, NULL, &e), &e,
               "lookup");
    expect_bad(exn_labels_move(&source, EXN_LABELS_YOLO, NULL, look_up, &q, NULL, NULL, &e), &e,
               "sink");
    options.frame = 2;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "frame is 2");
    options.frame = EXN_LABELS_STORED;
    options.yolo = EXN_LABELS_YOLO_POSES;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "keypoints is 0");
    options.yolo = 3;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "yolo is 3");
    options.yolo = EXN_LABELS_YOLO_UNKNOWN;
    options.createml = 3;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "createml is 3");
    options.createml = EXN_LABELS_CREATEML_UNKNOWN;
    options.masks = 2;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "masks is 2");
    options.masks = EXN_LABELS_MASKS_KEPT;
    options.prefix_count = 1;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "prefixes is NULL");
    exn_labels_prefix prefix = {NULL, "a"};
    options.prefixes = &prefix;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "prefixes[0].from is NULL");
    prefix = (exn_labels_prefix){"a", "b\xff"};
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "a prefix is no UTF-8");
    options.struct_size = 0;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, &options, NULL, NULL, NULL, &e), &e,
               "struct_size");
    expect_bad(exn_labels_judge(&image, &result, NULL, &judgement, &e), &e, "source");
    expect_bad(exn_labels_judge(NULL, &result, &picture, &judgement, &e), &e, "image");
    expect_bad(exn_labels_judge(&image, NULL, &picture, &judgement, &e), &e, "result");
    expect_bad(exn_labels_judge(&image, &result, &picture, NULL, &e), &e, "judgement");
    uint32_t value;
    expect_bad(exn_labels_mask_orientation(NULL, EXN_LABELS_STORED, &value, &e), &e, "image");
    expect_bad(exn_labels_mask_orientation(&picture, EXN_LABELS_STORED, NULL, &e), &e,
               "orientation");
    expect_bad(exn_labels_mask_orientation(&picture, 2, &value, &e), &e, "frame is 2");
    assert_int_equal(exn_labels_mask_orientation(&picture, EXN_LABELS_STORED, &value, NULL),
                     EXN_OK);
    assert_int_equal(value, 1);
    result.struct_size = 1;
    expect_bad(exn_labels_scan(&source, EXN_LABELS_YOLO, NULL, NULL, NULL, &result, &e), &e,
               "struct_size");
    assert_int_equal(exn_labels_scan(&source, EXN_LABELS_YOLO, NULL, ignore, NULL, NULL, NULL),
                     EXN_OK);
    assert_int_equal(out.size, 0);
    assert_string_equal(exn_labels_verdict_word(99), "unknown");
    assert_string_equal(exn_labels_witness_word(99), "unknown");
    exn_buffer_free(&out);
}

static int fail_to_read(void *context, void *to, size_t size, uint64_t offset)
{
    (void)context;
    (void)to;
    (void)size;
    (void)offset;
    return 5;
}

static int fail_to_write(void *context, const void *data, size_t size)
{
    (void)context;
    (void)data;
    (void)size;
    return 28;
}

static const exn_result *find_any(void *context, const exn_labels_image *image)
{
    (void)image;
    return context;
}

static void failures_of_callbacks_are_handed_on(void **state)
{
    (void)state;
    static const char *const files[] = {
        [EXN_LABELS_COCO] = "{\"images\": [{\"id\": 1, \"file_name\": \"a\"}], \"annotations\": "
                            "[{\"image_id\": 1, \"bbox\": [1, 1, 2, 2]}]}",
        [EXN_LABELS_VOC] = "<annotation><filename>a</filename><object><bndbox><xmin>1</xmin>"
                           "<ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>"
                           "</annotation>",
        [EXN_LABELS_YOLO] = "0 0.5 0.25 0.1 0.1\n",
        [EXN_LABELS_LABELME] = "{\"imagePath\": \"a\", \"shapes\": [{\"points\": [[1, 1]]}]}",
        [EXN_LABELS_CSV] = "filename,xmin,ymin,xmax,ymax\na,1,1,3,3\n",
        [EXN_LABELS_GROUND_TRUTH] =
            "{\"source-ref\": \"a\", \"b\": {\"annotations\": [{\"left\": 1, \"top\": 1, "
            "\"width\": 2, \"height\": 1}]}, \"b-metadata\": {\"type\": "
            "\"groundtruth/object-detection\"}}",
        [EXN_LABELS_LABEL_STUDIO] =
            "[{\"data\": {\"image\": \"a\"}, \"annotations\": [{\"result\": [{\"value\": "
            "{\"points\": [[1, 1], [2, 2]]}}]}]}]",
        [EXN_LABELS_IMAGEFOLDER] =
            "{\"file_name\": \"a\", \"objects\": {\"bbox\": [[1, 1, 2, 2]]}}",
        [EXN_LABELS_DATUMARO] =
            "{\"categories\": {}, \"items\": [{\"id\": \"a\", \"annotations\": [{\"type\": "
            "\"bbox\", \"bbox\": [1, 1, 2, 2]}]}]}",
        [EXN_LABELS_NDJSON] =
            "{\"type\": \"dataset\", \"task\": \"detect\"}\n{\"file\": \"a\", \"annotations\": "
            "{\"boxes\": [[0, 0.5, 0.25, 0.1, 0.1]]}}\n",
        [EXN_LABELS_FIFTYONE] = "{\"samples\": [{\"filepath\": \"a\", \"b\": {\"bounding_box\": "
                                "[0.5, 0.25, 0.1, 0.1]}}]}",
        [EXN_LABELS_SUPERVISELY] =
            "{\"tags\": [], \"size\": {\"height\": 4, \"width\": 7}, \"objects\": "
            "[{\"geometryType\": \"point\", \"points\": {\"exterior\": [[1, 1]]}}]}",
        [EXN_LABELS_LIST] = "images/a.jpg\n",
        [EXN_LABELS_CVAT] = "<annotations><image name=\"a\"><box xtl=\"1\" ytl=\"1\" xbr=\"2\" "
                            "ybr=\"2\"/></image></annotations>",
        [EXN_LABELS_OPEN_IMAGES] = "ImageID,XMin,XMax,YMin,YMax\na,0,0.5,0.25,1\n",
        [EXN_LABELS_MOT] = "1,-1,1,1,2,1\n",
        [EXN_LABELS_VIA] = "{\"a1\": {\"filename\": \"a\", \"size\": 1, \"regions\": "
                           "[{\"shape_attributes\": {\"name\": \"point\", \"cx\": 1, \"cy\": "
                           "1}}]}}",
        [EXN_LABELS_VIA_CSV] = "filename,file_size,region_shape_attributes\na,1,\"{\"\"name\"\": "
                               "\"\"point\"\", \"\"cx\"\": 1, \"\"cy\"\": 1}\"\n",
        [EXN_LABELS_CREATEML] = "[{\"image\": \"a\", \"annotations\": [{\"coordinates\": {\"x\": "
                                "2, \"y\": 2, \"width\": 2, \"height\": 2}}]}]",
    };
    exn_result picture = {.struct_size = sizeof picture,
                          .outcome = EXN_OUTCOME_LOSSLESS,
                          .orientation = 3,
                          .transform = EXN_TRANSFORM_FLIP_X | EXN_TRANSFORM_FLIP_Y,
                          .width_in = 7,
                          .height_in = 4,
                          .width_out = 7,
                          .height_out = 4};
    const exn_sink full = {fail_to_write, NULL};
    exn_labels_options options;
    exn_labels_options_init(&options, sizeof options);
    options.createml = EXN_LABELS_CREATEML_CENTER;
    for (int i = 1; i < (int)(sizeof files / sizeof *files); i++) {
        exn_span file = {(const uint8_t *)files[i], strlen(files[i])};
        exn_source source = exn_window_source_of(&file), bad = {file.size, fail_to_read, NULL};
        exn_error error;
        assert_int_equal(exn_labels_sniff(&source), i == EXN_LABELS_MOT ? EXN_LABELS_UNKNOWN : i);
        assert_int_equal(exn_labels_sniff(&bad), EXN_LABELS_UNKNOWN);
        assert_int_equal(exn_labels_scan(&bad, i, NULL, NULL, NULL, NULL, &error), EXN_READ);
        assert_int_equal(error.sys_errno, 5);
        assert_int_equal(
            exn_labels_move(&source, i, &options, find_any, &picture, &full, NULL, &error),
            EXN_WRITE);
        assert_int_equal(error.sys_errno, 28);
    }
}

/* Judged and moved by an orientation that was given, labels are what they are where the image has
 * that one itself, whatever else the image says. */
static void given_orientations_count(void **state)
{
    (void)state;
    static const char text[] = "filename,width,height,xmin,ymin,xmax,ymax\na,7,4,1,1,3,2\n";
    exn_span file = {(const uint8_t *)text, sizeof text - 1};
    exn_source source = exn_window_source_of(&file);
    const exn_labels_image image = {
        .struct_size = sizeof image, .shapes = 1, .has_size = true, .width = 7, .height = 4};
    exn_labels_result result;
    exn_labels_options options;
    exn_labels_result_init(&result, sizeof result);
    exn_labels_options_init(&options, sizeof options);
    for (uint32_t i = 0; i < 2 * 8 * 9; i++) {
        const uint32_t given = i % 8 + 1;
        const exn_orientation o = exn_orientation_from_exif(given);
        exn_result own = {.struct_size = sizeof own,
                          .outcome = EXN_OUTCOME_LOSSLESS,
                          .orientation = given,
                          .transform = exn_orientation_bits(o),
                          .width_in = o.transpose && i % 2 ? 4 : 7,
                          .height_in = o.transpose && i % 2 ? 7 : 4};
        own.width_out = own.width_in;
        own.height_out = own.height_in;
        exn_orientation_size(o, &own.width_out, &own.height_out);
        exn_result other = own;
        other.orientation = i / 8 % 9;
        other.orientation_given = given;
        exn_labels_judgement expected, j;
        assert_int_equal(exn_labels_judge(&image, &result, &own, &expected, NULL), EXN_OK);
        assert_int_equal(exn_labels_judge(&image, &result, &other, &j, NULL), EXN_OK);
        assert_int_equal(j.verdict, expected.verdict);
        assert_int_equal(j.witnesses, expected.witnesses);
        options.frame = i < 8 * 9 ? EXN_LABELS_STORED : EXN_LABELS_DISPLAYED;
        exn_buffer a = {0}, b = {0};
        const exn_sink to_a = {keep, &a}, to_b = {keep, &b};
        assert_int_equal(
            exn_labels_move(&source, EXN_LABELS_CSV, &options, find_any, &own, &to_a, NULL, NULL),
            EXN_OK);
        assert_int_equal(
            exn_labels_move(&source, EXN_LABELS_CSV, &options, find_any, &other, &to_b, NULL, NULL),
            EXN_OK);
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.data, b.data, a.size);
        exn_buffer_free(&a);
        exn_buffer_free(&b);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(oracles),
        cmocka_unit_test(arguments_are_checked),
        cmocka_unit_test(failures_of_callbacks_are_handed_on),
        cmocka_unit_test(given_orientations_count),
    };
    if (argc > 1 && strcmp(argv[1], "serve") == 0)
        return serve();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
