/* SPDX-License-Identifier: MIT */
/* A state (state.h) that is open. What the files state*.c share; nobody else includes it. */
#ifndef EXN_CLI_WRITE_STATE_FILE_H
#define EXN_CLI_WRITE_STATE_FILE_H

#include "state_index.h"
#include "state_line.h"

struct exn_state {
    int fd;
    char *name;        /* owned */
    bool made, locked; /* this run has made the file; nobody else uses it */
    bool fresh;        /* it says nothing yet */
    bool asked;        /* the user wants to keep it */
    bool durable;
    bool lasting;     /* a file of IN has the same inode at every mount */
    int broken;       /* why a line may be torn, so that none may follow it; 0: none is */
    uint64_t options; /* the hash of what outputs depend on, */
    uint64_t limits;  /* and with what failures depend on */
    exn_state_index index;
    exn_state_line line; /* the last one; its memory is used again */
    char held[16 << 10]; /* lines that are not written yet: whole ones */
    size_t held_size;
};

#endif
