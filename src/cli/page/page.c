/* SPDX-License-Identifier: MIT */
#include "page.h"

#include <errno.h>
#include <fcntl.h>
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
#include "page_data.h"
#include "pictures.h"
#include "sections.h"

exn_page *exn_page_open(const exn_cli_options *options)
{
    exn_page *page = calloc(1, sizeof *page);
    if (page) {
        page->name = options->html;
        page->fd = -1;
    }
    return page;
}

static exn_exit fail(const exn_page *page, const char *why)
{
    fputs("exifnorm: ", stderr);
    exn_text_quote(stderr, "", page->name);
    fprintf(stderr, ": cannot write the page: %s\n", why);
    return EXN_EXIT_OUTPUT;
}

/* An older page stays as it is until the new one is complete. */
exn_exit exn_page_start(exn_page *page, const exn_page_run *run)
{
    page->run = *run;
    if (page->fd < 0)
        page->fd = open(page->name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    return page->fd < 0 ? fail(page, strerror(errno)) : EXN_EXIT_OK;
}

void exn_page_end(exn_page *page)
{
    page->ended = true;
}

static void write_lines(const char *const *lines, FILE *file)
{
    for (; *lines; lines++)
        fputs(*lines, file);
}

/* The one script that the page may run, by its SHA-256 (Content Security Policy 3, 6.7.3.2):
 * should a name get through as HTML after all, it can do nothing. */
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

/* False: out of memory. */
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

/* In memory first, so that an older page is not lost for half a new one. */
static exn_exit replace(exn_page *page)
{
    char *text = NULL;
    size_t size = 0;
    struct stat status;
    FILE *file = open_memstream(&text, &size);
    bool made = file && !page->no_memory && write_page(page, file) && !ferror(file);
    made = file && fclose(file) == 0 && made;
    exn_exit exit = EXN_EXIT_OK;
    if (!made)
        exit = fail(page, "out of memory");
    else if ((fstat(page->fd, &status) == 0 && S_ISREG(status.st_mode) &&
              ftruncate(page->fd, 0) != 0) ||
             !exn_io_write_all(page->fd, text, size))
        exit = fail(page, strerror(errno));
    free(text);
    return exit;
}

static void free_page(exn_page *page)
{
    for (size_t i = 0; i < page->pick_count; i++) {
        free(page->picks[i].path);
        free(page->picks[i].before);
        free(page->picks[i].after);
    }
    free(page->texts.block);
    free(page->rows);
    free(page);
}

exn_exit exn_page_close(exn_page *page, exn_pool *pool)
{
    exn_exit exit = EXN_EXIT_OK;
    if (!page)
        return exit;
    if (page->fd >= 0) {
        if (pool) {
            exn_page_pictures_make(page, pool);
            exit = replace(page);
        }
        if (close(page->fd) != 0 && exit == EXN_EXIT_OK)
            exit = fail(page, strerror(errno));
    }
    free_page(page);
    return exit;
}
