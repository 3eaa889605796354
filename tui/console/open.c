#include "tui/console/open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/shell/keep.h"
#include "tui/terminal/term.h"

#include "core/base/banned.h"

enum err_code console_load_theme(const struct settings *settings, const char *name,
                                 struct theme *theme, struct err *err)
{
    char *folder = NULL;
    const char *config = settings->config_path;
    const char *slash = config ? strrchr(config, '/') : NULL;
    if (config) {
        folder = mem_printf("%.*sthemes", slash ? (int)(slash + 1 - config) : 0, config);
    }
    enum err_code code = theme_load(theme, folder, name, err);
    free(folder);
    return code;
}

enum err_code console_set_theme(struct console *console, const char *name, struct err *err)
{
    struct theme theme;
    const struct settings *settings = console->shell.place.settings;
    enum err_code code = console_load_theme(settings, name, &theme, err);
    for (size_t i = 0; code == ERR_OK && i < settings->n_theme_styles; i++) {
        const struct setting_pair *pair = &settings->theme_styles[i];
        code = theme_set(&theme, pair->name, pair->value, err);
        if (code != ERR_OK) {
            err_prefix(err, "%s", pair->at);
        }
    }
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
    const struct session_options options = {settings, console->shell.options->ports,
                                            console->shell.options->n_ports,
                                            console->shell.options->clock, VIA_CONSOLE};
    enum err_code code = session_open(&options, &session, err);
    if (code != ERR_OK) {
        return code;
    }
    keep_now(&console->shell);
    if (console->shell.place.session) { /* the worker may still use it: it ends first */
        worker_stop(console->shell.jobs.worker);
        console->shell.jobs.worker = NULL;
        session_close(console->shell.place.session);
    }
    console->shell.place.settings = settings;
    console->shell.place.contexts = settings;
    console->shell.place.session = session;
    console->shell.jobs.generation++;
    console->shell.jobs.name = NULL;
    console->shell.jobs.reporting = false;
    console->shell.place.read_only = settings->read_only;
    history_free(console->shell.reading.history);
    console->shell.reading.history = NULL;
    console->shell.reading.history_wanted = false;
    shell_forget_place(&console->shell);
    console->shell.place.actor[0] = '\0';
    shell_drop_ready(&console->shell);
    screen_data_unref(console->shell.reading.waiting);
    console->shell.reading.waiting = NULL;
    memset(console->shell.reading.sources, 0, sizeof console->shell.reading.sources);
    keep_open(&console->shell);
    shell_follow_seen(&console->shell);
    if (!console->shell.jobs.worker) {
        code = worker_start(&console->shell.jobs.worker, err);
    }
    return code;
}

void console_release(struct console *console)
{
    struct shell *shell = &console->shell;
    worker_stop(shell->jobs.worker);
    session_close(shell->place.session);
    while (shell->stack.n_views > 0) {
        struct view *view = shell->stack.views[--shell->stack.n_views];
        view->ops->free(view);
    }
    shell_drop_ready(shell);
    keep_close(shell);
    screen_data_unref(shell->data);
    screen_data_unref(shell->reading.waiting);
    history_free(shell->reading.history);
    shell_forget_place(shell);
    activity_release(&shell->messages.activity);
    field_history_release(&shell->command_history);
    field_history_release(&shell->filter_history);
    key_reader_release(&console->keys);
    canvas_release(&console->canvas);
    free(console->warned);
}
