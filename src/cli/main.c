/* SPDX-License-Identifier: MIT */
/* The story of a run: options -> list -> batch -> report -> exit status. */
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/signals.h"
#include "base/text.h"
#include "base/usage.h"
#include "batch/batch.h"
#include "check.h"
#include "completion.h"
#include "in_place.h"
#include "labels/drawn.h"
#include "labels/warning.h"
#include "list/orientations.h"
#include "list/several.h"
#include "page/old_report.h"
#include "streams/pipe.h"
#include "streams/tar_names.h"
#include "streams/tar_reader.h"
#include "undo.h"
#include "workers/decoder.h"
#include "workers/pool.h"
#include "write/state.h"

/* A caller may have closed one of the three standard streams; a file opened in its place would get
 * our messages. /dev/null, opened the wrong way round, gives EBADF like a closed stream, so that a
 * report that cannot be written is still an error. */
static void hold_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Many runs may share one log, such as the shards of a job, and their lines must not mix. A line
 * that fits in the buffer is one write(2), which appends it in one piece (O_APPEND). */
static void write_whole_lines(void)
{
    static char line[1 << 15];
    setvbuf(stderr, line, _IOLBF, sizeof line);
}

/* Names the lines of --orientations that matched nothing, once the run has seen everything. */
static void tell_unmet(exn_report *report, const exn_cli_options *options)
{
    if (!options->tar || options->shards || options->files_from || exn_report_has_stopped(report))
        return;
    exn_progress_clear(&report->progress);
    report->unmet = exn_orientations_tell_unmet(options->given, stderr, options);
}

/* All items of one input. */
static exn_exit run_items(const exn_cli_options *options, const exn_roots *roots,
                          const exn_names *names, exn_state *state, exn_pool *pool,
                          exn_survey *survey, exn_report *report)
{
    if (options->from_stdin || options->to_stdout) {
        exn_pipe_run(options, roots, pool, &survey->pictures, report);
        tell_unmet(report, options);
        return EXN_EXIT_OK;
    }
    if (report->progress.on)
        report->progress.total += exn_list_count(roots, names, options);
    exn_list *list = exn_list_open(roots, names, options);
    if (!list) {
        report->unlisted = true;
        return exn_usage_error(options->in, "cannot list IN: %s", strerror(errno));
    }
    exn_batch_run(options, roots, state, pool, list, survey, report);
    exn_list_close(list);
    if (!exn_report_has_stopped(report) && roots->folder && !options->inputs &&
        options->labels == EXN_LABEL_FILES_WARN)
        exn_warning_run(options, roots, names, pool, &survey->pictures, report);
    if (!exn_report_has_stopped(report) && options->labels == EXN_LABEL_FILES_MOVE)
        exn_warning_masks(options, survey, report);
    tell_unmet(report, options);
    return EXN_EXIT_OK;
}

/* Several inputs share one report, which is open already; a single input opens its own. Once open,
 * it is closed by exn_report_close(), whatever happens: its last line says why the run ended. */
static exn_exit begin_report(exn_report *report, bool is_shared, const exn_roots *roots,
                             const exn_cli_options *options)
{
    const exn_exit exit = is_shared ? EXN_EXIT_OK : exn_report_open(report, options);
    report->prefix = roots->prefix;
    return exit;
}

static exn_exit end_report(exn_report *report, bool is_shared, int stopped)
{
    report->prefix = NULL;
    return is_shared ? EXN_EXIT_OK : exn_report_close(report, stopped);
}

/* shared: the report of several inputs; NULL: this is the only one. *final: nothing is left for
 * another run. */
static exn_exit run(const exn_cli_options *options, const exn_roots *roots, const exn_names *names,
                    exn_state *state, exn_pool *pool, exn_survey *survey, exn_report *shared,
                    bool *final)
{
    exn_report own = {0}, *report = shared ? shared : &own;
    exn_exit exit = begin_report(report, shared, roots, options);
    if (exit != EXN_EXIT_OK)
        return exit;
    exn_exit unlisted = run_items(options, roots, names, state, pool, survey, report);
    exit = end_report(report, shared, exn_signals_caught());
    *final = exn_totals_are_final(report, exn_signals_caught());
    return unlisted == EXN_EXIT_OK ? exit : unlisted;
}

/* The state says beforehand that OUT is this run's, for --resume after a kill. */
static exn_exit make_out(const exn_cli_options *options, exn_roots *roots, exn_state *state)
{
    struct stat status;
    exn_error error = {0};
    if (roots->folder && stat(options->out, &status) != 0 &&
        exn_state_folder(state, "", &error) != EXN_OK) {
        fprintf(stderr, "exifnorm: %s: %s\n", error.detail, strerror(error.sys_errno));
        return EXN_EXIT_OUTPUT;
    }
    exn_exit exit = exn_roots_make_out(roots, options);
    roots->made = roots->made || exn_state_made(state, "");
    return exit;
}

