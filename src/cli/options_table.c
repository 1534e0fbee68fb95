/* SPDX-License-Identifier: MIT */
/* What options there are, and what --help says of them. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

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

/* The words of an enum stand in the order of its values. Rows stand in the order in which --help
 * shows them, and the first line of a report has them. */
static const exn_option table[] = {
    {"check", .kind = EXN_OPTION_FLAG, MEMBER(check),
     .brief = "change nothing, list what is not unambiguous",
     .help = "change nothing: list each file that is not unambiguous, count the\n"
             "orientations, and exit with 1 if a file needs work; other options\n"
             "are accepted; those about output have no effect"},
    {"in-place", .kind = EXN_OPTION_FLAG, MEMBER(in_place),
     .brief = "change the files themselves, with a backup",
     .help = "change the files named, and those in the folders named, where they\n"
             "are; implies --verify, and requires --backup or --no-backup; a\n"
             "second run finds nothing left to do"},
    {"backup", 0, "DIR", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(backup),
     .brief = "where --in-place keeps the originals",
     .help = "keep the original of each file that --in-place changes in DIR, under\n"
             "its whole path; without a copy, if DIR is on the same file system"},
    {"no-backup", .kind = EXN_OPTION_FLAG, MEMBER(no_backup),
     .brief = "--in-place keeps no originals", .help = "let --in-place keep no originals"},
    {"undo", 0, "DIR", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(undo),
     .brief = "bring the originals of a backup back",
     .help = "bring the originals back from the backup DIR, with their times and\n"
             "modes; files that were changed since --in-place stay as they are"},
    {"mode", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.mode),
     .words = WORDS("bake", "drop"), .brief = "what to do with the pixels",
     .help = "bake (the default): rotate the pixels to what browsers show; or\n"
             "drop: keep the pixels as they are stored, remove the orientation\n"
             "(also of HEIC, AVIF, TIFF and JPEG XL)"},
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
     .help = "a file that cannot be rotated (HEIC, AVIF, TIFF, JPEG XL) and has an\n"
             "orientation is copied; with this option it does not cause exit\n"
             "status 1"},
    {"tar", .kind = EXN_OPTION_FLAG, .role = EXN_ROLE_OUTPUT, MEMBER(tar),
     .brief = "archives or standard streams, in and out",
     .help = "IN and OUT are tar archives (plain, gzip, bzip2, xz or zstd), or -;\n"
             "or two folders whose archives are processed, too: image members\n"
             "are rotated, everything else is carried over unchanged; with\n"
             "--check: the archives that are named (- is standard input), or lie\n"
             "in the folders"},
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
     .words = WORDS("rotate", "drop"), .brief = "secondary images in a JPEG",
     .help = "secondary images in a JPEG that is edited (gain maps, previews):\n"
             "rotate (the default): rotate them too, or fail if the file's index\n"
             "cannot be kept valid; or drop them and their index"},
    {"webp", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.webp),
     .words = WORDS("copy", "as-shown", "rotate"), .brief = "WebP files with an orientation",
     .help = "a WebP with an orientation, which no browser honours and most other\n"
             "readers do: as-shown (the default): keep its pixels as they are\n"
             "stored and browsers show them, remove the orientation; rotate:\n"
             "rotate them as other readers do, lossy ones by coding them again;\n"
             "or copy it"},
    {"heif", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(work.heif),
     .words = WORDS("copy", "drop", "png", "jpeg"), .brief = "HEIC, AVIF and other HEIF files",
     .help = "HEIC and AVIF: copy (the default) them; drop: keep their pictures as\n"
             "they are stored, remove the orientation; png or jpeg: decode the\n"
             "primary picture (libheif1), rotate it, and write a.png or a.jpg for\n"
             "a.heic: without loss, or at --heif-quality"},
    {"heif-quality", 0, "N", EXN_OPTION_NUMBER, EXN_ROLE_OUTPUT, MEMBER(work.heif_quality),
     .most = 100, .brief = "quality of JPEGs made of HEIC and AVIF, 1 to 100",
     .help = "quality of JPEGs made by --heif=jpeg, 1 to 100; default 95"},
    {"sidecars", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_OUTPUT, MEMBER(copy_sidecars),
     .words = WORDS("edit", "copy"), .brief = "XMP files beside images",
     .help = "XMP files beside images (a.jpg.xmp, a.xmp): edit (the default) them\n"
             "with their image; one with an orientation and no image, or several,\n"
             "to belong to is unsupported; or copy them as they are"},
    {"labels", 0, "WHAT", EXN_OPTION_WORDS, EXN_ROLE_RUN, MEMBER(labels),
     .words = WORDS("warn", "move", "copy"), .bare = "move",
     .brief = "files that say where things are in images",
     .help = "label files (COCO, YOLO, Pascal VOC and others): warn (the default):\n"
             "copy them as they are, and say which ones name images that were\n"
             "rotated; move (also --labels alone): move labels with the pixels;\n"
             "with --check: say in which frame they are; or copy: without a look"},
    {"labels-frame", 0, "FRAME", EXN_OPTION_WORDS, EXN_ROLE_RUN, MEMBER(labels_frame),
     .words = WORDS("auto", "stored", "displayed"), .brief = "what labels are drawn on",
     .help = "labels are drawn on images as they are stored, or as they are\n"
             "displayed; auto (the default): sizes and coordinates decide, and\n"
             "where they do not nothing is written"},
    {"labels-format", 0, "FORMAT", EXN_OPTION_LIST, EXN_ROLE_RUN, MEMBER(label_formats),
     .brief = "what label files are that do not say so",
     .help = "createml-center or createml-corner: what x and y of CreateML's boxes\n"
             "are; mot: a table of the MOT Challenge under another name than\n"
             "gt/gt.txt or det/det.txt; none: no labels; GLOB=FORMAT: of files\n"
             "whose paths end as GLOB says alone; may be given several times"},
    {"source-ref-prefix", 0, "FROM[,TO]", EXN_OPTION_LIST, EXN_ROLE_RUN, MEMBER(source_refs),
     .brief = "what addresses in Ground Truth manifests begin with",
     .help = "all addresses in SageMaker Ground Truth manifests begin with FROM,\n"
             "s3://bucket/photos/, and with TO in the output; what follows is a\n"
             "path in IN; may be given several times"},
    {"masks", 0, "GLOB", EXN_OPTION_LIST, EXN_ROLE_RUN, MEMBER(masks),
     .brief = "which images are masks of others",
     .help = "with --labels: images that match are masks, and rotated as the image\n"
             "whose name the first * stands for: '*_mask.png', 'masks/*.png'; or\n"
             "a folder of any depth, 'masks/'; may be given several times"},
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
     .help = "atomic (the default): not seen until they are whole; or\n"
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
    {"preserve-times", .kind = EXN_OPTION_FLAG, MEMBER(preserve_times),
     .brief = "changed files keep their modification times",
     .help = "a file whose bytes change keeps its modification time, too; without\n"
             "this it gets the time of the run, so that rsync, make and sync\n"
             "commands of object stores see the change"},
    {"report", 0, "FILE", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(report),
     .brief = "write JSON Lines about every item",
     .help = "write one JSON object per line and item to FILE; an existing FILE\n"
             "is replaced, one inside IN refused; - is standard output, and the\n"
             "summary then goes to standard error"},
    {"report-times", 0, "WHETHER", EXN_OPTION_WORDS, EXN_ROLE_RUN, MEMBER(no_times),
     .words = WORDS("yes", "no"), .brief = "whether the report has times",
     .help = "whether the report says how long things took; with no, reports of two\n"
             "runs over the same input are the same bytes"},
    {"html", 0, "FILE", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(html),
     .brief = "write a page for people about the run",
     .help = "write a page for people about the run to FILE: counts, warnings in\n"
             "words, a table of files, pictures before and after; one file that a\n"
             "browser opens from the disk; an existing FILE is replaced, one\n"
             "inside IN or OUT refused"},
    {"from-report", 0, "REPORT", EXN_OPTION_FILE, EXN_ROLE_RUN, MEMBER(from_report),
     .brief = "make the page from the report of an earlier run",
     .help = "make the page of --html from the report of an earlier run, and do\n"
             "nothing else; IN and OUT as in that run, or left out: as the report\n"
             "has them"},
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
             "run that has nothing left to do unless this or --resume is given"},
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

