/* SPDX-License-Identifier: MIT */
#include "pictures.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "where.h"

/* A small picture has a few kilobytes; nothing larger than this goes into the page. */
enum { PICTURE_MOST = 48 << 10 };

/* The job has to be the first member, since the pool gives back a pointer to it. */
typedef struct task {
    exn_job job;
    char **to;
    struct task *next; /* in the list of those at workers */
} task;

/* Whatever has the file's name by now cannot make this wait or take over a terminal. */
static int open_file(const char *path, uint64_t *size)
{
    struct stat status;
    const int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
        *size = (uint64_t)status.st_size;
        return file;
    }
    if (file >= 0)
        close(file);
    return -1;
}

/* Takes path over. If the file cannot be opened the task has no source, and run() drops it: a
 * missing picture is not a failure. */
static task *make_task(char *path, uint32_t orientation, char **to)
{
    task *t = path ? calloc(1, sizeof *t) : NULL;
    if (t) {
        *t = (task){.job = {.kind = EXN_JOB_MINIATURE,
                            .output = -1,
                            .returns = true,
                            .orientation = orientation},
                    .to = to};
        t->job.source = open_file(path, &t->job.size);
    }
    free(path);
    return t;
}

static void free_task(task *t)
{
    if (t && t->job.source >= 0)
        close(t->job.source);
    if (t)
        exn_job_drop_output(&t->job);
    free(t);
}

static void free_tasks(task *all)
{
    while (all) {
        task *next = all->next;
        free_task(all);
        all = next;
    }
}

/* Converts an answer to Base64, whatever bytes a worker that was taken over may send. After a
 * failure *to stays NULL, and the gallery says that the picture is missing. */
static void take(exn_job *job, task **all)
{
    task *t = (task *)job;
    const size_t size = (size_t)job->answer.bytes_out;
    if (job->answer.error.status == EXN_OK && size <= PICTURE_MOST) {
        exn_error ignored = {0};
        void *bytes = exn_job_take_output(job, &ignored);
        if (bytes)
            *t->to = exn_text_base64_of(bytes, size);
        free(bytes);
    }
    while (*all && *all != t)
        all = &(*all)->next;
    if (*all)
        *all = t->next;
    free_task(t);
}

/* False: the run has to end. Takes over the task in any case: it is in *all while a worker has it,
 * and freed otherwise. While all workers are busy it takes answers, or both sides would wait for
 * each other. */
static bool run(exn_pool *pool, task *t, task **all)
{
    if (!t || t->job.source < 0) {
        free_task(t);
        return true;
    }
    while (!exn_pool_offer(pool, &t->job)) {
        exn_job *done = exn_pool_next(pool);
        if (!done) {
            free_task(t);
            return false;
        }
        take(done, all);
    }
    t->next = *all;
    *all = t;
    return true;
}

/* An output that was rotated or edited is shown as it is stored, since it has no orientation any
 * more; an unchanged one is shown by its own, like its source. The pool drops the jobs before their
 * descriptors are closed, since workers may still have to be sent them. */
void exn_page_pictures_make(exn_page *page, exn_pool *pool)
{
    const exn_page_run *r = &page->run;
    task *all = NULL;
    bool well = !pool->broken;
    for (size_t i = 0; well && i < page->pick_count; i++) {
        exn_page_pick *p = &page->picks[i];
        const int outcome = page->rows[p->row].outcome;
        const bool rotated = outcome >= EXN_OUTCOME_METADATA && outcome <= EXN_OUTCOME_REQUANTIZED;
        well =
            run(pool, make_task(exn_page_where_before(r, p->path, outcome), p->shown, &p->before),
                &all) &&
            run(pool,
                make_task(exn_page_where_after(r, p->path, outcome), rotated ? 0 : p->shown,
                          &p->after),
                &all);
    }
    for (exn_job *done; well && (done = exn_pool_next(pool)) != NULL;)
        take(done, &all);
    exn_pool_drop(pool);
    free_tasks(all);
}