/* Standard input is refused, since an image without a name cannot be listed. */
static exn_exit read_given(exn_cli_options *options, const exn_roots *roots)
{
    if (options->orientations && options->from_stdin && !options->tar)
        return exn_usage_error(NULL, "--orientations lists names; standard input has none");
    exn_exit exit = exn_orientations_read(&options->given, options);
    if (exit == EXN_EXIT_OK && !options->from_stdin)
        exn_orientations_meet(options->given, roots);
    return exit == EXN_EXIT_OK ? exn_orientations_check(options->given, options) : exit;
}

/* Nothing has been written yet, but the reason is in the report. */
static exn_exit refuse_labels(const exn_survey *survey, const exn_roots *roots,
                              const exn_cli_options *options, exn_report *shared)
{
    exn_report own = {0}, *report = shared ? shared : &own;
    const exn_exit exit = begin_report(report, shared, roots, options);
    if (exit != EXN_EXIT_OK)
        return exit;
    report->undecided = true;
    exn_progress_clear(&report->progress);
    exn_survey_report(survey, report);
    exn_survey_refuse(survey);
    const exn_exit closed = end_report(report, shared, 0);
    return shared ? EXN_EXIT_FAILED : closed;
}

/* With a mistake in a GLOB, masks would silently stay as they are. No warning for a part of IN,
 * which may have none. */
static void warn_of_masks(const exn_survey *survey, const exn_cli_options *options,
                          const exn_names *names)
{
    const char *glob = options->shards || names ? NULL : exn_survey_idle_masks(survey);
    if (!glob)
        return;
    fputs("exifnorm: --masks=", stderr);
    exn_text_quote(stderr, "", glob);
    fputs(": no file in IN is a mask by that\n", stderr);
}

/* The frame of all labels has to be known before the first image is written: half a data set in a
 * new frame is worse than none. */
static exn_exit survey_labels(exn_survey *survey, const exn_cli_options *options,
                              const exn_roots *roots, const exn_names *names, exn_pool *pool,
                              exn_report *shared)
{
    const exn_scout scout = {.options = options, .roots = roots, .names = names, .pool = pool};
    if (options->labels != EXN_LABEL_FILES_MOVE)
        return EXN_EXIT_OK;
    if (!roots->folder && !options->tar)
        return exn_usage_error(NULL, "--labels=move is for folders of files, and for archives");
    if (options->tar && options->labels_frame == EXN_LABEL_FRAME_AUTO)
        return exn_usage_error(NULL, "--labels=move with --tar requires --labels-frame=stored or "
                                     "--labels-frame=displayed: a stream is not read twice; "
                                     "--check --labels --tar says in which frame labels are");
    if (!roots->folder)
        return EXN_EXIT_OK;
    const bool done = options->labels_frame == EXN_LABEL_FRAME_AUTO
                          ? exn_survey_images(survey, scout) && exn_survey_labels(survey, scout)
                          : exn_survey_masks(survey, scout);
    if (!done)
        return pool->broken ? EXN_EXIT_INTERNAL : EXN_EXIT_FAILED;
    warn_of_masks(survey, options, names);
    if (options->labels_frame == EXN_LABEL_FRAME_AUTO && exn_survey_undecided(survey) > 0)
        return refuse_labels(survey, roots, options, shared);
    exn_survey_decided(survey);
    return EXN_EXIT_OK;
}

/* Somebody whose run was interrupted may not know of --resume. */
static void tell_state(const exn_cli_options *options, const exn_state *state, bool final)
{
    const char *name = exn_state_name(state);
    if (final || !name || options->quiet)
        return;
    fprintf(stderr, "exifnorm: %s with --resume continues this run; its state is ",
            options->inputs && !options->joined ? "a run of this input into its output alone"
                                                : "the same command");
    exn_text_quote(stderr, "", name);
    fputc('\n', stderr);
}

/* The path from OUT to the images of one of several inputs: label files are matched with images in
 * that tree. */
static const char *folder_of(const exn_cli_options *options, const exn_roots *roots)
{
    static char folder[PATH_MAX + 2];
    const char *slash = strrchr(options->out, '/');
    snprintf(folder, sizeof folder, "%s%s", roots->folder ? slash ? slash + 1 : options->out : "",
             roots->folder ? "/" : "");
    return folder;
}

