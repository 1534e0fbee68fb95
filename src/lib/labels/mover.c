/* SPDX-License-Identifier: MIT */
#include "mover.h"

#include "measure.h"

exn_status exn_mover_fail(exn_mover *m, exn_status status, const char *what)
{
    return exn_label_fail(m->error, status, &m->shape->place, "%s", what);
}

/* Only an identical text is no edit; the same number in other digits is one. */
exn_status exn_mover_put(exn_mover *m, size_t slot, exn_span text)
{
    const exn_numbers_item *item = exn_numbers_at(m->shape->numbers, slot);
    if (exn_span_equal(text, exn_numbers_text(m->shape->numbers, slot)))
        return EXN_OK;
    return exn_edits_put(m->edits, item->offset, item->size, text, m->error);
}

/* Both of two numbers that swap places are read from the old file, so the order of edits does not
 * matter. */
exn_status exn_mover_copy(exn_mover *m, size_t slot, size_t from)
{
    return exn_mover_put(m, slot, exn_numbers_text(m->shape->numbers, from));
}

/* The shape's place is reported, so an invalid number names its label. */
exn_status exn_mover_read(exn_mover *m, size_t index, exn_decimal *number)
{
    return exn_measure_number(m->shape->numbers, index, &m->shape->place, number, m->error);
}
