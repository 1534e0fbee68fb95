/* SPDX-License-Identifier: MIT */
#include "tar_rename.h"

#include <stdlib.h>
#include <string.h>

#include "base/ending.h"
#include "base/text.h"
#include "tar_aliases.h"
#include "tar_late.h"
#include "workers/decoder.h"

/* Where an archive is unpacked, of two of one name the later one is left, and a file cannot stand
 * where a folder does. A stream knows only what has come before: so the first has the name, and
 * what would take it away from an image that was converted, or by being converted, fails.
 *
 *     in flight      asked one by one; whether a converted image is there is known when it is ready
 *     written        two sets of names, with the folders that are in them
 */
static const char *output_of(const exn_tar_member *m)
{
    return m->item.renamed ? m->item.renamed : m->head.name;
}

static bool is_renamed(const exn_tar_member *m)
{
    return m->item.renamed && strcmp(m->item.renamed, m->head.name) != 0;
}

/* How much of a path is its next folder, from `size` on; 0: what follows is its last part. */
static size_t next_folder(const char *path, size_t size)
{
    const char *slash = strchr(path + size + (path[size] == '/'), '/');
    return slash ? (size_t)(slash - path) : 0;
}

/* Both without parts that mean nothing. */
static bool is_below(const char *path, const char *folder)
{
    const size_t size = strlen(folder);
    return strncmp(path, folder, size) == 0 && path[size] == '/';
}

static bool collides(const exn_tar_member *m, const char *name, bool is_new, bool *broken)
{
    char *other = m->head.name ? strdup(output_of(m)) : NULL;
    *broken = m->head.name && !other;
    if (!other)
        return false;
    exn_text_shorten(other);
    const bool found = (is_new || is_renamed(m)) &&
                       (strcmp(name, other) == 0 || (is_renamed(m) && is_below(name, other)) ||
                        (is_new && is_below(other, name)));
    free(other);
    return found;
}

/* Whether one of those in flight has the name, or a folder of it. What a worker has still to look
 * at may fail, and has no name then. */
static bool is_in_flight(exn_tar_archive *t, const char *name, bool is_new)
{
    for (size_t i = 0; i < t->flight.count && exn_tar_archive_may_go_on(t);) {
        bool broken;
        const exn_tar_member *m = exn_flight_at(&t->flight, i++);
        const bool found = collides(m, name, is_new, &broken);
        if (broken)
            exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        if (!found || (m->ready && m->item.error.status != EXN_OK))
            continue;
        if (m->ready || m->waits)
            return true;
        exn_flight_step(&t->flight);
        i = 0; /* those that are written have left it */
    }
    return false;
}

/* A path in a set, or one of its folders. */
static bool is_in(exn_tar_archive *t, const exn_tar_links *set, char *name, bool whole_alone)
{
    bool found = exn_tar_links_is_left_out(set, name, &t->error);
    for (size_t at = 0; !found && !whole_alone && (at = next_folder(name, at)) > 0;) {
        name[at] = '\0';
        found = exn_tar_links_is_left_out(set, name, &t->error);
        name[at] = '/';
    }
    return found;
}

static void check_name(exn_tar_archive *t, exn_item *item, const char *output, bool is_new)
{
    char *name = strdup(output);
    if (!name) {
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        return;
    }
    exn_text_shorten(name);
    if (is_in_flight(t, name, is_new) || is_in(t, &t->renamed_to, name, false) ||
        (is_new && is_in(t, &t->names, name, true)))
        exn_error_set(&item->error, EXN_EXISTS, 0,
                      "its output would have the name of another's: %s", exn_text_base(name));
    free(name);
}

/* The folders that a member lies in are there as soon as it is. */
void exn_tar_rename_settle(exn_tar_archive *t, const exn_tar_member *m)
{
    if (!exn_decoder_is_needed(t->job->options) || t->job->judge || !m->head.name)
        return;
    char *name = strdup(output_of(m));
    if (!name) {
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        return;
    }
    exn_text_shorten(name);
    exn_tar_links_leave_out(&t->names, name, &t->error);
    if (is_renamed(m))
        exn_tar_links_leave_out(&t->renamed_to, name, &t->error);
    for (size_t at = 0; (at = next_folder(name, at)) > 0;) {
        name[at] = '\0';
        exn_tar_links_leave_out(&t->names, name, &t->error);
        name[at] = '/';
    }
    free(name);
}

/* A link is carried over with the name that it leads to: what has another name now is not there. A
 * symbolic link may come before what it leads to, so its ending counts as well. */
static void check_link(exn_tar_archive *t, const exn_tar_head *head, exn_item *item)
{
    const bool is_symbolic = head->kind != EXN_TAR_LINK;
    char *target = exn_tar_aliases_target(head->name ? head->name : "", head->link, is_symbolic);
    char *output = target ? exn_ending_of(target, exn_decoder_makes(t->job->options)) : NULL;
    const size_t size = target ? strlen(target) : 0;
    if (!output)
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
    else if (exn_tar_links_is_left_out(&t->renamed, target, &t->error) ||
             (is_symbolic && strncmp(output, target, size) != 0))
        exn_error_set(&item->error, EXN_UNSUPPORTED, 0, "a link to what gets another name");
    free(output);
    free(target);
}

void exn_tar_rename(exn_tar_archive *t, exn_tar_head *head, exn_item *item, exn_format format)
{
    if (!exn_decoder_is_needed(t->job->options) || t->job->judge || head->kind == EXN_TAR_NOTE ||
        !head->name || item->error.status != EXN_OK)
        return;
    if (head->link)
        check_link(t, head, item);
    if (!exn_ending_is_heif(format)) {
        check_name(t, item, head->name, false);
        return;
    }
    char *name = exn_ending_of(head->name, exn_decoder_makes(t->job->options));
    if (!name) {
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        return;
    }
    const bool is_new = strcmp(name, head->name) != 0;
    item->renamed = name;
    check_name(t, item, name, is_new);
    if (is_new)
        exn_tar_links_leave_out(&t->renamed, head->name, &t->error);
    if (is_new && item->error.status == EXN_OK)
        exn_tar_head_rename(head, name, &item->error);
}

void exn_tar_rename_free(exn_tar_archive *archive)
{
    exn_tar_links_free(&archive->names);
    exn_tar_links_free(&archive->renamed);
    exn_tar_links_free(&archive->renamed_to);
}
