/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/ending.h"
#include "base/failure.h"

/* Aligned as the macros of cmsg(3) need it. */
typedef union control {
    struct cmsghdr header;
    char room[CMSG_SPACE(EXN_WIRE_DESCRIPTORS * sizeof(int))];
} control;

/* The kernel lets a user have only so many descriptors under way (ETOOMANYREFS); those of other
 * runs count, too, and get there soon. By RLIMIT_NOFILE, unix(7). Ten seconds, by a millisecond
 * each. */
enum { TRIES = 10000 };

/* A packet goes as a whole or not at all. MSG_NOSIGNAL: to a worker that is dead it fails with
 * EPIPE, also where SIGPIPE is not ignored. */
static bool send_message(int socket, struct msghdr *message, size_t size)
{
    static const struct timespec pause = {.tv_nsec = 1000000};
    ssize_t sent;
    for (int tries = 0; (sent = sendmsg(socket, message, MSG_NOSIGNAL)) < 0; tries++) {
        if (errno != EINTR && (errno != ETOOMANYREFS || tries == TRIES))
            break;
        if (errno == ETOOMANYREFS)
            nanosleep(&pause, NULL);
    }
    return sent == (ssize_t)size;
}

bool exn_wire_send(int socket, const void *record, size_t size, const int *descriptors,
                   size_t count)
{
    control rights = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)record, .iov_len = size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = &rights;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        rights.header.cmsg_level = SOL_SOCKET;
        rights.header.cmsg_type = SCM_RIGHTS;
        rights.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&rights.header), descriptors, count * sizeof(int));
    }
    return send_message(socket, &message, size);
}

bool exn_wire_send_body(int socket, const void *record, size_t size, const void *body,
                        size_t length)
{
    struct iovec parts[] = {{.iov_base = (void *)(uintptr_t)record, .iov_len = size},
                            {.iov_base = (void *)(uintptr_t)body, .iov_len = length}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = length > 0 ? 2 : 1};
    return send_message(socket, &message, size + length);
}

/* Of descriptors that have no place in the control buffer the kernel closes the rest itself and
 * sets MSG_CTRUNC (unix(7)), so a worker that sends many fills no table. */
static size_t take_descriptors(struct msghdr *message, int *descriptors)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return 0;
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(descriptors, CMSG_DATA(header), count * sizeof(int));
    return count;
}

/* Receives what has size bytes at least and no more than there is room for; *got tells how many. */
static int receive(int socket, struct iovec *parts, size_t many, size_t size, size_t *got,
                   int *descriptors, size_t *count, int flags)
{
    control rights = {0};
    /* Not sizeof rights: CMSG_SPACE() rounds up, and the kernel puts descriptors where there is
     * room, so a worker could send one more than descriptors holds. */
    struct msghdr message = {.msg_iov = parts,
                             .msg_iovlen = many,
                             .msg_control = &rights,
                             .msg_controllen = CMSG_LEN(EXN_WIRE_DESCRIPTORS * sizeof(int))};
    ssize_t n;
    *count = *got = 0;
    /* ECONNRESET says, once, that the other end died with records unread. What it had sent before
     * is still there. */
    do
        n = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
    while (n < 0 && (errno == EINTR || errno == ECONNRESET));
    if (n < 0)
        return -1;
    *count = take_descriptors(&message, descriptors);
    /* The end, or a packet without bytes, which recv(2) cannot tell apart and no honest end
     * sends. */
    if (n == 0)
        return 0;
    *got = (size_t)n;
    if (*got >= size && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)))
        return 1;
    /* A record that is too long or too short, or has too many descriptors with it: what came along
     * must not stay open. */
    while (*count > 0)
        close(descriptors[--*count]);
    errno = EPROTO;
    return -1;
}

int exn_wire_receive(int socket, void *record, size_t size, int *descriptors, size_t *count,
                     int flags)
{
    struct iovec part = {.iov_base = record, .iov_len = size};
    size_t got;
    return receive(socket, &part, 1, size, &got, descriptors, count, flags);
}

int exn_wire_receive_body(int socket, void *record, size_t size, void *body, size_t *length,
                          int *descriptors, size_t *count, int flags)
{
    struct iovec parts[] = {{.iov_base = record, .iov_len = size},
                            {.iov_base = body, .iov_len = EXN_WIRE_BODY}};
    size_t got;
    int received = receive(socket, parts, 2, size, &got, descriptors, count, flags);
    *length = received == 1 ? got - size : 0;
    return received;
}

