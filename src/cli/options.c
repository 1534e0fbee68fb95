/* SPDX-License-Identifier: MIT */
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/machine.h"
#include "base/text.h"
#include "base/usage.h"

static void show_help(void);
static void show_version(void);

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* Where a row keeps its value. */
#define MEMBER(member)                                                                             \
    .at = offsetof(exn_cli_options, member), .size = sizeof(((exn_cli_options *)NULL)->member)

/* The words of an enum stand in the order of its values. */
static const exn_option table[] = {
    {"check", .kind = EXN_OPTION_FLAG, MEMBER(check),
     .brief = "change nothing, list what is not unambiguous",
     .help = "change nothing: list each file that is not unambiguous, count the\n"
             "orientations, and exit with 1 if a file needs work; other options\n"
             "are accepted; those about output have no effect"},
    {"mode", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.mode),
     .words = WORDS("bake", "drop"), .brief = "what to do with the pixels",
     .help = "bake (the default): rotate the pixels to what browsers show; or\n"
             "drop: keep the pixels as they are stored, remove the orientation"},
    {"orientations", 0, "FILE", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(orientations),
     .brief = "rotate by the orientations listed in FILE",
     .help = "rotate the images listed in FILE by the EXIF orientation (1 to 8)\n"
             "given there, whatever they say themselves: CSV, one path and value\n"
             "per line; paths are relative to IN, or names of members"},
    {"strict", .kind = EXN_OPTION_FLAG, .role = EXN_ROLE_OUTPUT, MEMBER(work.strict),
     .brief = "fail files whose orientation readers disagree about",
     .help = "fail files whose orientation readers disagree about"},
    {"allow-unsupported", .kind = EXN_OPTION_FLAG, MEMBER(allow_unsupported),
     .brief = "exit with 0 for formats that cannot be rotated",
     .help = "a file that cannot be rotated (WebP, HEIF, AVIF, TIFF) and has an\n"
             "orientation is copied; with this option it does not cause exit\n"
             "status 1"},
    {"tar", .kind = EXN_OPTION_FLAG, .role = EXN_ROLE_OUTPUT, MEMBER(tar),
     .brief = "archives or standard streams, in and out",
     .help = "IN and OUT are tar archives (plain, gzip, bzip2, xz or zstd), or -;\n"
             "or two folders whose archives are processed, too: image members\n"
             "are rotated, everything else is carried over unchanged"},
    {"on-error", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_LIMIT, MEMBER(on_error),
     .words = WORDS("skip", "keep", "stop"), .brief = "what becomes of an item that failed",
     .help = "an item that failed is left out (skip, the default), carried over\n"
             "unchanged (keep), or ends the run (stop); it is counted as failed\n"
             "either way"},
    {"overwrite", .kind = EXN_OPTION_FLAG, MEMBER(overwrite), .brief = "replace existing outputs",
     .help = "replace existing outputs; without it they are failed items"},
    {"edges", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.edges),
     .words = WORDS("requantize", "refuse"), .brief = "where a JPEG cannot be rotated losslessly",
     .help = "where the block grid allows no lossless rotation of a JPEG:\n"
             "requantize (the default) what cannot be kept, or refuse the file"},
    {"quality", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.quality),
     .words = WORDS("same", "high"), .brief = "how finely requantized data is coded",
     .help = "how finely requantized data is coded: same (the default), with its\n"
             "own tables; or high, with finer ones: 3 dB less loss, more bytes"},
    {"png-level", 0, "N", EXN_OPTION_NUMBER, EXN_ROLE_OUTPUT, MEMBER(work.png_level), .most = 12,
     .brief = "how hard to compress rotated PNGs, 1 (fast) to 12 (small)",
     .help = "how hard to compress rotated PNGs: from 1 (fast) to 12 (small);\n"
             "by default a sample of each image decides"},
    {"secondary", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.secondary),
     .words = WORDS("turn", "drop"), .brief = "secondary images in a JPEG",
     .help = "secondary images in a JPEG that is edited (gain maps, previews):\n"
             "turn (the default): rotate them too, or fail if the file's index\n"
             "cannot be kept valid; or drop them and their index"},
    {"sidecars", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(copy_sidecars),
     .words = WORDS("edit", "copy"), .brief = "XMP files beside images",
     .help = "XMP files beside images (a.jpg.xmp, a.xmp): edit (the default) them\n"
             "with their image; one with an orientation and no image, or several,\n"
             "to belong to is unsupported; or copy them as they are"},
    {"on-damage", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.on_damage),
     .words = WORDS("fail", "decode"), .brief = "what to do with a JPEG that has lost data",
     .help = "a JPEG that has lost data (cut off, flipped bits): fail (the\n"
             "default); or decode: rotate what browsers show of it, with the\n"
             "warning damaged; for those who have no other copy"},
    {"max-memory", 0, "SIZE", EXN_OPTION_SIZE, EXN_ROLE_LIMIT, MEMBER(work.max_memory),
     .most = UINT64_MAX, .brief = "memory limit per file (K, M, G)",
     .help = "memory limit per file; suffixes K, M, G; default 2G, or four fifths\n"
             "of the memory divided by --jobs, if that is less"},
    {"max-pixels", 0, "N", EXN_OPTION_NUMBER, EXN_ROLE_LIMIT, MEMBER(work.max_pixels),
     .most = UINT64_MAX, .brief = "limit of width x height per file",
     .help = "limit of width x height per file; default 500 million"},
    {"verify", .kind = EXN_OPTION_FLAG, .role = EXN_ROLE_OUTPUT, MEMBER(verify),
     .brief = "compare every output with its source",
     .help = "decode every image, read every output back and compare it with its\n"
             "source before it gets its name; with --check: decode every image,\n"
             "not only its headers"},
    {"durable", .kind = EXN_OPTION_FLAG, MEMBER(durable), .brief = "fsync every file and folder",
     .help = "fsync every file and folder before it counts as written"},
    {"write", 0, "HOW", EXN_OPTION_WORDS, EXN_ROLE_RUN, MEMBER(direct),
     .words = WORDS("atomic", "direct"), .brief = "how outputs are written",
     .help = "atomic (the default): under a temporary name, then renamed; or\n"
             "direct: once, sequentially, under the final name, for mounts of\n"
             "object stores, which can neither rename nor seek"},
    {"dry-run", .kind = EXN_OPTION_FLAG, MEMBER(dry_run),
     .brief = "write nothing, report what would become of each item",
     .help = "do all the work but write no output: print and report what would\n"
             "become of each item"},
    {"link", .kind = EXN_OPTION_FLAG, .role = EXN_ROLE_OUTPUT, MEMBER(link),
     .brief = "hard links for images that need no change",
     .help = "hard links for images that need no change, if OUT is on IN's file\n"
             "system: editing one in place later edits its source, too"},
    {"report", 0, "FILE", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(report),
     .brief = "write JSON Lines about every item",
     .help = "write one JSON object per line and item to FILE; an existing FILE\n"
             "is replaced, one inside IN refused; - is standard output, and the\n"
             "summary then goes to standard error"},
    {"files-from", 0, "FILE", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(files_from),
     .brief = "process only the files named in FILE",
     .help = "process only the files that FILE names, one per line, relative to\n"
             "IN; - is standard input; one that does not exist is a failed item"},
    {"null", '0', NULL, EXN_OPTION_FLAG, EXN_ROLE_RUN, MEMBER(null),
     .brief = "names in --files-from end in NUL bytes",
     .help = "names in --files-from end in NUL bytes, as from find -print0"},
    {"shard", 0, "I/N", EXN_OPTION_SHARD, EXN_ROLE_RUN, .brief = "process one of N parts",
     .help = "process one of N parts of IN, I from 0 to N-1, by the path up to the\n"
             "first dot of the file's name: an image and its labels are in the\n"
             "same part; such runs may share OUT, also at the same time"},
    {"resume", .kind = EXN_OPTION_FLAG, MEMBER(resume), .brief = "continue an interrupted run",
     .help = "continue where a run was killed or stopped: what is done and has\n"
             "not changed is kept, the rest is done again; may be given from the\n"
             "start"},
    {"state", 0, "FILE", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(state),
     .brief = "where a run notes what is done",
     .help = "where a run of folders notes what is done; default: beside OUT,\n"
             "OUT.exifnorm-state, one for each shard, removed at the end of a\n"
             "run without failures unless this or --resume is given"},
    {"quiet", 'q', NULL, EXN_OPTION_FLAG, EXN_ROLE_RUN, MEMBER(quiet),
     .brief = "no progress or summary",
     .help = "no progress or summary; failures are still reported and --check\n"
             "still lists files"},
    {"verbose", 'v', NULL, EXN_OPTION_FLAG, EXN_ROLE_RUN, MEMBER(verbose),
     .brief = "name every item and its outcome", .help = "name every item and its outcome"},
    {"jobs", 'j', "N", EXN_OPTION_NUMBER, EXN_ROLE_RUN, MEMBER(jobs), .most = 1024,
     .brief = "images at once",
     .help = "process N images at once; default: as many as there are processors;\n"
             "neither outputs nor the report's order depend on it"},
    {"timeout", 0, "SECONDS", EXN_OPTION_NUMBER, EXN_ROLE_LIMIT, MEMBER(timeout),
     .most = 1000000, /* as milliseconds it fits an int, which poll(2) takes */
     .brief = "seconds for one image",
     .help = "fail an image that takes longer, and continue; default 60"},
    {"isolate", .kind = EXN_OPTION_FLAG, MEMBER(isolate), .brief = "a new process for each image",
     .help = "a new process for each image, ended before the output gets its\n"
             "name: a file that takes over its process reaches no other file"},
    {"no-sandbox", .kind = EXN_OPTION_FLAG, MEMBER(no_sandbox),
     .brief = "do not sandbox the workers",
     .help = "do not sandbox the workers (for systems without seccomp)"},
    {"completion", 0, "SHELL", EXN_OPTION_ACTION, MEMBER(completion), .words = WORDS("bash", "zsh"),
     .brief = "print a completion script", .help = "print a completion script: bash or zsh"},
    {"help", 'h', NULL, EXN_OPTION_ACTION, .act = show_help,
     .brief = "show a summary of the options", .help = "show this text"},
    {"version", 'V', NULL, EXN_OPTION_ACTION, .act = show_version, .brief = "show the version",
     .help = "show the version"},
};

