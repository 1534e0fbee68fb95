/* SPDX-License-Identifier: MIT */
/* The measure for what the hand-over to workers costs: the same library and the same calls of the
 * file system for each file, in one process that knows names and bytes alike.
 *
 * one_process IN OUT: the files of the folder IN, which has no other folders in it. */
#include <dirent.h>
#include <exifnorm.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static void need(bool well, const char *what)
{
    if (well)
        return;
    perror(what);
    exit(1);
}

static uint8_t *load(int source, size_t size)
{
    uint8_t *data = malloc(size + 1);
    need(data && pread(source, data, size + 1, 0) == (ssize_t)size &&
             pread(source, data + size, 1, (off_t)size) == 0,
         "read");
    return data;
}

static void fill(int source, int output, const struct stat *status)
{
    exn_bytes product;
    exn_result result = {.struct_size = sizeof(exn_result)};
    char end;
    size_t size = (size_t)status->st_size;
    uint8_t *data = load(source, size);
    need(exn_normalize(data, size, NULL, &product, &result, NULL) == EXN_OK, "normalize");
    if (product.data)
        need(pwrite(output, product.data, product.size, 0) == (ssize_t)product.size, "write");
    else if (ioctl(output, FICLONE, source) != 0)
        need(copy_file_range(source, NULL, output, NULL, size, 0) == (ssize_t)size &&
                 pread(source, &end, 1, (off_t)size) == 0,
             "copy");
    exn_bytes_free(&product);
    free(data);
}

/* The steps of src/cli/write/nameless.c in their order. */
static void run(int in, int out, const char *name)
{
    struct stat status, now;
    char head[64], names[XATTR_LIST_MAX];
    need(fstatat(out, name, &now, AT_SYMLINK_NOFOLLOW) != 0, "it exists");
    int source = openat(in, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    need(source >= 0 && fstat(source, &status) == 0, "open");
    need(pread(source, head, sizeof head, 0) > 0 && exn_sniff(head, sizeof head), "sniff");
    int output = openat(out, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
    need(output >= 0, "create");
    fill(source, output, &status);
    need(fstat(source, &now) == 0 && now.st_size == status.st_size, "unchanged");
    (void)!flistxattr(source, names, sizeof names);
    struct timespec times[] = {status.st_atim, status.st_mtim};
    need(fchmod(output, status.st_mode & 0777) == 0 && futimens(output, times) == 0, "times");
    need(linkat(output, "", out, name, AT_EMPTY_PATH) == 0, "link");
    need(close(output) == 0 && close(source) == 0, "close");
}

int main(int argc, char **argv)
{
    need(argc == 3 && (mkdir(argv[2], 0700), true), "arguments");
    DIR *folder = opendir(argv[1]);
    int out = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    need(folder && out >= 0, "open");
    for (const struct dirent *entry; (entry = readdir(folder));)
        if (entry->d_name[0] != '.')
            run(dirfd(folder), out, entry->d_name);
    closedir(folder);
    return 0;
}
