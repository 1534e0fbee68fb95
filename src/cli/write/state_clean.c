/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/below.h"
#include "base/io.h"
#include "state.h"
#include "state_file.h"
#include "state_line.h"
#include "target.h"

/* A state is a file that others may be able to edit: whatever it says, only names of this pattern
 * (atomic.c) are removed, below OUT and through no link. */
static bool is_temporary(const char *name)
{
    static const char begin[] = ".exifnorm-";
    if (strncmp(name, begin, sizeof begin - 1) != 0)
        return false;
    name += sizeof begin - 1;
    return strspn(name, "0123456789abcdef") == 16 && strcmp(name + 16, EXN_TARGET_TEMP) == 0;
}

/* Opens the folder that holds path, which is cut. */
static int open_folder_of(int out, char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        return fcntl(out, F_DUPFD_CLOEXEC, 0);
    *slash = '\0';
    return exn_below_open(out, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

/* A try line has one name, and the file may have had it with either ending, or with both for a
 * moment (exn_target_link()). Most often neither is there. */
static void remove_temporary(int folder, char *name)
{
    unlinkat(folder, name, 0);
    char *ending = name + strlen(name) - strlen(EXN_TARGET_TEMP);
    memcpy(ending, EXN_TARGET_LINK, strlen(EXN_TARGET_LINK));
    unlinkat(folder, name, 0);
}

/* What was being written under its own name, whole or not: nobody has noted that it is done. A file
 * that is larger, or no regular file, was put there by somebody else since. */
static void remove_part(int folder, const char *name, const exn_state_past *p)
{
    struct stat status;
    if (p->has_put && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode) && exn_state_index_is_put(p, &status))
        unlinkat(folder, name, 0);
}

/* A file that holds the temporary name of the output that was to replace it (atomic.c): nobody else
 * knows that name. By its name and size alone it could be anybody's, such as a file that was to be
 * overwritten. It has to go even where no output will replace it: its source may be gone by now, or
 * fail. O_NONBLOCK: a FIFO does not make the run wait. */
static void remove_claim(int folder, const char *name, const char *temp)
{
    char text[EXN_TARGET_TEMP_SIZE];
    struct stat status;
    const size_t size = strlen(temp);
    int fd = exn_below_open(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        (uint64_t)status.st_size == size && exn_io_read_whole(fd, text, size) == (ssize_t)size &&
        memcmp(text, temp, size) == 0)
        unlinkat(folder, name, 0);
    if (fd >= 0)
        close(fd);
}

/* p: what is known by now of the path of that line. NULL where a later try has hidden the line:
 * then a file under the final name is judged by that one. */
static void remove_tried(const exn_state *state, uint64_t offset, const exn_state_past *p, int out)
{
    char *line, *fields[EXN_LINE_FIELDS];
    if (!exn_state_line_read(state->fd, offset, &line))
        return;
    bool whole = exn_state_line_split(line, fields) == 3;
    bool temporary = whole && strcmp(fields[0], "T") == 0 && is_temporary(fields[2]);
    bool part = whole && strcmp(fields[0], "W") == 0 && p;
    const char *slash = whole ? strrchr(fields[1], '/') : NULL;
    const char *name = slash ? slash + 1 : fields[1];
    int folder = temporary || part ? open_folder_of(out, fields[1]) : -1;
    if (folder >= 0 && temporary && p)
        remove_claim(folder, name, fields[2]);
    if (folder >= 0 && temporary)
        remove_temporary(folder, fields[2]);
    else if (folder >= 0 && part)
        remove_part(folder, name, p);
    if (folder >= 0)
        close(folder);
    free(line);
}

void exn_state_clean(exn_state *state, const exn_roots *roots)
{
    if (!state)
        return;
    /* What cannot be removed costs room and nothing else, so no error is worth stopping for. */
    for (size_t i = 0; i < state->index.room; i++)
        if (state->index.slots[i].tried)
            remove_tried(state, state->index.slots[i].tried, &state->index.slots[i], roots->out);
    for (size_t i = 0; i < state->index.stales; i++)
        remove_tried(state, state->index.stale[i], NULL, roots->out);
}
