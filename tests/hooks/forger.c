/* SPDX-License-Identifier: MIT */
#include "forger.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/failure.h"

static char forged[40]; /* the field of the next answer; empty: none */
static bool keeping, taken_over;
static int kept[16];
static size_t kept_count;

static void full_disk(exn_error *error)
{
    error->status = EXN_WRITE;
    error->sys_errno = ENOSPC;
    snprintf(error->detail, sizeof error->detail, "while writing");
}

void exn_forger_image(const void *data, size_t size, exn_error *error)
{
    static const char mark[] = "EXN-FORGE:";
    const size_t length = sizeof mark - 1;
    const char *end = (const char *)data + size;
    forged[0] = '\0';
    for (size_t n = length + 1; n < sizeof forged && n <= size; n++)
        if (memcmp(end - n, mark, length) == 0)
            snprintf(forged, sizeof forged, "%.*s", (int)(n - length), end - n + length);
    keeping = keeping || strcmp(forged, "keep") == 0;
    taken_over = taken_over || strcmp(forged, "take") == 0;
    if (strcmp(forged, "full") == 0)
        full_disk(error);
}

static void spoil(int fd)
{
    static const char junk[64] = "forged";
    for (off_t at = 600; at < 4000; at += (off_t)sizeof junk)
        (void)!pwrite(fd, junk, sizeof junk, at);
}

/* Each field by its name, and a value that no honest worker gives. */
static void forge(exn_reply *reply)
{
    exn_result *r = &reply->answer.result;
    const struct {
        const char *field;
        void *at;
        uint64_t value, size;
    } fields[] = {
        {"number", &reply->number, reply->number + 1, 8},
        {"older", &reply->number, reply->number - 1, 8},
        {"longer", &reply->answer.bytes_out, reply->answer.bytes_out + 1, 8},
        {"shorter", &reply->answer.bytes_out, reply->answer.bytes_out - 1, 8},
        {"empty", &reply->answer.bytes_out, 0, 8},
        {"outcome", &r->outcome, EXN_OUTCOME_COUNT, 4},
        {"copied", &r->outcome, EXN_OUTCOME_COPIED, 4},
        {"untouched", &r->outcome, EXN_OUTCOME_UNTOUCHED, 4},
        {"failed", &r->outcome, EXN_OUTCOME_FAILED, 4},
        {"warnings", &r->warnings, 1u << EXN_WARNING_COUNT, 4},
        {"reasons", &r->reasons, 1u << EXN_REASON_COUNT, 4},
        {"format", &r->format, EXN_FORMAT_WEBP, 4},
        {"method", &r->method, EXN_METHOD_NONE, 4},
        {"place", &r->orientation_place, EXN_PLACE_ITEM_PROPERTY + 1, 4},
        {"orientation", &r->orientation, 9, 4},
        {"transform", &r->transform, 8, 4},
        {"width", &r->width_out, r->width_out + 1, 4},
        {"height", &r->height_out, 0, 4},
        {"components", &r->components, 5, 4},
        {"exact", &r->exact_components, 1u << r->components, 4},
        {"sampling", r->sampling_in, 0x51, 1},
        {"libexif", &r->libexif_orientation, 1u << 16, 4},
        {"make", r->make, '\n', 1},
        {"status", &reply->answer.error.status, EXN_CRASHED, 4},
        {"errno", &reply->answer.error.sys_errno, 4096, 4},
        {"detail", reply->answer.error.detail, '\033', 1},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (strcmp(forged, fields[i].field) == 0)
            memcpy(fields[i].at, &fields[i].value, fields[i].size); /* little-endian */
}

/* 3: the socket (forkserver.c). Of descriptors that do not fit the kernel says so beside the
 * record, which is whole. */
static void crowd(const exn_reply *reply, int fd)
{
    enum { MANY = 4 * EXN_WIRE_DESCRIPTORS };
    int many[MANY];
    for (size_t i = 0; i < MANY; i++)
        many[i] = fd;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof many)];
    } rights = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)reply, .iov_len = sizeof *reply};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &rights,
                             .msg_controllen = sizeof rights.room};
    rights.header.cmsg_level = SOL_SOCKET;
    rights.header.cmsg_type = SCM_RIGHTS;
    rights.header.cmsg_len = CMSG_LEN(sizeof many);
    memcpy(CMSG_DATA(&rights.header), many, sizeof many);
    (void)!sendmsg(3, &message, MSG_NOSIGNAL);
}

void exn_forger_answer(exn_reply *reply, const int *held, size_t *count, const exn_bytes *body)
{
    for (size_t i = 0; i < kept_count; i++)
        spoil(kept[i]);
    if (taken_over && *count == 2)
        spoil(held[1]);
    for (size_t at = 600; taken_over && at < body->size && at < 4000; at++)
        body->data[at] = 'f';
    forge(reply);
    if (strcmp(forged, "crowd") == 0 && *count > 0)
        crowd(reply, held[0]);
    forged[0] = '\0';
    if (!keeping || *count < 2 || kept_count == sizeof kept / sizeof kept[0])
        return;
    kept[kept_count++] = held[1];
    close(held[0]);
    *count = 0;
}
