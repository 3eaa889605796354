#include "tests/unit/support/settings_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/settings/cmdline.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "tests/unit/support/scratch.h"

#define ARGS_MAX 16

/* ---- a world: a home, a configuration, variables, a command line ---------------------------- */

static struct scratch s_home;
char *sw_home;

int sw_make_home(void **state)
{
    (void)state;
    scratch_init(&s_home);
    sw_home = s_home.folder;
    return 0;
}

int sw_remove_home(void **state)
{
    (void)state;
    scratch_release(&s_home);
    return 0;
}

static char *config_path(void)
{
    return mem_printf("%s/.config/extpool/config", sw_home);
}

/* NULL: no file. */
static void write_config(const char *text)
{
    char *path = config_path();
    unlink(path);
    if (text) {
        assert_int_equal(fileio_make_parents(path, NULL), ERR_OK);
        assert_int_equal(fileio_replace(path, text, strlen(text), 0600, NULL), ERR_OK);
    }
    free(path);
}

/* The command line of the world, and its variables, until release_sources. */
struct world_sources {
    char *words;
    const char *pairs[SETTINGS_VARIABLES_MAX + 2][2];
    struct environment environment;
    struct command_line line;
};

static enum err_code world_sources(const struct settings_world *world, struct world_sources *out,
                                   struct err *err)
{
    char *argv[ARGS_MAX];
    static char program[] = "extpool";
    int argc = 0;
    *out = (struct world_sources){.words = mem_strdup(world->words ? world->words : "--status"),
                                  .pairs = {{"HOME", sw_home}}};
    argv[argc++] = program;
    for (char *word = out->words; word && *word;) {
        char *blank = strchr(word, ' ');
        if (blank) {
            *blank++ = '\0';
        }
        argv[argc++] = word;
        word = blank;
    }
    memcpy(out->pairs + 1, world->variables, sizeof world->variables);
    out->environment = environment_of_pairs((const char *const(*)[2])out->pairs);
    write_config(world->config);
    return command_line_parse(argc, argv, &out->line, err);
}

static void release_sources(struct world_sources *sources)
{
    write_config(NULL);
    command_line_release(&sources->line);
    free(sources->words);
}

enum err_code sw_resolve(const struct settings_world *world, struct settings *settings,
                         struct err *err)
{
    struct world_sources sources;
    enum err_code code = world_sources(world, &sources, err);
    if (code == ERR_OK) {
        code = settings_resolve(&sources.line, &sources.environment, world->context, settings, err);
    }
    release_sources(&sources);
    return code;
}

/* The text with the home folder as "~". */
static char *homely(const char *text)
{
    struct buf out;
    buf_init(&out, 1 << 16);
    for (const char *at; (at = strstr(text, sw_home)); text = at + strlen(sw_home)) {
        buf_append(&out, text, (size_t)(at - text));
        buf_putc(&out, '~');
    }
    buf_puts(&out, text);
    return buf_take(&out);
}

void sw_check_text(const char *text, const char *expected)
{
    if (!expected) {
        assert_null(text);
        return;
    }
    assert_non_null(text);
    char *got = homely(text);
    assert_string_equal(got, expected);
    free(got);
}

void sw_good(const struct settings_world *world, struct settings *settings)
{
    struct err err = ERR_INIT;
    if (sw_resolve(world, settings, &err) != ERR_OK) {
        print_error("%s | %s\n", err.text, err.hint);
        fail();
    }
}

/* `hint` NULL: none. */
void sw_bad(const struct settings_world *world, enum err_code code, const char *text,
            const char *hint)
{
    struct settings settings;
    struct err err = ERR_INIT;
    assert_int_equal(sw_resolve(world, &settings, &err), code);
    assert_int_equal(err.code, code);
    assert_int_equal(err_exit_status(code), 64);
    sw_check_text(err.text, text);
    sw_check_text(err.hint, hint ? hint : "");
}

void sw_check_all(const struct settings_world *world, const char *expected)
{
    struct world_sources sources;
    struct settings settings;
    struct err err = ERR_INIT;
    struct mistakes mistakes = MISTAKES_INIT;
    struct buf out;
    buf_init(&out, 1 << 16);
    assert_int_equal(world_sources(world, &sources, &err), ERR_OK);
    const struct settings_sources from = {&sources.line, &sources.environment, world->context};
    settings_check(&from, &settings, &mistakes);
    mistakes_sort(&mistakes, settings.config_path);
    for (size_t i = 0; i < mistakes.n_items; i++) {
        const struct mistake *mistake = &mistakes.items[i];
        buf_printf(&out, "%s%s%s\n", mistake->text, mistake->hint[0] ? " | " : "", mistake->hint);
    }
    sw_check_text(out.data, expected);
    buf_release(&out);
    mistakes_release(&mistakes);
    settings_release(&settings);
    release_sources(&sources);
}
