/* SPDX-License-Identifier: MIT */
/* How long exn_options.cancelled is not asked: gaps FILE... Prints for each file and call the
 * longest time in milliseconds between two asks, and from the last one to the end, which is how
 * long a call can run past its limit. */
#include <exifnorm.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "file.h"

typedef struct clock_of_asks {
    double last, longest, start;
    size_t count;
} clock_of_asks;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int ask(void *context)
{
    clock_of_asks *c = context;
    const double time = now();
    c->longest = time - c->last > c->longest ? time - c->last : c->longest;
    c->last = time;
    c->count++;
    return 0;
}

static void begin(clock_of_asks *c)
{
    *c = (clock_of_asks){0};
    c->start = c->last = now();
}

static void end(const char *name, const char *call, exn_status status, clock_of_asks *c)
{
    ask(c);
    printf("%8.1f of %8.1f ms, %7zu asks  %-9s %-15s %s\n", c->longest, c->last - c->start,
           c->count - 1, call, exn_status_word(status), name);
    fflush(stdout);
}

static void measure(const char *name)
{
    size_t size;
    uint8_t *data = read_file(name, &size);
    exn_options options;
    exn_result result, looked;
    exn_bytes output;
    clock_of_asks c;
    exn_options_init(&options, sizeof options);
    exn_result_init(&result, sizeof result);
    exn_result_init(&looked, sizeof looked);
    options.decode_all = true;
    options.webp = EXN_WEBP_ROTATE;
    options.cancelled = ask;
    options.cancelled_context = &c;
    if (!data)
        return;
    begin(&c);
    end(name, "check", exn_check_memory(data, size, &options, &looked, NULL), &c);
    begin(&c);
    exn_status status = exn_orient(data, size, 6, &options, &output, &result, NULL);
    end(name, "orient", status, &c);
    if (status == EXN_OK && output.data) {
        begin(&c);
        status = exn_verify(data, size, output.data, output.size, &options, &result, NULL);
        end(name, "verify", status, &c);
    }
    exn_bytes_free(&output);
    free(data);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        measure(argv[i]);
    return argc < 2;
}