/* NUL-terminated printable ASCII, as <exifnorm.h> promises: it goes to a terminal. */
static bool is_text(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    for (size_t i = 0; i < length; i++)
        if (text[i] < ' ' || text[i] > '~')
            return false;
    return length < size;
}

/* Of the statuses, those that come from names and processes are not a worker's to give. */
static bool is_error(const exn_error *error)
{
    enum { MAX_ERRNO = 4095 }; /* the kernel's */
    return exn_failure_from_worker(error->status) && error->sys_errno >= 0 &&
           error->sys_errno <= MAX_ERRNO && is_text(error->detail, sizeof error->detail);
}

/* Of HEIF alone files of another format are made. */
static bool is_format_out(const exn_result *r)
{
    return r->format_out == EXN_FORMAT_UNKNOWN ||
           (exn_ending_is_heif(r->format) &&
            (r->format_out == EXN_FORMAT_JPEG || r->format_out == EXN_FORMAT_PNG));
}

/* Each of these is an index, a shift or a word somewhere in the parent. What libexif reads is any
 * SHORT; all others have few values. */
static bool is_result(const exn_result *r)
{
    enum { MAX_COMPONENTS = 4 };
    return r->struct_size == sizeof *r && r->format >= EXN_FORMAT_UNKNOWN &&
           r->format <= EXN_FORMAT_JXL && is_format_out(r) && r->outcome >= EXN_OUTCOME_FAILED &&
           r->outcome < EXN_OUTCOME_COUNT && r->method >= EXN_METHOD_NONE &&
           r->method <= EXN_METHOD_SAMPLES && r->orientation_place >= EXN_PLACE_NONE &&
           r->orientation_place <= EXN_PLACE_ITEM_PROPERTY && r->orientation <= 8 &&
           r->orientation_given <= 8 && r->exact_components < 1u << MAX_COMPONENTS &&
           r->warnings < 1u << EXN_WARNING_COUNT && r->reasons < 1u << EXN_REASON_COUNT &&
           r->transform <= 7 && r->libexif_orientation <= UINT16_MAX &&
           is_text(r->make, sizeof r->make) && is_text(r->model, sizeof r->model) &&
           is_text(r->date_time, sizeof r->date_time);
}

/* How each outcome is reached. */
static bool is_method(const exn_result *r)
{
    switch (r->outcome) {
    case EXN_OUTCOME_METADATA:
        return r->method == EXN_METHOD_EDIT && r->transform == 0;
    case EXN_OUTCOME_LOSSLESS:
        if (r->format == EXN_FORMAT_JPEG)
            return r->method == EXN_METHOD_COEFFICIENTS;
        return r->method == EXN_METHOD_SAMPLES &&
               (r->format <= EXN_FORMAT_WEBP || r->format_out == EXN_FORMAT_PNG);
    case EXN_OUTCOME_LUMA_LOSSLESS:
        return r->method == EXN_METHOD_PLANES && r->format == EXN_FORMAT_JPEG;
    case EXN_OUTCOME_REQUANTIZED:
        return r->method == EXN_METHOD_PLANES &&
               (r->format == EXN_FORMAT_JPEG || r->format == EXN_FORMAT_WEBP ||
                r->format_out == EXN_FORMAT_JPEG);
    default:
        return r->method == EXN_METHOD_NONE;
    }
}

static bool is_sampling(const exn_result *r)
{
    enum { MOST = 4 }; /* ITU-T T.81, table B.2 */
    for (size_t i = 0; i < sizeof r->sampling_in; i++) {
        const unsigned horizontal = r->sampling_in[i] >> 4, vertical = r->sampling_in[i] & 15;
        if (horizontal > MOST || vertical > MOST || (horizontal == 0) != (vertical == 0))
            return false;
    }
    return true;
}

/* What is left as it is may be of a kind that is not read: its height may stand in a DNL segment,
 * and it may have more components (T.81, B.2.2 and B.2.5). Of formats of which metadata alone is
 * edited no components are known. */
static bool is_frame(const exn_result *r)
{
    if (r->components >= 1 && r->components <= 4 && r->width_in > 0 && r->height_in > 0)
        return r->exact_components < 1u << r->components;
    if (r->outcome == EXN_OUTCOME_METADATA && r->format > EXN_FORMAT_WEBP)
        return r->components == 0 && r->width_in > 0 && r->height_in > 0 &&
               r->exact_components == 0;
    return r->outcome == EXN_OUTCOME_UNTOUCHED && r->components <= UINT8_MAX &&
           r->exact_components == 0;
}

