/* SPDX-License-Identifier: MIT */
#include "support/proc.h"

#include "support/exiftool.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static bool slurp(FILE *file, exn_buffer *to)
{
    uint8_t piece[65536];
    size_t got;

    rewind(file);
    while ((got = fread(piece, 1, sizeof piece, file)) > 0)
        if (exn_buffer_append(to, piece, got))
            return false;
    return !ferror(file);
}

/* Starts argv with the three files as its standard streams and waits for it. */
static int spawn_and_wait(const char *const argv[], FILE *const files[3])
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int state, failed = posix_spawn_file_actions_init(&actions);

    if (failed)
        return -1;
    for (int i = 0; i < 3 && !failed; i++)
        failed = posix_spawn_file_actions_adddup2(&actions, fileno(files[i]), i);
    if (!failed)
        failed = posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed || waitpid(pid, &state, 0) != pid)
        return -1;
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

/* Files, not pipes: three streams of any size without a deadlock. In memory, since of a disk's they
 * would be thousands. */
static FILE *stream(void)
{
    const int fd = memfd_create("stream", MFD_CLOEXEC);
    return fd < 0 ? NULL : fdopen(fd, "w+b");
}

bool exn_test_run(const char *const argv[], exn_span in, exn_test_proc *proc)
{
    if (strcmp(argv[0], "exiftool") == 0)
        return exn_test_exiftool_run(argv, in, proc);
    FILE *files[3] = {stream(), stream(), stream()};

    *proc = (exn_test_proc){.status = -1};
    if (files[0] && files[1] && files[2] &&
        (in.size == 0 || fwrite(in.data, 1, in.size, files[0]) == in.size) && !fflush(files[0])) {
        rewind(files[0]);
        proc->status = spawn_and_wait(argv, files);
        if (!slurp(files[1], &proc->out) || !slurp(files[2], &proc->err))
            proc->status = -1;
    }
    for (int i = 0; i < 3; i++)
        if (files[i])
            fclose(files[i]);
    return proc->status == 0;
}

void exn_test_proc_free(exn_test_proc *proc)
{
    exn_buffer_free(&proc->out);
    exn_buffer_free(&proc->err);
}

bool exn_test_have(const char *command)
{
    const char *path = getenv("PATH");

    while (path && *path) {
        const size_t length = strcspn(path, ":");
        char name[4096];
        const int size = snprintf(name, sizeof name, "%.*s/%s", (int)length, path, command);
        if (size > 0 && (size_t)size < sizeof name && !access(name, X_OK))
            return true;
        path += length + (path[length] == ':');
    }
    return false;
}
