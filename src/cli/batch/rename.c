/* SPDX-License-Identifier: MIT */
#include "rename.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ending.h"
#include "base/error.h"
#include "base/text.h"
#include "workers/decoder.h"
#include "workers/work.h"

/* Whether the source will be decoded, by its first bytes: a.jpg may be a HEIC. Only --heif=png and
 * --heif=jpeg pay for opening each file twice. */
static bool is_converted(const exn_batch *batch, exn_item *item)
{
    struct stat status;
    int source = exn_item_open(item, batch->roots->in, &status);
    const exn_format format = source >= 0 ? exn_work_sniff(source, item) : EXN_FORMAT_UNKNOWN;
    if (source >= 0)
        close(source);
    return exn_ending_is_heif(format);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* If two sources have one stem, the first gets the name. False: it is taken. With --shard both are
 * in the same part, since keys end at the first dot (list/shard.h), so one tree sees both. The tree
 * owns the names. If memory runs out, a name counts as taken: no output is better than one in the
 * place of another. */
static bool claim(exn_batch *batch, const char *path)
{
    char *name = strdup(path);
    void *found = name ? tsearch(name, &batch->renamed, by_name) : NULL;
    if (!found || *(char **)found != name) {
        free(name);
        return false;
    }
    return true;
}

/* A file of that name in IN would get the same output name, or fails; either way it is another
 * picture. Only ENOENT proves that there is none. */
static bool is_taken(exn_batch *batch, const exn_item *item, const char *path)
{
    struct stat status;
    if (strcmp(path, item->path) == 0)
        return false;
    return fstatat(batch->roots->in, path, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT ||
           !claim(batch, path);
}

void exn_batch_rename(exn_batch *batch, exn_item *item)
{
    const exn_cli_options *options = batch->options;
    const bool named = !batch->roots->folder && !options->inputs;
    if (!exn_decoder_is_needed(options) || named || item->error.status != EXN_OK ||
        !is_converted(batch, item))
        return;
    item->renamed = exn_ending_of(item->path, exn_decoder_makes(options));
    if (!item->renamed) {
        exn_error_set(&item->error, EXN_MEMORY, 0, "file name");
        return;
    }
    item->target = exn_text_base(item->renamed);
    if (is_taken(batch, item, item->renamed))
        exn_error_set(&item->error, EXN_EXISTS, 0,
                      "another input becomes %s, too; rename one of the two", item->target);
}

void exn_batch_rename_free(exn_batch *batch)
{
    tdestroy(batch->renamed, free);
    batch->renamed = NULL;
}
