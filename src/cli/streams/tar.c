/* SPDX-License-Identifier: MIT */
#include "tar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/signals.h"
#include "list/orientations.h"
#include "tar_late.h"
#include "tar_member.h"
#include "tar_rename.h"

/* Carries over what comes after the end marker, which no reader looks at. */
static void run_tail(exn_tar_archive *t)
{
    const uint8_t *data;
    size_t n;
    while (exn_tar_archive_may_go_on(t) &&
           (n = exn_stream_in_peek(&t->in, EXN_STREAM_CHUNK, &data)) > 0)
        exn_tar_archive_take(t, n, -1, true);
    if (t->error.status == EXN_OK)
        t->error = t->in.error;
}

/* POSIX requires two blocks of zeros at the end (POSIX.1-2017, pax, "ustar Interchange Format").
 * Readers also accept the end of the file, and may not notice that members were cut off. So a
 * missing marker is reported, and the output gets one. */
static void check_end(exn_tar_archive *t)
{
    if (t->in.offset == 0) {
        exn_error_set(&t->error, EXN_READ, 0,
                      "not a tar archive (plain or compressed with gzip, bzip2, xz or zstd)");
    } else if (!t->ended && !t->begun) {
        exn_error_set(&t->error, EXN_READ, 0,
                      "the archive is truncated: no member and no end marker");
    } else if (!t->ended) {
        exn_tar_archive_write_padding(t, 2 * EXN_TAR_BLOCK);
        t->end.unended = t->end.changed = true;
    }
}

static void no_header(exn_tar_archive *t)
{
    const uint8_t *data;
    bool whole = exn_stream_in_peek(&t->in, EXN_TAR_BLOCK, &data) == EXN_TAR_BLOCK;
    exn_error_set(&t->error, EXN_READ, 0, "%s at byte %" PRIu64,
                  whole ? "expected a member's header" : "the archive is truncated inside a header",
                  t->in.offset);
}

/* Takes the next part of the archive; false: there is none. It does not stop at zeros: tapes and
 * concatenated archives continue after them, as GNU tar --ignore-zeros reads them. All members in
 * flight are written before anything is copied, since the output keeps the order. */
static bool run_next(exn_tar_archive *t)
{
    exn_tar_head head;
    exn_tar_next next = exn_tar_reader_read(t->reader, &head, &t->error);
    if (next == EXN_TAR_MEMBER) {
        t->begun = t->begun || head.kind != EXN_TAR_NOTE;
        t->ended = t->ended || head.ends;
        exn_tar_member_run(t, &head);
        return true;
    }
    exn_tar_head_free(&head);
    exn_tar_late_drain(t);
    if (!exn_tar_archive_may_go_on(t) || (t->labels && !exn_tar_labels_check(t->labels, &t->error)))
        return false;
    if (next == EXN_TAR_ZEROS) {
        t->ended = true;
        return exn_tar_archive_take(t, EXN_TAR_BLOCK, -1, true) == EXN_OK;
    }
    if (next == EXN_TAR_END || (next == EXN_TAR_NO_TAR && t->in.offset == 0))
        check_end(t);
    else if (next == EXN_TAR_NO_TAR && !t->ended)
        no_header(t);
    else if (next == EXN_TAR_NO_TAR)
        run_tail(t);
    return false;
}

/* While there is nothing to read, finishes the members in flight and sends them. Otherwise, with a
 * slow producer, finished members would be sent late, and two programs that wait for each other
 * would wait for ever. */
static void use_pause(exn_tar_archive *t)
{
    while (exn_tar_archive_may_go_on(t) && t->job->pool->jobs > 0 && !exn_stream_in_ready(&t->in))
        exn_flight_step(&t->flight);
    if (t->flight.count == 0 && !exn_stream_in_ready(&t->in))
        exn_stream_out_flush(&t->out);
}

/* Reads the archive that was written and compares it, unpacked, with what went into it, by length
 * and CRC-32, since the archive is not kept in memory. An output that cannot seek is a stream, and
 * is not compared. */
static void read_back(exn_tar_archive *t)
{
    exn_stream_in back;
    const uint8_t *data;
    size_t n;
    exn_stream_out sums = {.fd = -1};
    int fd = t->out.fd;
    if (lseek(fd, 0, SEEK_SET) != 0)
        return;
    exn_stream_in_open(&back, fd);
    while ((n = exn_stream_in_peek(&back, EXN_STREAM_CHUNK, &data)) > 0) {
        exn_stream_out_sum(&sums, data, n);
        exn_stream_in_skip(&back, n);
    }
    if (back.error.status == EXN_INTERRUPTED)
        t->error = back.error;
    else if (back.error.status != EXN_OK || sums.offset != t->out.offset || sums.sum != t->out.sum)
        exn_error_set(&t->error, EXN_MISMATCH, 0, "the archive reads back differently");
    exn_stream_in_close(&back);
}

/* The output is complete. If the source consists of whole records, it is padded to these. Records
 * are tar's unit of writing, by default 20 blocks (GNU tar's manual, "Blocking"); some readers of
 * tapes insist on them. */
static void end(exn_tar_archive *t)
{
    if (t->in.offset % EXN_TAR_RECORD_SIZE == 0)
        exn_tar_archive_write_padding(
            t, (EXN_TAR_RECORD_SIZE - t->out.offset % EXN_TAR_RECORD_SIZE) % EXN_TAR_RECORD_SIZE);
    if (exn_stream_out_finish(&t->out) != EXN_OK)
        t->error = t->out.error;
    else if (t->job->options->verify && t->job->readable && t->out.fd >= 0)
        read_back(t);
}

