/* SPDX-License-Identifier: MIT */
/* An archive at work: where it is read and written, and its members in flight. */
#ifndef EXN_CLI_STREAMS_TAR_ARCHIVE_H
#define EXN_CLI_STREAMS_TAR_ARCHIVE_H

#include "tar_labels.h"
#include "tar_links.h"
#include "tar_reader.h"
#include "tar_survey.h"
#include "workers/flight.h"

#define EXN_TAR_RECORD_SIZE ((uint64_t)20 * EXN_TAR_BLOCK) /* what a whole archive is padded to */

typedef struct exn_tar_archive {
    const exn_tar_job *job;
    exn_stream_in in;
    exn_tar_reader *reader;
    exn_stream_out out;
    exn_error error;   /* of the archive as a whole */
    exn_flight flight; /* of members, in the archive's order */
    size_t images;     /* in flight */
    uint64_t held;     /* bytes of memory that members in flight have set aside */
    exn_tar_links links;
    exn_tar_links names, renamed, renamed_to; /* of tar_rename.h: all; those that changed, and to
                                                 what */
    exn_tar_labels *labels;                   /* of a run; NULL: nobody asks for them */
    exn_tar_survey *survey;                   /* of --check; likewise */
    exn_poses *poses;                         /* in either of these */
    size_t looks;                             /* at label files, that have no answer yet */
    size_t naming;                            /* of those that wait, label files that name masks */
    size_t data;    /* descriptions of data sets in flight that nobody has looked at yet */
    size_t waiting; /* members in flight that wait for their images */
    bool begun;     /* a member was seen, */
    bool ended;     /* the end marker */
    exn_tar_end end;
} exn_tar_archive;

/* Whether the run goes on: the archive is well, no signal has come, the pool has not broken. */
bool exn_tar_archive_may_go_on(const exn_tar_archive *t);

/* Writes zeros, a record of them at most. */
void exn_tar_archive_write_padding(exn_tar_archive *t, uint64_t size);

/* Writes size bytes of a memory file, and pads them to whole blocks. */
void exn_tar_archive_write_memory(exn_tar_archive *t, int memory, uint64_t size);

/* Takes size bytes from the input: into a memory file, or (-1) to the output, or away. */
exn_status exn_tar_archive_take(exn_tar_archive *t, uint64_t size, int memory, bool write);

#endif
