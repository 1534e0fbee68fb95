/* SPDX-License-Identifier: MIT */
/*     [Sequence]
 *     name=MOT17-02
 *     imDir=img1
 *     frameRate=30
 *     seqLength=600
 *     imWidth=1920
 *     imHeight=1080
 *     imExt=.jpg
 *
 * No shapes: those are in gt/gt.txt. It is read as Python's configparser reads it, since that is
 * what the challenge's own tools use: names in any case, `=` or `:`, comments on lines of their
 * own. */
#include "seqinfo.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "decimal.h"
#include "loaded.h"
#include "mot.h"

/* What a file says; the order is that of `names`. */
enum { FOLDER, LENGTH, WIDTH, HEIGHT, FIELDS };
static const char *const names[FIELDS] = {"imDir", "seqLength", "imWidth", "imHeight"};

typedef struct field {
    exn_span text;
    uint64_t offset, line; /* 0: there is no such field */
} field;

typedef struct sequence {
    bool is_one; /* it has the section */
    field fields[FIELDS];
    int twice; /* a field that is there twice; FIELDS: none is */
    uint64_t twice_line;
} sequence;

static exn_span trimmed(exn_span text)
{
    size_t from = 0;
    while (text.size > 0 && strchr(" \t\r", text.data[text.size - 1]))
        text.size--;
    while (from < text.size && strchr(" \t", text.data[from]))
        from++;
    return (exn_span){text.data + from, text.size - from};
}

static bool is_word(exn_span text, const char *word)
{
    return text.size == strlen(word) && strncasecmp((const char *)text.data, word, text.size) == 0;
}

static void read_line(sequence *s, const uint8_t *file, exn_span line, uint64_t number)
{
    size_t name = 0;
    while (name < line.size && line.data[name] != '=' && line.data[name] != ':')
        name++;
    const exn_span key = trimmed((exn_span){line.data, name});
    for (int i = 0; i < FIELDS && name < line.size; i++) {
        if (!is_word(key, names[i]))
            continue;
        if (s->fields[i].line && s->twice == FIELDS) {
            s->twice = i;
            s->twice_line = number;
        }
        const exn_span text = trimmed((exn_span){line.data + name + 1, line.size - name - 1});
        s->fields[i] = (field){text, (uint64_t)(text.data - file), number};
    }
}

/* Only the one section: others may have fields of the same names. */
static sequence read_sequence(exn_span file)
{
    sequence s = {.twice = FIELDS};
    uint64_t number = 1;
    bool is_inside = false;
    for (size_t at = exn_span_starts(file, "\xEF\xBB\xBF", 3) ? 3 : 0, end; at < file.size;
         at = end + 1, number++) {
        for (end = at; end < file.size && file.data[end] != '\n';)
            end++;
        const exn_span line = trimmed((exn_span){file.data + at, end - at});
        if (line.size == 0 || *line.data == '#' || *line.data == ';')
            continue;
        if (*line.data == '[')
            s.is_one |= is_inside = is_word(line, "[Sequence]");
        else if (is_inside)
            read_line(&s, file.data, line, number);
    }
    return s;
}

/* Half an hour of a video; the longest sequence of the challenge has 3,315 images. The number is a
 * few bytes and each image is asked for by its name, so without a limit a file of a hundred bytes
 * would take as much time and memory as one that names a million. */
enum { FRAMES_MOST = 60000 };

static exn_status fail_as(exn_error *error, exn_status status, const sequence *s, int name,
                          const char *what)
{
    const uint64_t line = name == s->twice ? s->twice_line : s->fields[name].line;
    const exn_label_place place = {.line = line ? line : 1, .member = names[name]};
    return exn_label_fail(error, status, &place, "%s", what);
}

static exn_status fail(exn_error *error, const sequence *s, int name, const char *what)
{
    return fail_as(error, EXN_CORRUPT, s, name, what);
}

/* Each image of the sequence with the size that all of them have. Whoever does not have one of them
 * need not, as nothing is drawn on it here. */
