/* SPDX-License-Identifier: MIT */
/* What comes through the wall: no field of a worker's answer is believed that an honest worker
 * could not have sent, and a packet that is none is refused with all that it carries. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/failure.c"
#include "workers/wire.c" /* the program is no library that could be linked */

static exn_answer empty(void)
{
    exn_answer answer = {0};
    exn_result_init(&answer.result, sizeof answer.result);
    return answer;
}

static exn_answer honest(void)
{
    exn_answer answer = empty();
    answer.bytes_out = 1234;
    answer.result.format = EXN_FORMAT_JPEG;
    answer.result.outcome = EXN_OUTCOME_LOSSLESS;
    answer.result.method = EXN_METHOD_COEFFICIENTS;
    answer.result.orientation_place = EXN_PLACE_IFD0;
    answer.result.orientation = 6;
    answer.result.transform = EXN_TRANSFORM_TRANSPOSE | EXN_TRANSFORM_FLIP_X;
    answer.result.width_in = answer.result.height_out = 64;
    answer.result.height_in = answer.result.width_out = 48;
    answer.result.sampling_in[0] = 0x22;
    answer.result.sampling_in[1] = answer.result.sampling_in[2] = 0x11;
    answer.result.components = 3;
    answer.result.exact_components = 7;
    answer.result.warnings = (1u << EXN_WARNING_COUNT) - 1;
    answer.result.reasons = (1u << EXN_REASON_COUNT) - 1;
    answer.result.libexif_orientation = 6;
    memcpy(answer.result.make, "Maker", sizeof "Maker");
    return answer;
}

