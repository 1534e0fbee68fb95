/* SPDX-License-Identifier: MIT */
#include "xmp.h"

#include <string.h>

#include "xmp_suspect.h"
#include "xmp_walk.h"

/* A listing with a relist makes edits, and leaves everything else as it is. */
static const exn_xmp_turn stay = {0};

/* Whether the packet was read to its end. */
static bool run(exn_xmp_walk *w)
{
    if (!exn_xmp_suspect_is_wide(w->xml.in) && exn_xmp_walk_run(w))
        return true;
    w->found.unsafe = w->found.needs_edit =
        w->found.needs_edit || exn_xmp_suspect_orients(w->xml.in, w->xml.cancel);
    w->found.picture_count = 0; /* which only a walk can clean */
    return false;
}

void exn_xmp_scan(exn_span packet, const exn_cancel *cancel, exn_xmp *found)
{
    exn_xmp_walk w;

    exn_xmp_walk_open(&w, packet, NULL, NULL, NULL);
    w.xml.cancel = cancel;
    run(&w);
    *found = w.found;
}

/* Padding is white space before the trailer (XMP part 1, 7.3.2, packet wrapper). */
static void balance(exn_xmp_walk *w)
{
    if (w->trailer.size > 0)
        exn_xmp_edits_balance(&w->edits, (size_t)(w->trailer.data - w->xml.in.data));
}

/* The post-condition: the packet from start on is clean, whatever was assumed about it. */
static exn_xmp_verdict judge_edited(const exn_xmp_walk *w, const exn_buffer *out, size_t start)
{
    exn_xmp found;

    exn_xmp_scan(exn_span_part(exn_buffer_span(out), start, out->size), w->xml.cancel, &found);
    return found.needs_edit || found.orientation != 0 ? EXN_XMP_UNSAFE : EXN_XMP_EDITED;
}

/* If a packet cannot be walked, only its orientations are removed. */
static exn_status edit_suspect(exn_xmp_walk *w, exn_buffer *out, exn_xmp_edited *edited)
{
    const size_t start = out->size;
    bool done = false;
    exn_status status = EXN_OK;

    edited->verdict = EXN_XMP_UNCHANGED;
    if (w->found.unsafe) {
        status = exn_xmp_suspect_cut(w->xml.in, w->xml.cancel, out, &done);
        edited->verdict = done && status == EXN_OK ? judge_edited(w, out, start) : EXN_XMP_UNSAFE;
    }
    edited->stale = exn_xmp_walk_is_mapping(w) && edited->verdict != EXN_XMP_UNSAFE;
    return status;
}

static exn_status edit_walked(exn_xmp_walk *w, exn_buffer *out, exn_xmp_edited *edited)
{
    const size_t start = out->size;

    edited->stale = w->stale;
    if (exn_xmp_walk_is_mapping(w) && !exn_xmp_areas_map(&w->areas, w->turn, &w->edits))
        edited->stale = true;
    if (!exn_xmp_edits_any(&w->edits))
        return w->edits.status;
    balance(w);
    const exn_status status = exn_xmp_edits_append(&w->edits, out);
    edited->verdict = status == EXN_OK ? judge_edited(w, out, start) : EXN_XMP_UNSAFE;
    return status;
}

/* out is unchanged unless the verdict is EDITED: the caller decides about the source's bytes. */
static exn_status edit_once(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                            exn_xmp_edited *edited, bool *has_long)
{
    const size_t start = out->size;
    exn_xmp_walk w;

    exn_xmp_walk_open(&w, packet, turn, NULL, NULL);
    w.xml.cancel = turn->cancel;
    *edited = (exn_xmp_edited){.verdict = EXN_XMP_UNCHANGED};
    const bool walked = run(&w);
    exn_status status = w.edits.status == EXN_MEMORY ? EXN_MEMORY
                        : walked                     ? edit_walked(&w, out, edited)
                                                     : edit_suspect(&w, out, edited);
    edited->thumbnails_dropped = walked && w.thumbnails.dropped;
    *has_long = w.edits.long_texts.size > 0;
    exn_xmp_walk_free(&w);
    if (status != EXN_MEMORY)
        status = exn_cancel_check(turn->cancel, NULL);
    if (status != EXN_OK || edited->verdict != EXN_XMP_EDITED)
        out->size = start;
    return status;
}

/* Rotated thumbnails take the space that is left, and are dropped if that is not enough. */
exn_status exn_xmp_edit(exn_span packet, const exn_xmp_turn *turn, exn_buffer *out,
                        exn_xmp_edited *edited)
{
    const size_t start = out->size;
    exn_xmp_turn without = *turn;
    bool has_long;
    exn_status status = edit_once(packet, turn, out, edited, &has_long);

    if (status != EXN_OK || !has_long || out->size - start <= turn->max_size)
        return status;
    without.thumbnails = NULL;
    out->size = start;
    return edit_once(packet, &without, out, edited, &has_long);
}

static bool has_bytes(exn_span in, const char *word)
{
    return in.size > 0 && memmem(in.data, in.size, word, strlen(word));
}

/* Walks the directory, and edits it as relist says. */
static bool walk_directory(exn_xmp_walk *w, exn_span packet, const exn_xmp_relist *relist,
                           exn_xmp_directory *directory)
{
    *directory = (exn_xmp_directory){.found = false};
    exn_xmp_walk_open(w, packet, relist ? &stay : NULL, directory, relist);
    if (run(w))
        return w->edits.status == EXN_OK && !directory->broken;
    /* A packet that cannot be read here may be readable for others. */
    directory->found =
        directory->found || has_bytes(packet, "http://ns.google.com/photos/1.0/container/");
    directory->broken = directory->found;
    return false;
}

void exn_xmp_list(exn_span packet, exn_xmp_directory *directory)
{
    exn_xmp_walk w;

    walk_directory(&w, packet, NULL, directory);
}

exn_status exn_xmp_set_directory(exn_span packet, const exn_xmp_relist *relist, exn_buffer *out,
                                 bool *done)
{
    const size_t start = out->size;
    exn_xmp_directory directory;
    exn_xmp_walk w;

    *done = walk_directory(&w, packet, relist, &directory);
    exn_status status = w.edits.status;
    if (*done) {
        balance(&w);
        status = exn_xmp_edits_append(&w.edits, out);
        *done = status == EXN_OK;
    } else if (status == EXN_OK && !directory.found && !has_bytes(packet, "hdr-gain-map")) {
        *done = true; /* it has nothing that points anywhere */
        status = exn_buffer_append(out, packet.data, packet.size);
    }
    if (!*done)
        out->size = start;
    exn_xmp_walk_free(&w);
    return status == EXN_MEMORY ? EXN_MEMORY : EXN_OK;
}
