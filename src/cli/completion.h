/* Completion scripts for shells, made from the table of options. */
#ifndef EXN_CLI_COMPLETION_H
#define EXN_CLI_COMPLETION_H

#include <stdbool.h>

/* Prints the script for "bash" or "zsh". False: there is none for that shell. */
bool exn_completion_print(const char *shell);

#endif