static void test_honest(void **state)
{
    (void)state;
    exn_answer answer = honest();
    assert_true(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
    answer.result.outcome = EXN_OUTCOME_UNTOUCHED;
    answer.result.method = EXN_METHOD_NONE;
    answer.bytes_out = 0;
    assert_true(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
    assert_true(exn_wire_valid(EXN_JOB_CHECK, &answer));
    answer.bytes_out = 99; /* where it was to give the output the source's bytes, it has */
    assert_true(exn_wire_valid(EXN_JOB_FILL, &answer));
    answer = empty();
    answer.error = (exn_error){.status = EXN_CORRUPT, .detail = "it ends early"};
    assert_true(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
    assert_true(exn_wire_valid(EXN_JOB_CHECK, &answer));
    assert_true(exn_wire_valid(EXN_JOB_VERIFY, &answer));
    answer = empty();
    assert_true(exn_wire_valid(EXN_JOB_VERIFY, &answer));
    assert_false(exn_wire_valid(EXN_JOB_MINIATURE, &answer)); /* nothing, and no error either */
    answer.bytes_out = 99;
    assert_true(exn_wire_valid(EXN_JOB_MINIATURE, &answer));
    answer.error = (exn_error){.status = EXN_CORRUPT};
    assert_false(exn_wire_valid(EXN_JOB_MINIATURE, &answer));
    answer.bytes_out = 0;
    assert_true(exn_wire_valid(EXN_JOB_MINIATURE, &answer));
    answer.result.outcome = EXN_OUTCOME_COPIED;
    assert_false(exn_wire_valid(EXN_JOB_MINIATURE, &answer));
}

static void test_boxes(void **state)
{
    (void)state;
    exn_answer answer = empty();
    answer.result.outcome = EXN_OUTCOME_COPIED;
    answer.labels.result.format = EXN_LABELS_COCO;
    assert_true(exn_wire_valid(EXN_JOB_BOXES, &answer));
    answer.bytes_out = 3 * sizeof(exn_boxed);
    assert_true(exn_wire_valid(EXN_JOB_BOXES, &answer));
    assert_false(exn_wire_valid(EXN_JOB_POSES, &answer));
    answer.bytes_out++;
    assert_false(exn_wire_valid(EXN_JOB_BOXES, &answer));
    answer = empty();
    answer.error = (exn_error){.status = EXN_CORRUPT};
    assert_true(exn_wire_valid(EXN_JOB_BOXES, &answer));
    answer.bytes_out = sizeof(exn_boxed);
    assert_false(exn_wire_valid(EXN_JOB_BOXES, &answer));
}

/* Of a kind that is not read, and left as it is: T.81 has up to 255 components, and heights that
 * come later. */
static void test_foreign(void **state)
{
    (void)state;
    exn_answer answer = empty();
    answer.result.format = EXN_FORMAT_JPEG;
    answer.result.outcome = EXN_OUTCOME_UNTOUCHED;
    answer.result.width_in = answer.result.width_out = 64;
    answer.result.components = 255;
    assert_true(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
    answer.result.height_in = answer.result.height_out = 48;
    assert_true(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
    answer.result.exact_components = 1;
    assert_false(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
    answer.result.exact_components = 0;
    answer.result.components = 256;
    assert_false(exn_wire_valid(EXN_JOB_NORMALIZE, &answer));
}

static void test_sidecar(void **state)
{
    (void)state;
    exn_answer answer = empty();
    answer.bytes_out = 9;
    answer.result.format = EXN_FORMAT_XMP;
    answer.result.outcome = EXN_OUTCOME_METADATA;
    assert_true(exn_wire_valid(EXN_JOB_SIDECAR, &answer));
    answer.result.outcome = EXN_OUTCOME_LOSSLESS;
    assert_false(exn_wire_valid(EXN_JOB_SIDECAR, &answer));
    answer.result.outcome = EXN_OUTCOME_UNSUPPORTED; /* the source's bytes are to be copied */
    assert_false(exn_wire_valid(EXN_JOB_SIDECAR, &answer));
    answer.bytes_out = 0;
    assert_true(exn_wire_valid(EXN_JOB_SIDECAR, &answer));
    answer.result.outcome = EXN_OUTCOME_COPIED;
    assert_true(exn_wire_valid(EXN_JOB_SIDECAR, &answer));
    answer.result.outcome = EXN_OUTCOME_METADATA;
    assert_false(exn_wire_valid(EXN_JOB_SIDECAR, &answer));
}

/* One wrong field is enough; each in turn, in an answer that was right. */
#define REFUSED(change)                                                                            \
    do {                                                                                           \
        exn_answer a = honest();                                                                   \
        change;                                                                                    \
        assert_false(exn_wire_valid(EXN_JOB_NORMALIZE, &a));                                       \
    } while (0)

static void test_numbers(void **state)
{
    (void)state;
    REFUSED(a.result.format = (exn_format)(EXN_FORMAT_JXL + 1));
    REFUSED(a.result.format = (exn_format)-1);
    REFUSED(a.result.outcome = EXN_OUTCOME_COUNT);
    REFUSED(a.result.outcome = (exn_outcome)-1);
    REFUSED(a.result.outcome = EXN_OUTCOME_COPIED);
    REFUSED(a.result.outcome = EXN_OUTCOME_UNSUPPORTED);
    REFUSED(a.result.outcome = EXN_OUTCOME_FAILED);
    REFUSED(a.result.outcome = EXN_OUTCOME_UNTOUCHED); /* and yet it has bytes */
    REFUSED(a.bytes_out = 0);
    REFUSED(a.result.method = (exn_method)(EXN_METHOD_SAMPLES + 1));
    REFUSED(a.result.method = (exn_method)-1);
    REFUSED(a.result.orientation_place = (exn_place)(EXN_PLACE_ITEM_PROPERTY + 1));
    REFUSED(a.result.orientation = 9);
    REFUSED(a.result.orientation_given = 9);
    REFUSED(a.result.struct_size--);
    REFUSED(a.result.exact_components = 1u << 4);
    REFUSED(a.result.warnings = 1u << EXN_WARNING_COUNT);
    REFUSED(a.result.reasons = 1u << EXN_REASON_COUNT);
    REFUSED(a.result.libexif_orientation = UINT16_MAX + 1u);
    REFUSED(a.error.status = (exn_status)-1);
    REFUSED(a.error.sys_errno = -1);
    REFUSED(a.error.sys_errno = 4096);
    REFUSED(a.error.status = EXN_CORRUPT); /* and yet it has a product */
    REFUSED(a.result.outcome = EXN_OUTCOME_UNTOUCHED; a.bytes_out = 0); /* by that method? */
    REFUSED(a.result.method = EXN_METHOD_NONE);
    REFUSED(a.result.method = EXN_METHOD_SAMPLES); /* of a JPEG */
    REFUSED(a.result.outcome = EXN_OUTCOME_REQUANTIZED);
    REFUSED(a.result.outcome = EXN_OUTCOME_METADATA; a.result.method = EXN_METHOD_EDIT);
    REFUSED(a.result.format = EXN_FORMAT_UNKNOWN);
    REFUSED(a.result.format = EXN_FORMAT_WEBP); /* by that method? */
    REFUSED(a.result.format = EXN_FORMAT_HEIF);
    REFUSED(a.result.format = EXN_FORMAT_PNG);
    REFUSED(a.result.transform = 8);
    REFUSED(a.result.transform |= 8);                   /* though its sides fit */
    REFUSED(a.result.transform = EXN_TRANSFORM_FLIP_X); /* and yet its sides change places */
    REFUSED(a.result.width_in++);
    REFUSED(a.result.width_out++);
    REFUSED(a.result.height_in--);
    REFUSED(a.result.height_out = 0);
    REFUSED(a.result.width_in = a.result.height_out = 0);
    REFUSED(a.result.components = 0);
    REFUSED(a.result.components = 5);
    REFUSED(a.result.exact_components = 8); /* the fourth of three */
    REFUSED(a.result.sampling_in[0] = 0x15);
    REFUSED(a.result.sampling_in[3] = 0x50);
    REFUSED(a.result.sampling_in[1] = 0x10);
    for (unsigned i = 0; i <= EXN_CRASHED + 1; i++) {
        exn_answer a = empty();
        a.error.status = (exn_status)i;
        /* The library's and one more; a worker makes no wrong call. */
        const bool honest = i < EXN_BAD_ARGUMENT;
        assert_int_equal(exn_wire_valid(EXN_JOB_VERIFY, &a), honest);
        assert_int_equal(exn_wire_valid(EXN_JOB_NORMALIZE, &a), honest && i != EXN_OK);
    }
    exn_answer a = honest(); /* who only looks writes nothing */
    assert_false(exn_wire_valid(EXN_JOB_CHECK, &a));
    a.result.outcome = EXN_OUTCOME_UNTOUCHED;
    a.bytes_out = 0; /* and who has to fill the output does */
    assert_false(exn_wire_valid(EXN_JOB_FILL, &a));
    a = empty(); /* and who compares says yes or no */
    a.bytes_out = 1;
    assert_false(exn_wire_valid(EXN_JOB_VERIFY, &a));
    a = honest();
    a.bytes_out = 0;
    assert_false(exn_wire_valid(EXN_JOB_VERIFY, &a));
}

#define REFUSED_TEXT(member)                                                                       \
    REFUSED(memset(a.member, 'x', sizeof a.member));                                               \
    REFUSED(a.member[0] = '\033');                                                                 \
    REFUSED(a.member[0] = '\n');                                                                   \
    REFUSED(a.member[0] = '\177');                                                                 \
    REFUSED(a.member[0] = '\200')

static void test_texts(void **state)
{
    (void)state;
    REFUSED_TEXT(result.make);
    REFUSED_TEXT(result.model);
    REFUSED_TEXT(result.date_time);
    REFUSED_TEXT(error.detail);
}

static void test_packets(void **state)
{
    (void)state;
    int ends[2], files[2], got[EXN_WIRE_DESCRIPTORS];
    size_t count;
    exn_request request = {.number = 7, .size = 99, .kind = EXN_JOB_CHECK}, copy = {0};
    struct stat a, b;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    assert_int_equal(pipe(files), 0);
    assert_true(exn_wire_send(ends[0], &request, sizeof request, files, 2));
    assert_int_equal(exn_wire_receive(ends[1], &copy, sizeof copy, got, &count, 0), 1);
    assert_int_equal(count, 2);
    assert_int_equal(copy.number, 7);
    assert_int_equal(copy.size, 99);
    for (size_t i = 0; i < count; i++) {
        assert_true(fstat(files[i], &a) == 0 && fstat(got[i], &b) == 0);
        assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
        assert_int_equal(fcntl(got[i], F_GETFD), FD_CLOEXEC);
        close(got[i]);
    }

    /* Too short and too long: refused, and what came with it is closed, so that the lowest free
     * descriptor stays the same. */
    char more[sizeof request + 1] = {0};
    int lowest = dup(0);
    close(lowest);
    for (size_t size = sizeof request - 1; size <= sizeof more; size += 2) {
        assert_true(exn_wire_send(ends[0], more, size, files, 2));
        assert_int_equal(exn_wire_receive(ends[1], &copy, sizeof copy, got, &count, 0), -1);
        assert_int_equal(errno, EPROTO);
        assert_int_equal(count, 0);
        int now = dup(0);
        assert_int_equal(now, lowest);
        close(now);
    }
    assert_int_equal(exn_wire_receive(ends[1], &copy, sizeof copy, got, &count, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);

    close(ends[0]);
    assert_int_equal(exn_wire_receive(ends[1], &copy, sizeof copy, got, &count, 0), 0);
    assert_false(exn_wire_send(ends[1], &request, sizeof request, NULL, 0));
    assert_int_equal(errno, EPIPE); /* and no signal */
    close(ends[1]);
    close(files[0]);
    close(files[1]);
}

/* Whatever a worker sends: a packet with so many descriptors, be they more than exn_wire_send()
 * would take. */
static void send_many(int socket, const exn_request *request, size_t count)
{
    enum { MANY = 12 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(MANY * sizeof(int))];
    } rights = {0};
    int zeros[MANY] = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)request, .iov_len = sizeof *request};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &rights,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};
    assert_true(count <= MANY);
    rights.header.cmsg_level = SOL_SOCKET;
    rights.header.cmsg_type = SCM_RIGHTS;
    rights.header.cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(&rights.header), zeros, count * sizeof(int));
    assert_int_equal(sendmsg(socket, &message, MSG_NOSIGNAL), sizeof *request);
}

/* No descriptor more is taken than there is a place for. The control buffer is rounded up to whole
 * words, so a fourth one would fit in there. */
static void test_many_descriptors(void **state)
{
    (void)state;
    exn_request request = {.number = 5}, copy;
    int ends[2], lowest = dup(0);
    size_t taken;
    struct {
        int descriptors[EXN_WIRE_DESCRIPTORS], behind;
    } got;
    close(lowest);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    for (size_t count = 1; count <= 12; count++) {
        const bool fits = count <= EXN_WIRE_DESCRIPTORS;
        got.behind = -7;
        send_many(ends[0], &request, count);
        int received = exn_wire_receive(ends[1], &copy, sizeof copy, got.descriptors, &taken, 0);
        assert_int_equal(got.behind, -7);
        assert_int_equal(received, fits ? 1 : -1);
        assert_true(fits || errno == EPROTO);
        assert_int_equal(taken, fits ? count : 0);
        while (taken > 0)
            close(got.descriptors[--taken]);
    }
    close(ends[0]);
    close(ends[1]);
    int now = dup(0);
    assert_int_equal(now, lowest); /* none has stayed open */
    close(now);
}

/* What follows a record: nothing, and as much as there is room for. */
static void test_body(void **state)
{
    (void)state;
    static uint8_t sent[EXN_WIRE_BODY + 1], body[EXN_WIRE_BODY];
    static const size_t lengths[] = {0, 1, 4097, EXN_WIRE_BODY};
    int ends[2], none[EXN_WIRE_DESCRIPTORS];
    size_t count, length;
    exn_reply reply = {.number = 5}, copy;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    for (size_t i = 0; i < sizeof sent; i++)
        sent[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memset(body, 0, sizeof body);
        assert_true(exn_wire_send_body(ends[0], &reply, sizeof reply, sent, lengths[i]));
        assert_int_equal(
            exn_wire_receive_body(ends[1], &copy, sizeof copy, body, &length, none, &count, 0), 1);
        assert_int_equal(copy.number, 5);
        assert_int_equal(length, lengths[i]);
        assert_memory_equal(body, sent, length);
    }
    assert_true(exn_wire_send_body(ends[0], &reply, sizeof reply, sent, sizeof sent));
    assert_true(exn_wire_send_body(ends[0], &reply, sizeof reply - 1, NULL, 0));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            exn_wire_receive_body(ends[1], &copy, sizeof copy, body, &length, none, &count, 0), -1);
        assert_int_equal(errno, EPROTO);
        assert_int_equal(length, 0);
    }
    close(ends[0]);
    assert_int_equal(
        exn_wire_receive_body(ends[1], &copy, sizeof copy, body, &length, none, &count, 0), 0);
    close(ends[1]);
}

/* A worker that dies at its second job, with a third unread, has answered the first. */
static void test_death(void **state)
{
    (void)state;
    int ends[2], none[EXN_WIRE_DESCRIPTORS];
    size_t count;
    exn_request request = {.number = 1};
    exn_reply reply = {.number = 1};
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    for (int i = 0; i < 3; i++)
        assert_true(exn_wire_send(ends[0], &request, sizeof request, NULL, 0));
    assert_int_equal(exn_wire_receive(ends[1], &request, sizeof request, none, &count, 0), 1);
    assert_true(exn_wire_send(ends[1], &reply, sizeof reply, NULL, 0));
    close(ends[1]);
    reply.number = 0;
    assert_int_equal(exn_wire_receive(ends[0], &reply, sizeof reply, none, &count, MSG_DONTWAIT),
                     1);
    assert_int_equal(reply.number, 1);
    assert_int_equal(exn_wire_receive(ends[0], &reply, sizeof reply, none, &count, MSG_DONTWAIT),
                     0);
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_honest),  cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_foreign), cmocka_unit_test(test_sidecar),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_texts),
        cmocka_unit_test(test_packets), cmocka_unit_test(test_many_descriptors),
        cmocka_unit_test(test_body),    cmocka_unit_test(test_death),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
