/* SPDX-License-Identifier: MIT */
#include "warning.h"

#include "sightings.h"

/* What is larger would be read for longer than it took to copy. */
#define LARGE ((uint64_t)64 << 20)

typedef struct warning {
    exn_pictures *pictures;
    exn_report *report;
    exn_sightings sightings;
} warning;

/* By what would be displayed: also where only the tag went, labels in the displayed frame are wrong
 * now. */
bool exn_warning_concerns(const exn_result *result)
{
    const uint32_t shown =
        result->orientation_given ? result->orientation_given : result->orientation;
    return shown > 1 && result->outcome != EXN_OUTCOME_FAILED &&
           result->outcome != EXN_OUTCOME_UNSUPPORTED && result->outcome != EXN_OUTCOME_COPIED;
}

static bool may_go_on(const void *owner)
{
    const warning *w = owner;
    return !w->report->broken;
}

/* One that cannot be read names nobody knows whom, and that is said. Each image is counted once,
 * however many label files name it. */
static void labels(void *owner, const exn_item *item, const exn_labels_answer *answer,
                   const void *bytes, size_t size)
{
    warning *w = owner;
    exn_report_labels line = {.path = item->path,
                              .format = answer->result.format,
                              .images = answer->result.images,
                              .shapes = answer->result.shapes,
                              .unread = answer->unread || item->error.status != EXN_OK};
    exn_sightings *s = &w->sightings;
    exn_sightings_begin(s, bytes, size);
    while (exn_sightings_next(s)) {
        const exn_picture *found;
        const exn_match match = exn_sightings_match(s, w->pictures, answer->result.format,
                                                    item->path, answer->result.images == 1, &found);
        if (match == EXN_MATCH_NONE || s->image.shapes == 0)
            continue;
        line.rotated++;
        exn_picture *picture = &w->pictures->list[found - w->pictures->list];
        w->report->labels.rotated += !picture->is_named;
        picture->is_named = true;
    }
    if (line.rotated > 0 || line.unread)
        exn_report_tell_labels(w->report, &line);
}

void exn_warning_run(const exn_cli_options *options, const exn_roots *roots, const exn_names *names,
                     exn_pool *pool, exn_pictures *pictures, exn_report *report)
{
    static const exn_scout_ops ops = {.may_go_on = may_go_on, .labels = labels};
    /* Static, as its sightings are too large for a small stack. */
    static warning w;
    w = (warning){.pictures = pictures, .report = report};
    const exn_scout scout = {.options = options,
                             .roots = roots,
                             .names = names,
                             .pool = pool,
                             .most = LARGE,
                             .ops = &ops,
                             .owner = &w};
    if (pictures->count == 0)
        return;
    if (!exn_pictures_settle(pictures)) {
        fputs("exifnorm: out of memory (names of rotated images)\n", stderr);
        report->broken = true;
        return;
    }
    exn_scout_run(&scout);
}
