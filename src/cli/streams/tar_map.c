/* SPDX-License-Identifier: MIT */
#include "tar_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/ending.h"
#include "base/error.h"
#include "tar_reader.h"

/* Enough for millions of members; a larger list is most likely an attack. */
#define MOST_MEMORY ((uint64_t)512 << 20)

static bool make_room(exn_tar_map *map)
{
    exn_tar_place *places =
        exn_array_reserve(map->places, map->count, &map->room, sizeof *places, 1024);
    if (!places)
        return false;
    map->places = places;
    return true;
}

/* Takes over the head's name. Counts the entry twice, since the list may just have doubled. */
static exn_status add(exn_tar_map *map, exn_tar_head *head, uint64_t offset, exn_error *error)
{
    map->memory += 2 * sizeof *map->places + strlen(head->name) + 1;
    if (map->memory > MOST_MEMORY)
        return exn_error_set(error, EXN_LIMIT, 0, "the archive has too many members for its index");
    if (!make_room(map))
        return exn_error_set(error, EXN_MEMORY, 0, "list of members");
    map->places[map->count++] = (exn_tar_place){
        .name = head->name, .offset = offset, .size = head->body, .kind = head->kind};
    head->name = NULL;
    return EXN_OK;
}

/* After its head was read, the input is at the first byte of the body, which an index has as the
 * member's offset. */
static exn_status take_member(exn_tar_map *map, exn_stream_in *in, exn_tar_head *head,
                              exn_error *error)
{
    uint64_t size = head->body + exn_tar_head_padding(head->body);
    if (head->kind != EXN_TAR_NOTE && add(map, head, in->offset, error) != EXN_OK)
        return error->status;
    if (!exn_stream_in_pass(in, size))
        exn_error_set(error, EXN_READ, 0, "the archive is truncated");
    return error->status;
}

/* Stops at bytes after the end marker that are no head; tar.c carries them over unchanged. */
static void read_members(exn_tar_map *map, exn_tar_reader *reader, exn_stream_in *in,
                         exn_error *error)
{
    exn_tar_next next = EXN_TAR_MEMBER;
    while ((next == EXN_TAR_MEMBER || next == EXN_TAR_ZEROS) && error->status == EXN_OK) {
        exn_tar_head head;
        next = exn_tar_reader_read(reader, &head, error);
        if (next == EXN_TAR_MEMBER)
            take_member(map, in, &head, error);
        else if (next == EXN_TAR_ZEROS)
            exn_stream_in_skip(in, EXN_TAR_BLOCK);
        exn_tar_head_free(&head);
    }
}

/* Moves the descriptor's position, so nobody who shares it may depend on that. */
exn_status exn_tar_map_read(exn_tar_map *map, int fd, exn_error *error)
{
    exn_stream_in in;
    *map = (exn_tar_map){0};
    if (lseek(fd, 0, SEEK_SET) != 0)
        return exn_error_set(error, EXN_READ, 0, "the archive cannot be read again");
    if (exn_stream_in_open(&in, fd) != EXN_OK)
        *error = in.error;
    exn_tar_reader *reader = error->status == EXN_OK ? exn_tar_reader_open(&in, error) : NULL;
    if (reader)
        read_members(map, reader, &in, error);
    exn_tar_reader_close(reader);
    exn_stream_in_close(&in);
    return error->status;
}

static int by_offset(const void *key, const void *element)
{
    uint64_t offset = *(const uint64_t *)key;
    const exn_tar_place *place = element;
    return (offset > place->offset) - (offset < place->offset);
}

/* Offsets increase, since there is a head between two bodies, so the list is sorted by them. */
const exn_tar_place *exn_tar_map_find(const exn_tar_map *map, uint64_t offset)
{
    return map->count ? bsearch(&offset, map->places, map->count, sizeof *map->places, by_offset)
                      : NULL;
}

/* Does not compare sizes, since a rotated image has another one. */
static bool is_same(const exn_tar_place *a, const exn_tar_place *b, exn_format made)
{
    if (a->kind != b->kind || strcmp(a->name, b->name) == 0 || made == EXN_FORMAT_UNKNOWN)
        return a->kind == b->kind && strcmp(a->name, b->name) == 0;
    char *name = exn_ending_of(a->name, made);
    const bool is = name && strcmp(name, b->name) == 0;
    free(name);
    return is;
}

/* Matches each member of the output with the first possible one of the source and then, from the
 * end, with the last possible one. If both agree, there is only one way. */
bool exn_tar_map_pair(const exn_tar_map *source, const exn_tar_map *output, exn_format made,
                      size_t *pairs)
{
    size_t taken = 0, left = output->count;
    bool same = true;
    for (size_t i = 0; i < source->count; i++) {
        bool is =
            taken < output->count && is_same(&source->places[i], &output->places[taken], made);
        pairs[i] = is ? taken++ : EXN_TAR_NOWHERE;
    }
    for (size_t i = source->count; i-- > 0 && same;) {
        bool is = left > 0 && is_same(&source->places[i], &output->places[left - 1], made);
        same = pairs[i] == (is ? --left : EXN_TAR_NOWHERE);
    }
    return same && taken == output->count && left == 0;
}

void exn_tar_map_free(exn_tar_map *map)
{
    for (size_t i = 0; i < map->count; i++)
        free(map->places[i].name);
    free(map->places);
    *map = (exn_tar_map){0};
}
