/* SPDX-License-Identifier: MIT */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

/* Both scripts are generated from the table of options (options.h) whenever they are asked for, so
 * that neither can miss an option. Neither runs this program while somebody types. */

static void print_words(const exn_option *option, const char *between)
{
    for (size_t i = 0; option->words[i]; i++)
        printf("%s%s", i ? between : "", option->words[i]);
}

/* An option that needs a value ends in =, and compopt below keeps bash from adding a space. */
static void bash_options(void)
{
    size_t count;
    const exn_option *table = exn_cli_options_table(&count);
    for (size_t i = 0; i < count; i++)
        printf(" --%s%s", table[i].name, table[i].value ? "=" : "");
    for (size_t i = 0; i < count; i++)
        if (table[i].letter)
            printf(" -%c", table[i].letter);
}

/* A case for each option that has a value, without words if the values cannot be guessed. */
static void bash_values(void)
{
    size_t count;
    const exn_option *table = exn_cli_options_table(&count);
    for (size_t i = 0; i < count; i++) {
        const exn_option *o = &table[i];
        if (!o->value || o->kind == EXN_OPTION_FILE)
            continue;
        printf("    --%s", o->name);
        if (o->letter)
            printf(" | -%c", o->letter);
        puts(")");
        if (o->words) {
            fputs("        mapfile -t COMPREPLY < <(compgen -W '", stdout);
            print_words(o, " ");
            puts("' -- \"$word\")");
        }
        puts("        return\n        ;;");
    }
}

/* bash treats '=' as a word of its own, since COMP_WORDBREAKS has it, and a script must not change
 * that for all others. So "--option=word" comes as three words, of which the last may be missing.
 */
static void bash_script(void)
{
    puts("# bash completion for exifnorm, by exifnorm --completion=bash\n"
         "_exifnorm()\n"
         "{\n"
         "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} option\n"
         "    COMPREPLY=()\n"
         "    if [[ $word == = ]]; then\n"
         "        option=$before word=\n"
         "    elif [[ $before == = ]]; then\n"
         "        option=${COMP_WORDS[COMP_CWORD - 2]}\n"
         "    else\n"
         "        option=$before\n"
         "    fi\n"
         "    case $option in");
    bash_values();
    size_t count;
    const exn_option *table = exn_cli_options_table(&count);
    fputs("    esac\n    if [[ $word == -*", stdout);
    for (size_t i = 0; i < count; i++)
        if (table[i].kind == EXN_OPTION_FILE)
            printf(" && $option != --%s", table[i].name);
    fputs(" ]]; then\n        mapfile -t COMPREPLY < <(compgen -W '", stdout);
    bash_options();
    puts("' -- \"$word\")\n"
         "        [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace "
         "2>/dev/null\n"
         "    else\n"
         "        compopt -o filenames 2>/dev/null\n"
         "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
         "    fi\n"
         "}\n"
         "complete -F _exifnorm exifnorm");
}

/* (- *) excludes all else on the line, as --help and --version end the program; (-q --quiet)
 * excludes the other form of the same option. */
static void zsh_option(const exn_option *o)
{
    const char *equals = o->value ? "=" : "";
    if (o->kind == EXN_OPTION_ACTION && o->letter)
        printf("    '(- *)'{-%c,--%s}", o->letter, o->name);
    else if (o->letter)
        printf("    '(-%c --%s)'{-%c,--%s%s}", o->letter, o->name, o->letter, o->name, equals);
    else
        printf("    %s--%s%s", o->kind == EXN_OPTION_ACTION ? "'(- *)'" : "", o->name, equals);
    printf("'[%s]", o->brief);
    if (o->value)
        printf(":%s:", o->value);
    if (o->kind == EXN_OPTION_FILE)
        fputs("_files", stdout);
    if (o->words) {
        putchar('(');
        print_words(o, " ");
        putchar(')');
    }
    puts("' \\");
}

/* -s: single letters may be stacked; -S: nothing after "--" is an option. */
static void zsh_script(void)
{
    size_t count;
    const exn_option *table = exn_cli_options_table(&count);
    puts("#compdef exifnorm\n"
         "# zsh completion for exifnorm, by exifnorm --completion=zsh\n"
         "\n"
         "_arguments -s -S \\");
    for (size_t i = 0; i < count; i++)
        zsh_option(&table[i]);
    puts("    '*:file or folder:_files'");
}

void exn_completion_print(const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        bash_script();
    else
        zsh_script();
}
