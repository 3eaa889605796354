/* The command line: one argument a line; read and resolved, or wrong usage with a sentence. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/settings/cmdline.h"
#include "core/base/mem.h"
#include "core/settings/settings.h"

#define ARGS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

static int split(char *text, char *argv[ARGS_MAX])
{
    int argc = 0;
    argv[argc++] = text; /* the program's name */
    for (char *lf; argc < ARGS_MAX - 1 && (lf = strchr(text, '\n')); text = lf + 1) {
        *lf = '\0';
        argv[argc++] = lf + 1;
    }
    argv[argc] = NULL;
    return argc;
}

static void resolve(const struct command_line *line)
{
    static const char *const pairs[][2] = {{"XDG_DATA_HOME", "/var/lib"}, {NULL, NULL}};
    struct environment environment = environment_of_pairs(pairs);
    struct settings settings;
    struct err err = ERR_INIT;
    if (settings_resolve(line, &environment, NULL, &settings, &err) != ERR_OK) {
        check(err_exit_status(err.code) == 64 && err.text[0] != '\0');
        return;
    }
    check(settings.action == line->action);
    check(!action_edits(settings.action) || settings.n_requests == line->n_operands);
    for (size_t i = 0; i < settings.n_requests; i++) {
        check(settings.requests[i].agent || settings.requests[i].ext);
    }
    settings_release(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *argv[ARGS_MAX];
    char *text = mem_strndup((const char *)data, size);
    struct command_line line;
    struct err err = ERR_INIT;
    int argc = split(text, argv);
    if (command_line_parse(argc, argv, &line, &err) == ERR_OK) {
        if (!line.values[OPT_CONFIG]) { /* it would read a file of this machine */
            resolve(&line);
        }
        command_line_release(&line);
    } else {
        check(err.code == ERR_USAGE && err.text[0] != '\0');
    }
    free(text);
    return 0;
}
