/* SPDX-License-Identifier: MIT */
#include "pipe.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/signals.h"
#include "base/text.h"
#include "labels/warning.h"
#include "list/orientations.h"
#include "list/sidecar.h"
#include "stream.h"
#include "tar.h"
#include "tar_index_beside.h"
#include "workers/work.h"
#include "write/target.h"

typedef struct pipe_run {
    const exn_cli_options *options;
    const exn_roots *roots;
    exn_pool *pool;
    exn_report *report;
    exn_job job; /* its source and output: descriptors that a worker may hold */
    exn_item item;
    struct stat before; /* of a source that is a file */
    exn_target target;  /* if OUT is a file */
    bool kept;          /* it failed, and its source's bytes are the output */
} pipe_run;

static bool is_well(const pipe_run *p)
{
    return p->item.error.status == EXN_OK;
}

/* Reads all of standard input into a memory file. It is sealed, since the worker gets this very
 * file as its source, and a second worker (--verify) has to see the same bytes. */
static void spool(pipe_run *p)
{
    exn_stream_in in;
    const uint8_t *data;
    char limit[32];
    size_t n;
    exn_error *error = &p->item.error;
    uint64_t most = p->options->work.max_memory;
    p->job.source = exn_memory_open(error);
    exn_stream_in_open_plain(&in, STDIN_FILENO);
    while (is_well(p) && (n = exn_stream_in_peek(&in, EXN_STREAM_CHUNK, &data)) > 0) {
        p->item.bytes_in += n;
        if (p->item.bytes_in > most)
            exn_error_set(error, EXN_LIMIT, 0, "larger than %s",
                          exn_text_bytes(most, limit, sizeof limit));
        else
            exn_memory_write(p->job.source, data, n, error);
        exn_stream_in_skip(&in, n);
    }
    if (is_well(p))
        *error = in.error;
    exn_stream_in_close(&in);
    if (is_well(p))
        exn_memory_seal(p->job.source, error);
}

/* Standard input has no name: its item gets the one on the command line, "-", and its clock starts
 * here. */
static void open_source(pipe_run *p)
{
    p->item.kind = EXN_ITEM_LINK; /* a link that the user named is followed */
    p->item.path = strdup(p->roots->in_name);
    if (!p->item.path)
        exn_error_set(&p->item.error, EXN_MEMORY, 0, "file name");
    else if (!p->options->from_stdin)
        p->job.source = exn_item_open(&p->item, p->roots->in, &p->before);
    else
        exn_item_start(&p->item);
}

/* Called before any work, so that an output that is refused costs nothing. */
static void open_target(pipe_run *p)
{
    const exn_roots *roots = p->roots;
    const struct stat *kept = p->report->file ? &p->report->id : NULL;
    exn_error *error = &p->item.error;
    if (is_well(p) && !p->options->to_stdout &&
        exn_target_check(roots->out, roots->out_name, p->options->overwrite, false, kept, error) ==
            EXN_OK &&
        exn_target_begin(&p->target, roots->out, roots->out_name, p->options->overwrite, p->options,
                         error) == EXN_OK)
        exn_target_open(&p->target, p->options, error);
}

/* The archive goes through piece by piece, so an output to a pipe is sent before it is known to be
 * complete; a file can be read back, and gets its name only at the end. Indexes beside the source
 * are not part of this run, so they can only be reported. */
static void run_tar(pipe_run *p)
{
    exn_tar_end end = {0};
    open_source(p);
    open_target(p);
    exn_tar_job job = {.options = p->options,
                       .pool = p->pool,
                       .report = p->report,
                       .in = p->options->from_stdin ? STDIN_FILENO : p->job.source,
                       .out = p->options->to_stdout ? STDOUT_FILENO : p->target.fd,
                       .readable = !p->options->to_stdout};
    if (is_well(p))
        exn_tar_run(&job, &end, &p->item.error);
    const int made = job.readable ? job.out : -1;
    if (is_well(p) && end.unended)
        exn_tar_tell_unended(&p->item, made);
    if (is_well(p) && end.changed && !p->options->from_stdin)
        exn_tar_index_beside_tell(p->roots, &p->item, made);
    p->report->gave_up = end.stopped;
}

/* Sends a complete output, from a memory file or the source. What was sent cannot be taken back, so
 * nothing is sent that may still fail. */
