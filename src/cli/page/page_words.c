/* SPDX-License-Identifier: MIT */
#include "page_words.h"

#include <inttypes.h>
#include <stdio.h>

/* Word and meaning, and both with --check, in the order of the numbers. A run's words are the
 * library's, except for outcomes that it does not have. NULL: --check never says that, since only
 * the pixels tell how a rotation comes out, and no labels are moved. */
typedef struct row {
    const char *word, *meaning, *check_word, *check_meaning;
} row;

static const row outcomes[EXN_PAGE_OUTCOMES] = {
    [EXN_OUTCOME_FAILED] = {NULL, "no output; the reason stands beside each file", "failed",
                            "cannot be processed"},
    [EXN_OUTCOME_UNTOUCHED] = {NULL, "nothing to do, byte for byte the same", "untouched",
                               "unambiguous, nothing to do"},
    [EXN_OUTCOME_METADATA] = {NULL, "orientation removed, pixels as they were", "to-edit",
                              "metadata to edit, pixels are right"},
    [EXN_OUTCOME_LOSSLESS] = {NULL, "rotated without loss", "to-turn", "to rotate"},
    [EXN_OUTCOME_LUMA_LOSSLESS] = {NULL, "rotated, brightness without loss, colour re-encoded",
                                   NULL, NULL},
    [EXN_OUTCOME_REQUANTIZED] = {NULL, "rotated, partly re-encoded", NULL, NULL},
    [EXN_OUTCOME_COPIED] = {NULL, "of no format that is edited, byte for byte the same", "copied",
                            "of no format that is edited"},
    [EXN_OUTCOME_UNSUPPORTED] = {NULL,
                                 "has an orientation in a format that is not edited: as it was",
                                 "unsupported",
                                 "has an orientation in a format that is not edited"},
    [EXN_PAGE_MOVED] = {"moved", "label files, moved with their images", NULL, NULL},
    [EXN_PAGE_PARTLY] = {"partly", "label files; labels of failed images are as they were", NULL,
                         NULL},
    [EXN_PAGE_SKIPPED] = {"skipped", "no files: links to folders, fifos and the like", "skipped",
                          "no files: links to folders, fifos and the like"},
};

const char *exn_page_words_outcome(int outcome, bool check)
{
    if (check)
        return outcomes[outcome].check_word;
    const char *word = outcomes[outcome].word;
    return word ? word : exn_outcome_word((exn_outcome)outcome);
}

const char *exn_page_words_meaning(int outcome, bool check)
{
    return check ? outcomes[outcome].check_meaning : outcomes[outcome].meaning;
}

/* A switch, so that the compiler notices a warning without a text. Each sentence has to make sense
 * on its own, beside a list of files, to people who have never met the word: what was found, and
 * what it means for the picture or for other programs; docs/report.md has the rest. */
#define ROW(value, words)                                                                          \
    case value:                                                                                    \
        return words

