/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"
#include "base/text.h"
#include "base/usage.h"

/* A member has 1, 4 or 8 bytes. */
static void store(exn_cli_options *options, const exn_option *option, uint64_t number)
{
    void *member = (char *)options + option->at;
    if (option->size == sizeof(bool))
        *(bool *)member = number != 0;
    else if (option->size == sizeof(uint32_t))
        *(uint32_t *)member = (uint32_t)number;
    else
        *(uint64_t *)member = number;
}

uint64_t exn_cli_options_number(const exn_cli_options *options, const exn_option *option)
{
    const void *member = (const char *)options + option->at;
    return option->size == sizeof(bool)       ? *(const bool *)member
           : option->size == sizeof(uint32_t) ? *(const uint32_t *)member
                                              : *(const uint64_t *)member;
}

const char *exn_cli_options_name(const exn_cli_options *options, const exn_option *option)
{
    return *(const char *const *)((const char *)options + option->at);
}

const char *const *exn_cli_options_list(const exn_cli_options *options, const exn_option *option)
{
    return (const char *const *)(const void *)((const char *)options + option->at);
}

/* Digits, and where suffixes are allowed one of K, M, G (1024, its square and its cube). 0 is never
 * a sensible limit. */
static bool read_number(const char *text, bool suffixes, uint64_t *number)
{
    uint64_t value = 0;
    const char *p = text;
    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(value, 10u, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
            return false;
    if (p == text || value == 0)
        return false;
    const char *suffix = suffixes && *p ? strchr("KMG", *p) : NULL;
    if (suffix) {
        unsigned shift = *suffix == 'K' ? 10 : *suffix == 'M' ? 20 : 30;
        if (value > UINT64_MAX >> shift)
            return false;
        value <<= shift;
        p++;
    }
    *number = value;
    return *p == '\0';
}

/* "'bake' or 'drop'" */
static void list_words(const char *const *words, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; words[i] && used < size; i++) {
        const char *between = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        used += (size_t)snprintf(text + used, size - used, "%s'%s'", between, words[i]);
    }
}

static exn_exit bad_value(const exn_option *option, const char *value)
{
    char words[128];
    switch (option->kind) {
    case EXN_OPTION_FILE:
        return exn_usage_syntax(value, "--%s: expected the name of a file", option->name);
    case EXN_OPTION_LIST:
        return exn_usage_syntax(value, "--%s: expected up to %d, none of them empty", option->name,
                                EXN_OPTIONS_LIST);
    case EXN_OPTION_SIZE:
        return exn_usage_syntax(value, "--%s: expected a number of bytes, as in 800M (K, M or G)",
                                option->name);
    case EXN_OPTION_SHARD:
        return exn_usage_syntax(value,
                                "--%s: expected I/N, as in 0/4: which shard, counted from 0, of "
                                "how many",
                                option->name);
    case EXN_OPTION_NUMBER:
        if (option->most == UINT64_MAX)
            return exn_usage_syntax(value, "--%s: expected a positive number", option->name);
        return exn_usage_syntax(value, "--%s: expected a number from 1 to %llu", option->name,
                                (unsigned long long)option->most);
    default:
        list_words(option->words, words, sizeof words);
        return exn_usage_syntax(value, "--%s: expected %s", option->name, words);
    }
}

static bool find_word(const char *const *words, const char *value, uint64_t *number)
{
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], value) == 0) {
            *number = i;
            return true;
        }
    return false;
}

/* read_number() refuses 0, which is the first shard. */
static bool set_shard(exn_cli_options *options, const char *value)
{
    enum { MOST = 1000000 };
    uint64_t shard = 0, shards;
    char first[16];
    size_t length = strcspn(value, "/");
    snprintf(first, sizeof first, "%.*s", (int)(length < sizeof first ? length : 0), value);
    if ((strcmp(first, "0") != 0 && !read_number(first, false, &shard)) || value[length] != '/' ||
        !read_number(value + length + 1, false, &shards) || shards > MOST || shard >= shards)
        return false;
    options->shard = (unsigned)shard;
    options->shards = (unsigned)shards;
    return true;
}

/* False: it is empty, or one too many. */
static bool add(const char **list, const char *value)
{
    size_t count = 0;
    while (list[count])
        count++;
    if (count < EXN_OPTIONS_LIST)
        list[count] = value;
    return count < EXN_OPTIONS_LIST && *value;
}