/* Sets the reason why a run stops early. */
static void say_why(exn_tar_archive *t)
{
    if (exn_signals_caught())
        exn_error_set(&t->error, EXN_INTERRUPTED, 0, "dropped");
    else if (t->end.stopped)
        exn_error_set(&t->error, EXN_REFUSED, 0, "stopped at the first failure");
    else
        exn_error_set(&t->error, EXN_INTERNAL, 0, "the run has stopped");
}

/* In a stream, members before the damage are still worth having. The error is put aside meanwhile,
 * since nothing is written while there is one. */
static void save_rest(exn_tar_archive *t)
{
    exn_error why = t->error;
    t->error = (exn_error){0};
    exn_tar_late_drain(t);
    if (t->error.status == EXN_OK)
        t->error = why;
}

static void run(exn_tar_archive *t)
{
    if (exn_stream_in_open(&t->in, t->job->in) != EXN_OK)
        t->error = t->in.error;
    else if (exn_stream_out_open(&t->out,
                                 t->job->options->dry_run || t->job->judge ? -1 : t->job->out,
                                 t->in.packing) != EXN_OK)
        t->error = t->out.error;
    else
        t->reader = exn_tar_reader_open(&t->in, &t->error);
    bool more = true;
    while (more && exn_tar_archive_may_go_on(t)) {
        use_pause(t);
        more = run_next(t);
    }
    /* Only after a fault of the source: after one of the output nothing more can be written. */
    if (t->error.status == EXN_READ)
        save_rest(t);
    if (!exn_tar_archive_may_go_on(t) && t->error.status == EXN_OK)
        say_why(t);
    if (t->error.status == EXN_OK)
        end(t);
    else
        exn_stream_out_flush(&t->out);
    exn_flight_drop(&t->flight);
}

/* Puts the archive's name in front of members' names in messages and reports: "archive.tar:member",
 * as in --orientations. leave_report() restores the old prefix. NULL: out of memory. */
static char *enter_report(const exn_tar_job *job)
{
    const char *before = job->report->prefix && !job->told ? job->report->prefix : "";
    const char *archive = job->told ? job->told : job->archive;
    char *prefix = NULL;
    int length =
        archive ? asprintf(&prefix, "%s%s:", before, archive) : asprintf(&prefix, "%s", "");
    if (length < 0)
        return NULL;
    job->report->prefix = prefix;
    job->report->archive = archive;
    return prefix;
}

static void leave_report(const exn_tar_job *job, const char *before, char *prefix)
{
    job->report->prefix = before;
    job->report->archive = NULL;
    free(prefix);
}

exn_status exn_tar_run(const exn_tar_job *job, exn_tar_end *end, exn_error *error)
{
    exn_tar_archive t = {.job = job, .in.fd = -1, .out.fd = -1};
    const char *before = job->report->prefix;
    bool opened = exn_tar_member_open_flight(&t);
    if (opened && job->options->labels != EXN_LABEL_FILES_COPY && !job->judge) {
        t.labels = exn_tar_labels_open(job->options);
        opened = t.labels != NULL;
        t.poses = opened ? &t.labels->survey.poses : NULL;
    } else if (opened && job->options->labels == EXN_LABEL_FILES_MOVE) {
        t.survey = exn_tar_survey_open(job->options);
        opened = t.survey != NULL;
        t.poses = opened ? &t.survey->survey.poses : NULL;
    }
    char *prefix = opened ? enter_report(job) : NULL;
    if (!prefix) {
        exn_tar_labels_close(t.labels);
        exn_tar_survey_close(t.survey);
        exn_flight_close(&t.flight);
        return exn_error_set(error, EXN_MEMORY, 0, "list of members");
    }
    run(&t);
    if (t.labels && t.error.status == EXN_OK)
        exn_tar_labels_warn(t.labels, job->report);
    if (t.survey && t.error.status == EXN_OK)
        exn_tar_survey_tell(t.survey, job->report, &t.error);
    leave_report(job, before, prefix);
    exn_tar_reader_close(t.reader);
    exn_stream_in_close(&t.in);
    exn_stream_out_close(&t.out);
    exn_tar_links_free(&t.links);
    exn_tar_rename_free(&t);
    exn_flight_close(&t.flight);
    exn_tar_labels_close(t.labels);
    exn_tar_survey_close(t.survey);
    *end = t.end;
    *error = t.error;
    return error->status;
}

void exn_tar_tell_unended(exn_item *archive, int out)
{
    struct stat made;
    archive->result.outcome = EXN_OUTCOME_METADATA;
    archive->result.method = EXN_METHOD_EDIT;
    archive->result.warnings |= 1u << EXN_WARN_NO_END_MARKER;
    if (out >= 0 && fstat(out, &made) == 0)
        archive->bytes_out = (uint64_t)made.st_size;
}

exn_status exn_tar_tell_again(const exn_tar_job *job, const exn_item *archive, exn_error *error)
{
    exn_item member;
    const char *before = job->report->prefix;
    char *prefix = enter_report(job);
    if (!prefix)
        return exn_error_set(error, EXN_MEMORY, 0, "archive name");
    for (uint64_t at = 0; exn_state_next_member(job->state, archive, &at, &member);) {
        exn_orientations_find_member(job->options->given, job->archive, member.path, error);
        job->report->known++;
        exn_report_item(job->report, &member);
        exn_item_free(&member);
    }
    leave_report(job, before, prefix);
    return EXN_OK;
}
