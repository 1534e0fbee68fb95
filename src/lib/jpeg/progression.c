/* SPDX-License-Identifier: MIT */
#include "progression.h"

#include <string.h>

void exn_progression_open(exn_progression *p)
{
    memset(p->bits, -1, sizeof p->bits);
}

void exn_progression_add(exn_progression *p, const exn_jpeg *jpeg, const exn_jpeg_scan *scan)
{
    unsigned first = jpeg->progressive ? scan->ss : 0, last = jpeg->progressive ? scan->se : 63;
    for (int i = 0; i < scan->components; i++)
        for (unsigned k = first; k <= last && k < 64; k++)
            /* T.81, G.1.1.1.2: Al is how many low bits the scan leaves for refinements; a
             * sequential scan has all. */
            p->bits[scan->component[i]][k] = (signed char)(jpeg->progressive ? scan->al : 0);
}

bool exn_progression_is_whole(const exn_progression *p, const exn_jpeg *jpeg)
{
    for (uint32_t i = 0; i < jpeg->components; i++)
        for (int k = 0; k < 64; k++)
            if (p->bits[i][k] != 0)
                return false;
    return true;
}

bool exn_progression_of(const exn_jpeg *jpeg)
{
    exn_progression p;
    exn_progression_open(&p);
    for (size_t s = 0; s < jpeg->scan_count; s++)
        exn_progression_add(&p, jpeg, &jpeg->scans[s]);
    return exn_progression_is_whole(&p, jpeg);
}

bool exn_progression_is_regular(const exn_jpeg *jpeg)
{
    signed char bit[EXN_JPEG_MAX_COMPONENTS][64];
    memset(bit, -1, sizeof bit);
    for (size_t s = 0; s < jpeg->scan_count; s++) {
        const exn_jpeg_scan *scan = &jpeg->scans[s];
        if (scan->ss > scan->se || scan->se > 63 || scan->ah > 10 || scan->al > 10 ||
            (scan->ss == 0 ? jpeg->progressive && scan->se != 0 : scan->components != 1) ||
            (!jpeg->progressive && (scan->ss != 0 || scan->se != 63 || scan->ah || scan->al)))
            return false;
        for (int i = 0; i < scan->components; i++) {
            int c = scan->component[i];
            if ((i > 0 && c <= scan->component[i - 1]) || (scan->ss > 0 && bit[c][0] < 0))
                return false;
            for (int k = scan->ss; k <= scan->se; k++) {
                if (bit[c][k] < 0 ? scan->ah != 0
                                  : scan->ah != (int)bit[c][k] || scan->al != scan->ah - 1)
                    return false;
                bit[c][k] = (signed char)scan->al;
            }
        }
    }
    return true;
}