static exn_status hand_on(const sequence *s, const exn_label_events *events,
                          const exn_numbers *sizes, uint32_t frames)
{
    char room[2][EXN_MOT_NAME];
    const exn_span folder =
        s->fields[FOLDER].line ? s->fields[FOLDER].text : (exn_span){(const uint8_t *)"img1", 4};
    exn_status status = EXN_OK;
    for (uint32_t i = 1; i <= frames && status == EXN_OK; i++) {
        exn_span said[2];
        exn_mot_names(folder, i, room, said);
        const exn_label_image image = {
            .key = said[0],
            .name = said[0],
            .other_name = said[1],
            .sizes = sizes,
            .is_stem = true,
            .is_optional = true,
            .is_common_size = true,
            .place = {.line = s->fields[WIDTH].line, .member = names[WIDTH]}};
        status = events->image(events->context, &image);
    }
    return status;
}

/* Without the number of frames it is not known which images are meant, and TrackEval fails. */
static exn_status read_file(exn_span file, const exn_label_events *events, exn_error *error)
{
    sequence s = read_sequence(file);
    exn_span *folder = &s.fields[FOLDER].text;
    exn_numbers sizes = {.account = events->account};
    exn_decimal number;
    uint32_t frames;
    if (s.twice < FIELDS)
        return fail(error, &s, s.twice, "it is there twice");
    for (int i = WIDTH; i <= HEIGHT; i++)
        if (!s.fields[i].line)
            return fail(error, &s, i, "it is not there");
    while (folder->size > 0 && folder->data[folder->size - 1] == '/')
        folder->size--;
    if (s.fields[FOLDER].line && (folder->size == 0 || folder->size > EXN_MOT_FOLDER ||
                                  memchr(folder->data, 0, folder->size)))
        return fail(error, &s, FOLDER, "it is no folder");
    if (!s.fields[LENGTH].line)
        return fail(error, &s, LENGTH,
                    "it is not there, so that nobody knows which images are meant");
    if (!exn_decimal_read(s.fields[LENGTH].text, &number) || !exn_decimal_is_size(&number, &frames))
        return fail(error, &s, LENGTH, "it is no number of images");
    if (frames > FRAMES_MOST)
        return fail_as(error, EXN_UNSUPPORTED, &s, LENGTH,
                       "sequences have at most 60000 images here");
    exn_status status = EXN_OK;
    for (int i = WIDTH; i <= HEIGHT && status == EXN_OK; i++)
        status =
            exn_numbers_add(&sizes, s.fields[i].offset, s.fields[i].text.size, s.fields[i].text);
    status = status == EXN_OK ? hand_on(&s, events, &sizes, frames)
                              : exn_status_fail(error, status, "%s", "");
    exn_numbers_free(&sizes);
    return status;
}

static exn_status walk_file(const exn_source *source, const exn_label_settings *settings,
                            const exn_label_events *events, exn_error *error)
{
    exn_buffer file = {0};
    (void)settings;
    exn_status status = exn_loaded_read(source, events->account, &file, error);
    if (status == EXN_OK)
        status = read_file(exn_buffer_span(&file), events, error);
    exn_account_free(events->account, &file);
    return status;
}

/* Other files of tracking data have this section as well, and say no sizes (SoccerNet's
 * gameinfo.ini). */
static bool recognize(const exn_source *source)
{
    enum { ENOUGH = 16 << 10 };
    exn_buffer file = {0};
    exn_source head = *source;
    head.size = source->size < ENOUGH ? source->size : ENOUGH;
    const sequence s = exn_loaded_read(&head, NULL, &file, NULL) == EXN_OK
                           ? read_sequence(exn_buffer_span(&file))
                           : (sequence){0};
    exn_buffer_free(&file);
    return s.is_one && (s.fields[WIDTH].line || s.fields[HEIGHT].line);
}

const exn_label_format exn_seqinfo_format = {
    .name = "mot-seqinfo", .recognize = recognize, .walk = walk_file};
