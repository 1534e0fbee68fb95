/* Runs files through a fuzz target without libFuzzer, each with every choice of options: the
 * regression test for what fuzzing found, for any compiler and sanitizer.
 *
 *     replay FILE|FOLDER... */
#include <fts.h>
#include <errno.h>

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

static int replay(const char *path)
{
    size_t size;
    uint8_t *data = read_file(path, &size);
    if (!data) {
        perror(path);
        return 1;
    }
    if (getenv("REPLAY_NAMES"))
        fprintf(stderr, "%s\n", path);
    for (unsigned choice = 0; choice < exn_fuzz_choices; choice++)
        exn_fuzz_one(data, size, choice);
    free(data);
    return 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: replay FILE|FOLDER...\n");
        return 2;
    }
    FTS *walk = fts_open(argv + 1, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
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
    return failed || count == 0;
}
