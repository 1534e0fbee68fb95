/* SPDX-License-Identifier: MIT */
/* What a data set's YAML says of YOLO's poses. */
#ifndef EXN_CLI_WORKERS_POSES_YAML_H
#define EXN_CLI_WORKERS_POSES_YAML_H

#include "wire.h"

/* kpt_shape of a data set's YAML; a file that is none of these, or cannot be read, says nothing. */
void exn_poses_yaml_read(const exn_source *source, exn_answer *answer);

#endif