#define ROWS (sizeof table / sizeof table[0])

const exn_option *exn_cli_options_table(size_t *count)
{
    *count = ROWS;
    return table;
}

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
        return exn_usage_error(value, "--%s: expected the name of a file", option->name);
    case EXN_OPTION_SIZE:
        return exn_usage_error(value, "--%s: expected a number of bytes, as in 800M (K, M or G)",
                               option->name);
    case EXN_OPTION_SHARD:
        return exn_usage_error(value,
                               "--%s: expected I/N, as in 0/4: which shard, counted from 0, of "
                               "how many",
                               option->name);
    case EXN_OPTION_NUMBER:
        if (option->most == UINT64_MAX)
            return exn_usage_error(value, "--%s: expected a positive number", option->name);
        return exn_usage_error(value, "--%s: expected a number from 1 to %llu", option->name,
                               (unsigned long long)option->most);
    default:
        list_words(option->words, words, sizeof words);
        return exn_usage_error(value, "--%s: expected %s", option->name, words);
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

/* read_number() takes no 0, which here is the first one. */
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

/* Does what one option says; value is NULL where it takes none. False: the value is wrong. */
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

static void show_version(void)
{
    printf("exifnorm %s\n", exn_version());
}

/* What can be written in one go only. */
static exn_exit check_direct(const exn_cli_options *options)
{
    if (options->direct && options->link)
        return exn_usage_error(NULL, "--link and --write=direct exclude each other");
    if (options->direct && options->tar && !options->to_stdout)
        return exn_usage_error(NULL, "--write=direct is for files; an archive would have to be "
                                     "held in memory: with --tar, OUT must then be -");
    return EXN_EXIT_OK;
}

