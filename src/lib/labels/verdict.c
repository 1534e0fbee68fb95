/* SPDX-License-Identifier: MIT */
/* Decides which frame labels are in. Sizes and extents are witnesses. What a tool is known to do is
 * reported, but decides nothing. */
#include <math.h>

#include "arguments.h"
#include "move.h"

#define BIT(witness) (1u << EXN_LABELS_WITNESS_##witness)

/* What speaks for each frame, and what speaks against both, in which case the picture is another
 * one or was scaled. A generator that mixes frames (Label Studio's COCO export) makes everything it
 * says doubtful. */
static const uint32_t for_stored = BIT(SIZE_STORED) | BIT(MASK_STORED) | BIT(EXTENT_STORED),
                      for_displayed =
                          BIT(SIZE_DISPLAYED) | BIT(MASK_DISPLAYED) | BIT(EXTENT_DISPLAYED),
                      against = BIT(SIZE_OTHER) | BIT(MASK_OTHER) | BIT(GENERATOR);

/* What a size says, as one of three witnesses from `first` on, which exifnorm.h lists in this
 * order: stored, displayed, other. A size that fits neither frame is evidence that the labels are
 * in neither. */
static uint32_t hear_size(uint32_t width, uint32_t height, const exn_result *source,
                          exn_labels_witness first)
{
    const uint32_t w = source->width_in, h = source->height_in;
    return 1u << (first + (width == w && height == h ? 0 : width == h && height == w ? 1 : 2));
}

/* The frames differ where one is as wide as the other is high. A shape that extends past the
 * shorter side shows which way the longer one lies; a shape drawn to the very edge may overshoot by
 * a pixel. A shape that also extends past the longer side is in neither frame and says nothing: it
 * may be on a larger copy of the picture.
 *
 * If there is no other evidence it has to extend farther, by a sixty-fourth of the side, which is
 * more than a hand slips. A pixel and a half past an edge is enough to doubt sizes, but too little
 * to decide. */
static uint32_t hear_extent(const exn_labels_image *image, const exn_result *source, bool is_alone)
{
    const bool is_wide = source->width_in > source->height_in;
    const double shorter = is_wide ? source->height_in : source->width_in,
                 most = shorter + (is_alone ? fmax(1, shorter / 64) : 1),
                 longest = (is_wide ? source->width_in : source->height_in) + 1.0;
    uint32_t heard = 0;
    if (image->right > most && image->right <= longest)
        heard |= is_wide ? BIT(EXTENT_STORED) : BIT(EXTENT_DISPLAYED);
    if (image->bottom > most && image->bottom <= longest)
        heard |= is_wide ? BIT(EXTENT_DISPLAYED) : BIT(EXTENT_STORED);
    return heard;
}

/* Tools that do not know a size write 0, which says nothing. */
static uint32_t hear(const exn_labels_image *image, const exn_labels_result *result,
                     const exn_result *source)
{
    uint32_t heard = 0;
    if (image->has_size && (image->width || image->height))
        heard |= hear_size(image->width, image->height, source, EXN_LABELS_WITNESS_SIZE_STORED);
    if (image->mask_width || image->masks_differ)
        heard |= hear_size(image->mask_width, image->mask_height, source,
                           EXN_LABELS_WITNESS_MASK_STORED);
    if (image->has_extent)
        heard |= hear_extent(image, source, heard == 0);
    if (result->is_label_studio)
        heard |= BIT(GENERATOR);
    return heard;
}

/* Witnesses that contradict each other decide nothing, because a wrong frame moves every label to a
 * wrong place, while an open question can be answered by the caller. Orientations 2, 3 and 4 keep
 * both sides, so neither sizes nor extents can tell. */
