/* SPDX-License-Identifier: MIT */
#include "tar_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <md5.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/below.h"
#include "base/error.h"
#include "base/io.h"
#include "base/memory.h"
#include "base/signals.h"
#include "base/text.h"
#include "index_dali.h"
#include "index_text.h"
#include "index_wids.h"
#include "tar.h"
#include "tar_index_seen.h"
#include "write/target.h"

/* ---- which file is an index */

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), n = strlen(ending);
    return length > n && strcasecmp(path + length - n, ending) == 0;
}

bool exn_tar_index_named(const char *path)
{
    return ends_in(path, ".idx") || ends_in(path, ".index") || ends_in(path, ".json") ||
           ends_in(path, ".index.sqlite");
}

/* Any JSON file with offsets may be one, if it has an archive's name; and so may one that cannot be
 * read. */
bool exn_tar_index_looks(const char *path, int source)
{
    exn_error unread = {0};
    if (!ends_in(path, ".json"))
        return true;
    exn_index_text t = exn_index_text_read(source, &unread);
    bool looks =
        unread.status == EXN_READ ||
        (t.data && (exn_index_text_has(&t, "shardlist\"") || exn_index_text_has(&t, "offset")));
    exn_index_text_free(&t);
    return looks;
}

/* ---- both sides of an archive */

typedef struct sides {
    int in, out; /* -1: it does not exist */
} sides;

/* IN may have links; OUT was made by a run and has none. O_NONBLOCK and O_NOCTTY, since the name
 * may belong to anything by now. */
static sides open_sides(const exn_tar_index *index, const char *path)
{
    const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    return (sides){.in = openat(index->roots->in, path, flags),
                   .out = index->dry_run ? -1 : exn_below_open(index->roots->out, path, flags, 0)};
}

static void close_sides(sides *s)
{
    if (s->in >= 0)
        close(s->in);
    if (s->out >= 0)
        close(s->out);
}

/* Compares bytes, since a resumed run may not have made the output itself. */
static bool are_same(const sides *s)
{
    struct stat in, out;
    exn_error ignored = {0};
    return fstat(s->in, &in) == 0 && fstat(s->out, &out) == 0 && in.st_size == out.st_size &&
           exn_io_compare(s->out, s->in, (uint64_t)in.st_size, &ignored) == EXN_OK;
}

/* An archive that is missing on either side counts as changed: better a warning too many. */
static bool has_changed(const exn_tar_index *index, const exn_tar_seen *seen)
{
    sides s = open_sides(index, seen->path);
    bool changed = index->dry_run ? seen->changed : s.in < 0 || s.out < 0 || !are_same(&s);
    close_sides(&s);
    return changed;
}

/* ---- DALI's */

typedef struct maps {
    exn_tar_map source, output;
    size_t *pairs;
} maps;

static void free_maps(maps *m)
{
    exn_tar_map_free(&m->source);
    exn_tar_map_free(&m->output);
    free(m->pairs);
}

/* Both lists of members are in memory at once; tar_map.c bounds each. */
static bool read_maps(const exn_tar_index *index, const sides *s, maps *m, exn_error *why)
{
    if (s->in < 0)
        return exn_error_set(why, EXN_READ, 0, "its archive cannot be opened") == EXN_OK;
    if (exn_tar_map_read(&m->source, s->in, why) != EXN_OK || index->dry_run)
        return why->status == EXN_OK;
    if (s->out < 0)
        return exn_error_set(why, EXN_READ, 0, "its archive is not in OUT") == EXN_OK;
    if (exn_tar_map_read(&m->output, s->out, why) != EXN_OK)
        return false;
    m->pairs = calloc(m->source.count + 1, sizeof *m->pairs);
    if (!m->pairs)
        return exn_error_set(why, EXN_MEMORY, 0, "out of memory") == EXN_OK;
    return exn_tar_map_pair(&m->source, &m->output, index->made, m->pairs) ||
           exn_error_set(why, EXN_MISMATCH, 0,
                         "the archive's members cannot be matched uniquely to "
                         "those in OUT") == EXN_OK;
}

