/* SPDX-License-Identifier: MIT */
/* The command line. Everything comes from one table, in options_table.c: parsing, --help, the
 * completions, the options in the report's header and those that the state has to match.
 *
 * To add an option: a member of exn_cli_options, a row of the table, the man page, a test. */
#ifndef EXN_CLI_OPTIONS_H
#define EXN_CLI_OPTIONS_H

#include "base/usage.h"
#include <exifnorm.h>

/* What happens to an item that failed. */
typedef enum exn_on_error {
    EXN_ON_ERROR_SKIP, /* it has no output */
    EXN_ON_ERROR_KEEP, /* its source's bytes are carried over unchanged */
    EXN_ON_ERROR_STOP, /* the run ends */
} exn_on_error;

/* What happens to label files whose images are rotated. */
typedef enum exn_label_files {
    EXN_LABEL_FILES_WARN, /* they are copied unchanged, with a warning */
    EXN_LABEL_FILES_MOVE, /* they follow the pixels */
    EXN_LABEL_FILES_COPY, /* they are copied unchanged, without a look */
} exn_label_files;

/* Which frame labels are in. */
typedef enum exn_label_frame {
    EXN_LABEL_FRAME_AUTO, /* the labels and their images say so */
    EXN_LABEL_FRAME_STORED,
    EXN_LABEL_FRAME_DISPLAYED,
} exn_label_frame;

/* How many times an option of kind LIST may be given; unused places are NULL. */
#define EXN_OPTIONS_LIST 32

/* All strings are borrowed from argv. */
typedef struct exn_cli_options {
    const char *in, *out;
    char *
        *inputs; /* several, NULL-terminated, and OUT the folder that they go to; NULL: IN alone */
    const struct exn_several *joined; /* the inputs are one run over the folder that holds them
                                         (list/several.h); owned by main.c */
    char **paths;     /* of --check and --in-place: NULL-terminated; IN and OUT are then NULL */
    const char *html; /* the page's file; NULL: none */
    struct exn_page *page;          /* the same, open (page/page.h); owned by main.c */
    const char *from_report;        /* the report that a page is made from; NULL: it is a run */
    bool no_times;                  /* nothing in the report differs from run to run */
    const char *report;             /* "-": standard output; NULL: none */
    const char *files_from;         /* "-": standard input; NULL: all files in IN */
    bool null;                      /* names in files_from end in NUL bytes */
    const char *orientations;       /* the list of given orientations; NULL: none */
    struct exn_orientations *given; /* the same, read (list/orientations.h); owned by main.c */
    const char *backup;             /* where --in-place keeps originals; NULL: nowhere */
    struct exn_backup *originals;   /* the same, open (write/backup.h); owned by in_place.c */
    const char *undo;               /* the backup to restore; NULL: none */
    bool in_place, no_backup;
    const char *state;      /* where the state is kept; NULL: beside OUT */
    bool resume;            /* continue from the state */
    unsigned shard, shards; /* which of how many; 0 shards: all of it */
    bool overwrite;
    bool verify;
    bool durable;
    bool direct;         /* outputs are written in sequence, under their own names */
    bool dry_run;        /* decide and report, write nothing */
    bool preserve_times; /* also for files whose bytes change */
    bool link;           /* images that need no change are hard-linked, not copied */
    bool check;
    bool quiet;
    bool verbose;
    bool allow_unsupported;
    exn_label_files labels;
    exn_label_frame labels_frame;
    const char *label_formats[EXN_OPTIONS_LIST + 1]; /* what label files do not say themselves */
    const char *source_refs[EXN_OPTIONS_LIST + 1];   /* what a manifest's addresses begin with */
    const char *masks[EXN_OPTIONS_LIST + 1]; /* which images are masks (list/mask_names.h) */
    bool copy_sidecars;                      /* XMP sidecars are copied, not edited */
    bool no_sandbox;
    bool isolate; /* a worker for each image */
    bool tar;
    bool from_stdin, to_stdout; /* IN, OUT is - */
    exn_on_error on_error;
    unsigned jobs;          /* workers at once */
    unsigned timeout;       /* seconds for one image */
    bool done;              /* --help or the like was given: no run */
    const char *completion; /* the shell to print a script for; NULL: none */
    exn_options work;       /* the options that workers pass to the library */
} exn_cli_options;

/* The format of a label file that does not say so itself: [GLOB=]FORMAT. */
typedef enum exn_label_format {
    EXN_LABEL_FORMAT_OWN, /* the file says it */
    EXN_LABEL_FORMAT_CREATEML_CENTER,
    EXN_LABEL_FORMAT_CREATEML_CORNER,
    EXN_LABEL_FORMAT_MOT,
    EXN_LABEL_FORMAT_NONE, /* no labels */
} exn_label_format;

/* The FORMAT of such a value; OWN: no such format. *glob is set to the length of GLOB; 0: all
 * files.
 */
exn_label_format exn_cli_options_label_format(const char *value, size_t *glob);

typedef enum exn_option_kind {
    EXN_OPTION_FLAG,   /* takes no value */
    EXN_OPTION_WORDS,  /* one of `words`, as its number */
    EXN_OPTION_NUMBER, /* from 1 to `most` */
    EXN_OPTION_SIZE,   /* the same, with a suffix K, M or G */
    EXN_OPTION_FILE,   /* a name that is not empty */
    EXN_OPTION_LIST,   /* a text that is not empty; may be given several times */
    EXN_OPTION_SHARD,  /* I/N */
    EXN_OPTION_ACTION, /* answered instead of a run: at once by `act`, or by the caller */
} exn_option_kind;

/* What an option affects. Outputs and failures of an earlier run count only if the options that
 * affect them are the same. */
typedef enum exn_option_role {
    EXN_ROLE_RUN,    /* how the work is done */
    EXN_ROLE_OUTPUT, /* the bytes of outputs */
    EXN_ROLE_LIMIT,  /* which items fail */
} exn_option_role;

typedef struct exn_option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* its name in --help; NULL: takes none */
    exn_option_kind kind;
    exn_option_role role;
    size_t at, size;          /* the member of exn_cli_options: offset and size */
    const char *const *words; /* NULL-terminated */
    const char *bare;         /* the word if no value is given; NULL: it needs one */
    uint64_t most;
    void (*act)(void); /* for an ACTION without a value: prints the answer */
    const char *brief; /* one line, for completion */
    const char *help;  /* lines of at most 76 columns */
} exn_option;

/* The table has at most so many rows. */
#define EXN_OPTIONS_MOST 96

/* The rows of the table; *count is set to how many there are. */
const exn_option *exn_cli_options_table(size_t *count);

/* The option's effective value: a flag as 0 or 1, a word as its number. Not for FILE, LIST, SHARD
 * and ACTION. */
uint64_t exn_cli_options_number(const exn_cli_options *options, const exn_option *option);

/* The value of a FILE; NULL if it was not given. */
const char *exn_cli_options_name(const exn_cli_options *options, const exn_option *option);

/* The values of a LIST, NULL-terminated. */
const char *const *exn_cli_options_list(const exn_cli_options *options, const exn_option *option);

/* Reads the command line. Returns EXN_EXIT_OK or, with the reason and a hint on standard error,
 * EXN_EXIT_USAGE. The output of --help may still be buffered. */
exn_exit exn_cli_options_parse(exn_cli_options *options, int argc, char **argv);

#endif
