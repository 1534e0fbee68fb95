/* SPDX-License-Identifier: MIT */
#include "support/exiftool.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What it says on standard error goes to a file, so that neither stream can wait for the other. */
static struct {
    pid_t pid;
    FILE *to, *from, *errors;
    char path[32]; /* of the file that is asked about */
    unsigned number;
} tool;

static void stop(void)
{
    if (tool.pid > 0) {
        fputs("-stay_open\nFalse\n", tool.to);
        fclose(tool.to);
        waitpid(tool.pid, NULL, 0);
        unlink(tool.path);
    }
}

static void become_exiftool(int in, int out, int errors)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* a test that crashes leaves nobody behind */
    dup2(in, 0);
    dup2(out, 1);
    dup2(errors, 2);
    execlp("exiftool", "exiftool", "-stay_open", "True", "-@", "-", (char *)NULL);
    _exit(127);
}

static bool start(void)
{
    int to[2], from[2];

    if (tool.pid > 0)
        return true;
    strcpy(tool.path, "/tmp/exifnorm-XXXXXX");
    const int file = mkstemp(tool.path);
    tool.errors = tmpfile();
    if (file < 0 || !tool.errors || pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
        return false;
    close(file);
    tool.pid = fork();
    if (tool.pid == 0)
        become_exiftool(to[0], from[1], fileno(tool.errors));
    close(to[0]);
    close(from[1]);
    tool.to = fdopen(to[1], "w");
    tool.from = fdopen(from[0], "r");
    return tool.pid > 0 && tool.to && tool.from && atexit(stop) == 0;
}

static bool write_file(exn_span in)
{
    FILE *file = fopen(tool.path, "wbe");
    const bool written = file && (in.size == 0 || fwrite(in.data, 1, in.size, file) == in.size);

    return file && fclose(file) == 0 && written;
}

/* Up to the line that says that it is ready, which is cut off. */
static bool read_answer(exn_buffer *out)
{
    char mark[32];
    const size_t size = (size_t)snprintf(mark, sizeof mark, "{ready%u}\n", tool.number);
    int c;

    while ((c = fgetc(tool.from)) != EOF) {
        const uint8_t byte = (uint8_t)c;
        if (exn_buffer_append(out, &byte, 1))
            return false;
        if (byte == '\n' && out->size >= size &&
            memcmp(out->data + out->size - size, mark, size) == 0) {
            out->size -= size;
            return true;
        }
    }
    return false;
}

/* What was added to the errors; the last line is the status. */
static int read_errors(exn_buffer *err)
{
    static off_t seen;
    char piece[4096];
    ssize_t n;
    int status = -1;

    while ((n = pread(fileno(tool.errors), piece, sizeof piece, seen)) > 0) {
        seen += n;
        if (exn_buffer_append(err, piece, (size_t)n))
            return -1;
    }
    if (exn_buffer_append(err, "", 1))
        return -1;
    const char *mark = strstr((const char *)err->data, "{status ");
    if (mark && sscanf(mark, "{status %d}", &status) == 1)
        err->size = (size_t)((const uint8_t *)mark - err->data);
    return status;
}

bool exn_test_exiftool_run(const char *const argv[], exn_span in, exn_test_proc *proc)
{
    *proc = (exn_test_proc){.status = -1};
    if (!start() || !write_file(in))
        return false;
    tool.number++;
    fputs("--System:all\n-echo4\n{status ${status}}\n", tool.to);
    for (size_t i = 1; argv[i]; i++)
        fprintf(tool.to, "%s\n", strcmp(argv[i], "-") == 0 ? tool.path : argv[i]);
    fprintf(tool.to, "-execute%u\n", tool.number);
    if (fflush(tool.to) == 0 && read_answer(&proc->out))
        proc->status = read_errors(&proc->err);
    return proc->status == 0;
}
