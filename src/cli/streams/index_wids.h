/* SPDX-License-Identifier: MIT */
/* The text of a wids index (webdataset: widsindex, ShardListDataset), a JSON object with a
 * list of shards; of each its URL, its number of samples and perhaps the archive's size and MD5. It
 * has no offsets. */
#ifndef EXN_CLI_STREAMS_INDEX_WIDS_H
#define EXN_CLI_STREAMS_INDEX_WIDS_H

#include <exifnorm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A value in the text. */
typedef struct exn_wids_value {
    size_t at, size; /* size 0: there is none */
} exn_wids_value;

typedef struct exn_wids_shard {
    char *url;
    exn_wids_value bytes_at, md5_at;
    uint64_t bytes; /* the archive's size: as read from the index, or as it will be written */
    char md5[33];
} exn_wids_shard;

typedef struct exn_wids {
    char *base; /* what URLs are relative to; NULL: the index */
    exn_wids_shard *shards;
    size_t count, room;
} exn_wids;

/* Whether the text is such an index, of version 1. */
bool exn_index_wids_is(const char *text, size_t size);

/* Reads those shards of an index that have a size or an MD5. False, with the error: it cannot be
 * understood. Free it by exn_index_wids_free() in any case. */
bool exn_index_wids_read(exn_wids *wids, const char *text, size_t size, exn_error *error);

/* Writes the text with the shards' present sizes and MD5s; everything else stays. */
void exn_index_wids_write(const exn_wids *wids, const char *text, size_t size, FILE *to);

void exn_index_wids_free(exn_wids *wids);

#endif