/* The edited index, if it is that of this archive; the caller frees it. NULL, with the error. */
static char *edit_dali(const exn_tar_index *index, const exn_tar_seen *seen,
                       const exn_index_text *t, size_t *size, exn_error *why)
{
    char *edited = NULL;
    maps m = {0};
    sides s = open_sides(index, seen->path);
    FILE *to = open_memstream(&edited, size);
    exn_index_maps given = {.source = &m.source, .output = &m.output};
    bool fits = to && read_maps(index, &s, &m, why);
    given.pairs = m.pairs;
    fits = fits && exn_index_dali_edit(t->data, t->size, &given, to, why);
    if (!to || fclose(to) != 0)
        fits = exn_error_set(why, EXN_MEMORY, 0, "out of memory") == EXN_OK;
    free_maps(&m);
    close_sides(&s);
    if (fits)
        return edited;
    free(edited);
    return NULL;
}

/* Puts the edited text into a memory file, if it differs. */
static exn_tar_verdict take_edited(const exn_index_text *t, const char *edited, size_t size,
                                   int *product, exn_error *why)
{
    if (size == t->size && memcmp(edited, t->data, size) == 0)
        return EXN_TAR_INDEX_TRUE;
    *product = exn_memory_open(why);
    if (*product < 0 || exn_memory_write(*product, edited, size, why) != EXN_OK)
        return EXN_TAR_INDEX_STALE;
    return EXN_TAR_INDEX_EDITED;
}

/* Ranks archives with that key: those beside the index first, and then the one whose whole name it
 * has. */
static int rank(const char *path, const exn_tar_seen *seen)
{
    return 2 * exn_tar_index_seen_beside(path, seen->path) +
           exn_tar_index_seen_named(path, seen->path);
}

static int best_rank(const exn_tar_index *index, const char *path, size_t first, size_t count)
{
    int best = 0;
    for (size_t i = 0; i < count; i++) {
        int r = rank(path, &index->seen[first + i]);
        best = r > best ? r : best;
    }
    return best;
}

/* Tries the archives that the index may belong to; it has to match exactly one of them. Offsets of
 * one archive hardly ever match another by chance, but they do match an equal one: then there is no
 * telling which is meant, and the index stays unchanged. */
static exn_tar_verdict judge_dali(exn_tar_index *index, const char *path, const exn_index_text *t,
                                  int *product, exn_error *why)
{
    size_t count, first = exn_tar_index_seen_find(index, path, &count), found = 0, size = 0;
    int best = best_rank(index, path, first, count);
    char *edited = NULL;
    bool changed = false;
    for (size_t i = 0; i < count; i++) {
        const exn_tar_seen *seen = &index->seen[first + i];
        exn_error reason = {0};
        size_t length;
        char *made = rank(path, seen) == best ? edit_dali(index, seen, t, &length, &reason) : NULL;
        if (made) {
            found++;
            free(edited);
            edited = made;
            size = length;
            changed = seen->changed;
        } else if (why->status == EXN_OK) {
            *why = reason;
        }
    }
    exn_tar_verdict verdict = EXN_TAR_INDEX_STALE;
    if (found == 1)
        *why = (exn_error){0};
    if (found == 1 && index->dry_run)
        verdict = changed ? EXN_TAR_INDEX_EDITED : EXN_TAR_INDEX_TRUE;
    else if (found == 1)
        verdict = take_edited(t, edited, size, product, why);
    else if (found > 1)
        exn_error_set(why, EXN_MISMATCH, 0, "%zu archives match it", found);
    else if (count == 0)
        exn_error_set(why, EXN_READ, 0, "its archive is not part of this run");
    free(edited);
    return verdict;
}

/* ---- wids' */

/* Converts a URL that is a path relative to the index's folder to a path below the roots; the
 * caller frees it. NULL: it is not a path, or leads out of the roots. A colon may end a scheme (RFC
 * 3986, 3.1), and then it is not a path. Indexes are untrusted and must not lead to other files. */
static char *resolve(const char *index, const char *base, const char *url)
{
    char *joined = NULL, *to, *part;
    const char *steps[] = {base, url};
    for (int i = 0; i < 2; i++)
        if (steps[i] && (*steps[i] == '/' || strchr(steps[i], ':')))
            return NULL;
    if (asprintf(&joined, "%.*s%s/%s", (int)exn_text_folder_size(index), index, base ? base : "",
                 url) < 0)
        return NULL;
    char *path = to = malloc(strlen(joined) + 2), *rest = joined;
    bool inside = path != NULL;
    while (inside && (part = strsep(&rest, "/")) != NULL) {
        if (strcmp(part, "..") == 0) {
            inside = to > path;
            while (inside && to > path && *--to != '/')
                continue;
        } else if (*part && strcmp(part, ".") != 0) {
            if (to > path)
                *to++ = '/';
            to = stpcpy(to, part);
        }
    }
    free(joined);
    if (inside && to > path) {
        *to = '\0';
        return path;
    }
    free(path);
    return NULL;
}

