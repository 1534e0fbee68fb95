/* SPDX-License-Identifier: MIT */
/* An archive in progress: where it is read and written, and its members in flight. */
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
    uint64_t held;     /* bytes of memory that members in flight use */
    exn_tar_links links;
    exn_tar_links names, renamed, renamed_to; /* for tar_rename.h: all names; old and new names of
                                                 renamed members */
    exn_tar_labels *labels;                   /* in a run; NULL: --labels=copy */
    exn_tar_survey *survey;                   /* with --check --labels; else NULL */
    exn_poses *poses;                         /* in either of these */
    size_t looks;                             /* label files that a worker still looks at */
    size_t naming;                            /* waiting label files that name masks */
    size_t data;    /* descriptions of data sets that a worker still looks at */
    size_t waiting; /* members in flight that wait for their images */
    bool begun;     /* a member was seen */
    bool ended;     /* the end marker was seen */
    exn_tar_end end;
} exn_tar_archive;

/* Whether the run continues: no error, no signal, and the pool works. */
bool exn_tar_archive_may_go_on(const exn_tar_archive *t);

/* Writes zeros, at most a record of them. */
void exn_tar_archive_write_padding(exn_tar_archive *t, uint64_t size);

/* Writes size bytes of a memory file, and pads them to whole blocks. */
void exn_tar_archive_write_memory(exn_tar_archive *t, int memory, uint64_t size);

/* Takes size bytes from the input into a memory file or, if that is -1, to the output (write) or
 * nowhere. */
exn_status exn_tar_archive_take(exn_tar_archive *t, uint64_t size, int memory, bool write);

#endif
