/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/memory.h"

static bool is_about_labels(const exn_job *job)
{
    return job->kind == EXN_JOB_LABELS || job->kind == EXN_JOB_MOVE_LABELS ||
           job->kind == EXN_JOB_POSES || job->kind == EXN_JOB_BOXES;
}

/* --check only reads headers, however large the file is. */
uint64_t exn_job_weight(const exn_job *job)
{
    const bool looks = job->kind == EXN_JOB_CHECK && job->size > EXN_JOB_SMALL;
    return looks ? EXN_JOB_SMALL : job->size;
}

size_t exn_job_share(const exn_job *job)
{
    return job->beside.there ? 2 : 1;
}

/* --timeout is for one image. A label file may have many gigabytes, and is read at about a hundred
 * megabytes a second; one more second for each 4 MiB is enough even on a very slow machine. */
int64_t exn_job_milliseconds(const exn_job *job, const exn_cli_options *options)
{
    enum { SECOND = 1000, A_SECOND_SHIFT = 22 };
    const uint64_t more = is_about_labels(job) ? job->size >> A_SECOND_SHIFT : 0;
    return ((int64_t)options->timeout + (int64_t)more) * SECOND;
}

/* Numbers may become longer, by a digit or two each; masks have about as many runs as before. */
uint64_t exn_job_room(const exn_job *job)
{
    const uint64_t large = UINT64_C(16) << 20;
    return job->kind == EXN_JOB_MOVE_LABELS && job->size > large ? 2 * job->size : 0;
}

/* That costs less than taking a descriptor back from a worker. With --verify a worker has to read
 * the output back, so it needs the descriptor. */
bool exn_job_has_body(const exn_job *job, const exn_cli_options *options)
{
    const bool held = options->verify && !is_about_labels(job);
    return job->kind != EXN_JOB_CHECK && job->kind != EXN_JOB_VERIFY &&
           (job->output >= 0 || job->returns) && job->size <= EXN_JOB_SMALL && !job->large && !held;
}

bool exn_job_open_output(exn_job *job, const exn_cli_options *options, exn_error *error)
{
    if (!job->returns || job->output >= 0 || exn_job_has_body(job, options))
        return true;
    job->output = exn_memory_open(error);
    return job->output >= 0;
}

static void *allocate(size_t size, exn_error *error)
{
    void *bytes = malloc(size + 1);
    if (!bytes)
        exn_error_set(error, EXN_MEMORY, 0, "what a worker says of it");
    return bytes;
}

bool exn_job_set_output(exn_job *job, const void *bytes, size_t size, exn_error *error)
{
    free(job->returned);
    job->returned = allocate(size, error);
    if (job->returned && size > 0)
        memcpy(job->returned, bytes, size);
    return job->returned != NULL;
}

/* From a memory file into memory of one's own: a worker may still have the file. A size that the
 * output does not have is a worker's lie or its death; no byte of it is used. */
void *exn_job_take_output(exn_job *job, exn_error *error)
{
    const size_t size = (size_t)job->answer.bytes_out;
    void *bytes = job->returned ? job->returned : allocate(size, error);
    if (bytes && !job->returned && size > 0 &&
        exn_io_read_at(job->output, bytes, size, 0) != (ssize_t)size) {
        exn_error_set(error, EXN_CRASHED, 0, "its reply does not match its output");
        free(bytes);
        bytes = NULL;
    }
    job->returned = NULL;
    return bytes;
}

void exn_job_drop_output(exn_job *job)
{
    free(job->returned);
    job->returned = NULL;
    if (job->returns && job->output >= 0)
        close(job->output);
    if (job->returns)
        job->output = -1;
}

bool exn_job_send(exn_job *job, int socket, const exn_cli_options *options)
{
    const bool body = exn_job_has_body(job, options);
    exn_request request = {.number = job->number,
                           .size = job->size,
                           .kind = job->kind,
                           .output = job->kind != EXN_JOB_CHECK && job->output >= 0 && !body,
                           .body = body,
                           .beside = job->beside,
                           .orientation = job->orientation,
                           .mask = job->mask,
                           .made = job->made,
                           .made_size = job->made_size,
                           .labels = job->labels};
    int descriptors[EXN_WIRE_DESCRIPTORS] = {job->source};
    size_t count = 1;
    if (request.output)
        descriptors[count++] = job->output;
    job->lent = job->lent || request.output;
    if (request.beside.there)
        descriptors[count++] = job->image;
    return exn_wire_send(socket, &request, sizeof request, descriptors, count);
}
