/* SPDX-License-Identifier: MIT */
/* A worker answers each request, also one whose descriptors do not match what it says: with an
 * error, never with what the parent could take for a yes. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.c" /* the program is no library that could be linked */
#include "base/ending.c"
#include "base/error.c"
#include "base/failure.c"
#include "base/io.c"
#include "base/item.c"
#include "base/signals.c"
#include "base/text.c"
#include "base/wide.c"
#include "list/mask_names.c"
#include "list/shard.c"
#include "workers/labeler.c"
#include "workers/odd.c"
#include "workers/odd_places.c"
#include "workers/poses_yaml.c"
#include "workers/wire.c"
#include "workers/worker.c"

/* tests/cli/hardening.sh is about the wall. */
bool exn_decoder_is_needed(const exn_cli_options *options)
{
    (void)options;
    return false;
}

exn_status exn_sandbox_enter(uint64_t max_memory, uint64_t room, bool threads, bool filter,
                             exn_error *error)
{
    (void)max_memory;
    (void)room;
    (void)threads;
    (void)filter;
    (void)error;
    return EXN_OK;
}

static pid_t start(int *socket, bool verify)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        exn_cli_options options = {0};
        exn_options_init(&options.work, sizeof options.work);
        options.work.max_memory = verify ? 1 << 24 : 1 << 20;
        options.verify = options.work.decode_all = verify;
        close(ends[0]);
        exn_worker_serve(ends[1], &options, 0);
        _exit(0);
    }
    close(ends[1]);
    *socket = ends[0];
    return pid;
}

static exn_answer receive_answer(int socket, uint64_t number)
{
    static uint8_t body[EXN_WIRE_BODY];
    int none[EXN_WIRE_DESCRIPTORS];
    size_t count, length;
    exn_reply reply = {0};
    assert_int_equal(
        exn_wire_receive_body(socket, &reply, sizeof reply, body, &length, none, &count, 0), 1);
    assert_int_equal(reply.number, number);
    assert_int_equal(count, 0);
    return reply.answer;
}

static void descriptors_that_do_not_match(void **state)
{
    (void)state;
    static const exn_job_kind kinds[] = {EXN_JOB_NORMALIZE, EXN_JOB_FILL,   EXN_JOB_CHECK,
                                         EXN_JOB_SIDECAR,   EXN_JOB_VERIFY, EXN_JOB_MINIATURE,
                                         EXN_JOB_BOXES};
    int socket, files[EXN_WIRE_DESCRIPTORS];
    uint64_t number = 0;
    pid_t pid = start(&socket, false);
    for (size_t i = 0; i < EXN_WIRE_DESCRIPTORS; i++)
        assert_true((files[i] = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0);
    assert_int_equal(receive_answer(socket, 0).error.status, EXN_OK);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int flags = 0; flags < 4; flags++)
            for (size_t count = 0; count <= EXN_WIRE_DESCRIPTORS; count++) {
                exn_request request = {.number = ++number, .kind = kinds[k]};
                request.output = flags & 1;
                request.beside.there = flags & 2;
                exn_result_init(&request.made, sizeof request.made);
                if (count == 1u + request.output + request.beside.there)
                    continue; /* that is an honest one */
                assert_true(exn_wire_send(socket, &request, sizeof request, files, count));
                exn_answer answer = receive_answer(socket, number);
                assert_int_equal(answer.error.status, EXN_INTERNAL);
                assert_true(exn_wire_valid(kinds[k], &answer));
            }
    close(socket);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (size_t i = 0; i < EXN_WIRE_DESCRIPTORS; i++)
        close(files[i]);
}

/* Beside them one that matches: nothing is an image, and the worker looks and says so. */
static void descriptors_that_match(void **state)
{
    (void)state;
    int socket, file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t pid = start(&socket, false);
    assert_int_equal(receive_answer(socket, 0).error.status, EXN_OK);
    exn_request request = {.number = 1, .kind = EXN_JOB_CHECK};
    exn_result_init(&request.made, sizeof request.made);
    assert_true(exn_wire_send(socket, &request, sizeof request, &file, 1));
    exn_answer answer = receive_answer(socket, 1);
    assert_int_equal(answer.error.status, EXN_NOT_AN_IMAGE);
    close(socket);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(file);
}

/* A source that has another size by now, smaller or larger, is told from one that is no image. */
static void a_source_of_another_size(void **state)
{
    (void)state;
    enum { SIZE = 4000 };
    char name[] = "/tmp/exifnorm-XXXXXX";
    int socket, file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    assert_int_equal(ftruncate(file, SIZE), 0);
    pid_t pid = start(&socket, false);
    assert_int_equal(receive_answer(socket, 0).error.status, EXN_OK);
    for (int size = SIZE - 1; size <= SIZE + 1; size++) {
        exn_request request = {.number = (uint64_t)size, .kind = EXN_JOB_NORMALIZE};
        request.size = (uint64_t)size;
        exn_result_init(&request.made, sizeof request.made);
        assert_true(exn_wire_send(socket, &request, sizeof request, &file, 1));
        exn_answer answer = receive_answer(socket, (uint64_t)size);
        assert_int_equal(answer.error.status, size == SIZE ? EXN_NOT_AN_IMAGE : EXN_READ);
    }
    close(socket);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(file);
}

/* A sanitizer keeps what is freed, and other C libraries have bounds of their own. */
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__)
#define HEAP_IS_ITS_OWN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEAP_IS_ITS_OWN 1
#endif
#endif
#ifndef HEAP_IS_ITS_OWN

/* Bytes of memory that a process holds. */
static long held_by(pid_t pid)
{
    char name[64];
    long pages = 0;
    snprintf(name, sizeof name, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*s %ld", &pages), 1);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* While another one verifies what it has made, it holds nothing of it, although the file is in one
 * of the blocks that malloc() would keep. */
static void memory_after_an_answer(void **state)
{
    (void)state;
    enum { SIZE = 3 << 20 };
    char name[] = "/tmp/exifnorm-XXXXXX";
    int socket, file = mkstemp(name);
    assert_true(file >= 0);
    unlink(name);
    assert_int_equal(ftruncate(file, SIZE), 0);
    pid_t pid = start(&socket, true);
    assert_int_equal(receive_answer(socket, 0).error.status, EXN_OK);
    const long before = held_by(pid);
    exn_request request = {.number = 1, .kind = EXN_JOB_NORMALIZE, .size = SIZE};
    exn_result_init(&request.made, sizeof request.made);
    assert_true(exn_wire_send(socket, &request, sizeof request, &file, 1));
    assert_int_equal(receive_answer(socket, 1).error.status, EXN_NOT_AN_IMAGE);
    assert_in_range(held_by(pid), 0, before + SIZE / 2);
    close(socket);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(file);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(descriptors_that_do_not_match),
        cmocka_unit_test(descriptors_that_match),
        cmocka_unit_test(a_source_of_another_size),
#ifndef HEAP_IS_ITS_OWN
        cmocka_unit_test(memory_after_an_answer),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
