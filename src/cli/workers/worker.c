/* SPDX-License-Identifier: MIT */
#include "worker.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "base/item.h"
#include "decoder.h"
#include "labeler.h"
#include "poses_yaml.h"
#include "sandbox.h"
#include "wire.h"

#ifdef EXN_TEST_HOOKS /* a build that tests make, whose workers misbehave on demand */
#include "forger.h"
#include "hooks.h"
#else
#define exn_hook(data, size, error)                      EXN_OK
#define exn_hook_at_end(source, error)                   EXN_OK
#define exn_hook_product(product)                        (void)0
#define exn_hook_output(output, body)                    (void)0
#define exn_hook_reply(number, bytes, held, count, body) (void)0
#define exn_forger_answer(reply, held, count, body)      (void)0
#endif

#define CHUNK_SIZE ((size_t)1 << 16)
#define SMALL_SIZE ((uint64_t)1 << 14)

/* Reads the whole source. Its size counts before it is allocated; one that has another size by now
 * is being written to. */
static exn_status read_source(int source, uint64_t size, uint64_t limit, exn_bytes *bytes,
                              exn_error *error)
{
    if (exn_error_need(error, size, limit < SIZE_MAX - 1 ? limit : SIZE_MAX - 1) != EXN_OK)
        return EXN_LIMIT;
    bytes->data = malloc((size_t)size + 1); /* one more byte shows that it grew */
    if (!bytes->data)
        return exn_error_set(error, EXN_MEMORY, 0, "file contents");
    ssize_t n = exn_io_read_whole(source, bytes->data, (size_t)size);
    if (n < 0)
        return exn_error_set(error, EXN_READ, errno, "while reading");
    bytes->size = (size_t)n;
    if (bytes->size != size)
        return exn_error_set(error, EXN_READ, 0, "the source changed while it was read");
    return EXN_OK;
}

typedef exn_labeler_output output;

/* Takes the product over, where it goes with the answer. One that does not fit is left away, and
 * the parent sees that. */
static exn_status write_output(output *to, exn_bytes *product, exn_error *error)
{
    if (to->with) {
        exn_bytes_free(&to->body);
        if (product->size <= EXN_WIRE_BODY) {
            to->body = *product;
            *product = (exn_bytes){0};
        }
        return EXN_OK;
    }
    return exn_io_write_at(to->fd, product->data, product->size, 0)
               ? EXN_OK
               : exn_error_set(error, EXN_WRITE, errno, "while writing");
}

/* What the file system gives back must be what it was given. By the descriptor that wrote it, so
 * mostly out of the page cache: this finds what a file system or a short write has lost, not a disk
 * that lies. A file that is too long is no match either. */
static exn_status read_back(int output, const exn_bytes *product, exn_error *error)
{
    static uint8_t chunk[CHUNK_SIZE]; /* the library needs the stack */
    for (size_t done = 0;;) {
        ssize_t n = exn_io_read_at(output, chunk, sizeof chunk, done);
        if (n < 0)
            return exn_error_set(error, EXN_WRITE, errno, "cannot read the output back");
        if (n == 0 && done == product->size)
            return EXN_OK;
        if (n == 0 || (size_t)n > product->size - done ||
            memcmp(chunk, product->data + done, (size_t)n) != 0)
            return exn_error_set(error, EXN_MISMATCH, 0, "the output reads back differently");
        done += (size_t)n;
    }
}

/* exn_options.spent: whole pages of the source go back to the system. */
static void let_go(void *context, size_t offset, size_t size)
{
    const exn_bytes *source = context;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uint8_t *from = source->data + offset;
    const size_t before = (page - (uintptr_t)from % page) % page;
    if (size >= before + page)
        madvise(from + before, (size - before) / page * page, MADV_DONTNEED);
}

