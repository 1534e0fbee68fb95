/* SPDX-License-Identifier: MIT */
#include "decoder.h"

#include <dlfcn.h>
#include <string.h>

/* Other values of --heif copy the file or edit it in place without decoding it, so no library of a
 * few megabytes has to be mapped into each worker. */
bool exn_decoder_is_needed(const exn_cli_options *options)
{
    return options->work.heif == EXN_HEIF_PNG || options->work.heif == EXN_HEIF_JPEG;
}

exn_format exn_decoder_makes(const exn_cli_options *options)
{
    return options->work.heif == EXN_HEIF_PNG ? EXN_FORMAT_PNG : EXN_FORMAT_JPEG;
}

/* These options rely on an output having its source's name or, if the item fails, its bytes. A PNG
 * named a.heic would be wrong, and so would a HEIC named a.png; and a file that is changed in place
 * has to keep the name by which others know it. With --check nothing is written, so all are
 * allowed.
 */
static const char *excluded(const exn_cli_options *options)
{
    const struct {
        bool given;
        const char *name;
    } others[] = {
        {options->in_place, "in-place"},
        {options->on_error == EXN_ON_ERROR_KEEP, "on-error=keep"},
        {options->inputs && options->overwrite, "overwrite of several inputs"},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0] && !options->check; i++)
        if (others[i].given)
            return others[i].name;
    return NULL;
}

exn_exit exn_decoder_check(const exn_cli_options *options)
{
    const bool jpeg = options->work.heif == EXN_HEIF_JPEG;
    const char *other = exn_decoder_is_needed(options) ? excluded(options) : NULL;
    if (options->work.heif_quality && !jpeg)
        return exn_usage_syntax(NULL, "--heif-quality requires --heif=jpeg");
    return other ? exn_usage_syntax(NULL, "--heif=%s and --%s exclude each other",
                                    jpeg ? "jpeg" : "png", other)
                 : EXN_EXIT_OK;
}

/* heif_init() loads plugins; it returns a struct of three words, which is ignored. Called once, in
 * the fork server: workers inherit the library with its plugins, and could open neither themselves.
 * It is never unloaded. dlsym(3) returns a pointer to data, and ISO C cannot convert that to one to
 * a function, but on POSIX systems the bytes are the same. */
void exn_decoder_load(void)
{
    struct answer {
        int code, subcode;
        const char *message;
    } (*init)(void *) = NULL;
    void *library = dlopen("libheif.so.1", RTLD_NOW | RTLD_LOCAL);
    void *found = library ? dlsym(library, "heif_init") : NULL;
    memcpy(&init, &found, sizeof found); /* POSIX allows this conversion */
    if (init)
        init(NULL);
}
