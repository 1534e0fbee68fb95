/* SPDX-License-Identifier: MIT */
/* What a run writes down so that another one can go on where it was killed.
 *
 * The state is a file of lines, beside OUT or where --state says, never in it. Lines are only ever
 * appended, each with a checksum, so that a kill leaves at most one torn line, at the end, which
 * counts as not written. Of a file: a try before its temporary file is made, with
 * that one's name; a put before it gets its name or is written under it; then done, with all that
 * the report says of it, or dropped. So whatever is in OUT at the moment of a kill, a line says
 * whose it is. An archive is such a file, and between its try and its put are lines of what the
 * report said of its members.
 *
 * In order: exn_state_open(), before OUT is made; exn_state_clean(), after; of each file
 * exn_state_recall(), try, put, done or drop; exn_state_close(). Where a pointer to a state is
 * NULL none is kept, and each function does nothing. */
#ifndef EXN_CLI_WRITE_STATE_H
#define EXN_CLI_WRITE_STATE_H

#include "base/item.h"
#include "base/usage.h"
#include "list/roots.h"

typedef struct exn_state exn_state;

/* Opens or makes the state and locks it; with --resume reads what is in it. *state is NULL with
 * EXN_EXIT_OK where none is needed (file to file), and where none can be made beside OUT, which is
 * said. EXN_EXIT_USAGE: it is in use, or no state of this program; it was not changed then. */
exn_exit exn_state_open(exn_state **state, const exn_roots *roots, const exn_cli_options *options);

/* Removes the temporary files that runs before have left, files that claim a name (atomic.c), and
 * what they wrote under its own name and did not finish: by their names in the state only. */
void exn_state_clean(exn_state *state, const exn_roots *roots);

typedef enum exn_past {
    EXN_PAST_NONE, /* nothing is known of the item's output */
    EXN_PAST_OURS, /* what stands there was written by a run before: it may be replaced */
    EXN_PAST_DONE, /* all is as it was left: the item was filled in, there is nothing to do */
} exn_past;

/* What is known of a file, whose output would stand in the folder. */
exn_past exn_state_recall(const exn_state *state, exn_item *item, int in, int folder);

/* Whether all that was noted of the members of an archive can be reported again. */
bool exn_state_has_members(const exn_state *state, const exn_item *archive);

/* What the report says of the members of an archive that is EXN_PAST_DONE, one after the other. *at
 * is 0 at first; the member is the caller's to free. False: there are no more. */
bool exn_state_next_member(const exn_state *state, const exn_item *archive, uint64_t *at,
                           exn_item *member);

/* Whether a run before has made this folder; the path is relative to OUT, "" being itself. */
bool exn_state_made(const exn_state *state, const char *path);

/* Each gives one line. EXN_WRITE, with the error: it could not be written, and the run must stop.
 * source: the file's status when it was opened; temp: the name of its temporary file, "" where it
 * has none; direct: the output is to be written under its own name, from nothing to its size. */
exn_status exn_state_folder(exn_state *state, const char *path, exn_error *error);
exn_status exn_state_try(exn_state *state, const exn_item *item, const char *temp,
                         exn_error *error);
exn_status exn_state_member(exn_state *state, const exn_item *member, exn_error *error);
exn_status exn_state_put(exn_state *state, const exn_item *item, bool direct, exn_error *error);
exn_status exn_state_done(exn_state *state, const exn_item *item, const struct stat *source,
                          exn_error *error);
void exn_state_drop(exn_state *state, const exn_item *item);

/* Writes what was kept back: lines of members, and of small files that are done, wait for the next
 * line that cannot. To be called when the last item is done. Errors as above. */
exn_status exn_state_flush(exn_state *state, exn_error *error);

/* The file that it is kept in; NULL: there is none. Borrowed. */
const char *exn_state_name(const exn_state *state);

/* complete: every item is done, or failed as it would again. Then a state that nobody has asked for
 * has served its purpose and is removed, if this run has made it. */
void exn_state_close(exn_state *state, bool complete);

#endif
