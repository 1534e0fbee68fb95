/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <linux/limits.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The number in a file; UINT64_MAX if there is none, also for "max". */
static uint64_t number_in(const char *path)
{
    char text[32], *end = text;
    uint64_t number = UINT64_MAX;
    FILE *file = fopen(path, "re");
    if (file && fgets(text, sizeof text, file))
        number = strtoull(text, &end, 10); /* ULLONG_MAX if it is larger */
    if (end == text)
        number = UINT64_MAX;
    if (file)
        fclose(file);
    return number;
}

/* The least limit of a group and those above it. In a container its own group is the root, and then
 * the path may not exist. */
static uint64_t limit_of(const char *root, char *group, const char *name)
{
    char path[PATH_MAX + 64];
    uint64_t limit = UINT64_MAX;
    for (char *end = group + strlen(group); end; end = strrchr(group, '/')) {
        *end = '\0';
        snprintf(path, sizeof path, "%s%s/%s", root, group, name);
        limit = least(limit, number_in(path));
    }
    return limit;
}

/* Lines of /proc/self/cgroup: "0::/path" of version 2, "9:memory:/path" of version 1, see
 * cgroups(7). */
static uint64_t group_limit(void)
{
    char line[PATH_MAX];
    char none[] = "";
    uint64_t limit = limit_of("/sys/fs/cgroup", none, "memory.max");
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && fgets(line, sizeof line, file)) {
        char *group = strchr(line, '/');
        line[strcspn(line, "\n")] = '\0';
        if (group && strncmp(line, "0::", 3) == 0)
            limit = least(limit, limit_of("/sys/fs/cgroup", group, "memory.max"));
        else if (group && strstr(line, ":memory:"))
            limit = least(limit, limit_of("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    if (file)
        fclose(file);
    return limit;
}

/* The kernel kills at a container's limit, however much memory the machine has. */
uint64_t exn_machine_memory(void)
{
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    const uint64_t physical = pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : UINT64_MAX;
    return least(physical, group_limit());
}

/* Only those that this process may run on (taskset, a container's cpuset). The call fails with more
 * than 1024 processors; then one worker is a safe guess. */
unsigned exn_machine_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
