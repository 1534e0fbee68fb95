/* SPDX-License-Identifier: MIT */
/* Decoder libraries, which open files when they are loaded. A worker can no longer do that. */
#ifndef EXN_CLI_WORKERS_DECODER_H
#define EXN_CLI_WORKERS_DECODER_H

#include "options.h"

/* Whether workers decode HEIC and AVIF. */
bool exn_decoder_is_needed(const exn_cli_options *options);

/* The format that they convert these to. */
exn_format exn_decoder_makes(const exn_cli_options *options);

/* A usage error for options that do not work if outputs have other names than their sources. */
exn_exit exn_decoder_check(const exn_cli_options *options);

/* Loads libheif with its decoders, permanently, so that the library finds it by its name. If it is
 * not installed, each image fails with that reason. */
void exn_decoder_load(void);

#endif
