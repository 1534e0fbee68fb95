/* SPDX-License-Identifier: MIT */
#include "drawn.h"

#include <string.h>

#include "json_text.h"

void exn_drawn_clear(exn_drawn *pieces)
{
    exn_numbers_clear(&pieces->numbers);
    pieces->letters.size = pieces->list.size = 0;
}

exn_drawn_piece exn_drawn_begin(const exn_drawn *pieces, exn_label_kind kind, const char *member)
{
    return (exn_drawn_piece){
        .kind = kind, .member = member, .first = exn_numbers_count(&pieces->numbers)};
}

static bool is_part(const exn_numbers *numbers, size_t i)
{
    double value;
    return (exn_decimal_short_value(exn_numbers_short(numbers, i), &value) ||
            exn_decimal_read_value(exn_numbers_text(numbers, i), &value)) &&
           exn_label_is_part(value);
}

exn_status exn_drawn_add(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece piece)
{
    piece.count = exn_numbers_count(&pieces->numbers) - piece.first;
    piece.place = walk->place;
    piece.place.member = piece.member;
    for (size_t i = 0; piece.unit == EXN_LABEL_PARTS && i < piece.count && !piece.refusal; i++)
        if (!is_part(&pieces->numbers, piece.first + i))
            piece.refusal = "numbers that are not parts of the image's sides";
    exn_status status =
        exn_account_append(walk->events->account, &pieces->list, &piece, sizeof piece);
    return status == EXN_OK ? EXN_OK : exn_status_fail(walk->error, status, "%s", "");
}

exn_status exn_drawn_refuse(exn_json_walk *walk, exn_drawn *pieces, const char *member,
                            const char *refusal)
{
    exn_drawn_piece piece = exn_drawn_begin(pieces, EXN_LABEL_POINTS, member);
    piece.refusal = refusal;
    return exn_drawn_add(walk, pieces, piece);
}

/* A box said once more in numbers of their own, or its angle, of which 0 tilts nothing. */
static bool is_number_of_place(exn_span name, const exn_json_token *value)
{
    static const char *const places[] = {"x",    "y",   "x1",    "y1",    "xmin", "ymin",
                                         "left", "top", "x_min", "y_min", "cx",   "cy"},
                             *const angles[] = {"angle", "theta", "rotation"};
    if (!exn_json_walk_is_number(value))
        return false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (exn_json_text_is(name, places[i]))
            return true;
    for (size_t i = 0; i < sizeof angles / sizeof *angles; i++)
        if (exn_json_text_is(name, angles[i]))
            return exn_label_degrees(value->text) != 0;
    return false;
}

exn_status exn_drawn_pass(exn_json_walk *walk, exn_drawn *pieces, exn_span name,
                          const exn_json_token *value)
{
    bool has_more;
    exn_status status = exn_json_walk_pass(walk, value, &has_more);
    return status == EXN_OK &&
                   (has_more ? exn_label_is_place(name) : is_number_of_place(name, value))
               ? exn_drawn_refuse(walk, pieces, NULL, EXN_LABEL_UNKNOWN_PLACE)
               : status;
}

exn_status exn_drawn_box(exn_json_walk *walk, exn_drawn *pieces, const exn_json_token *value,
                         exn_drawn_piece piece)
{
    if (value->kind == EXN_JSON_NULL)
        return EXN_OK;
    if (value->kind != EXN_JSON_ARRAY)
        return exn_json_walk_fail(walk, EXN_CORRUPT, piece.member, "it is no list");
    exn_status status = exn_json_walk_numbers(walk, piece.member, &pieces->numbers);
    const size_t count = exn_numbers_count(&pieces->numbers) - piece.first;
    if (status != EXN_OK || count == 0)
        return status;
    if (count != 4)
        piece.refusal = "a box that is not of four numbers";
    return exn_drawn_add(walk, pieces, piece);
}

/* Undoing escapes never makes a text longer. Its place in the file is between the quotes, escapes
 * included. */
exn_status exn_drawn_letters(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece *piece,
                             const exn_json_token *value)
{
    piece->letters_offset = value->offset + 1;
    piece->letters_span = value->size - 2;
    piece->letters = pieces->letters.size;
    exn_status status =
        exn_account_reserve(walk->events->account, &pieces->letters, value->text.size);
    if (status == EXN_OK)
        status = exn_json_text_unescape(value->text, &pieces->letters);
    piece->letters_size = pieces->letters.size - piece->letters;
    return status;
}

/* counts is a list, or letters in which JSON escapes backslashes. */
static exn_status read_counts(exn_json_walk *walk, exn_drawn *pieces, const exn_json_token *value,
                              exn_drawn_piece *piece, exn_numbers *runs, const char *name)
{
    if (value->kind == EXN_JSON_ARRAY)
        return exn_json_walk_runs(walk, name, runs);
    if (value->kind != EXN_JSON_STRING || value->is_long)
        return exn_json_walk_fail(walk, value->is_long ? EXN_LIMIT : EXN_CORRUPT, name,
                                  value->is_long ? "it is too long"
                                                 : "it is neither a list nor a string");
    exn_status status = exn_drawn_letters(walk, pieces, piece, value);
    return status == EXN_OK ? EXN_OK : exn_json_walk_fail(walk, status, name, "it is no text");
}

/* counts may precede size, but the shape has the size first. So runs are kept separately until the
 * object ends. */