/* Of an image that did not fail: its fields fit each other. The parent knows the sizes by the
 * worker only, so they can merely be asked to fit: a transposed picture has its sides exchanged. */
static bool is_consistent(const exn_result *r)
{
    const bool across = r->transform & EXN_TRANSFORM_TRANSPOSE;
    return r->format >= EXN_FORMAT_JPEG && r->format != EXN_FORMAT_XMP && is_frame(r) &&
           r->width_out == (across ? r->height_in : r->width_in) &&
           r->height_out == (across ? r->width_in : r->height_in) && is_sampling(r) && is_method(r);
}

static bool has_output(exn_outcome outcome)
{
    return outcome == EXN_OUTCOME_METADATA || outcome == EXN_OUTCOME_LOSSLESS ||
           outcome == EXN_OUTCOME_LUMA_LOSSLESS || outcome == EXN_OUTCOME_REQUANTIZED;
}

static bool is_labels_format(exn_labels_format format)
{
    return format == EXN_LABELS_UNKNOWN ||
           strcmp(exn_labels_format_word(format), exn_labels_format_word(EXN_LABELS_UNKNOWN)) != 0;
}

/* A bool of another value than 0 and 1 may not even be looked at as one (C11 6.2.6.1, 5). */
static bool is_bool(const bool *value)
{
    uint8_t byte;
    memcpy(&byte, value, 1);
    return byte <= 1;
}

/* Counts are of what a file of 2^63 bytes can hold at most; what they say is only told. */
static bool is_about_labels(exn_job_kind kind, const exn_answer *answer)
{
    enum { KEYPOINTS_MOST = 1000 };
    const exn_labels_answer *a = &answer->labels;
    const exn_outcome outcome = answer->result.outcome;
    const bool failed = answer->error.status != EXN_OK;
    if (!is_bool(&a->result.is_label_studio) || !is_labels_format(a->result.format) ||
        a->unread > 1 || a->odd > 1 || a->blank > a->odd || a->data > 1 || a->unclear > 1 ||
        a->keypoints > KEYPOINTS_MOST ||
        (a->keypoints > 0 && a->keypoint_numbers != 2 && a->keypoint_numbers != 3))
        return false;
    if (failed)
        return outcome == EXN_OUTCOME_FAILED && answer->bytes_out == 0;
    if (kind == EXN_JOB_MOVE_LABELS)
        return outcome == EXN_OUTCOME_METADATA && answer->bytes_out > 0 &&
               a->result.format != EXN_LABELS_UNKNOWN;
    if (kind == EXN_JOB_BOXES)
        return outcome == EXN_OUTCOME_COPIED && answer->bytes_out % sizeof(uint64_t) == 0;
    return outcome == EXN_OUTCOME_COPIED && (kind == EXN_JOB_LABELS || answer->bytes_out == 0) &&
           (a->result.format != EXN_LABELS_UNKNOWN || a->odd || answer->bytes_out == 0);
}

bool exn_wire_valid(exn_job_kind kind, const exn_answer *answer)
{
    if (!is_error(&answer->error) || !is_result(&answer->result))
        return false;
    exn_outcome outcome = answer->result.outcome;
    if (kind == EXN_JOB_LABELS || kind == EXN_JOB_MOVE_LABELS || kind == EXN_JOB_POSES ||
        kind == EXN_JOB_BOXES)
        return is_about_labels(kind, answer);
    if (kind == EXN_JOB_CHECK)
        return answer->bytes_out == 0;
    if (kind == EXN_JOB_MINIATURE) /* that nobody takes for an output */
        return outcome == EXN_OUTCOME_FAILED &&
               (answer->error.status == EXN_OK) == (answer->bytes_out > 0);
    if (kind == EXN_JOB_VERIFY) /* yes or no is all that is asked for */
        return answer->bytes_out == 0 && outcome == EXN_OUTCOME_FAILED;
    if (answer->error.status != EXN_OK)
        return outcome == EXN_OUTCOME_FAILED;
    if (kind == EXN_JOB_SIDECAR)
        return outcome == EXN_OUTCOME_METADATA
                   ? answer->bytes_out > 0
                   : (outcome == EXN_OUTCOME_COPIED || outcome == EXN_OUTCOME_UNSUPPORTED) &&
                         answer->bytes_out == 0;
    if (!is_consistent(&answer->result))
        return false;
    return has_output(outcome) ? answer->bytes_out > 0
                               : outcome == EXN_OUTCOME_UNTOUCHED &&
                                     (kind == EXN_JOB_FILL) == (answer->bytes_out > 0);
}