/* Sets one option; value is NULL if it takes none. False: the value is wrong. */
static bool set(exn_cli_options *options, const exn_option *option, const char *value)
{
    uint64_t number = 1;
    switch (option->kind) {
    case EXN_OPTION_FLAG:
        break;
    case EXN_OPTION_WORDS:
        if (!find_word(option->words, value, &number))
            return false;
        break;
    case EXN_OPTION_NUMBER:
    case EXN_OPTION_SIZE:
        if (!read_number(value, option->kind == EXN_OPTION_SIZE, &number) || number > option->most)
            return false;
        break;
    case EXN_OPTION_FILE:
        *(const char **)((char *)options + option->at) = value;
        return *value != '\0';
    case EXN_OPTION_LIST:
        return add((const char **)(void *)((char *)options + option->at), value);
    case EXN_OPTION_SHARD:
        return set_shard(options, value);
    case EXN_OPTION_ACTION:
        if (option->act)
            option->act();
        else if (find_word(option->words, value, &number))
            options->completion = value;
        else
            return false;
        options->done = true;
        return true;
    }
    store(options, option, number);
    return true;
}

/* --write=direct can only write a file from beginning to end. */
static exn_exit check_direct(const exn_cli_options *options)
{
    if (options->direct && options->link)
        return exn_usage_syntax(NULL, "--link and --write=direct exclude each other");
    if (options->direct && options->tar && !options->to_stdout)
        return exn_usage_syntax(NULL, "--write=direct is for files; an archive would have to be "
                                      "held in memory: with --tar, OUT must then be -");
    return EXN_EXIT_OK;
}

typedef struct choice {
    bool given;
    const char *name; /* NULL ends a list of these */
} choice;

/* The first option that was given; NULL if none was. */
static const char *find_given(const choice *list)
{
    while (list->name && !list->given)
        list++;
    return list->name;
}

/* Refuses options that have no meaning with --in-place, or could not be done safely. */
static exn_exit check_in_place(const exn_cli_options *options)
{
    const choice others[] = {{options->check, "check"},
                             {options->tar, "tar"},
                             {options->link, "link"},
                             {options->direct, "write=direct"},
                             {options->files_from, "files-from"},
                             {options->shards, "shard"},
                             {options->orientations, "orientations"}, /* twice would rotate twice */
                             {options->state, "state"},
                             {options->on_error == EXN_ON_ERROR_KEEP, "on-error=keep"},
                             {options->labels == EXN_LABEL_FILES_MOVE, "labels=move"},
                             {options->undo, "undo"},
                             {false, NULL}};
    if ((options->backup || options->no_backup) && !options->in_place)
        return exn_usage_syntax(NULL, "--backup and --no-backup require --in-place");
    if (options->undo && options->check)
        return exn_usage_syntax(NULL, "--undo and --check exclude each other");
    if (!options->in_place)
        return EXN_EXIT_OK;
    const char *other = find_given(others);
    if (other)
        return exn_usage_syntax(NULL, "--in-place and --%s exclude each other", other);
    if (!options->backup == !options->no_backup)
        return exn_usage_syntax(NULL,
                                "--in-place requires either --backup=DIR, where the originals "
                                "are kept, or --no-backup");
    return EXN_EXIT_OK;
}

/* Whether the GLOB tells the image's name, as list/mask_names.h describes it. */
static bool is_clear_mask(const char *glob)
{
    const char *base = exn_text_base(glob);
    const size_t star = strcspn(base, "*");
    return *glob != '/' && (!*base || (base[star] == '*' && strcspn(base, "?[") > star));
}

exn_label_format exn_cli_options_label_format(const char *value, size_t *glob)
{
    static const char *const words[] = {"", "createml-center", "createml-corner", "mot", "none"};
    const char *equals = strrchr(value, '=');
    *glob = equals ? (size_t)(equals - value) : 0;
    for (int i = EXN_LABEL_FORMAT_CREATEML_CENTER; i <= EXN_LABEL_FORMAT_NONE; i++)
        if (strcmp(equals ? equals + 1 : value, words[i]) == 0)
            return (exn_label_format)i;
    return EXN_LABEL_FORMAT_OWN;
}

