/* SPDX-License-Identifier: MIT */
/* Libraries that open files when they are loaded: a worker can do that no more. */
#ifndef EXN_CLI_WORKERS_DECODER_H
#define EXN_CLI_WORKERS_DECODER_H

#include "options.h"

/* Whether workers decode HEIC and AVIF. */
bool exn_decoder_is_needed(const exn_cli_options *options);

/* What they make of these then. */
exn_format exn_decoder_makes(const exn_cli_options *options);

/* What does not go with outputs of other names than their sources is a usage error. */
exn_exit exn_decoder_check(const exn_cli_options *options);

/* Loads libheif with its decoders, for good, so that the library finds it by its name. Where there
 * is none each image says so. */
void exn_decoder_load(void);

#endif
