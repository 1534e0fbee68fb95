#include "options.h"

#include <getopt.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Sets what one option says; value is NULL where it takes none. Returns NULL or what is wrong with
 * the value. */
typedef const char *(*setter)(exn_cli_options *options, const char *value);

typedef struct row {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* its name in --help; NULL: takes none */
    setter set;
    const char *help;
} row;

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

static const char *set_overwrite(exn_cli_options *options, const char *value)
{
    (void)value;
    options->overwrite = true;
    return NULL;
}

static const char *set_edges(exn_cli_options *options, const char *value)
{
    if (strcmp(value, "requantize") == 0)
        options->work.edges = EXN_EDGES_REQUANTIZE;
    else if (strcmp(value, "refuse") == 0)
        options->work.edges = EXN_EDGES_REFUSE;
    else
        return "'requantize' or 'refuse' is wanted";
    return NULL;
}

static const char *set_quality(exn_cli_options *options, const char *value)
{
    if (strcmp(value, "same") == 0)
        options->work.quality = EXN_QUALITY_SAME;
    else if (strcmp(value, "high") == 0)
        options->work.quality = EXN_QUALITY_HIGH;
    else
        return "'same' or 'high' is wanted";
    return NULL;
}

static const char *set_png_level(exn_cli_options *options, const char *value)
{
    enum { MOST = 12 };
    uint64_t number;
    if (!read_number(value, false, &number) || number > MOST)
        return "a number from 1 to 12 is wanted";
    options->work.png_level = (uint32_t)number;
    return NULL;
}

static const char *set_mode(exn_cli_options *options, const char *value)
{
    if (strcmp(value, "bake") == 0)
        options->work.mode = EXN_MODE_BAKE;
    else if (strcmp(value, "drop") == 0)
        options->work.mode = EXN_MODE_DROP;
    else
        return "'bake' or 'drop' is wanted";
    return NULL;
}

static const char *set_secondary(exn_cli_options *options, const char *value)
{
    if (strcmp(value, "turn") == 0)
        options->work.secondary = EXN_SECONDARY_TURN;
    else if (strcmp(value, "drop") == 0)
        options->work.secondary = EXN_SECONDARY_DROP;
    else
        return "'turn' or 'drop' is wanted";
    return NULL;
}

static const char *set_strict(exn_cli_options *options, const char *value)
{
    (void)value;
    options->work.strict = true;
    return NULL;
}

static const char *set_allow_unsupported(exn_cli_options *options, const char *value)
{
    (void)value;
    options->allow_unsupported = true;
    return NULL;
}

static const char *set_check(exn_cli_options *options, const char *value)
{
    (void)value;
    options->check = true;
    return NULL;
}

static const char *set_max_memory(exn_cli_options *options, const char *value)
{
    return read_number(value, true, &options->work.max_memory)
               ? NULL
               : "a number of bytes is wanted, as in 800M; K, M and G are known";
}

static const char *set_max_pixels(exn_cli_options *options, const char *value)
{
    return read_number(value, false, &options->work.max_pixels) ? NULL
                                                                : "a number of pixels is wanted";
}

static const char *set_verify(exn_cli_options *options, const char *value)
{
    (void)value;
    options->verify = true;
    options->work.decode_all = options->work.look_whole = true;
    return NULL;
}

static const char *set_durable(exn_cli_options *options, const char *value)
{
    (void)value;
    options->durable = true;
    return NULL;
}

static const char *set_dry_run(exn_cli_options *options, const char *value)
{
    (void)value;
    options->dry_run = true;
    return NULL;
}

static const char *set_write(exn_cli_options *options, const char *value)
{
    if (strcmp(value, "atomic") != 0 && strcmp(value, "direct") != 0)
        return "'atomic' or 'direct' is wanted";
    options->direct = *value == 'd';
    return NULL;
}

static const char *set_link(exn_cli_options *options, const char *value)
{
    (void)value;
    options->link = true;
    return NULL;
}

static const char *set_report(exn_cli_options *options, const char *value)
{
    options->report = value;
    return *value ? NULL : "the name of a file is wanted, or -";
}

static const char *set_files_from(exn_cli_options *options, const char *value)
{
    options->files_from = value;
    return *value ? NULL : "the name of a file is wanted, or -";
}

static const char *set_null(exn_cli_options *options, const char *value)
{
    (void)value;
    options->null = true;
    return NULL;
}

static const char *set_state(exn_cli_options *options, const char *value)
{
    options->state = value;
    return *value ? NULL : "the name of a file is wanted";
}