static exn_exit check_masks(const exn_cli_options *options)
{
    size_t glob;
    for (const char *const *value = options->label_formats; *value; value++)
        if (exn_cli_options_label_format(*value, &glob) == EXN_LABEL_FORMAT_OWN)
            return exn_usage_syntax(*value, "--labels-format: expected 'createml-center', "
                                            "'createml-corner', 'mot' or 'none', or GLOB=FORMAT");
    for (const char *const *glob = options->masks; *glob; glob++)
        if (!is_clear_mask(*glob))
            return exn_usage_syntax(*glob, "--masks: expected a folder, as in 'masks/', or a * for "
                                           "the image's name, as in '*_mask.png'");
    if (options->masks[0] && options->labels != EXN_LABEL_FILES_MOVE)
        return exn_usage_syntax(NULL, "--masks requires --labels");
    return EXN_EXIT_OK;
}

/* Refuses combinations of options that exclude each other. */
static exn_exit check_selection(const exn_cli_options *options)
{
    const choice runs[] = {{options->check, "check"},
                           {options->in_place, "in-place"},
                           {options->undo, "undo"},
                           {options->report, "report"},
                           {false, NULL}};
    const char *other = find_given(runs);
    if (options->from_report && !options->html)
        return exn_usage_syntax(NULL, "--from-report requires --html");
    if (options->from_report && other)
        return exn_usage_syntax(NULL, "--from-report and --%s exclude each other", other);
    if (options->html && strcmp(options->html, "-") == 0)
        return exn_usage_syntax(NULL, "--html: expected a file; a page cannot be standard output");
    if (options->check && options->files_from)
        return exn_usage_syntax(NULL, "--check and --files-from exclude each other");
    if (options->null && !options->files_from)
        return exn_usage_syntax(NULL, "--null requires --files-from");
    if (options->orientations && options->work.mode == EXN_MODE_DROP)
        return exn_usage_syntax(NULL, "--orientations and --mode=drop exclude each other");
    return EXN_EXIT_OK;
}

/* Makes the tables for getopt_long: long options give the number of their row, letters themselves.
 */
static void fill_tables(struct option *longs, char *letters)
{
    *letters++ = ':'; /* so that a missing value is not reported as an unknown option */
    size_t rows;
    const exn_option *table = exn_cli_options_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        longs[i] = (struct option){table[i].name,
                                   table[i].bare    ? optional_argument
                                   : table[i].value ? required_argument
                                                    : no_argument,
                                   NULL, 256 + (int)i};
        if (table[i].letter)
            *letters++ = table[i].letter;
        if (table[i].letter && table[i].value)
            *letters++ = ':';
    }
    longs[rows] = (struct option){0};
    *letters = '\0';
}

static const exn_option *find_row(int code)
{
    size_t rows;
    const exn_option *table = exn_cli_options_table(&rows);
    if (code >= 256)
        return &table[code - 256];
    for (size_t i = 0; i < rows; i++)
        if (table[i].letter == code)
            return &table[i];
    return NULL;
}

/* What other programs mean by an option that is none here. */
static const char *habit(const char *word)
{
    static const char *const habits[][2] = {
        {"-r", "folders are always processed with all they contain"},
        {"-R", "folders are always processed with all they contain"},
        {"--recursive", "folders are always processed with all they contain"},
        {"-n", "to write nothing, use --dry-run; to look only, --check"},
        {"-o", "name the output after the input: exifnorm IN OUT"},
        {"--output", "name the output after the input: exifnorm IN OUT"},
        {"-f", "to replace existing outputs, use --overwrite"},
        {"-i", "to change files themselves, use --in-place"},
        {"--force", "to replace existing outputs, use --overwrite"},
    };
    for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
        if (strcmp(word, habits[i][0]) == 0)
            return habits[i][1];
    return NULL;
}

/* How many options begin like this, without the value after it. */
static size_t count_rows(const char *name)
{
    size_t rows, count = 0;
    const exn_option *table = exn_cli_options_table(&rows);
    for (size_t i = 0; i < rows; i++)
        count += strncmp(table[i].name, name, strcspn(name, "=")) == 0;
    return count;
}

/* Says what getopt_long did not like. It leaves optopt 0 for an unknown long option. */
static exn_exit bad_option(int code, char **argv)
{
    const char *word = argv[optind - 1];
    char letter[] = {'-', (char)optopt, '\0'};
    if (optopt != 0 && optopt < 256)
        word = letter;
    if (code == ':')
        return exn_usage_syntax(word, "option requires an argument");
    if (optopt >= 256)
        return exn_usage_syntax(word, "option takes no argument");
    if (strncmp(word, "--", 2) == 0 && count_rows(word + 2) > 1)
        return exn_usage_syntax(word, "ambiguous option");
    const char *other = habit(word);
    return exn_usage_syntax(word, "unknown option%s%s", other ? "; " : "", other ? other : "");
}