/* MD5 because wids uses it; it protects nothing here. */
static bool sum_md5(int fd, char text[33])
{
    enum { CHUNK = 1 << 16 };
    MD5_CTX sum;
    uint8_t *data = malloc(CHUNK);
    ssize_t n = data ? 1 : -1;
    MD5Init(&sum);
    for (uint64_t at = 0; n > 0 && !exn_signals_caught(); at += n > 0 ? (uint64_t)n : 0) {
        n = exn_io_read_at(fd, data, CHUNK, at);
        if (n > 0)
            MD5Update(&sum, data, (size_t)n);
    }
    MD5End(&sum, text);
    free(data);
    return n == 0;
}

static bool fits_shard(const exn_wids_shard *shard, int fd)
{
    struct stat status;
    char md5[33];
    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return false;
    return (shard->bytes_at.size == 0 || shard->bytes == (uint64_t)status.st_size) &&
           (shard->md5_at.size == 0 || (sum_md5(fd, md5) && strcasecmp(md5, shard->md5) == 0));
}

/* Samples are not counted again, so no member may be missing. */
static bool edit_shard(const exn_tar_index *index, exn_wids_shard *shard, const sides *s,
                       exn_error *why)
{
    maps m = {0};
    struct stat status;
    bool good = read_maps(index, s, &m, why);
    if (good && m.source.count != m.output.count)
        good = exn_error_set(why, EXN_MISMATCH, 0, "members of an archive were left out") == EXN_OK;
    free_maps(&m);
    if (!good)
        return false;
    char md5[33];
    if (fstat(s->out, &status) != 0 || (shard->md5_at.size > 0 && !sum_md5(s->out, md5)))
        return exn_error_set(why, EXN_READ, errno, "an archive cannot be read again") == EXN_OK;
    shard->bytes = (uint64_t)status.st_size;
    if (shard->md5_at.size > 0 && strcasecmp(md5, shard->md5) != 0)
        memcpy(shard->md5, md5, sizeof md5);
    return true;
}

static bool is_there(const exn_tar_index *index, const char *path)
{
    struct stat status;
    return path && fstatat(index->roots->in, path, &status, 0) == 0 && S_ISREG(status.st_mode);
}

static bool has_size(const exn_tar_index *index, const exn_wids_shard *shard, const char *path)
{
    struct stat status;
    return shard->bytes_at.size == 0 || (fstatat(index->roots->in, path, &status, 0) == 0 &&
                                         (uint64_t)status.st_size == shard->bytes);
}

/* The first archive of the run with the name at the end of the URL and the right size or, failing
 * that, the first with the name; the caller frees it. NULL: there is none. */
static char *find_named(exn_tar_index *index, const exn_wids_shard *shard)
{
    const char *name = shard->url + exn_text_folder_size(shard->url), *best = NULL;
    size_t count, first = exn_tar_index_seen_find(index, name, &count);
    for (size_t i = first; i < first + count; i++) {
        const char *path = index->seen[i].path;
        if (strcmp(path + exn_text_folder_size(path), name) != 0)
            continue;
        best = best ? best : path;
        if (has_size(index, shard, path)) {
            best = path;
            break;
        }
    }
    return best ? strdup(best) : NULL;
}

/* The path of a shard's archive, below IN. */
static char *path_of_shard(exn_tar_index *index, const char *path, const char *base,
                           const exn_wids_shard *shard)
{
    char *below = resolve(path, base, shard->url);
    if (!is_there(index, below)) {
        free(below);
        below = resolve(path, NULL, shard->url);
    }
    if (is_there(index, below))
        return below;
    free(below);
    return find_named(index, shard);
}

static bool has_changed_here(exn_tar_index *index, const char *path)
{
    size_t count, first = exn_tar_index_seen_find(index, path, &count);
    for (size_t i = first; i < first + count; i++)
        if (strcmp(index->seen[i].path, path) == 0)
            return index->seen[i].changed;
    return false;
}

/* Edits what the index says about a shard. False: it is stale. *changed: set if the run has changed
 * the archive. */