static const char *set_resume(exn_cli_options *options, const char *value)
{
    (void)value;
    options->resume = true;
    return NULL;
}

/* read_number() takes no 0, which here is the first one. */
static const char *set_shard(exn_cli_options *options, const char *value)
{
    enum { MOST = 1000000 };
    uint64_t shard = 0, shards;
    char first[16];
    size_t length = strcspn(value, "/");
    snprintf(first, sizeof first, "%.*s", (int)(length < sizeof first ? length : 0), value);
    if ((strcmp(first, "0") != 0 && !read_number(first, false, &shard)) || value[length] != '/' ||
        !read_number(value + length + 1, false, &shards) || shards > MOST || shard >= shards)
        return "I/N is wanted, as in 0/4: which shard, counted from 0, of how many";
    options->shard = (unsigned)shard;
    options->shards = (unsigned)shards;
    return NULL;
}

static const char *set_quiet(exn_cli_options *options, const char *value)
{
    (void)value;
    options->quiet = true;
    return NULL;
}

static const char *set_verbose(exn_cli_options *options, const char *value)
{
    (void)value;
    options->verbose = true;
    return NULL;
}

static const char *set_jobs(exn_cli_options *options, const char *value)
{
    enum { MOST = 1024 };
    uint64_t number;
    if (!read_number(value, false, &number) || number > MOST)
        return "a number from 1 to 1024 is wanted";
    options->jobs = (unsigned)number;
    return NULL;
}

static const char *set_timeout(exn_cli_options *options, const char *value)
{
    enum { MOST = 1000000 }; /* milliseconds of it fit an int, as poll(2) wants them */
    uint64_t number;
    if (!read_number(value, false, &number) || number > MOST)
        return "a number of seconds from 1 to 1000000 is wanted";
    options->timeout = (unsigned)number;
    return NULL;
}

static const char *set_tar(exn_cli_options *options, const char *value)
{
    (void)value;
    options->tar = true;
    return NULL;
}

static const char *set_on_error(exn_cli_options *options, const char *value)
{
    static const char *const words[] = {
        [EXN_ON_ERROR_SKIP] = "skip", [EXN_ON_ERROR_KEEP] = "keep", [EXN_ON_ERROR_STOP] = "stop"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(value, words[i]) == 0) {
            options->on_error = (exn_on_error)i;
            return NULL;
        }
    return "'skip', 'keep' or 'stop' is wanted";
}

static const char *set_no_sandbox(exn_cli_options *options, const char *value)
{
    (void)value;
    options->no_sandbox = true;
    return NULL;
}

/* The processors that this process may use, which in a container or under taskset(1) are fewer. */
static unsigned count_processors(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}

static const char *show_help(exn_cli_options *options, const char *value);

static const char *show_version(exn_cli_options *options, const char *value)
{
    (void)value;
    printf("exifnorm %s\n", exn_version());
    options->done = true;
    return NULL;
}

