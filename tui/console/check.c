#include "tui/console/check.h"

#include "tui/console/open.h"
#include "tui/terminal/theme.h"
#include "tui/widget/command.h"

#include "core/base/banned.h"

static void add(struct mistakes *mistakes, const char *subject, struct err *err)
{
    if (subject) {
        err_prefix(err, "%s", subject);
    }
    mistakes_add(mistakes, err);
    err_clear(err);
}

static void check_keys(const struct settings *settings, struct mistakes *mistakes)
{
    struct bindings bindings;
    struct err err = ERR_INIT;
    bindings_default(&bindings);
    for (size_t i = 0; i < settings->n_keys; i++) {
        const struct setting_pair *pair = &settings->keys[i];
        if (bindings_set(&bindings, pair->name, pair->value, &err) != ERR_OK) {
            add(mistakes, pair->at, &err);
        }
    }
}

static void check_theme(const struct settings *settings, struct mistakes *mistakes)
{
    struct theme theme;
    struct err err = ERR_INIT;
    if (console_load_theme(settings, settings->theme ? settings->theme : "default", &theme, &err) !=
        ERR_OK) {
        /* A mistake in the theme's file has that file in front. */
        add(mistakes, err.code == ERR_NOT_FOUND ? settings->origins[OPT_THEME].subject : NULL,
            &err);
        theme_plain(&theme);
    }
    for (size_t i = 0; i < settings->n_theme_styles; i++) {
        const struct setting_pair *pair = &settings->theme_styles[i];
        if (theme_set(&theme, pair->name, pair->value, &err) != ERR_OK) {
            add(mistakes, pair->at, &err);
        }
    }
}

void console_check(const struct settings *settings, struct mistakes *mistakes)
{
    check_keys(settings, mistakes);
    check_theme(settings, mistakes);
}

void console_theme_names(const char *names[CONSOLE_THEMES_MAX])
{
    size_t n = 0;
    while (n < CONSOLE_THEMES_MAX - 1 && theme_sources[n].name) {
        names[n] = theme_sources[n].name;
        n++;
    }
    names[n] = NULL;
}
