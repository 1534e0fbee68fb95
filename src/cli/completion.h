/* SPDX-License-Identifier: MIT */
/* Completion scripts for shells, made from the table of options. */
#ifndef EXN_CLI_COMPLETION_H
#define EXN_CLI_COMPLETION_H

/* Prints the script for "bash" or "zsh" on standard output. */
void exn_completion_print(const char *shell);

#endif
