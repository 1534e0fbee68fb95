/* SPDX-License-Identifier: MIT */
#include "entropy_reader.h"

bool exn_entropy_reader_open(exn_entropy_reader *r, const exn_plan_scan *scan)
{
    *r = (exn_entropy_reader){.interval = scan->header.restart_interval,
                              .left = scan->header.restart_interval};
    return exn_entropy_source_open(&r->source, scan->data);
}

void exn_entropy_reader_close(exn_entropy_reader *r)
{
    exn_entropy_source_close(&r->source);
}

/* T.81, B.2.1: RST0 to RST7 come in turn. The next MCU is the first of the next interval. */
bool exn_entropy_reader_restart(exn_entropy_reader *r)
{
    const bool is_there = exn_entropy_source_restart(&r->source, r->next_restart);
    r->next_restart = (r->next_restart + 1) % 8;
    r->left = r->interval - 1;
    return is_there;
}

bool exn_entropy_reader_at_end(const exn_entropy_reader *r)
{
    return exn_entropy_source_at_boundary(&r->source) && r->source.next == r->source.stop;
}
