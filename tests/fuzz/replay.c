/* SPDX-License-Identifier: MIT */
/* Runs files through a fuzz target without libFuzzer, each with every choice of options: the
 * regression test for what fuzzing found, for any compiler and sanitizer.
 * It prints of how many files each kind of input was that the target is for; --kinds: it fails
 * where one was not there, so that a target's corpus reaches the code it is for.
 *
 *     replay [--kinds] FILE|FOLDER... */
#include <errno.h>
#include <fts.h>
#include <stdbool.h>

#include "fuzz.h"

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    long end = -1;
    if (file && fseek(file, 0, SEEK_END) == 0)
        end = ftell(file);
    if (end >= 0 && fseek(file, 0, SEEK_SET) == 0)
        data = malloc((size_t)end + 1);
    if (data && fread(data, 1, (size_t)end, file) != (size_t)end) {
        free(data);
        data = NULL;
    }
    if (file)
        fclose(file);
    *size = data ? (size_t)end : 0;
    return data;
}

enum { MAX_KINDS = 64 };
static size_t files_of[MAX_KINDS];

static bool kinds_fit(void)
{
    size_t count = 0;
    while (exn_fuzz_kinds[count].name)
        count++;
    return count <= MAX_KINDS;
}

static int replay(const char *path)
{
    size_t size, before[MAX_KINDS];
    uint8_t *data = read_file(path, &size);
    if (!data) {
        perror(path);
        return 1;
    }
    if (getenv("REPLAY_NAMES"))
        fprintf(stderr, "%s\n", path);
    for (size_t i = 0; exn_fuzz_kinds[i].name; i++)
        before[i] = exn_fuzz_kinds[i].count;
    for (unsigned choice = 0; choice < exn_fuzz_choices; choice++)
        exn_fuzz_one(data, size, choice);
    for (size_t i = 0; exn_fuzz_kinds[i].name; i++)
        files_of[i] += exn_fuzz_kinds[i].count > before[i];
    free(data);
    return 0;
}

/* Prints what was there; 1 where a kind was not. */
static int tell_kinds(void)
{
    int missing = 0;
    for (size_t i = 0; exn_fuzz_kinds[i].name; i++) {
        printf("%8zu  %s\n", files_of[i], exn_fuzz_kinds[i].name);
        missing |= files_of[i] == 0;
    }
    return missing;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

int main(int argc, char **argv)
{
    int all_kinds = argc > 1 && strcmp(argv[1], "--kinds") == 0;
    if (argc < 2 + all_kinds || !kinds_fit()) {
        fprintf(stderr, "usage: replay [--kinds] FILE|FOLDER..., for up to %d kinds\n", MAX_KINDS);
        return 2;
    }
    FTS *walk = fts_open(argv + 1 + all_kinds, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    size_t count = 0;
    int failed = walk == NULL;
    while (walk && (entry = fts_read(walk)) != NULL) {
        if (entry->fts_info == FTS_F) {
            failed |= replay(entry->fts_accpath);
            count++;
        } else if (entry->fts_info == FTS_NS || entry->fts_info == FTS_DNR ||
                   entry->fts_info == FTS_ERR) {
            fprintf(stderr, "%s: %s\n", entry->fts_path, strerror(entry->fts_errno));
            failed = 1;
        }
    }
    if (walk)
        fts_close(walk);
    printf("replayed %zu files\n", count);
    if (tell_kinds() && all_kinds) {
        fprintf(stderr, "%s: of a kind with 0 files nothing was tried\n", argv[0]);
        failed = 1;
    }
    return failed || count == 0;
}