static exn_labels_judgement judge(const exn_labels_image *image, const exn_labels_result *result,
                                  const exn_result *source)
{
    exn_labels_judgement j = {EXN_LABELS_VERDICT_EITHER, 0};
    const exn_orientation o = exn_orientation_shown(source->orientation_given, source->orientation);
    if (image->shapes == 0 || source->outcome == EXN_OUTCOME_FAILED ||
        source->outcome == EXN_OUTCOME_UNSUPPORTED || exn_orientation_is_identity(o)) {
        j.verdict = EXN_LABELS_VERDICT_NOT_NEEDED;
        return j;
    }
    j.witnesses = hear(image, result, source);
    /* Both frames have the same size here, so sizes can only be wrong. */
    if (!o.transpose || source->width_in == source->height_in) {
        j.witnesses &= BIT(SIZE_OTHER) | BIT(MASK_OTHER);
        if (!o.transpose && image->has_size && image->width && image->width != source->width_in)
            j.witnesses |= BIT(SIZE_OTHER);
        if (!o.transpose && image->mask_width && image->mask_width != source->width_in)
            j.witnesses |= BIT(MASK_OTHER);
    }
    const bool stored = j.witnesses & for_stored, displayed = j.witnesses & for_displayed;
    if (j.witnesses & against || (stored && displayed))
        j.verdict = EXN_LABELS_VERDICT_CONTRADICTORY;
    else if (stored)
        j.verdict = EXN_LABELS_VERDICT_STORED;
    else if (displayed)
        j.verdict = EXN_LABELS_VERDICT_DISPLAYED;
    return j;
}

exn_status exn_labels_judge(const exn_labels_image *image, const exn_labels_result *result,
                            const exn_result *source, exn_labels_judgement *judgement,
                            exn_error *error)
{
    exn_result own;
    if (error)
        *error = (exn_error){0};
    exn_status status = exn_arguments_given(judgement, "judgement", error);
    if (status == EXN_OK)
        status = exn_arguments_given(image, "image", error);
    if (status == EXN_OK)
        status = exn_arguments_given(result, "result", error);
    if (status == EXN_OK)
        status = exn_arguments_labels_result(result, error);
    if (status == EXN_OK)
        status = exn_arguments_returned(source, "source", &own, error);
    if (status == EXN_OK)
        *judgement = judge(image, result, &own);
    return status;
}

/* Counts only images judged by their own witnesses: verdicts that were inherited are not passed on.
 */
void exn_labels_inherit(exn_labels_judgement *judgements, size_t count)
{
    /* One image could be an exception; three are unlikely to be if no other contradicts them. */
    enum { ENOUGH = 3 };
    size_t of[EXN_LABELS_VERDICT_CONTRADICTORY + 1] = {0};
    for (size_t i = 0; i < count; i++)
        if ((size_t)judgements[i].verdict < sizeof of / sizeof *of &&
            !(judgements[i].witnesses & BIT(INHERITED)))
            of[judgements[i].verdict]++;
    const size_t stored = of[EXN_LABELS_VERDICT_STORED],
                 displayed = of[EXN_LABELS_VERDICT_DISPLAYED];
    if (of[EXN_LABELS_VERDICT_CONTRADICTORY] || (stored && displayed) ||
        stored + displayed < ENOUGH)
        return;
    for (size_t i = 0; i < count; i++)
        if (judgements[i].verdict == EXN_LABELS_VERDICT_EITHER) {
            judgements[i].verdict =
                stored ? EXN_LABELS_VERDICT_STORED : EXN_LABELS_VERDICT_DISPLAYED;
            judgements[i].witnesses |= BIT(INHERITED);
        }
}

/* A mask is a picture in the labels' frame, so it is moved like the labels and not by its own tag.
 */
exn_status exn_labels_mask_orientation(const exn_result *image, exn_labels_frame frame,
                                       uint32_t *orientation, exn_error *error)
{
    exn_result own;
    if (error)
        *error = (exn_error){0};
    exn_status status = exn_arguments_returned(image, "image", &own, error);
    if (status == EXN_OK)
        status = exn_arguments_given(orientation, "orientation", error);
    if (status == EXN_OK && frame != EXN_LABELS_STORED && frame != EXN_LABELS_DISPLAYED)
        status = exn_status_fail(error, EXN_BAD_ARGUMENT, "frame is %u", (unsigned)frame);
    if (status == EXN_OK)
        *orientation = exn_orientation_to_exif(exn_move_way(&own, frame));
    return status;
}
