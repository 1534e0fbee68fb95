/* SPDX-License-Identifier: MIT */
#include "in_place.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/signals.h"
#include "batch/batch.h"
#include "labels/warning.h"
#include "list/list.h"
#include "write/backup.h"
#include "write/state.h"

/* Only if progress is shown, since it lists everything once more. */
static void count(exn_cli_options *options, exn_report *report)
{
    exn_roots roots;
    for (char **path = options->paths; report->progress.on && *path; path++) {
        if (exn_roots_open_in_place(&roots, *path) == EXN_EXIT_OK)
            report->progress.total += exn_list_count(&roots, NULL, options);
        exn_roots_close(&roots);
    }
}

/* A run stops for the same reasons as one over a single folder. */
static bool may_go_on(const exn_report *report)
{
    return !exn_report_has_stopped(report) && !report->unlisted;
}

/* The state is only for the temporary files of a run that was killed: finished files need none,
 * since they are not changed twice, and a run that fails or is stopped removes its temporary files
 * itself, or cannot remove them and stops with an output error. The rotated pictures outlive the
 * survey of their path, since the warning about label files comes at the very end. */
static void run_path(const exn_cli_options *options, const exn_roots *roots, exn_pool *pool,
                     exn_pictures *rotated, exn_report *report)
{
    exn_state *state = NULL;
    exn_list *list = NULL;
    static exn_survey survey; /* too large for a small stack */
    exn_exit exit = exn_state_open(&state, roots, options);
    report->prefix = roots->prefix;
    if (exit == EXN_EXIT_OK) {
        exn_state_clean(state, roots);
        list = exn_list_open(roots, NULL, options);
        if (!list)
            exit = exn_usage_error(options->in, "cannot list it: %s", strerror(errno));
    }
    if (exit == EXN_EXIT_OK)
        exn_batch_run(options, roots, state, pool, list, &survey, report);
    else
        report->unlisted = true;
    exn_list_close(list);
    if (may_go_on(report) && !exn_warning_gather(rotated, &survey.pictures, roots->prefix))
        report->broken = true;
    exn_survey_close(&survey);
    exn_state_close(state, !report->broken && !report->output_failed && !pool->broken);
    report->prefix = NULL;
}

/* Checks all paths before the first one is changed: a path that does not exist is a mistake in the
 * command, and nothing is done then. */
static exn_exit check_paths(const exn_cli_options *options)
{
    exn_exit exit = EXN_EXIT_OK;
    for (char **path = options->paths; *path && exit == EXN_EXIT_OK; path++) {
        exn_roots roots;
        exit = exn_roots_open_in_place(&roots, *path);
        exn_roots_close(&roots);
        if (exit == EXN_EXIT_OK)
            exit = exn_roots_check_report(*path, options);
    }
    return exit;
}

/* Called when all is done, since labels of one path may be about images of another (images/
 * labels/). A path that can no longer be opened has been processed and reported, and is skipped. */
static void warn(const exn_cli_options *options, exn_pool *pool, exn_pictures *rotated,
                 exn_report *report)
{
    if (!exn_warning_settle(rotated, report))
        return;
    for (char **path = options->paths; *path && may_go_on(report); path++) {
        exn_roots roots;
        exn_error gone = {0};
        if (exn_roots_open_path(&roots, *path, &gone)) {
            report->prefix = roots.prefix;
            exn_warning_run_one(options, &roots, pool, rotated, roots.prefix, report);
        }
        report->prefix = NULL;
        exn_roots_close(&roots);
    }
}

/* The backup is opened before the report, so that a refused backup leaves no report behind. */
exn_exit exn_in_place_run(exn_cli_options *options, exn_pool *pool)
{
    exn_report report;
    exn_pictures rotated = {0};
    exn_exit exit = check_paths(options);
    if (exit == EXN_EXIT_OK && options->backup)
        exit = exn_backup_open(&options->originals, options);
    if (exit == EXN_EXIT_OK)
        exit = exn_report_open(&report, options);
    if (exit == EXN_EXIT_OK) {
        count(options, &report);
        for (char **path = options->paths; *path && may_go_on(&report); path++) {
            exn_roots roots;
            /* The rest of the program needs IN and OUT, which are the same here. */
            options->in = options->out = *path;
            if (exn_roots_open_in_place(&roots, *path) == EXN_EXIT_OK)
                run_path(options, &roots, pool, &rotated, &report);
            else
                /* It existed a moment ago; continue with the others and return a failure. */
                report.unlisted = true;
            exn_roots_close(&roots);
        }
        if (may_go_on(&report) && options->labels == EXN_LABEL_FILES_WARN)
            warn(options, pool, &rotated, &report);
        exit = exn_report_close(&report, exn_signals_caught());
        exit = report.unlisted && exit == EXN_EXIT_OK ? EXN_EXIT_FAILED : exit;
    }
    exn_pictures_free(&rotated);
    exn_backup_close(options->originals);
    options->originals = NULL;
    return exit;
}