/* Writes what the source becomes; fill: and of what needs nothing its own bytes. */
static void normalize(exn_bytes *bytes, output *to, const exn_options *options, bool verify,
                      bool fill, exn_answer *answer)
{
    exn_bytes product = {0};
    exn_error *error = &answer->error;
    exn_status status =
        exn_normalize(bytes->data, bytes->size, options, &product, &answer->result, error);
    exn_hook_product(&product);
    if (status != EXN_OK)
        exn_error_set(error, status, 0, "%s", "");
    else if (!product.data && answer->result.outcome != EXN_OUTCOME_UNTOUCHED)
        exn_error_set(error, EXN_INTERNAL, 0, "no output");
    const bool filled =
        fill && error->status == EXN_OK && answer->result.outcome == EXN_OUTCOME_UNTOUCHED;
    exn_bytes *made = filled ? bytes : &product;
    const size_t size = made->size;
    if (error->status == EXN_OK && made->data && write_output(to, made, error) == EXN_OK &&
        (exn_hook_output(to->fd, &to->body),
         filled || !verify || read_back(to->fd, made, error) == EXN_OK))
        answer->bytes_out = size;
    exn_bytes_free(&product);
}

/* exn_source's read. A file that ends before its size is being written to. */
static int read_part(void *context, void *to, size_t size, uint64_t offset)
{
    const int *source = context;
    ssize_t n = exn_io_read_at(*source, to, size, offset);
    return n < 0 ? errno : (size_t)n < size ? ENODATA : 0;
}

/* Looks at the file in source by its headers only: what would be done to it, and why. */
static void check(int source, uint64_t size, const exn_options *options, exn_answer *answer)
{
    exn_source parts = {.size = size, .read = read_part, .context = &source};
    exn_status status = exn_check(&parts, options, &answer->result, &answer->error);
    if (status != EXN_OK)
        exn_error_set(&answer->error, status, 0, "%s", "");
}

/* Reads the image in source and normalizes it into the output. */
static void rewrite(int source, output *to, uint64_t size, const exn_cli_options *cli, bool fill,
                    exn_answer *answer)
{
    exn_bytes bytes = {0};
    exn_options left = cli->work;
    if (read_source(source, size, left.max_memory, &bytes, &answer->error) == EXN_OK &&
        exn_hook(bytes.data, bytes.size, &answer->error) == EXN_OK) {
        left.max_memory -= bytes.size; /* what the library may need besides the file */
        left.spent = let_go;
        left.spent_context = &bytes;
        normalize(&bytes, to, &left, cli->verify, fill, answer);
    }
    free(bytes.data);
}

/* Whether a look has answered all: the image needs nothing, or has no output. It is read whole for
 * that, but not held in memory, and only where its headers have not answered already. What is to be
 * decoded has to be read anyway, and a small file is read as fast as its headers. One that is over
 * the limit is refused, whatever is in it. A failure settles it as well: what the headers already
 * refuse need not be read. */
static bool is_settled(int source, uint64_t size, const exn_options *options, exn_answer *answer)
{
    if (size <= SMALL_SIZE || size > options->max_memory || options->decode_all)
        return false;
    exn_options look = *options;
    look.look_whole = true;
    check(source, size, &look, answer);
    return answer->error.status != EXN_OK || answer->result.outcome == EXN_OUTCOME_UNTOUCHED;
}

/* Gives the output the source's own bytes. */
static void copy(int source, output *to, uint64_t size, exn_answer *answer)
{
    exn_bytes bytes = {0};
    exn_status status = to->with ? read_source(source, size, EXN_WIRE_BODY, &bytes, &answer->error)
                                 : exn_io_copy(to->fd, source, size, &answer->error);
    if (status == EXN_OK && to->with)
        write_output(to, &bytes, &answer->error);
    if (status == EXN_OK)
        answer->bytes_out = size;
    exn_bytes_free(&bytes);
}

/* Normalizes the image in source into the output, which is empty. On failure that may hold
 * anything. */
static void run(int source, output *to, uint64_t size, const exn_cli_options *cli, bool fill,
                exn_answer *answer)
{
    if (!is_settled(source, size, &cli->work, answer))
        rewrite(source, to, size, cli, fill, answer);
    else if (fill && answer->error.status == EXN_OK)
        copy(source, to, size, answer);
    if (answer->error.status != EXN_OK)
        answer->result.outcome = EXN_OUTCOME_FAILED;
}