static const row rows[] = {
    {"check", 0, NULL, set_check,
     "change nothing: list each file that is not unambiguous, count the\n"
     "orientations, and exit with 1 where a file needs work; the run's\n"
     "other options may be given too, those about outputs say nothing"},
    {"mode", 0, "WHAT", set_mode,
     "bake (the default): turn the pixels, as browsers show them; or\n"
     "drop: keep the pixels as they are stored, remove the orientation"},
    {"strict", 0, NULL, set_strict, "fail files whose orientation readers disagree about"},
    {"allow-unsupported", 0, NULL, set_allow_unsupported,
     "a file that cannot be turned (WebP, HEIF, AVIF, TIFF) and has an\n"
     "orientation is copied anyway; with this it makes no exit status 1"},
    {"tar", 0, NULL, set_tar,
     "IN and OUT are tar archives, plain or packed by gzip or zstd, or -;\n"
     "or two folders, in which archives are worked on, too: images among\n"
     "the members are turned, all else is carried over as it is"},
    {"on-error", 0, "WHAT", set_on_error,
     "an item that failed is left out (skip, the default), carried over as\n"
     "it is (keep), or ends the run (stop); it is a failed one in any case"},
    {"overwrite", 0, NULL, set_overwrite,
     "replace outputs that exist; without it they are failed items"},
    {"edges", 0, "WHAT", set_edges,
     "where the block grid allows no lossless turn of a JPEG:\n"
     "requantize (the default) what cannot stay, or refuse the file"},
    {"quality", 0, "WHAT", set_quality,
     "how finely what is requantized is coded: same (the default), with\n"
     "its own tables; or high, with finer ones: 3 dB less loss, more bytes"},
    {"png-level", 0, "N", set_png_level,
     "how hard to compress turned PNGs: from 1 (quick) to 12 (small);\n"
     "without it a sample of each picture tells what suits it"},
    {"secondary", 0, "WHAT", set_secondary,
     "further pictures in a JPEG that is edited (gain maps, previews):\n"
     "turn (the default) them too, or fail where the file's index cannot\n"
     "be kept true; or drop them and their index"},
    {"max-memory", 0, "SIZE", set_max_memory,
     "bytes one file may need; suffixes K, M, G; default 2G"},
    {"max-pixels", 0, "N", set_max_pixels, "width x height of one file; default 500 million"},
    {"verify", 0, NULL, set_verify,
     "decode every image, read every product back and compare it with\n"
     "its source before it gets its name; with --check: read every JPEG to\n"
     "the end of its picture, not only its headers"},
    {"durable", 0, NULL, set_durable, "fsync every file and folder before it counts as written"},
    {"write", 0, "HOW", set_write,
     "atomic (the default): under a temporary name, then renamed; or\n"
     "direct: in one go under its own name when its work is done, for\n"
     "mounts of object stores, which can neither rename nor seek"},
    {"dry-run", 0, NULL, set_dry_run,
     "do all the work but write no output: say, and report, what would\n"
     "become of each item"},
    {"link", 0, NULL, set_link,
     "hard links for images that need nothing, where OUT is on IN's file\n"
     "system: whoever later edits one in place edits its source, too"},
    {"report", 0, "FILE", set_report,
     "write a JSON object a line about every item to FILE; an existing\n"
     "one is replaced, one inside IN refused; - is standard output,\n"
     "and the summary then goes to standard error"},
    {"files-from", 0, "FILE", set_files_from,
     "take the files that FILE names, one a line, relative to IN, and no\n"
     "others; - is standard input; one that is not there is a failed item"},
    {"null", '0', NULL, set_null, "the names of --files-from end in NUL bytes, as of find -print0"},
    {"shard", 0, "I/N", set_shard,
     "take one of N parts of IN, I from 0 to N-1, by the path up to the\n"
     "first dot of the file's name: an image and its labels are in the\n"
     "same part; such runs may share OUT, also at the same time"},
    {"resume", 0, NULL, set_resume,
     "go on where a run was killed or stopped: what is done and has not\n"
     "changed stays, all else is done anew; may be given from the start"},
    {"state", 0, "FILE", set_state,
     "where a run of folders notes what is done; default: beside OUT,\n"
     "OUT.exifnorm-state, for each shard its own, removed at the end of a\n"
     "run without failures unless this or --resume is given"},
    {"quiet", 'q', NULL, set_quiet,
     "no progress, no summary; what fails is still said, and --check\n"
     "still lists"},
    {"verbose", 'v', NULL, set_verbose, "name every item and what became of it"},
    {"jobs", 'j', "N", set_jobs,
     "work on N images at once; default: as many as there are processors;\n"
     "neither outputs nor the report's order depend on it"},
    {"timeout", 0, "SECONDS", set_timeout,
     "fail an image that takes longer, and go on; default 60"},
    {"no-sandbox", 0, NULL, set_no_sandbox,
     "let the processes that read images make any system call; for\n"
     "systems where they cannot be limited"},
    {"help", 'h', NULL, show_help, "show this text"},
    {"version", 'V', NULL, show_version, "show the version"},
};

#define ROWS (sizeof rows / sizeof rows[0])

/* What can be written in one go only. */
static exn_exit check_direct(const exn_cli_options *options)
{
    if (options->direct && options->link)
        return exn_cli_usage(NULL, "--link and --write=direct exclude each other");
    if (options->direct && options->tar && !options->to_stdout)
        return exn_cli_usage(NULL, "--write=direct is for files, and an archive would have to be in "
                                   "memory: with --tar, OUT has to be - then");
    return EXN_EXIT_OK;
}

/* Options that say which files of a folder are meant. */
static exn_exit check_selection(const exn_cli_options *options)
{
    if (options->check && options->files_from)
        return exn_cli_usage(NULL, "--check and --files-from exclude each other");
    if (options->null && !options->files_from)
        return exn_cli_usage(NULL, "--null says how --files-from is written, which is not there");
    return EXN_EXIT_OK;
}