static void send(int from, uint64_t size, exn_error *error)
{
    exn_stream_out out;
    if (exn_stream_out_open(&out, STDOUT_FILENO, EXN_PACKING_NONE) == EXN_OK &&
        exn_stream_out_copy(&out, from, size) == EXN_OK)
        exn_stream_out_finish(&out);
    if (out.error.status != EXN_OK)
        *error = out.error;
    exn_stream_out_close(&out);
}

/* The source's own bytes are the output. */
static void carry(pipe_run *p, exn_error *error)
{
    uint64_t size = p->item.bytes_out = p->item.bytes_in;
    if (p->options->to_stdout) {
        send(p->job.source, size, error);
    } else if (exn_target_copy(&p->target, p->job.source, size, error) == EXN_OK &&
               exn_target_claim(&p->target, error) == EXN_OK && p->options->verify) {
        exn_target_compare(&p->target, p->job.source, size, error);
    }
}

/* Waits for a worker and takes its output. This is sealed or claimed before its size is checked,
 * since a worker could change it in between. If the claim fails, its error becomes the answer's. */
static void take(pipe_run *p)
{
    exn_error *error = &p->job.answer.error;
    if (!exn_pool_next(p->pool)) {
        exn_error_set(&p->item.error, EXN_INTERRUPTED, 0, "dropped");
        return;
    }
    p->target.lent = p->job.lent;
    if (p->options->to_stdout) {
        exn_memory_seal(p->job.output, error);
    } else if (error->status == EXN_OK && p->job.answer.bytes_out > 0) {
        exn_target_claim(&p->target, error);
        p->job.output = p->target.fd;
    } else if (error->status == EXN_WRITE) {
        p->item.alone = exn_target_can_grow(&p->target, p->item.bytes_in, error);
    }
    exn_work_take(&p->item, &p->job);
}

/* An XMP sidecar as the only input. A file may have its image beside it; that of a stream is not
 * known. The image was not processed, so the worker has to find out whether it fails. */
static exn_format find_sidecar(pipe_run *p)
{
    exn_sidecars sidecars = {0};
    exn_item *item = &p->item;
    if (p->options->from_stdin) {
        bool is = !p->options->copy_sidecars && exn_work_sniff_xmp(p->job.source);
        item->owner = is ? EXN_OWNER_UNKNOWN : EXN_OWNER_UNASKED;
        return is ? EXN_FORMAT_XMP : EXN_FORMAT_UNKNOWN;
    }
    if (!exn_sidecar_is(p->options, item->path))
        return EXN_FORMAT_UNKNOWN;
    if (exn_sidecar_pair(&sidecars, p->roots->in, item) == EXN_OK && item->image) {
        p->job.image = exn_sidecar_open(item, p->roots->in);
        p->job.beside = (exn_beside){
            .there = p->job.image >= 0, .size = (uint64_t)item->status.st_size, .whole = true};
    }
    exn_sidecar_close(&sidecars);
    return EXN_FORMAT_XMP;
}

/* Fails the sidecar if its image has changed since it was edited, since it may now have another
 * orientation. */
static void close_image(pipe_run *p)
{
    if (!p->job.beside.there)
        return;
    if (!exn_item_unchanged(p->job.image, &p->item.status, exn_work_relinks(p->options)))
        exn_error_set(&p->item.error, EXN_READ, 0, "its image changed while it was read");
    close(p->job.image);
    p->job.beside.there = false;
}

/* Checks from cheap to expensive: first bytes, the name, then a worker. With --verify a second
 * worker gets the job, and its answer is taken like the first. */
static void work(pipe_run *p)
{
    exn_format format = exn_work_sniff(p->job.source, &p->item);
    exn_error *error = &p->item.error;
    if (is_well(p) && format == EXN_FORMAT_UNKNOWN)
        format = find_sidecar(p);
    if (is_well(p) && exn_work_is_misnamed(format, p->item.path, p->options))
        exn_error_set(error, EXN_NOT_AN_IMAGE, 0, "--orientations says otherwise");
    if (is_well(p) && format == EXN_FORMAT_UNKNOWN)
        exn_error_set(error, EXN_NOT_AN_IMAGE, 0, "%s", "");
    if (!is_well(p))
        return;
    p->job.orientation =
        exn_orientations_find(p->options->given, p->item.image ? p->item.image : p->item.path);
    p->job.kind = exn_work_kind(format, p->job.orientation, p->options);
    p->job.output = p->options->to_stdout ? exn_memory_open(error) : p->target.fd;
    p->job.size = p->item.bytes_in;
    if (!is_well(p))
        return;
    exn_pool_offer(p->pool, &p->job); /* the first job, so there is a free worker */
    take(p);
    if (exn_work_look_again(&p->job, &p->item, p->options)) {
        exn_pool_return(p->pool, &p->job);
        take(p);
    }
    close_image(p);
}