/* What became of a sidecar's image, or is to become of it. */
static exn_status look_beside(int image, const exn_beside *beside, const exn_options *options,
                              exn_result *result, exn_error *error)
{
    exn_source parts = {.size = beside->size, .read = read_part, .context = &image};
    exn_bytes bytes = {0}, product = {0};
    exn_options left = *options;
    exn_status status = exn_check(&parts, options, result, error);
    if (status != EXN_OK || !beside->whole || result->outcome == EXN_OUTCOME_COPIED ||
        result->outcome == EXN_OUTCOME_UNSUPPORTED)
        return status;
    status = read_source(image, beside->size, left.max_memory, &bytes, error);
    if (status == EXN_OK) {
        left.max_memory -= bytes.size;
        status = exn_normalize(bytes.data, bytes.size, &left, &product, result, error);
    }
    exn_bytes_free(&product);
    free(bytes.data);
    return status;
}

/* An image that fails has no sidecar; a file that is not an image for sure has none of ours. NULL:
 * there is no image, and the sidecar is edited by what it says itself. */
static const exn_result *take_beside(int image, const exn_beside *beside,
                                     const exn_options *options, exn_result *result,
                                     exn_error *error)
{
    exn_error why = {0};
    if (image < 0)
        return NULL;
    exn_status status = look_beside(image, beside, options, result, &why);
    if (status != EXN_OK && status != EXN_NOT_AN_IMAGE)
        exn_error_set(error, status, 0, "of its image: %.150s", why.detail);
    return result;
}

/* Editing the output once more must find nothing to do: there is no other reader of XMP to ask. */
static void write_sidecar(output *to, exn_bytes *product, bool verify, exn_answer *answer)
{
    exn_bytes again = {0};
    exn_result result;
    exn_result_init(&result, sizeof result);
    answer->bytes_out = product->size;
    if ((to->fd >= 0 || to->with) && write_output(to, product, &answer->error) == EXN_OK &&
        verify && read_back(to->fd, product, &answer->error) == EXN_OK &&
        (exn_normalize_sidecar(product->data, product->size, NULL, NULL, &again, &result, NULL) !=
             EXN_OK ||
         result.reasons != 0))
        exn_error_set(&answer->error, EXN_MISMATCH, 0, "an orientation is left in the output");
}

/* Edits the XMP in source as its image, if there is one, is edited. */
static void edit_sidecar(int source, output *to, int image, const exn_request *request,
                         const exn_cli_options *cli, exn_answer *answer)
{
    exn_bytes bytes = {0}, product = {0};
    exn_options left = cli->work;
    exn_result of_image;
    exn_error *error = &answer->error;
    exn_result_init(&of_image, sizeof of_image);
    const exn_result *beside = take_beside(image, &request->beside, &left, &of_image, error);
    if (error->status == EXN_OK &&
        read_source(source, request->size, left.max_memory, &bytes, error) == EXN_OK &&
        exn_hook(bytes.data, bytes.size, error) == EXN_OK) {
        left.max_memory -= bytes.size;
        exn_status status = exn_normalize_sidecar(bytes.data, bytes.size, beside, &left, &product,
                                                  &answer->result, error);
        if (status != EXN_OK)
            exn_error_set(error, status, 0, "%s", "");
        else if (product.data)
            write_sidecar(to, &product, cli->verify, answer);
    }
    exn_bytes_free(&product);
    free(bytes.data);
    answer->result.format = EXN_FORMAT_XMP;
    if (error->status != EXN_OK)
        answer->result.outcome = EXN_OUTCOME_FAILED;
}

/* Another worker found that the source needs nothing, and has decoded it. That it is what it was
 * taken for is all that a copy can be wrong in. */