exn_status exn_drawn_mask_from(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece piece,
                               const char *const names[2], exn_json_token token)
{
    exn_json_token value;
    exn_numbers runs = {.items = {0}}, size = {.items = {0}};
    exn_status status = EXN_OK;
    int seen_counts = 0, seen_size = 0;
    while (status == EXN_OK && token.kind == EXN_JSON_KEY) {
        const bool is_counts = exn_json_text_is(token.text, "counts"),
                   is_size = exn_json_text_is(token.text, "size");
        seen_counts += is_counts;
        seen_size += is_size;
        status = exn_json_next(&walk->json, &value);
        if (status == EXN_OK && is_counts)
            status = read_counts(walk, pieces, &value, &piece, &runs, names[0]);
        else if (status == EXN_OK && is_size && value.kind == EXN_JSON_ARRAY)
            status = exn_json_walk_numbers(walk, names[1], &size);
        else if (status == EXN_OK)
            status = exn_json_walk_skip(walk, &value);
        if (status == EXN_OK)
            status = exn_json_next(&walk->json, &token);
    }
    if (status == EXN_OK && (seen_counts != 1 || seen_size != 1 || exn_numbers_count(&size) != 2 ||
                             (exn_numbers_count(&runs) == 0 && piece.letters_span == 0)))
        piece.refusal = "a mask without counts and size";
    if (status == EXN_OK && !piece.refusal)
        status = exn_json_walk_copy(walk, &pieces->numbers, &size, 0, 2);
    if (status == EXN_OK && !piece.refusal)
        status = exn_json_walk_copy(walk, &pieces->numbers, &runs, 0, exn_numbers_count(&runs));
    exn_numbers_free(&runs);
    exn_numbers_free(&size);
    return status == EXN_OK ? exn_drawn_add(walk, pieces, piece)
                            : exn_status_fail(walk->error, status, "%s", "");
}

exn_status exn_drawn_mask(exn_json_walk *walk, exn_drawn *pieces, exn_drawn_piece piece,
                          const char *const names[2])
{
    exn_json_token token;
    exn_status status = exn_json_next(&walk->json, &token);
    return status == EXN_OK ? exn_drawn_mask_from(walk, pieces, piece, names, token) : status;
}

exn_status exn_drawn_rotation(exn_json_walk *walk, exn_drawn *pieces, const exn_json_token *value)
{
    exn_json_token token;
    exn_status status;
    if (value->kind != EXN_JSON_OBJECT)
        return exn_json_walk_skip(walk, value);
    while ((status = exn_json_next(&walk->json, &token)) == EXN_OK && token.kind == EXN_JSON_KEY) {
        const bool is_angle = exn_json_text_is(token.text, "rotation");
        exn_json_token member;
        status = exn_json_next(&walk->json, &member);
        if (status == EXN_OK && is_angle && exn_json_walk_is_number(&member)) {
            const exn_drawn_piece p =
                exn_drawn_begin(pieces, EXN_LABEL_ANGLE, "attributes.rotation");
            status = exn_json_walk_add(walk, &pieces->numbers, &member);
            if (status == EXN_OK)
                status = exn_drawn_add(walk, pieces, p);
        } else if (status == EXN_OK) {
            status = exn_json_walk_skip(walk, &member);
        }
        if (status != EXN_OK)
            break;
    }
    return status;
}

/* The angle of the object's boxes; of several, the last that is not zero. */
static double find_angle(const exn_drawn *pieces)
{
    double degrees = 0;
    for (size_t at = 0; at < pieces->list.size; at += sizeof(exn_drawn_piece)) {
        exn_drawn_piece p;
        memcpy(&p, pieces->list.data + at, sizeof p);
        if (p.kind != EXN_LABEL_ANGLE || p.count != 1)
            continue;
        const double angle = exn_label_degrees(exn_numbers_text(&pieces->numbers, p.first));
        degrees = angle != 0 ? angle : degrees;
    }
    return degrees;
}

/* Copied out of the buffer, whose bytes have no declared type. */
exn_status exn_drawn_hand_on(exn_json_walk *walk, const exn_drawn *pieces, exn_span key)
{
    exn_status status = EXN_OK;
    const double degrees = find_angle(pieces);
    for (size_t at = 0; at < pieces->list.size && status == EXN_OK; at += sizeof(exn_drawn_piece)) {
        exn_drawn_piece p;
        memcpy(&p, pieces->list.data + at, sizeof p);
        const exn_numbers part = exn_numbers_part(&pieces->numbers, p.first, p.count);
        const exn_label_shape shape = {
            .image = key,
            .kind = p.kind,
            .unit = p.unit,
            .coordinates = p.coordinates,
            .is_part = p.is_part,
            .degrees = p.kind == EXN_LABEL_BOX || p.kind == EXN_LABEL_CORNERS ? degrees : 0,
            .numbers = &part,
            .coded = exn_span_part(exn_buffer_span(&pieces->letters), p.letters, p.letters_size),
            .coded_offset = p.letters_offset,
            .coded_size = p.letters_span,
            .refusal = p.refusal,
            .place = p.place};
        status = walk->events->shape(walk->events->context, &shape);
    }
    return status;
}

exn_status exn_drawn_hand_on_image(exn_json_walk *walk, const exn_drawn *pieces,
                                   const exn_label_image *image)
{
    exn_status status = walk->events->image(walk->events->context, image);
    return status == EXN_OK ? exn_drawn_hand_on(walk, pieces, image->key) : status;
}

void exn_drawn_free(exn_json_walk *walk, exn_drawn *pieces)
{
    exn_numbers_free(&pieces->numbers);
    exn_account_free(walk->events->account, &pieces->letters);
    exn_account_free(walk->events->account, &pieces->list);
}
