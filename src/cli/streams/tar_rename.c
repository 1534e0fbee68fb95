/* SPDX-License-Identifier: MIT */
#include "tar_rename.h"

#include <stdlib.h>
#include <string.h>

#include "base/ending.h"
#include "base/text.h"
#include "tar_aliases.h"
#include "workers/decoder.h"

/* Of two of one name the later one is what is left where an archive is unpacked, and a stream knows
 * only what has come before. So the first has the name, and what would take it away from an image
 * that was converted, or by being converted, fails. */
static void take_name(exn_tar_archive *t, exn_item *item, const char *name, bool is_new)
{
    const bool is_taken = exn_tar_links_is_left_out(&t->renamed_to, name, &t->error) ||
                          (is_new && exn_tar_links_is_left_out(&t->names, name, &t->error));
    if (is_taken)
        exn_error_set(&item->error, EXN_EXISTS, 0,
                      "its output would have the name of another's: %s", exn_text_base(name));
    exn_tar_links_leave_out(is_new ? &t->renamed_to : &t->names, name, &t->error);
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
        head->kind == EXN_TAR_FOLDER || !head->name || item->error.status != EXN_OK)
        return;
    if (head->link)
        check_link(t, head, item);
    if (!exn_ending_is_heif(format)) {
        take_name(t, item, head->name, false);
        return;
    }
    char *name = exn_ending_of(head->name, exn_decoder_makes(t->job->options));
    if (!name) {
        exn_error_set(&t->error, EXN_MEMORY, 0, "name of a member");
        return;
    }
    const bool is_new = strcmp(name, head->name) != 0;
    item->renamed = name;
    take_name(t, item, name, is_new);
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
