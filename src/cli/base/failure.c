/* SPDX-License-Identifier: MIT */
#include "failure.h"

#include <stddef.h>

static const struct failure {
    exn_status status;
    const char *word, *text;
} failures[] = {
    {EXN_EXISTS, "exists", "output exists"},
    {EXN_INTERRUPTED, "interrupted", "interrupted by a signal"},
    {EXN_TIMEOUT, "timeout", "timed out"},
    {EXN_CRASHED, "worker-crashed", "the worker crashed"},
};

static const struct failure *find(exn_status status)
{
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].status == status)
            return &failures[i];
    return NULL;
}

const char *exn_failure_word(exn_status status)
{
    const struct failure *failure = find(status);
    return failure ? failure->word : exn_status_word(status);
}

const char *exn_failure_text(exn_status status)
{
    const struct failure *failure = find(status);
    return failure ? failure->text : exn_status_text(status);
}

static bool is_of_library(int64_t number)
{
    return number >= EXN_OK && number <= EXN_CANCELLED;
}

bool exn_failure_known(int64_t number)
{
    return is_of_library(number) || (number >= EXN_EXISTS && number <= EXN_CRASHED);
}

/* EXN_BAD_ARGUMENT would be the parent's own mistake; the program's statuses (an output exists, the
 * time is up) are things that only the parent can know. */
bool exn_failure_from_worker(exn_status status)
{
    return is_of_library((int64_t)status) && status < EXN_BAD_ARGUMENT;
}