_Static_assert(ROWS <= EXN_OPTIONS_MOST, "the parser's tables are made for that many");

const exn_option *exn_cli_options_table(size_t *count)
{
    *count = ROWS;
    return table;
}

static void show_version(void)
{
    printf("exifnorm %s\n", exn_version());
}

static void show_row(const exn_option *option)
{
    char left[40];
    char letter[] = {'-', option->letter, ',', ' ', '\0'};
    snprintf(left, sizeof left, "%s--%s%s%s%s%s", option->letter ? letter : "", option->name,
             option->bare ? "[" : "", option->value ? "=" : "", option->value ? option->value : "",
             option->bare ? "]" : "");
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
        "       exifnorm [options] IN... FOLDER\n"
        "       exifnorm --check [options] PATH...\n"
        "       exifnorm --in-place --backup=DIR [options] PATH...\n"
        "       exifnorm --undo=DIR\n"
        "\n"
        "Rotates the pixels of JPEG and PNG images by their EXIF orientation, losslessly where\n"
        "possible, and removes every trace of orientation. IN and OUT are two folders (the output\n"
        "has the same tree) or two files; - is standard input or output, for one image or, with\n"
        "--tar, an archive. IN is never written to without --in-place. Files that are not images\n"
        "are copied byte for byte. --check says what there is to do in files and folders.\n");
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
