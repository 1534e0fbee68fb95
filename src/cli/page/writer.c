/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sha2.h>

#include "base/io.h"
#include "base/text.h"
#include "files.h"
#include "look.h"
#include "sections.h"

static void write_lines(const char *const *lines, FILE *file)
{
    for (; *lines; lines++)
        fputs(*lines, file);
}

/* The page may run only this script, identified by its SHA-256 (Content Security Policy
 * 3, 6.7.3.2): should a name get through as HTML after all, it can do nothing. Without memory for
 * the hash the policy allows no script, and the page has no table. */
static void write_policy(FILE *file)
{
    SHA2_CTX hash;
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256Init(&hash);
    for (const char *const *line = exn_look_script; *line; line++)
        SHA256Update(&hash, (const uint8_t *)*line, strlen(*line));
    SHA256Final(digest, &hash);
    char *text = exn_text_base64_of(digest, sizeof digest);
    fprintf(file,
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; "
            "style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; form-action "
            "'none'\">\n",
            text ? text : "");
    free(text);
}

/* Data comes before the script that reads it. End tags that HTML allows to omit (13.1.2.4) are
 * omitted. False: out of memory. */
static bool write_page(const exn_page *page, FILE *file)
{
    fputs("<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n", file);
    write_policy(file);
    fputs("<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=icon href=\"data:,\">\n<title>exifnorm</title>\n<style>\n",
          file);
    write_lines(exn_look_style, file);
    fputs("</style>\n", file);
    exn_page_sections_write(page, file);
    fputs("<script type=application/json id=data>\n", file);
    const bool made = exn_page_files_write(page, file);
    fputs("</script>\n<script>", file);
    write_lines(exn_look_script, file);
    fputs("</script>\n</html>\n", file);
    return made;
}

/* Builds the page in memory first, so that an older one is not lost for half a new one. A pipe or a
 * terminal works too; only a regular file is truncated. A kill between that and the last byte is
 * the only one that leaves no complete page. */
const char *exn_page_writer_replace(const exn_page *page)
{
    char *text = NULL;
    size_t size = 0;
    struct stat status;
    FILE *file = open_memstream(&text, &size);
    bool made = file && !page->no_memory && write_page(page, file) && !ferror(file);
    made = file && fclose(file) == 0 && made;
    const char *why = NULL;
    if (!made)
        why = "out of memory";
    else if ((fstat(page->fd, &status) == 0 && S_ISREG(status.st_mode) &&
              ftruncate(page->fd, 0) != 0) ||
             !exn_io_write_all(page->fd, text, size))
        why = strerror(errno);
    free(text);
    return why;
}