/* Options that say which files of a folder are meant. */
static exn_exit check_selection(const exn_cli_options *options)
{
    if (options->check && options->files_from)
        return exn_usage_error(NULL, "--check and --files-from exclude each other");
    if (options->null && !options->files_from)
        return exn_usage_error(NULL, "--null requires --files-from");
    if (options->orientations && options->work.mode == EXN_MODE_DROP)
        return exn_usage_error(NULL, "--orientations and --mode=drop exclude each other");
    return EXN_EXIT_OK;
}

static void show_row(const exn_option *option)
{
    char left[40];
    char letter[] = {'-', option->letter, ',', ' ', '\0'};
    snprintf(left, sizeof left, "%s--%s%s%s", option->letter ? letter : "", option->name,
             option->value ? "=" : "", option->value ? option->value : "");
    const char *line = option->help;
    while (line) {
        const char *end = strchr(line, '\n');
        printf("  %-19s %.*s\n", line == option->help ? left : "",
               (int)(end ? (size_t)(end - line) : strlen(line)), line);
        line = end ? end + 1 : NULL;
    }
}

static void show_help(void)
{
    puts(
        "usage: exifnorm [options] IN OUT\n"
        "       exifnorm --check [options] PATH...\n"
        "\n"
        "Rotates the pixels of JPEG and PNG images by their EXIF orientation, losslessly where\n"
        "possible, and removes every trace of orientation. IN and OUT are two folders (the output\n"
        "has the same tree) or two files; - is standard input or output, for one image or, with\n"
        "--tar, an archive. IN is never written to. Files that are not images are copied byte for\n"
        "byte. --check says what there is to do in files and folders.\n");
    for (size_t i = 0; i < ROWS; i++)
        show_row(&table[i]);
    puts(
        "\nLinks to files are written as files. Links to folders or in a loop, FIFOs, sockets and\n"
        "devices are named and skipped; dangling links and unreadable files are failed items.\n"
        "\nexit status:");
#define X(name, number, text) printf("  %d  %s\n", number, text);
    EXN_EXIT_MAP(X)
#undef X
}