/* Everything that can be refused is refused before OUT is made. The state is opened before OUT, and
 * an earlier run's temporary files are removed before the first new one. */
static exn_exit normalize(exn_cli_options *options, exn_pool *pool, exn_report *shared,
                          exn_pictures *rotated)
{
    exn_roots roots;
    exn_names names = {0};
    exn_exit exit = exn_roots_open(&roots, options);
    if (exit == EXN_EXIT_OK && !roots.folder && (options->files_from || options->shards))
        exit = exn_usage_error(options->in, "--files-from and --shard are for folders");
    if (exit == EXN_EXIT_OK && !roots.folder && !options->tar && exn_tar_name_is(options->in))
        exit = exn_usage_error(options->in, "IN is an archive; use --tar for the images in it");
    if (exit == EXN_EXIT_OK && options->files_from)
        exit = exn_names_read(&names, options);
    if (exit == EXN_EXIT_OK)
        exit = read_given(options, &roots);
    static exn_survey survey; /* too large for a small stack */
    const exn_names *listed = options->files_from ? &names : NULL;
    if (exit == EXN_EXIT_OK)
        exit = survey_labels(&survey, options, &roots, listed, pool, shared);
    exn_state *state = NULL;
    bool begun = false, final = false;
    if (exit == EXN_EXIT_OK)
        exit = exn_state_open(&state, &roots, options);
    if (exit == EXN_EXIT_OK)
        exit = make_out(options, &roots, state);
    if (exit == EXN_EXIT_OK) {
        begun = true;
        exn_state_clean(state, &roots);
        exit = run(options, &roots, listed, state, pool, &survey, shared, &final);
        tell_state(options, state, final && !pool->broken);
    }
    exn_state_close(state, !begun || (final && !pool->broken));
    if (rotated && !exn_warning_gather(rotated, &survey.pictures, folder_of(options, &roots)))
        shared->broken = true;
    exn_survey_close(&survey);
    exn_names_free(&names);
    exn_roots_close(&roots);
    return exit;
}

/* Called when all is done, since labels of one input may be about images of another (images labels
 * OUT). */
static void warn_of_several(const exn_several *several, exn_cli_options *options, exn_pool *pool,
                            exn_pictures *rotated, exn_report *report)
{
    if (exn_report_has_stopped(report) || !exn_warning_settle(rotated, report))
        return;
    for (size_t i = 0; i < several->count && !exn_report_has_stopped(report); i++) {
        exn_roots roots;
        exn_error gone = {0};
        exn_several_take(several, i, options);
        if (exn_roots_open_path(&roots, options->in, &gone)) {
            report->prefix = roots.prefix;
            exn_warning_run_one(options, &roots, pool, rotated, folder_of(options, &roots), report);
        }
        report->prefix = NULL;
        exn_roots_close(&roots);
    }
}

/* One after another; normalize() adds the images that it has rotated to `rotated`. */
static exn_exit normalize_each(const exn_several *several, exn_cli_options *options, exn_pool *pool,
                               exn_pictures *rotated, exn_report *report)
{
    exn_exit exit = EXN_EXIT_OK;
    for (size_t i = 0; i < several->count && !exn_report_has_stopped(report) && exit == EXN_EXIT_OK;
         i++) {
        exn_several_take(several, i, options);
        exit = normalize(options, pool, report, rotated);
    }
    return exit;
}

/* IN1 IN2 ... OUT, as with cp(1): each input becomes OUT/NAME. */
static exn_exit normalize_several(exn_cli_options *options, exn_pool *pool)
{
    exn_several several;
    exn_report report;
    exn_pictures rotated = {0};
    exn_exit exit = exn_several_open(&several, options);
    for (size_t i = 0; i < several.count && exit == EXN_EXIT_OK; i++)
        exit = exn_several_check(&several, i, options);
    options->out = several.out;
    if (exit == EXN_EXIT_OK && options->labels == EXN_LABEL_FILES_MOVE)
        exit = exn_several_join(&several, options);
    if (exit == EXN_EXIT_OK)
        exit = exn_report_open(&report, options);
    if (exit != EXN_EXIT_OK) {
        exn_several_close(&several);
        return exit;
    }
    exit = options->joined ? normalize(options, pool, &report, NULL)
                           : normalize_each(&several, options, pool, &rotated, &report);
    if (exit == EXN_EXIT_OK && options->labels == EXN_LABEL_FILES_WARN)
        warn_of_several(&several, options, pool, &rotated, &report);
    options->joined = NULL;
    exn_pictures_free(&rotated);
    exn_exit closed = exn_report_close(&report, exn_signals_caught());
    exn_several_close(&several);
    return exit == EXN_EXIT_OK ? closed : exit;
}