static void verify_untouched(int source, uint64_t size, exn_options options, exn_answer *answer)
{
    options.decode_all = false;
    check(source, size, &options, answer);
    if (answer->error.status == EXN_OK && answer->result.outcome != EXN_OUTCOME_UNTOUCHED)
        exn_error_set(&answer->error, EXN_MISMATCH, 0, "the copy is not unambiguous");
}

/* The source could be read and rotated, so an output that cannot be read is no match either. */
static void verify_output(const int *held, const exn_request *request, exn_options options,
                          exn_answer *answer)
{
    exn_bytes bytes = {0}, product = {0};
    exn_error *error = &answer->error;
    exn_status status = read_source(held[0], request->size, options.max_memory, &bytes, error);
    if (status == EXN_OK) {
        status = read_source(held[1], request->made_size, SIZE_MAX, &product, error);
        options.max_memory -= bytes.size;
        if (status == EXN_OK)
            status = exn_verify(bytes.data, bytes.size, product.data, product.size, &options,
                                &request->made, error);
        /* Memory that the second look lacks says nothing about the output; any other failure
         * does. */
        if (status != EXN_OK && status != EXN_MEMORY && status != EXN_LIMIT)
            error->status = EXN_MISMATCH;
    }
    free(bytes.data);
    free(product.data);
}

/* Looks at what another worker has made. The answer is the error alone. */
static void verify(const int *held, const exn_request *request, const exn_options *options,
                   exn_answer *answer)
{
    if (request->made.outcome == EXN_OUTCOME_UNTOUCHED)
        verify_untouched(held[0], request->size, *options, answer);
    else
        verify_output(held, request, *options, answer);
    exn_result_init(&answer->result, sizeof answer->result);
}

/* Of a file that a run has been over, whichever side: so nothing of it is judged here. */
static void make_miniature(int source, output *to, uint64_t size, const exn_options *options,
                           exn_answer *answer)
{
    exn_bytes bytes = {0}, small = {0};
    exn_options left = *options;
    exn_error *error = &answer->error;
    if (read_source(source, size, left.max_memory, &bytes, error) == EXN_OK &&
        exn_hook(bytes.data, bytes.size, error) == EXN_OK) {
        left.max_memory -= bytes.size;
        left.mode = EXN_MODE_BAKE; /* with another one an orientation cannot be given */
        exn_status status =
            exn_miniature(bytes.data, bytes.size, EXN_WIRE_MINIATURE, &left, &small, error);
        const size_t made = small.size;
        if (status == EXN_OK && write_output(to, &small, error) == EXN_OK)
            answer->bytes_out = made;
    }
    exn_bytes_free(&small);
    free(bytes.data);
}

/* Label files are not held in memory: they may be of any size. */
static void read_labels(const exn_request *request, const int *held, const exn_cli_options *options,
                        output *to, exn_answer *answer)
{
    int source = held[0];
    const exn_source parts = {.size = request->size, .read = read_part, .context = &source};
    if (exn_hook_at_end(&parts, &answer->error) != EXN_OK)
        return;
    if (request->kind == EXN_JOB_POSES)
        exn_poses_yaml_read(&parts, answer);
    else if (request->kind == EXN_JOB_LABELS)
        exn_labeler_look(&parts, &request->labels, options, to, answer);
    else if (request->kind == EXN_JOB_BOXES)
        exn_labeler_boxes(&parts, &request->labels, options,
                          request->beside.there ? held[1 + request->output] : -1, to, answer);
    else
        exn_labeler_move(&parts, &request->labels, options,
                         request->beside.there ? held[1 + request->output] : -1, to, answer);
}

/* Blocks of this size and more go back to the system when they are freed, so that many images after
 * another need no more memory than the largest of them. */
static void bound_heap(void)
{
    enum { LARGE = 4 << 20 };
#ifdef M_MMAP_THRESHOLD /* glibc learns a threshold of its own; others give such blocks back       \
                           anyway */
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, 4 * LARGE);
#endif
}

/* After a large image the heap may hold as much as that took, in blocks too small for the bound
 * above; and where one worker verifies what another one has made, each would keep its share while
 * the other is at work. After a small one it is not worth the calls. */