/* With --on-error=keep the source's bytes become the output, in a new file, since a worker may
 * still hold the other one. If that fails, its error replaces the reason why the image failed. */
static void run_image(pipe_run *p)
{
    open_source(p);
    open_target(p);
    if (is_well(p) && p->options->from_stdin)
        spool(p);
    const bool whole = is_well(p); /* if not, bytes are missing, or there is nowhere to keep them */
    if (whole)
        work(p);
    if (is_well(p) && exn_work_is_carried(p->item.result.outcome))
        carry(p, &p->item.error);
    else if (is_well(p) && p->options->to_stdout)
        send(p->job.output, p->item.bytes_out, &p->item.error);
    else if (!is_well(p) && whole && p->options->on_error == EXN_ON_ERROR_KEEP &&
             exn_work_may_keep(&p->item.error)) {
        exn_error trouble = {0};
        if (!p->options->to_stdout)
            exn_target_renew(&p->target, p->options, &trouble);
        if (trouble.status == EXN_OK)
            carry(p, &trouble);
        p->kept = trouble.status == EXN_OK;
        p->item.error = p->kept ? p->item.error : trouble;
    }
}

/* If OUT is a file, gives it its name. If the source is a file, it is still open: its attributes
 * are copied, and --write=direct reads it once more. */
static void place(pipe_run *p)
{
    bool file = !p->options->from_stdin;
    exn_error trouble = {0};
    if (p->target.fd >= 0 && (is_well(p) || p->kept) &&
        exn_target_seal(&p->target, p->job.source, file ? &p->before : NULL, p->options->durable,
                        &trouble) == EXN_OK &&
        exn_target_make_way(&p->target, &trouble) == EXN_OK)
        exn_target_place(&p->target, p->options, &trouble);
    if (trouble.status != EXN_OK) {
        p->item.error = trouble;
        p->kept = false;
    }
    exn_target_drop(&p->target);
}

/* An archive was reported member by member; the archive itself is reported only if it failed or has
 * a warning. */
static void tell(pipe_run *p)
{
    exn_report *report = p->report;
    if (!is_well(p)) {
        p->item.result.outcome = EXN_OUTCOME_FAILED;
        p->item.result.method = EXN_METHOD_NONE;
        p->item.bytes_out = p->kept ? p->item.bytes_in : 0;
        report->output_failed =
            report->output_failed || (exn_target_error_stops(&p->item.error) && !p->item.alone);
    }
    bool dropped = p->item.error.status == EXN_INTERRUPTED || report->gave_up || report->broken;
    if (!dropped && (!p->options->tar || !is_well(p) || p->item.result.warnings))
        exn_report_item(report, &p->item);
}

/* Checks that the source has not changed before the output gets its name, and closes it afterwards,
 * since its attributes are copied from the open file. */
void exn_pipe_run(const exn_cli_options *options, const exn_roots *roots, exn_pool *pool,
                  exn_pictures *rotated, exn_report *report)
{
    pipe_run p = {.options = options, .roots = roots, .pool = pool, .report = report};
    p.job.source = p.job.output = p.target.fd = -1;
    if (options->tar)
        run_tar(&p);
    else
        run_image(&p);
    if (p.job.source >= 0 && !options->from_stdin)
        exn_work_check_unchanged(&p.before, roots->in, &p.item, options);
    place(&p);
    tell(&p);
    if (!options->tar && is_well(&p) && exn_warning_concerns(&p.item.result) &&
        !exn_pictures_add(rotated, p.item.path, &p.item.result))
        report->broken = true;
    if (options->to_stdout && p.job.output >= 0)
        close(p.job.output);
    if (p.job.source >= 0)
        close(p.job.source);
    exn_item_free(&p.item);
}
