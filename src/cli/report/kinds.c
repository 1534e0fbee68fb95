/* SPDX-License-Identifier: MIT */
#include "kinds.h"

#include <inttypes.h>
#include <string.h>

#define PLACES (sizeof(((exn_kinds *)0)->list) / sizeof(((exn_kinds *)0)->list[0]))

/* The first line of a kind takes a slot. There are few kinds; if one finds no slot, all its lines
 * are printed, since a line too many is better than a failure that nobody sees. */
bool exn_kinds_count(exn_kinds *kinds, const char *kind)
{
    for (size_t i = 0; i < PLACES; i++) {
        if (kinds->list[i].lines == 0)
            snprintf(kinds->list[i].text, sizeof kinds->list[i].text, "%s", kind);
        if (strncmp(kinds->list[i].text, kind, sizeof kinds->list[i].text - 1) == 0)
            return kinds->list[i].lines++ < EXN_KINDS_SAID;
    }
    kinds->others++;
    return true;
}

void exn_kinds_print_rest(const exn_kinds *kinds, FILE *file)
{
    for (size_t i = 0; i < PLACES; i++)
        if (kinds->list[i].lines > EXN_KINDS_SAID)
            fprintf(file, "exifnorm: and %" PRIu64 " more: %s; -v or --report names them all\n",
                    kinds->list[i].lines - EXN_KINDS_SAID, kinds->list[i].text);
}