static void give_heap_back(uint64_t size)
{
    enum { LARGE = 1 << 20 };
#ifdef __GLIBC__ /* others give blocks back as they are freed */
    if (size >= LARGE)
        malloc_trim(0);
#else
    (void)size, (void)LARGE;
#endif
}

/* Does what is asked. The descriptors are as many as the request speaks of. */
static void answer_request(const exn_request *request, const int *held,
                           const exn_cli_options *options, output *to, exn_answer *answer)
{
    switch (request->kind) {
    case EXN_JOB_SIDECAR:
        edit_sidecar(held[0], to, request->beside.there ? held[1 + request->output] : -1, request,
                     options, answer);
        break;
    case EXN_JOB_VERIFY:
        verify(held, request, &options->work, answer);
        break;
    case EXN_JOB_CHECK:
        check(held[0], request->size, &options->work, answer);
        break;
    case EXN_JOB_NORMALIZE:
    case EXN_JOB_FILL:
        run(held[0], to, request->size, options, request->kind == EXN_JOB_FILL, answer);
        break;
    case EXN_JOB_LABELS:
    case EXN_JOB_MOVE_LABELS:
    case EXN_JOB_POSES:
    case EXN_JOB_BOXES:
        read_labels(request, held, options, to, answer);
        break;
    case EXN_JOB_MINIATURE:
        make_miniature(held[0], to, request->size, &options->work, answer);
        break;
    }
}

/* A system may allow smaller packets than this one: the output does not fit then. */
static bool send_reply(int socket, const exn_reply *reply, exn_bytes *body)
{
    bool sent = exn_wire_send_body(socket, reply, sizeof *reply, body->data, body->size);
    if (!sent && body->size > 0 && (errno == EMSGSIZE || errno == ENOBUFS))
        sent = exn_wire_send(socket, reply, sizeof *reply, NULL, 0);
    exn_bytes_free(body);
    return sent;
}

/* A value of a mask is never another; and it goes as the labels on its image do, with --mode=drop
 * as well. */
static void set_work(exn_options *work, const exn_options *asked, const exn_request *request)
{
    *work = *asked;
    work->orientation = request->orientation;
    if (request->mask) {
        work->mode = EXN_MODE_BAKE;
        work->edges = EXN_EDGES_REFUSE;
    }
}

/* The first reply has the number 0 and says that the wall stands. */
void exn_worker_serve(int socket, const exn_cli_options *options, uint64_t room)
{
    exn_request request;
    exn_cli_options asked = *options;
    exn_reply reply = {0};
    exn_bytes body = {0};
    int held[EXN_WIRE_DESCRIPTORS];
    size_t count;
    bound_heap();
    exn_sandbox_enter(options->work.max_memory, room, exn_decoder_is_needed(options),
                      !options->no_sandbox, &reply.answer.error);
    while (send_reply(socket, &reply, &body) &&
           exn_wire_receive(socket, &request, sizeof request, held, &count, 0) == 1) {
        uint64_t begun = exn_item_clock();
        reply = (exn_reply){.number = request.number};
        exn_result_init(&reply.answer.result, sizeof reply.answer.result);
        exn_labels_result_init(&reply.answer.labels.result, sizeof reply.answer.labels.result);
        output to = {.fd = request.output && count > 1 ? held[1] : -1, .with = request.body};
        set_work(&asked.work, &options->work, &request);
        if (count == 1u + request.output + request.beside.there)
            answer_request(&request, held, &asked, &to, &reply.answer);
        else /* of EXN_JOB_VERIFY an answer without an error is a yes */
            exn_error_set(&reply.answer.error, EXN_INTERNAL, 0,
                          "%zu descriptors do not match the request", count);
        body = to.body;
        exn_hook_reply(&reply.number, &reply.answer.bytes_out, held, &count, &body);
        exn_forger_answer(&reply, held, &count, &body);
        while (count > 0)
            close(held[--count]);
        if (options->verify)
            give_heap_back(request.size);
        reply.answer.microseconds = exn_item_clock() - begun;
    }
}