/* What getopt_long needs, made from the table: long options give the number of their row, letters
 * themselves. */
static void fill_tables(struct option *longs, char *letters)
{
    *letters++ = ':'; /* a missing value is told apart from an unknown option */
    for (size_t i = 0; i < ROWS; i++) {
        longs[i] = (struct option){table[i].name, table[i].value ? required_argument : no_argument,
                                   NULL, 256 + (int)i};
        if (table[i].letter)
            *letters++ = table[i].letter;
        if (table[i].letter && table[i].value)
            *letters++ = ':';
    }
    longs[ROWS] = (struct option){0};
    *letters = '\0';
}

static const exn_option *find_row(int code)
{
    if (code >= 256)
        return &table[code - 256];
    for (size_t i = 0; i < ROWS; i++)
        if (table[i].letter == code)
            return &table[i];
    return NULL;
}

/* Says what getopt_long did not like. It leaves optopt 0 for an unknown long option. */
static exn_exit bad_option(int code, char **argv)
{
    const char *word = argv[optind - 1];
    char letter[] = {'-', (char)optopt, '\0'};
    if (optopt != 0 && optopt < 256)
        word = letter;
    if (code == ':')
        return exn_usage_error(word, "option requires an argument");
    if (optopt >= 256)
        return exn_usage_error(word, "option takes no argument");
    return exn_usage_error(word, "unknown or ambiguous option");
}

/* The options; what stands after them is left at optind. */
static exn_exit read_options(exn_cli_options *options, int argc, char **argv)
{
    struct option longs[ROWS + 1];
    char letters[2 * ROWS + 2];
    fill_tables(longs, letters);
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const exn_option *option = code == '?' || code == ':' ? NULL : find_row(code);
        if (!option)
            return bad_option(code, argv);
        if (!set(options, option, optarg))
            return bad_value(option, optarg);
        if (options->done)
            break;
    }
    options->work.decode_all = options->work.look_whole = options->verify;
    return EXN_EXIT_OK;
}

/* The names after the options. */
static exn_exit read_names(exn_cli_options *options, int argc, char **argv)
{
    if (options->check && argc == 0)
        return exn_usage_error(NULL, "--check: expected at least one file or folder");
    if (options->check) {
        options->paths = argv;
        return EXN_EXIT_OK;
    }
    if (argc != 2)
        return exn_usage_error(NULL, "expected IN and OUT, got %d argument%s", argc,
                               argc == 1 ? "" : "s");
    options->in = argv[0];
    options->out = argv[1];
    options->from_stdin = strcmp(options->in, "-") == 0;
    options->to_stdout = strcmp(options->out, "-") == 0;
    if (options->dry_run && options->to_stdout)
        return exn_usage_error(NULL, "--dry-run writes nothing, not even to standard output");
    return check_direct(options);
}

/* As many workers as there are may need as much at once, and the rest of the machine something,
 * too. */
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
    if (exit == EXN_EXIT_OK && options->check && options->tar)
        exit = exn_usage_error(NULL, "--check does not read archives (--tar); use --tar --dry-run");
    return exit == EXN_EXIT_OK ? read_names(options, argc - optind, argv + optind) : exit;
}
