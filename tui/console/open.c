#include "tui/console/open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/terminal/term.h"

#include "core/base/banned.h"

enum err_code console_set_theme(struct console *console, const char *name, struct err *err)
{
    struct theme theme;
    char *folder = NULL;
    const char *config = console->settings->config_path;
    const char *slash = config ? strrchr(config, '/') : NULL;
    if (config) {
        folder = mem_printf("%.*sthemes", slash ? (int)(slash + 1 - config) : 0, config);
    }
    enum err_code code = theme_load(&theme, folder, name, err);
    for (size_t i = 0; code == ERR_OK && i < console->settings->n_theme_styles; i++) {
        const struct setting_pair *pair = &console->settings->theme_styles[i];
        code = theme_set(&theme, pair->name, pair->value, err);
        if (code != ERR_OK) {
            err_prefix(err, "%s", pair->at);
        }
    }
    free(folder);
    if (code == ERR_OK) {
        console->theme = theme;
        snprintf(console->theme_name, sizeof console->theme_name, "%s", name);
        term_theme(&theme);
    }
    return code;
}

enum err_code console_open(struct console *console, const struct settings *settings,
                           struct err *err)
{
    struct session *session = NULL;
    enum err_code code = session_open(settings, console->options->ports, console->options->n_ports,
                                      console->options->clock, &session, err);
    if (code != ERR_OK) {
        return code;
    }
    if (console->session) { /* the worker may still use it: it ends first */
        worker_stop(console->worker);
        console->worker = NULL;
        session_close(console->session);
    }
    console->settings = settings;
    console->contexts = settings;
    console->session = session;
    console->generation++;
    console->job = NULL;
    console->reporting = false;
    console->read_only = settings->read_only;
    history_free(console->history);
    console->history = NULL;
    console->history_wanted = false;
    console->history_asked = false;
    console->actor[0] = '\0';
    console_drop_ready(console);
    screen_data_unref(console->waiting);
    console->waiting = NULL;
    memset(console->sources, 0, sizeof console->sources);
    if (!console->worker) {
        code = worker_start(&console->worker, err);
    }
    return code;
}