const char *exn_page_words_warning(exn_warning warning)
{
    switch (warning) {
        ROW(EXN_WARN_ORIENTATION_IGNORED,
            "An orientation stands where no browser reads it, or has a value that none honours. "
            "Other programs may rotate by it.");
        ROW(EXN_WARN_ORIENTATION_AMBIGUOUS,
            "Browsers read different orientations from this file. Chromium's counts here.");
        ROW(EXN_WARN_LIBEXIF_DIFFERS,
            "libexif, which many programs use, reads another orientation than browsers do.");
        ROW(EXN_WARN_EXIF_REMOVED, "The Exif block could not be edited safely and is removed.");
        ROW(EXN_WARN_SIGNATURE_INVALID,
            "The file has C2PA content credentials. They are kept, and sign the bytes of before.");
        ROW(EXN_WARN_UNSAFE_CHUNK_KEPT,
            "A PNG chunk of unknown meaning is kept, which may describe the pixels of before.");
        ROW(EXN_WARN_CHUNK_REMOVED,
            "Apple's iDOT chunk, an index into the old image data, is removed.");
        ROW(EXN_WARN_HARMLESS_NOISE, "A decoder warns about this file, but no image data is lost.");
        ROW(EXN_WARN_DENSITY_NEUTRALIZED,
            "Exif gives a density with which browsers change the image's size. It is neutralized.");
        ROW(EXN_WARN_THUMBNAIL_ASPECT,
            "The sides of the embedded thumbnail do not match those of the image. Perhaps only one "
            "of the two has been rotated by another program.");
        ROW(EXN_WARN_THUMBNAIL_DROPPED,
            "An embedded thumbnail could not be rotated and is removed.");
        ROW(EXN_WARN_XMP_ORIENTATION,
            "XMP gives another orientation than the one that browsers show.");
        ROW(EXN_WARN_PROFILE_ORIENTATION,
            "Text in a PNG gives another orientation than the one that browsers show.");
        ROW(EXN_WARN_XMP_REMOVED, "XMP could not be edited safely and is removed.");
        ROW(EXN_WARN_METADATA_STALE,
            "Some metadata, such as regions or maker notes, describes the pixels of before.");
        ROW(EXN_WARN_SECONDARY_REQUANTIZED,
            "A secondary image in the file, such as a gain map, is re-encoded; the main one is not "
            "concerned.");
        ROW(EXN_WARN_SECONDARY_DROPPED, "Secondary images and their index are removed.");
        ROW(EXN_WARN_SCANS_MISSING,
            "A progressive JPEG without its last scans, which never gets sharp.");
        ROW(EXN_WARN_INDEX_STALE,
            "Positions in this index are those of an archive that has changed. Rebuild it.");
        ROW(EXN_WARN_NO_END_MARKER,
            "An archive without an end marker, which is added. Members may be missing.");
        ROW(EXN_WARN_NOT_DECODED,
            "Kept as it is: nothing here decodes its kind, so that damage would not be seen.");
        ROW(EXN_WARN_RESOURCE_THUMBNAIL_DROPPED,
            "A thumbnail in Photoshop's resources could not be rotated and is removed.");
        ROW(EXN_WARN_ALREADY_TURNED,
            "Sizes in Exif say that the pixels were rotated before and the orientation was left "
            "over. Browsers rotate by it all the same.");
        ROW(EXN_WARN_DAMAGED,
            "The JPEG has lost data. What decoders show of it stands in for the rest.");
        ROW(EXN_WARN_DEPTH_REDUCED,
            "Samples of more than 8 bits were rounded to the 8 that a JPEG has.");
        ROW(EXN_WARN_ALPHA_DROPPED, "A JPEG has no alpha: that of the source is left out.");
    }
    return "";
}

size_t exn_page_words_add(char *text, size_t size, size_t used, const char *word)
{
    if (used >= size)
        return used;
    return used + (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", word);
}

/* UNKNOWN comes after the library's verdicts, for images that do not exist. snprintf(3) returns
 * what it would have written, so used may exceed size; then nothing is added. */
const char *exn_page_words_verdicts(const uint64_t *counts, bool unread, uint64_t rotated,
                                    uint64_t renamed, char *text, size_t size)
{
    enum { UNKNOWN = EXN_LABELS_VERDICT_CONTRADICTORY + 1 };
    size_t used = 0;
    *text = '\0';
    if (unread)
        snprintf(text, size, "could not be read");
    else if (!counts && renamed > 0)
        snprintf(text, size,
                 "copied unchanged; rotated images: %" PRIu64 ", others with another name now: "
                 "%" PRIu64,
                 rotated, renamed);
    else if (!counts)
        snprintf(text, size, "copied unchanged; rotated images: %" PRIu64, rotated);
    for (int i = EXN_LABELS_VERDICT_STORED; counts && !unread && i <= UNKNOWN; i++)
        if (counts[i] > 0 && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s%s: %" PRIu64, used ? ", " : "",
                                     i == UNKNOWN ? "unknown"
                                                  : exn_labels_verdict_word((exn_labels_verdict)i),
                                     counts[i]);
    return text;
}