static bool judge_shard(exn_tar_index *index, const char *archive, exn_wids_shard *shard,
                        bool *changed, exn_error *why)
{
    sides s = open_sides(index, archive);
    bool good = fits_shard(shard, s.in);
    if (!good)
        exn_error_set(why, EXN_MISMATCH, 0, "a size or MD5 does not match its archive");
    else if (!index->dry_run)
        good = edit_shard(index, shard, &s, why);
    *changed = *changed || has_changed_here(index, archive);
    close_sides(&s);
    return good;
}

/* Compares pointers to paths, for qsort(3). */
static int by_path(const void *a, const void *b)
{
    const char *const *p = a, *const *q = b;
    return strcmp(*p, *q);
}

/* Refused, since an archive is read for each entry, and an index could name it a million times. */
static bool is_any_twice(char **paths, size_t count)
{
    size_t have = 0;
    char **sorted = calloc(count + 1, sizeof *sorted);
    for (size_t i = 0; sorted && i < count; i++)
        if (paths[i])
            sorted[have++] = paths[i];
    if (have)
        qsort(sorted, have, sizeof *sorted, by_path);
    bool twice = sorted == NULL;
    for (size_t i = 1; i < have && !twice; i++)
        twice = strcmp(sorted[i - 1], sorted[i]) == 0;
    free(sorted);
    return twice;
}

/* A shard whose archive does not exist here is left unchanged. */
static bool judge_shards(exn_tar_index *index, const char *path, exn_wids *wids, bool *changed,
                         exn_error *why)
{
    char **paths = calloc(wids->count + 1, sizeof *paths);
    for (size_t i = 0; paths && i < wids->count; i++)
        paths[i] = path_of_shard(index, path, wids->base, &wids->shards[i]);
    bool good = paths && !is_any_twice(paths, wids->count);
    if (!good)
        exn_error_set(why, EXN_MISMATCH, 0, "it names an archive twice");
    for (size_t i = 0; i < wids->count && good; i++)
        good = !paths[i] || judge_shard(index, paths[i], &wids->shards[i], changed, why);
    for (size_t i = 0; paths && i < wids->count; i++)
        free(paths[i]);
    free(paths);
    return good;
}

static exn_tar_verdict judge_wids(exn_tar_index *index, const char *path, const exn_index_text *t,
                                  int *product, exn_error *why)
{
    exn_wids wids;
    char *edited = NULL;
    size_t size = 0;
    bool changed = false, good = exn_index_wids_read(&wids, t->data, t->size, why) &&
                                 judge_shards(index, path, &wids, &changed, why);
    exn_tar_verdict verdict = EXN_TAR_INDEX_STALE;
    FILE *to = good && !index->dry_run ? open_memstream(&edited, &size) : NULL;
    if (to)
        exn_index_wids_write(&wids, t->data, t->size, to);
    if (good && index->dry_run)
        verdict = changed ? EXN_TAR_INDEX_EDITED : EXN_TAR_INDEX_TRUE;
    else if (to && fclose(to) == 0)
        verdict = take_edited(t, edited, size, product, why);
    else
        exn_error_set(why, EXN_MEMORY, 0, "out of memory");
    free(edited);
    exn_index_wids_free(&wids);
    return verdict;
}

/* ---- all */

/* For a file of unknown format with the name of an archive beside it. */
static exn_tar_verdict judge_other(exn_tar_index *index, const char *path, exn_error *why)
{
    size_t count, first = exn_tar_index_seen_find(index, path, &count);
    for (size_t i = first; i < first + count; i++)
        if (rank(path, &index->seen[i]) == 3 && has_changed(index, &index->seen[i])) {
            exn_error_set(why, EXN_UNSUPPORTED, 0, "unknown format, and the archive has changed");
            return EXN_TAR_INDEX_STALE;
        }
    return EXN_TAR_INDEX_TRUE;
}

exn_tar_verdict exn_tar_index_edit(exn_tar_index *index, const char *path, int source, int *product,
                                   exn_error *why)
{
    exn_error unread = {0};
    exn_tar_verdict verdict;
    exn_index_text t = exn_index_text_read(source, &unread);
    *product = -1;
    if (unread.status == EXN_READ) {
        *why = unread;
        return EXN_TAR_INDEX_STALE;
    }
    if (t.data && ends_in(path, ".idx") && exn_index_dali_begins(t.data, t.size))
        verdict = judge_dali(index, path, &t, product, why);
    else if (t.data && ends_in(path, ".json") && exn_index_wids_is(t.data, t.size))
        verdict = judge_wids(index, path, &t, product, why);
    else
        verdict = judge_other(index, path, why);
    exn_index_text_free(&t);
    return verdict;
}
