/* SPDX-License-Identifier: MIT */
#include "state_index.h"

#include <stdlib.h>
#include <string.h>

#include "state_line.h"

/* Two paths of one hash would share an entry. With a secret key of 128 bits nobody can choose names
 * so; by chance it takes billions of files. exn_state_recall() compares the path itself before it
 * takes a file for done. */
static uint64_t key_of(const exn_state_index *index, const char *path)
{
    uint64_t key = exn_siphash(&index->key, path, strlen(path));
    return key ? key : 1;
}

/* Linear probing. It ends, since a quarter of the slots is always empty (find_or_make()). Nothing
 * is ever removed, so no marks of removed entries are needed. */
static exn_state_past *slot(exn_state_past *slots, size_t room, uint64_t key)
{
    size_t i = key & (room - 1);
    while (slots[i].key != 0 && slots[i].key != key)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

const exn_state_past *exn_state_index_find(const exn_state_index *index, const char *path)
{
    if (!index->slots)
        return NULL;
    const exn_state_past *p = slot(index->slots, index->room, key_of(index, path));
    return p->key ? p : NULL;
}

static bool grow(exn_state_index *index)
{
    size_t room = index->room ? 2 * index->room : 4096;
    exn_state_past *slots = calloc(room, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < index->room; i++)
        if (index->slots[i].key)
            *slot(slots, room, index->slots[i].key) = index->slots[i];
    free(index->slots);
    index->slots = slots;
    index->room = room;
    return true;
}

static exn_state_past *find_or_make(exn_state_index *index, const char *path)
{
    if (index->used * 4 >= index->room * 3 && !grow(index))
        return NULL;
    uint64_t key = key_of(index, path);
    exn_state_past *p = slot(index->slots, index->room, key);
    index->used += p->key == 0;
    p->key = key;
    return p;
}

static bool keep_stale(exn_state_index *index, uint64_t line)
{
    uint64_t *more = reallocarray(index->stale, index->stales + 1, sizeof *more);
    if (!more)
        return false;
    index->stale = more;
    index->stale[index->stales++] = line;
    return true;
}

/* Lines come in the order in which they were written, so that what is left at the end is how things
 * stood at the kill. */
bool exn_state_index_learn(exn_state_index *index, char *line, uint64_t offset)
{
    char *fields[EXN_LINE_FIELDS];
    size_t count = exn_state_line_split(line, fields);
    if (count == 0 || fields[0][0] == 'M') /* a member's name is none of a file */
        return true;
    exn_state_past *p = find_or_make(index, fields[1]);
    if (!p)
        return false;
    switch (fields[0][0]) { /* state.c has the letters */
    case 'F':
        p->folder = true;
        return true;
    case 'T':
        /* A run was killed in the try before: its temporary file has another name, and is still to
         * be removed. The size of the output that was done stays: until the new one takes its name
         * that file stands there, and is ours. */
        if (p->tried && !keep_stale(index, p->tried))
            return false;
        /* So does that of one that was put and not noted as done, which an X of this try would
         * hide. */
        if (p->has_put && !p->direct && !p->has_size) {
            p->size = p->put;
            p->has_size = true;
        }
        p->done = 0;
        p->tried = p->begun = offset;
        return true;
    case 'W':
        /* With --write=direct there is no temporary file; this line says what is to be removed. */
        p->tried = offset;
        /* fall through */
    case 'P':
        /* The try is not over: between this line and the rename the file has its temporary name. */
        p->has_put = count > 2 && exn_state_line_get_number(fields[2], UINT64_MAX, &p->put);
        p->direct = fields[0][0] == 'W';
        return true;
    case 'D':
        /* begun stays: the lines from there to here are of an archive's members. */
        p->has_size = count > 5 && exn_state_line_get_number(fields[5], UINT64_MAX, &p->size);
        p->done = offset;
        p->tried = 0;
        p->has_put = false;
        return true;
    case 'X':
        p->tried = 0;
        p->has_put = false;
        return true;
    default:
        return true;
    }
}

/* What is written under its own name may have been cut off at any size; what is renamed is whole.
 */
bool exn_state_index_is_put(const exn_state_past *p, const struct stat *output)
{
    uint64_t size = (uint64_t)output->st_size;
    return size == p->put || (p->direct && size < p->put);
}

void exn_state_index_free(exn_state_index *index)
{
    free(index->slots);
    free(index->stale);
}