static void show_row(const row *r)
{
    char left[40];
    char letter[] = {'-', r->letter, ',', ' ', '\0'};
    snprintf(left, sizeof left, "%s--%s%s%s", r->letter ? letter : "", r->name, r->value ? "=" : "",
             r->value ? r->value : "");
    const char *line = r->help;
    while (line) {
        const char *end = strchr(line, '\n');
        printf("  %-19s %.*s\n", line == r->help ? left : "",
               (int)(end ? (size_t)(end - line) : strlen(line)), line);
        line = end ? end + 1 : NULL;
    }
}

static const char *show_help(exn_cli_options *options, const char *value)
{
    (void)value;
    puts(
        "usage: exifnorm [options] IN OUT\n"
        "       exifnorm --check [options] PATH...\n"
        "\n"
        "Turns the pixels of JPEG and PNG images as their EXIF orientation says, losslessly where\n"
        "that can be, and removes every trace of orientation. IN and OUT are two folders, whose\n"
        "trees will be the same, or two files; - is standard input or output, for one image or,\n"
        "with --tar, an archive. IN is never written to. What is no image is copied\n"
        "byte for byte. --check says what there is to do in files and folders.\n");
    for (size_t i = 0; i < ROWS; i++)
        show_row(&rows[i]);
    puts(
        "\nLinks to files are written as files. Links to folders or in a loop, FIFOs, sockets and\n"
        "devices are named and skipped; dangling links and what cannot be read are failed items.\n"
        "\nexit status:");
#define X(name, number, text) printf("  %d  %s\n", number, text);
    EXN_EXIT_MAP(X)
#undef X
    options->done = true;
    return NULL;
}

exn_exit exn_cli_usage(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("exifnorm: ", stderr);
    if (name) {
        exn_text_quote(stderr, "", name);
        fputs(": ", stderr);
    }
    vfprintf(stderr, format, arguments);
    fputs("; try 'exifnorm --help'\n", stderr);
    va_end(arguments);
    return EXN_EXIT_USAGE;
}

/* What getopt_long wants, made from the table: long options give the number of their row, letters
 * themselves. */
static void fill_tables(struct option *longs, char *letters)
{
    *letters++ = ':'; /* a missing value is told from an unknown option */
    for (size_t i = 0; i < ROWS; i++) {
        longs[i] = (struct option){rows[i].name, rows[i].value ? required_argument : no_argument,
                                   NULL, 256 + (int)i};
        if (rows[i].letter)
            *letters++ = rows[i].letter;
        if (rows[i].letter && rows[i].value)
            *letters++ = ':';
    }
    longs[ROWS] = (struct option){0};
    *letters = '\0';
}

static const row *find_row(int code)
{
    if (code >= 256)
        return &rows[code - 256];
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].letter == code)
            return &rows[i];
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
        return exn_cli_usage(word, "this option wants a value");
    if (optopt >= 256)
        return exn_cli_usage(word, "this option takes no value");
    return exn_cli_usage(word, "unknown or ambiguous option");
}

exn_exit exn_cli_options_parse(exn_cli_options *options, int argc, char **argv)
{
    struct option longs[ROWS + 1];
    char letters[2 * ROWS + 2];
    fill_tables(longs, letters);
    *options = (exn_cli_options){.jobs = count_processors(), .timeout = 60};
    exn_options_init(&options->work);
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const row *r = code == '?' || code == ':' ? NULL : find_row(code);
        if (!r)
            return bad_option(code, argv);
        const char *wrong = r->set(options, optarg);
        if (wrong)
            return exn_cli_usage(optarg, "--%s: %s", r->name, wrong);
        if (options->done)
            return fflush(stdout) == 0 ? EXN_EXIT_OK : EXN_EXIT_OUTPUT;
    }
    exn_exit exit = check_selection(options);
    if (exit != EXN_EXIT_OK)
        return exit;
    if (options->check && options->tar)
        return exn_cli_usage(NULL, "--check does not look into archives (--tar)");
    if (options->dry_run && optind < argc && strcmp(argv[argc - 1], "-") == 0 && !options->check)
        return exn_cli_usage(NULL, "--dry-run writes nothing, also not to standard output");
    if (options->check) {
        options->paths = argv + optind;
        return optind < argc ? EXN_EXIT_OK
                             : exn_cli_usage(NULL, "--check wants at least one file or folder");
    }
    if (argc - optind != 2)
        return exn_cli_usage(NULL, "two names are wanted, IN and OUT, but there are %d",
                             argc - optind);
    options->in = argv[optind];
    options->out = argv[optind + 1];
    options->from_stdin = strcmp(options->in, "-") == 0;
    options->to_stdout = strcmp(options->out, "-") == 0;
    return check_direct(options);
}
