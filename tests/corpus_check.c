/* SPDX-License-Identifier: MIT */
/* Normalizes and verifies every file of some folders and prints a table, one line a file.
 *
 *     corpus_check [-o FOLDER] FILE|FOLDER...
 *
 * Each file has a process of its own, so that a crash is one line of the table and its time and
 * memory are its own. -o: products are written there, named by their path with '/' as '%'. */
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <exifnorm.h>

/* What the child tells the parent, in shared memory. */
typedef struct verdict {
    exn_status normalized, verified;
    bool has_product;
    exn_result result;
    exn_error error, verify_error;
    size_t size_in, size_out;
} verdict;

static exn_bytes map_file(const char *path)
{
    exn_bytes file = {NULL, 0};
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &about) == 0 && about.st_size > 0) {
        void *data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data != MAP_FAILED)
            file = (exn_bytes){data, (size_t)about.st_size};
    }
    if (fd >= 0)
        close(fd);
    return file;
}

static void save(const char *folder, const char *path, exn_bytes product)
{
    char name[4096];
    int length = snprintf(name, sizeof name, "%s/%s", folder, path);
    if (length < 0 || (size_t)length >= sizeof name)
        return;
    for (char *p = name + strlen(folder) + 1; *p; p++)
        if (*p == '/')
            *p = '%';
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(product.data, 1, product.size, file) != product.size || fclose(file) != 0)
        perror(name);
}

/* The child's work: everything that reads the file. */
static void judge(const char *path, const char *shown, const char *folder, verdict *v)
{
    exn_options options;
    exn_options_init(&options, sizeof options);
    options.decode_all = true;
    exn_bytes source = map_file(path), product;
    v->size_in = source.size;
    exn_result_init(&v->result, sizeof v->result);
    v->normalized =
        exn_normalize(source.data, source.size, &options, &product, &v->result, &v->error);
    v->has_product = product.data != NULL;
    v->size_out = product.size;
    if (product.data && folder)
        save(folder, shown, product);
    if (product.data)
        v->verified = exn_verify(source.data, source.size, product.data, product.size, &options,
                                 &v->result, &v->verify_error);
    exn_bytes_free(&product);
}

static void print_row(const char *shown, const verdict *v, int wait_status, double seconds,
                      const struct rusage *use)
{
    const exn_result *r = &v->result;
    printf("%s\t", shown);
    if (!WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != 0)
        printf("died (%d)\t", wait_status);
    else
        printf("%s\t", exn_status_word(v->normalized));
    printf("%s\t%s\t%s\t%u\t%s\t%ux%u\t%ux%u\t%u\t%x\t", exn_format_word(r->format),
           exn_outcome_word(r->outcome), exn_method_word(r->method), (unsigned)r->orientation,
           exn_place_word(r->orientation_place), (unsigned)r->width_in, (unsigned)r->height_in,
           (unsigned)r->width_out, (unsigned)r->height_out, (unsigned)r->components,
           (unsigned)r->exact_components);
    for (unsigned w = 0; w < EXN_WARNING_COUNT; w++)
        if (r->warnings >> w & 1)
            printf("%s,", exn_warning_word((exn_warning)w));
    printf("\t%s\t%zu\t%zu\t%.3f\t%ld\t%s%s\n", v->has_product ? exn_status_word(v->verified) : "-",
           v->size_in, v->size_out, seconds, use->ru_maxrss, v->error.detail,
           v->verify_error.detail);
}

/* Returns whether the file neither killed its process nor failed to verify. */
static bool check(const char *path, const char *shown, const char *folder, verdict *v)
{
    struct timespec start, end;
    struct rusage use = {0};
    int wait_status = -1;
    memset(v, 0, sizeof *v);
    fflush(stdout);
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        judge(path, shown, folder, v);
        _exit(0);
    }
    if (child < 0 || wait4(child, &wait_status, 0, &use) != child)
        perror("corpus_check");
    clock_gettime(CLOCK_MONOTONIC, &end);
    print_row(shown, v, wait_status,
              (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
              &use);
    return wait_status == 0 && v->normalized != EXN_INTERNAL &&
           (!v->has_product || v->verified == EXN_OK);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool check_all(char **roots, const char *folder, verdict *v)
{
    bool good = true;
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    FTSENT *entry;
    size_t root = 0;
    while (walk && (entry = fts_read(walk)) != NULL) {
        if (entry->fts_level == 0)
            root = entry->fts_pathlen;
        const char *shown = entry->fts_path + (entry->fts_level > 0 ? root + 1 : 0);
        if (entry->fts_info == FTS_F)
            good = check(entry->fts_accpath, shown, folder, v) && good;
    }
    if (walk)
        fts_close(walk);
    return good && walk;
}

int main(int argc, char **argv)
{
    const char *folder = NULL;
    int option;
    while ((option = getopt(argc, argv, "o:")) != -1) {
        if (option != 'o')
            return 2;
        folder = optarg;
    }
    verdict *v = mmap(NULL, sizeof *v, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (optind == argc || v == MAP_FAILED) {
        fprintf(stderr, "usage: corpus_check [-o FOLDER] FILE|FOLDER...\n");
        return 2;
    }
    printf("file\tstatus\tformat\toutcome\tmethod\torientation\tplace\tin\tout\tcomponents\texact"
           "\twarnings\tverify\tbytes_in\tbytes_out\tseconds\tpeak_kib\tdetail\n");
    return check_all(argv + optind, folder, v) ? 0 : 1;
}
