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

static void ask(const char *const argv[], exn_test_proc *proc)
{
    tool.number++;
    fputs("--System:all\n-echo4\n{status ${status}}\n", tool.to);
    for (size_t i = 1; argv[i]; i++)
        fprintf(tool.to, "%s\n", strcmp(argv[i], "-") == 0 ? tool.path : argv[i]);
    fprintf(tool.to, "-execute%u\n", tool.number);
    if (fflush(tool.to) == 0 && read_answer(&proc->out))
        proc->status = read_errors(&proc->err);
}

/* What was asked of which bytes, and answered: a preview is often taken out of a hundred files. */
typedef struct answer {
    struct answer *next;
    exn_buffer question; /* arguments, each with its end, and the bytes */
    exn_test_proc proc;
} answer;

static answer *answers;

static bool append_question(const char *const argv[], exn_span in, exn_buffer *to)
{
    for (size_t i = 1; argv[i]; i++)
        if (exn_buffer_append(to, argv[i], strlen(argv[i]) + 1) != EXN_OK)
            return false;
    return exn_buffer_append(to, in.data, in.size) == EXN_OK;
}

static const answer *find_answer(const exn_buffer *question)
{
    const answer *a = answers;
    while (a && (a->question.size != question->size ||
                 memcmp(a->question.data, question->data, question->size) != 0))
        a = a->next;
    return a;
}

static bool copy_answer(const exn_test_proc *from, exn_test_proc *to)
{
    to->status = from->status;
    return exn_buffer_append(&to->out, from->out.data, from->out.size) == EXN_OK &&
           exn_buffer_append(&to->err, from->err.data, from->err.size) == EXN_OK;
}

bool exn_test_exiftool_run(const char *const argv[], exn_span in, exn_test_proc *proc)
{
    exn_buffer question = {0};
    *proc = (exn_test_proc){.status = -1};
    if (!append_question(argv, in, &question))
        return false;
    const answer *known = in.size ? find_answer(&question) : NULL; /* else it is asked of a file */
    if (known) {
        exn_buffer_free(&question);
        return copy_answer(&known->proc, proc) && proc->status == 0;
    }
    answer *a = calloc(1, sizeof *a);
    if (!a || !start() || !write_file(in))
        return false;
    *a = (answer){.next = answers, .question = question, .proc = {.status = -1}};
    answers = a;
    ask(argv, &a->proc);
    return copy_answer(&a->proc, proc) && proc->status == 0;
}