/* The options; what stands after them is left at optind. */
static exn_exit read_options(exn_cli_options *options, int argc, char **argv)
{
    struct option longs[EXN_OPTIONS_MOST + 1];
    char letters[2 * EXN_OPTIONS_MOST + 2];
    fill_tables(longs, letters);
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const exn_option *option = code == '?' || code == ':' ? NULL : find_row(code);
        if (!option)
            return bad_option(code, argv);
        const char *value = optarg ? optarg : option->bare;
        if (!set(options, option, value))
            return bad_value(option, value);
        if (options->done)
            break;
    }
    options->verify = options->verify || options->in_place;
    options->work.decode_all = options->work.look_whole = options->verify;
    return EXN_EXIT_OK;
}

/* Refuses options that are for one input only. With --labels=move several inputs are one run
 * (list/several.h), which can be resumed. */
static exn_exit read_several(exn_cli_options *options, int argc, char **argv)
{
    const choice others[] = {{options->tar, "tar"},
                             {options->files_from, "files-from"},
                             {options->shards, "shard"},
                             {options->orientations, "orientations"},
                             {options->resume && options->labels != EXN_LABEL_FILES_MOVE, "resume"},
                             {options->state, "state"},
                             {false, NULL}};
    const char *other = find_given(others);
    if (other)
        return exn_usage_syntax(NULL, "expected IN and OUT, got %d names; --%s is for one input",
                                argc, other);
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "-") == 0 || !*argv[i])
            return exn_usage_syntax(argv[i], "expected a file or folder among several");
    options->out = argv[argc - 1];
    argv[argc - 1] = NULL;
    options->inputs = argv;
    return EXN_EXIT_OK;
}

/* The names after the options. */
static exn_exit read_names(exn_cli_options *options, int argc, char **argv)
{
    if (options->check && argc == 0)
        return exn_usage_syntax(NULL, "--check: expected at least one file or folder");
    if (options->in_place && argc == 0)
        return exn_usage_syntax(NULL, "--in-place: expected at least one file or folder");
    if (options->undo && argc > 0)
        return exn_usage_syntax(argv[0], "--undo: expected no names, the backup has them");
    if (options->check || options->in_place || options->undo) {
        options->paths = argv;
        return EXN_EXIT_OK;
    }
    if (options->from_report && argc != 0 && argc != 2)
        return exn_usage_syntax(NULL,
                                "--from-report: expected IN and OUT of that run, or no names");
    if (options->from_report && argc == 0)
        return EXN_EXIT_OK;
    if (argc == 0)
        return exn_usage_syntax(NULL, "expected IN and OUT: exifnorm [options] IN OUT");
    if (argc == 1)
        return exn_usage_syntax(argv[0], "expected OUT after it; to change nothing and look only, "
                                         "use --check");
    if (argc > 2)
        return read_several(options, argc, argv);
    options->in = argv[0];
    options->out = argv[1];
    options->from_stdin = strcmp(options->in, "-") == 0;
    options->to_stdout = strcmp(options->out, "-") == 0;
    if (options->dry_run && options->to_stdout)
        return exn_usage_syntax(NULL, "--dry-run writes nothing, not even to standard output");
    return check_direct(options);
}

/* All workers may need that much at once, and the rest of the machine needs some memory too. */
static uint64_t default_memory(const exn_cli_options *options)
{
    const uint64_t most = UINT64_C(2) << 30;
    const uint64_t workers = options->jobs > 1 || !options->verify ? options->jobs : 2;
    const uint64_t share = exn_machine_memory() / 5 * 4 / workers;
    return share < most ? share : most;
}

exn_exit exn_cli_options_parse(exn_cli_options *options, int argc, char **argv)
{
    *options = (exn_cli_options){.jobs = exn_machine_processors(), .timeout = 60};
    exn_options_init(&options->work, sizeof options->work);
    options->work.max_memory = 0; /* not given: no option sets that */
    exn_exit exit = read_options(options, argc, argv);
    if (exit != EXN_EXIT_OK || options->done)
        return exit;
    if (options->work.max_memory == 0)
        options->work.max_memory = default_memory(options);
    exit = check_selection(options);
    if (exit == EXN_EXIT_OK)
        exit = check_masks(options);
    if (exit == EXN_EXIT_OK)
        exit = check_in_place(options);
    return exit == EXN_EXIT_OK ? read_names(options, argc - optind, argv + optind) : exit;
}
