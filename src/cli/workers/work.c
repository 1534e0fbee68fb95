/* SPDX-License-Identifier: MIT */
#include "work.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "decoder.h"
#include "list/orientations.h"
#include "list/roots.h"

exn_format exn_work_sniff(int source, exn_item *item)
{
    char head[64];
    ssize_t n = exn_io_read_at(source, head, sizeof head, 0);
    if (n < 0)
        exn_error_set(&item->error, EXN_READ, errno, "while reading");
    return n > 0 ? exn_sniff(head, (size_t)n) : EXN_FORMAT_UNKNOWN;
}

/* XMP specification, part 1, 7.3: the element around the packet, or the RDF for itself, with or
 * without a packet's header or XML's. */
bool exn_work_sniff_xmp(int source)
{
    static const char *const marks[] = {"<?xpacket begin", "adobe:ns:meta/", "22-rdf-syntax-ns#"};
    char head[1024];
    ssize_t n = exn_io_read_at(source, head, sizeof head, 0);
    size_t at = n >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while ((ssize_t)at < n && strchr(" \t\r\n", head[at]) && head[at])
        at++;
    if ((ssize_t)at >= n || head[at] != '<')
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (memmem(head, (size_t)n, marks[i], strlen(marks[i])))
            return true;
    return false;
}

/* Formats that are recognized and not rewritten get a look, so that the report can say what their
 * orientation is. */
exn_job_kind exn_work_kind(exn_format format, uint32_t given, const exn_cli_options *options)
{
    switch ((int)format) {
    case EXN_FORMAT_XMP:
        return EXN_JOB_SIDECAR;
    case EXN_FORMAT_JPEG:
    case EXN_FORMAT_PNG:
        return EXN_JOB_NORMALIZE;
    case EXN_FORMAT_WEBP:
        return options->work.webp == EXN_WEBP_ROTATE ||
                       (options->work.webp == EXN_WEBP_AS_SHOWN && given <= 1)
                   ? EXN_JOB_NORMALIZE
                   : EXN_JOB_CHECK;
    case EXN_FORMAT_HEIC:
    case EXN_FORMAT_AVIF:
    case EXN_FORMAT_HEIF:
        return exn_decoder_is_needed(options) || options->work.mode == EXN_MODE_DROP ||
                       (options->work.heif == EXN_HEIF_DROP && given <= 1)
                   ? EXN_JOB_NORMALIZE
                   : EXN_JOB_CHECK;
    default:
        return options->work.mode == EXN_MODE_DROP ? EXN_JOB_NORMALIZE : EXN_JOB_CHECK;
    }
}

bool exn_work_is_misnamed(exn_format format, const char *path, const exn_cli_options *options)
{
    return (format == EXN_FORMAT_UNKNOWN || format == EXN_FORMAT_XMP) &&
           exn_orientations_find(options->given, path);
}

/* Of what is rewritten also how. A worker that was taken over could rotate by what it likes: the
 * transform has to be the one of the orientation that it was given. It does not depend on the size,
 * so 1 by 1 pixel will do. */
static bool is_rotated_as_given(const exn_job *job)
{
    exn_map map = {0};
    const exn_result *r = &job->answer.result;
    if (job->orientation > 0 && job->kind != EXN_JOB_CHECK)
        exn_map_init(&map, job->orientation, 1, 1);
    return r->orientation_given == job->orientation &&
           (map.width == 0 || r->transform == map.transform);
}

void exn_work_take(exn_item *item, const exn_job *job)
{
    const exn_answer *answer = &job->answer;
    struct stat output;
    item->error = answer->error;
    /* The item already has all that is said of it; this answer is yes or no. */
    if (job->kind == EXN_JOB_VERIFY)
        return;
    item->result = answer->result;
    item->bytes_out = answer->bytes_out;
    exn_item_take_time(item, answer->microseconds);
    if (item->error.status != EXN_OK)
        return;
    if (job->kind != EXN_JOB_SIDECAR && !is_rotated_as_given(job)) {
        exn_error_set(&item->error, EXN_CRASHED, 0, "its reply is about another orientation");
        return;
    }
    if (job->kind == EXN_JOB_SIDECAR && exn_work_is_carried(item->result.outcome))
        return;
    if (job->kind != EXN_JOB_CHECK) {
        /* How large an output is that the worker has had in its hands, the file system knows; what
         * the worker says is only held against it. Any other was written by the parent, which has
         * counted (pool.c). A copy is as long as its source. */
        bool filled = item->result.outcome == EXN_OUTCOME_UNTOUCHED && answer->bytes_out > 0;
        bool fits = job->lent ? fstat(job->output, &output) == 0 &&
                                    (uint64_t)output.st_size == answer->bytes_out
                              : job->output >= 0;
        if (!fits || (filled && answer->bytes_out != job->size))
            exn_error_set(&item->error, EXN_CRASHED, 0, "its reply does not match its output");
    } else if (item->result.outcome != EXN_OUTCOME_COPIED &&
               item->result.outcome != EXN_OUTCOME_UNSUPPORTED) {
        exn_error_set(&item->error, EXN_READ, 0, "the source changed while it was read");
    }
}

bool exn_work_look_again(exn_job *job, const exn_item *item, const exn_cli_options *options)
{
    bool made = job->kind == EXN_JOB_NORMALIZE || job->kind == EXN_JOB_FILL;
    if (!options->verify || !made || item->error.status != EXN_OK)
        return false;
    job->kind = EXN_JOB_VERIFY;
    job->made = item->result;
    job->made_size = item->bytes_out;
    return true;
}

/* Neither comes of an image that is merely damaged: the worker has died, lied, or made what another
 * one does not confirm. */
bool exn_work_is_suspect(const exn_error *error)
{
    return error->status == EXN_CRASHED || error->status == EXN_MISMATCH;
}

bool exn_work_is_carried(exn_outcome outcome)
{
    return outcome == EXN_OUTCOME_COPIED || outcome == EXN_OUTCOME_UNTOUCHED ||
           outcome == EXN_OUTCOME_UNSUPPORTED;
}

bool exn_work_relinks(const exn_cli_options *options)
{
    return options->link || options->overwrite || options->resume || options->in_place;
}

/* By its name: where a file was renamed over the source meanwhile, the descriptor still has the old
 * one, which is not what the name stands for. A file that is held open keeps its inode for itself,
 * so whatever has that number is the file that was read. */
void exn_work_check_unchanged(const struct stat *before, int folder, exn_item *item,
                              const exn_cli_options *options)
{
    struct stat now;
    int flags = item->kind == EXN_ITEM_LINK ? 0 : AT_SYMLINK_NOFOLLOW;
    if (fstatat(folder, item->path, &now, flags) != 0 || !exn_roots_same(&now, before))
        exn_error_set(&item->error, EXN_READ, 0, "the source was replaced while it was read");
    else if (!exn_item_as_before(&now, before, exn_work_relinks(options)))
        exn_error_set(&item->error, EXN_READ, 0, "the source changed while it was read");
}

bool exn_work_may_keep(const exn_error *error)
{
    switch ((int)error->status) {
    case EXN_OK:
    case EXN_READ:
    case EXN_WRITE:
    case EXN_EXISTS:
    case EXN_INTERRUPTED:
        return false;
    default:
        return true;
    }
}
