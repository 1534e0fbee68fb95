/* SPDX-License-Identifier: MIT */
/* The steps of an edit: judge every table, map values, rotate thumbnails, remove orientations,
 * check again. */
#include <string.h>

#include "exif_parts.h"

/* --- Orientations --- */

/* Chosen for every table before any is edited, so that if one cannot be edited, all stay as they
 * were. */
typedef enum action {
    ACTION_NONE,
    ACTION_REMOVE_ALL, /* every 0x0112 */
    ACTION_SET_ONE,    /* the only one becomes SHORT 1 in place; nothing else is written */
    ACTION_KEEP_ONE,   /* remove all but the first, which becomes SHORT 1: TIFF needs at least one
                          entry */
} action;

/* TIFF needs an entry in every table, so an empty IFD0 can only be removed with its block, and a
 * block with a thumbnail's table is worth keeping. */
static bool is_behind_ifd0(const exn_ifds *ifds)
{
    for (size_t i = 0; i < ifds->count; i++)
        if (ifds->tables[i].kind == EXN_IFD_CHAINED)
            return true;
    return false;
}

/* For a table whose entries cannot be moved, because its bytes are shared or it is incomplete. A
 * single entry whose bytes nothing else uses can still become a SHORT of 1, which rotates nothing.
 */
static exn_exif_verdict plan_fixed_table(exn_exif_editor *editor, const exn_ifd *t,
                                         exn_exif_tally sum, action *plan)
{
    exn_ifd_entry e;
    if (sum.clean)
        return EXN_EXIF_UNCHANGED;
    if (sum.partial || sum.found != 1 || !exn_ifd_find(&editor->tiff, t, EXN_TAG_ORIENTATION, &e) ||
        !exn_exif_write_owns_entry(editor, &e))
        return EXN_EXIF_UNSAFE;
    *plan = ACTION_SET_ONE;
    return EXN_EXIF_EDITED;
}

static exn_exif_verdict plan_table(exn_exif_editor *editor, const exn_ifd *t, action *plan)
{
    const exn_tiff *tiff = &editor->tiff;
    const exn_ifds *ifds = &editor->ifds;
    exn_exif_tally sum = exn_exif_tags_tally(tiff, t);
    *plan = ACTION_NONE;
    if (!sum.found && !sum.partial)
        return EXN_EXIF_UNCHANGED;
    /* Compares with declared entries, not whole ones: truncated ones would be lost with the table.
     */
    /* True only if no entry is truncated. */
    bool empties = sum.found == t->declared;
    if (empties && t->kind == EXN_IFD_MAIN && !is_behind_ifd0(ifds))
        return EXN_EXIF_REMOVE;
    if (empties && sum.clean)
        return EXN_EXIF_UNCHANGED;
    size_t size = exn_ifd_end(t) + EXN_IFD_NEXT_SIZE - t->offset;
    /* If two pointers lead here, readers may take the table for different things. */
    if (!exn_ifd_has_next(tiff, t) || t->pointers > 1 || exn_ifd_overlap(tiff, ifds, t, size))
        return plan_fixed_table(editor, t, sum, plan);
    *plan = empties ? ACTION_KEEP_ONE : ACTION_REMOVE_ALL;
    return EXN_EXIF_EDITED;
}

/* The value is in the first bytes of its field in either byte order; the other two are unused. */
static void rewrite_as_normal(uint8_t *entry, bool big_endian)
{
    exn_put16(entry + 2, EXN_TYPE_SHORT, big_endian);
    exn_put32(entry + 4, 1, big_endian);
    exn_put16(entry + EXN_IFD_VALUE_AT, 1, big_endian);
    exn_put16(entry + EXN_IFD_VALUE_AT + 2, 0, big_endian);
}

static void set_one(exn_exif_editor *editor, const exn_ifd *t)
{
    exn_ifd_entry e;
    if (!exn_ifd_find(&editor->tiff, t, EXN_TAG_ORIENTATION, &e))
        return;
    rewrite_as_normal(exn_exif_bytes(editor) + e.at - EXN_IFD_VALUE_AT, editor->tiff.big_endian);
    editor->changed = true;
}

/* Closes the gaps between the remaining entries, moves the next-IFD pointer after them and zeroes
 * the bytes that become free. Entries keep their order, which has to be ascending by tag (TIFF 6.0,
 * section 2), and values keep their place, because offsets count from the byte-order mark. The
 * table only gets shorter, so nothing else moves. */
