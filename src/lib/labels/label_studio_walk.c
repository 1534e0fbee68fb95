/* SPDX-License-Identifier: MIT */
#include "label_studio_walk.h"

#include <inttypes.h>
#include <stdio.h>

/* Tasks have no unique key of their own, as some exports leave out ids. So the key is the task's
 * place in the file and the image's place in the task. */
exn_status exn_label_studio_walk_key(exn_label_studio_walk *w, size_t target, exn_span *key)
{
    char text[48];
    int size = snprintf(text, sizeof text, "%" PRIu64 "/%zu", w->task, target);
    w->key.size = 0;
    exn_status status = exn_buffer_append(&w->key, text, (size_t)size);
    *key = exn_buffer_span(&w->key);
    return status == EXN_OK ? EXN_OK : exn_status_fail(w->base.error, status, "%s", "");
}

/* Tasks are many and alike, so their memory is reused. */
void exn_label_studio_walk_clear(exn_label_studio_walk *w)
{
    w->texts.size = w->targets.size = w->data.size = w->sized.size = 0;
    w->has_data = false;
    exn_numbers_clear(&w->sizes);
}

/* What grows with the file is given back to its account; what grows with one result is in no
 * account. */
void exn_label_studio_walk_free(exn_label_studio_walk *w)
{
    exn_account *account = w->base.events->account;
    exn_buffer *const buffers[] = {&w->texts, &w->targets, &w->data, &w->sized};
    exn_label_studio_region *r = &w->region;
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        exn_account_free(account, buffers[i]);
    for (size_t i = 0; i < EXN_LABEL_STUDIO_NUMBERS; i++)
        exn_numbers_free(&r->number[i]);
    exn_numbers_free(&w->sizes);
    exn_numbers_free(&r->points);
    exn_numbers_free(&r->runs);
    exn_numbers_free(&r->shape);
    exn_buffer_free(&r->picture);
    exn_buffer_free(&r->to_name);
    exn_buffer_free(&w->key);
    exn_buffer_free(&w->name);
    exn_buffer_free(&w->other);
}
