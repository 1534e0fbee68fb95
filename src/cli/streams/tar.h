/* SPDX-License-Identifier: MIT */
/* A tar archive, plain or packed, as a stream of members. Images among them take the way
 * of all images, through memory files; everything else passes by. Nothing is extracted, so no name
 * can lead anywhere: absolute ones, "..", links and devices are carried as the members they are.
 *
 * Members come out in the order in which they came in. At most one image for each worker is held,
 * or a few small ones. */
#ifndef EXN_CLI_STREAMS_TAR_H
#define EXN_CLI_STREAMS_TAR_H

#include "report/report.h"
#include "workers/pool.h"
#include "write/state.h"

typedef struct exn_tar_job {
    const exn_cli_options *options;
    exn_pool *pool; /* has no jobs */
    exn_report *report;
    exn_state *state;    /* NULL: none is kept */
    const char *archive; /* in front of a member's name in the report; NULL: nothing */
    int in, out;         /* borrowed; read and written in sequence from where they are */
    bool readable;       /* out can be read back, and is where --verify is given */
} exn_tar_job;

/* How it ended. */
typedef struct exn_tar_end {
    bool stopped;  /* by --on-error=stop */
    bool changed;  /* the output is not the source byte for byte */
    bool unended;  /* there was no end marker, and now there is one */
    bool failures; /* members failed, */
    bool
        chance; /* some of them for a reason that another run may not meet: time, memory, a crash */
} exn_tar_end;

/* Works on every member and reports it. EXN_OK: what out has is a whole archive; else it never
 * looks like one. Members of which nothing has been reported were not written. */
exn_status exn_tar_run(const exn_tar_job *job, exn_tar_end *end, exn_error *error);

/* Makes the item one that tells of an archive without an end marker; out: the output, -1: it is a
 * stream. */
void exn_tar_tell_unended(exn_item *archive, int out);

/* Reports the members of an archive that a run before has done, as its state has them. in and out
 * are not used. */
exn_status exn_tar_tell_again(const exn_tar_job *job, const exn_item *archive, exn_error *error);

/* Whether a file in a folder of shards is taken for one, by its name: .tar, and what is packed:
 * .tar.gz, .tgz, .tar.bz2 and the like. */
bool exn_tar_named(const char *path);

/* Whether it is one, by its name, in a packing that cannot be read. */
bool exn_tar_named_unknown(const char *path);

/* The length of a path without such an ending; of others, its whole length. */
size_t exn_tar_stem(const char *path);

#endif