static void edit_table(exn_exif_editor *editor, const exn_ifd *t, action plan)
{
    uint8_t *count = exn_exif_bytes(editor) + t->offset, *first = count + 2, *to = first;
    bool keep = plan == ACTION_KEEP_ONE, big_endian = editor->tiff.big_endian;
    for (uint32_t i = 0; i < t->whole; i++) {
        uint8_t *from = first + (size_t)i * EXN_IFD_ENTRY_SIZE;
        if (exn_get16(from, big_endian) == EXN_TAG_ORIENTATION) {
            if (!keep)
                continue;
            keep = false;
            rewrite_as_normal(from, big_endian);
        }
        memmove(to, from, EXN_IFD_ENTRY_SIZE);
        to += EXN_IFD_ENTRY_SIZE;
    }
    exn_put16(count, (uint32_t)((to - first) / EXN_IFD_ENTRY_SIZE), big_endian);
    uint8_t *next = exn_exif_bytes(editor) + exn_ifd_end(t);
    memmove(to, next, EXN_IFD_NEXT_SIZE);
    memset(to + EXN_IFD_NEXT_SIZE, 0, (size_t)(next - to));
    editor->changed = true;
}

/* --- The whole --- */

/* Judges every table before the first byte changes. */
static exn_exif_verdict plan_tables(exn_exif_editor *editor, action plan[EXN_IFDS_MAX])
{
    for (size_t i = 0; i < editor->ifds.count; i++) {
        exn_exif_verdict verdict = plan_table(editor, &editor->ifds.tables[i], &plan[i]);
        if (verdict == EXN_EXIF_UNSAFE || verdict == EXN_EXIF_REMOVE)
            return verdict;
    }
    return EXN_EXIF_EDITED;
}

/* The post-condition: whatever was assumed about the block, no way of reading it may still rotate
 * the picture or display it at another size. */
static bool is_settled(const exn_exif_editor *editor)
{
    exn_exif left;
    exn_exif_scan((exn_span){editor->tiff.data, editor->tiff.size}, editor->size[0],
                  editor->size[1], &left);
    return !left.reasons && left.orientation <= 1 &&
           !(left.warnings & 1U << EXN_WARN_ORIENTATION_AMBIGUOUS);
}

/* A maker note keeps its bytes, including a preview that some makers put there. */
static bool note_has_a_preview(const exn_exif_editor *editor)
{
    for (size_t i = 0; i < editor->ifds.count; i++) {
        exn_ifd_entry e;
        size_t at, size;
        if (editor->ifds.tables[i].kind == EXN_IFD_EXIF &&
            exn_ifd_find(&editor->tiff, &editor->ifds.tables[i], EXN_TAG_MAKER_NOTE, &e) &&
            exn_ifd_value(&editor->tiff, &e, &at, &size))
            return memmem(editor->tiff.data + at, size, "\xFF\xD8\xFF", 3) != NULL;
    }
    return false;
}

/* Values and thumbnails first, while their entries are still where the inventory saw them. */
static exn_status edit_block(exn_exif_editor *editor, const action plan[EXN_IFDS_MAX])
{
    exn_exif_values_edit(editor);
    if (!exn_orientation_is_identity(editor->turn->o) && note_has_a_preview(editor))
        editor->warnings |= 1U << EXN_WARN_METADATA_STALE;
    exn_status status = exn_exif_thumbnail_turn(editor);
    for (size_t i = 0; i < editor->ifds.count && status == EXN_OK; i++)
        /* A plan was made for each table.
         * NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        if (plan[i] == ACTION_SET_ONE)
            set_one(editor, &editor->ifds.tables[i]);
        else if (plan[i] != ACTION_NONE)
            edit_table(editor, &editor->ifds.tables[i], plan[i]);
    return status;
}

exn_status exn_exif_edit(exn_buffer *buffer, size_t start, const exn_exif_turn *turn,
                         exn_exif_verdict *verdict, uint32_t *warnings)
{
    exn_exif_editor editor = {.buffer = buffer,
                              .start = start,
                              .turn = turn,
                              .size = {turn->stored_width, turn->stored_height}};
    exn_ifd ifd0;
    action plan[EXN_IFDS_MAX];
    *verdict = EXN_EXIF_UNCHANGED;
    if (buffer->size == start)
        return EXN_OK;
    const exn_span block = {buffer->data + start, buffer->size - start};
    /* Browsers cannot read it; exn_exif_tags_is_stray() says whether another reader can. */
    if (!exn_ifd_open_tiff(block, &editor.tiff, &ifd0)) {
        *verdict = exn_exif_tags_is_stray(block) ? EXN_EXIF_UNSAFE : EXN_EXIF_UNCHANGED;
        return EXN_OK;
    }
    exn_orientation_size(turn->o, &editor.size[0], &editor.size[1]);
    exn_ifd_take(&editor.tiff, &ifd0, &editor.ifds);
    /* Beyond the limit there may be a table that Firefox would read. */
    *verdict = editor.ifds.over ? EXN_EXIF_UNSAFE : plan_tables(&editor, plan);
    if (*verdict != EXN_EXIF_EDITED)
        return EXN_OK;
    exn_status status = edit_block(&editor, plan);
    if (status != EXN_OK)
        return status;
    if (editor.unsafe || !is_settled(&editor))
        *verdict = EXN_EXIF_UNSAFE;
    else if (!editor.changed)
        *verdict = EXN_EXIF_UNCHANGED;
    if (*verdict != EXN_EXIF_UNSAFE)
        *warnings |= editor.warnings;
    return EXN_OK;
}