/* A listed path may be in any of the inputs. */
static exn_exit check_given(exn_cli_options *options)
{
    exn_exit exit = exn_orientations_read(&options->given, options);
    for (char **path = options->paths; options->given && *path && exit == EXN_EXIT_OK; path++) {
        exn_roots roots = {.in = -1, .out = -1};
        exn_error unread = {0};
        if (!exn_check_is_stdin(options, *path) && exn_roots_open_path(&roots, *path, &unread))
            exn_orientations_meet(options->given, &roots);
        exn_roots_close(&roots);
    }
    return exit == EXN_EXIT_OK ? exn_orientations_check(options->given, options) : exit;
}

/* A path that does not exist is a mistake in the command, not a failed image. */
static exn_exit check_paths(const exn_cli_options *options)
{
    struct stat status;
    for (char **path = options->paths; *path; path++) {
        if (exn_check_is_stdin(options, *path))
            continue;
        const bool there = stat(*path, &status) == 0;
        if (!there && errno == ENOENT && strcmp(*path, "-") == 0)
            return exn_usage_error(*path,
                                   "to look at an archive from standard input: --check --tar -");
        if (!there && (errno == ENOENT || errno == ENOTDIR))
            return exn_usage_error(*path, "%s", strerror(errno));
        if (there && S_ISREG(status.st_mode) && !options->tar && exn_tar_name_is(*path))
            return exn_usage_error(*path, "an archive; use --check --tar for the images in it");
    }
    return EXN_EXIT_OK;
}

static exn_exit check(exn_cli_options *options, exn_pool *pool)
{
    exn_report report;
    exn_exit exit = check_paths(options);
    if (exit == EXN_EXIT_OK)
        exit = check_given(options);
    for (char **path = options->paths; *path && exit == EXN_EXIT_OK; path++)
        exit = exn_roots_check_report(*path, options);
    if (exit == EXN_EXIT_OK)
        exit = exn_report_open(&report, options);
    if (exit != EXN_EXIT_OK)
        return exit;
    exn_check_run(options, pool, &report);
    tell_unmet(&report, options);
    return exn_report_close(&report, exn_signals_caught());
}

/* The page is written when all else is done, with the workers' help. */
static exn_exit run_with_page(exn_cli_options *options, exn_pool *pool)
{
    if (options->tar && !exn_tar_reader_is_there())
        return exn_usage_error(NULL, "--tar needs libarchive.so.13, which cannot be loaded here; "
                                     "install libarchive13 (Debian) or libarchive");
    options->page = options->html ? exn_page_open(options, exn_drawn_find) : NULL;
    if (options->html && !options->page)
        return exn_usage_error(NULL, "out of memory");
    if (options->from_report)
        return exn_old_report_run(options, pool);
    exn_exit exit = options->check      ? check(options, pool)
                    : options->in_place ? exn_in_place_run(options, pool)
                    : options->inputs   ? normalize_several(options, pool)
                                        : normalize(options, pool, NULL, NULL);
    const exn_exit closed = exn_page_close(options->page, pool);
    return closed == EXN_EXIT_OK ? exit : closed;
}

/* When everything is closed, a caught signal is raised again with its default action, so that the
 * caller's shell sees that it has ended the program. */
int main(int argc, char **argv)
{
    exn_cli_options options;
    hold_streams();
    write_whole_lines();
    exn_exit exit = exn_cli_options_parse(&options, argc, argv);
    if (exit == EXN_EXIT_OK && !options.done)
        exit = exn_decoder_check(&options);
    if (exit == EXN_EXIT_OK && options.completion)
        exn_completion_print(options.completion);
    if (exit == EXN_EXIT_OK && options.done)
        exit = fflush(stdout) == 0 && !ferror(stdout) ? EXN_EXIT_OK : EXN_EXIT_OUTPUT;
    if (exit != EXN_EXIT_OK || options.done)
        return (int)exit;
    exn_signals_install();
    if (options.undo) {
        exit = exn_undo_run(&options);
        exn_signals_reraise();
        return (int)exit;
    }
    exn_pool pool; /* started first, since a worker inherits only what this process has now */
    exit = exn_pool_start(&pool, &options);
    if (exit == EXN_EXIT_OK)
        exit = run_with_page(&options, &pool);
    exn_orientations_close(options.given);
    if (!exn_pool_stop(&pool) && exit != EXN_EXIT_OUTPUT)
        exit = EXN_EXIT_INTERNAL;
    exn_signals_reraise();
    return (int)exit;
}
