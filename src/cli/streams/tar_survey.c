/* SPDX-License-Identifier: MIT */
#include "tar_survey.h"

#include <stdlib.h>

#include "base/error.h"

exn_tar_survey *exn_tar_survey_open(const exn_cli_options *options)
{
    exn_tar_survey *s = calloc(1, sizeof *s);
    if (s)
        s->options = options;
    return s;
}

bool exn_tar_survey_see_labels(exn_tar_survey *survey, const exn_item *item,
                               const exn_labels_answer *answer, const exn_error *error,
                               int sightings, uint64_t size)
{
    const bool is_none = answer->result.format == EXN_LABELS_UNKNOWN && !answer->odd;
    return (error->status == EXN_OK && is_none) ||
           exn_notes_add(&survey->notes, item->path, answer, error, sightings, size);
}

bool exn_tar_survey_see(exn_tar_survey *survey, const exn_item *item, const exn_tar_head *head)
{
    if (head->link)
        return exn_tar_aliases_add(&survey->links, item->path, head->link,
                                   head->kind != EXN_TAR_LINK);
    if (exn_item_may_have_labels(item))
        exn_survey_see(&survey->survey, survey->options, item);
    return !survey->survey.no_memory;
}

/* Labels of a link are those of what it leads to, on either side. */
static bool follow_links(exn_tar_survey *s)
{
    const char *path, *target;
    bool done = exn_pictures_settle(&s->survey.pictures);
    exn_notes_sort(&s->notes);
    const size_t sorted = s->notes.count;
    for (size_t i = 0; i < s->links.count && done; i++) {
        exn_tar_aliases_get(&s->links, i, &path, &target);
        done = exn_notes_repeat(&s->notes, sorted, path, target);
    }
    return done && (s->links.count == 0 || exn_tar_aliases_resolve(&s->links, &s->survey.pictures));
}

void exn_tar_survey_tell(exn_tar_survey *survey, exn_report *report, exn_error *error)
{
    const exn_scout scout = {.options = survey->options, .notes = &survey->notes};
    survey->survey.report = report;
    exn_progress_clear(&report->progress);
    if (!follow_links(survey))
        exn_error_set(error, EXN_MEMORY, 0, "label files of the archive");
    else if (survey->notes.count > 0 && exn_pictures_has_twins(&survey->survey.pictures))
        exn_error_set(error, EXN_REFUSED, 0,
                      "the archive has images of one name that are not alike, and labels");
    else if (exn_survey_labels(&survey->survey, scout))
        exn_survey_tell(&survey->survey, report);
    else if (survey->survey.no_memory)
        report->broken = true;
}

void exn_tar_survey_close(exn_tar_survey *survey)
{
    if (!survey)
        return;
    exn_survey_close(&survey->survey);
    exn_notes_free(&survey->notes);
    exn_tar_aliases_free(&survey->links);
    free(survey);
}
