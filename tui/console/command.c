/*
 * Commands: whether one can be used now and why not, and those that every view has.
 */

#include "tui/console/command.h"

#include <stdio.h>
#include <string.h>

#include "tui/console/open.h"
#include "tui/panel/dialog.h"
#include "tui/view/help.h"
#include "tui/panel/prompt.h"
#include "tui/terminal/term.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

static unsigned common(struct console *console, enum command command);

unsigned command_run(struct console *console, enum command command)
{
    struct view *top = console_top(console);
    const struct command_info *info = command_info(command);
    const char *why = console_off(console, command);
    if (!(info->places & top->ops->place) && top->ops->place) {
        why = "it has no meaning here";
    }
    if (why) {
        console_flash(console, STYLE_WARN, "%s: %s", info->name, why);
        return REACT_DRAW;
    }
    unsigned reaction = top->ops->command ? top->ops->command(top, console, command) : REACT_PASS;
    return reaction & REACT_PASS ? common(console, command) : reaction;
}

/* ---- leaving ------------------------------------------------------------------------------ */

static unsigned leave_accepted(struct dialog *dialog, struct console *console, const char *text)
{
    (void)dialog;
    if (strcmp(text, "Stay") != 0) {
        console->quitting = true;
    }
    return REACT_CLOSE;
}

static void leave(struct console *console)
{
    if (!work_busy(console)) {
        console->quitting = true;
        return;
    }
    struct dialog *dialog = dialog_new(
        "Leave?", work_writes(console)
                      ? "A plan is being written. The batch in flight is finished or given up "
                        "whole; the rest is not begun."
                      : "Work is under way; nothing is being written.");
    dialog_offer(dialog, "Stay", "let it finish");
    dialog_offer(dialog, "Leave", "stop the work and leave");
    dialog->choice = 0;
    dialog->accept = leave_accepted;
    dialog_open(console, dialog);
}

/* ---- themes ------------------------------------------------------------------------------- */

static void theme_moved(struct dialog *dialog, struct console *console)
{
    if (dialog->choice < dialog->n_offers) {
        struct err err = ERR_INIT;
        if (console_set_theme(console, dialog->offers[dialog->choice].text, &err) != ERR_OK) {
            snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        }
    }
}

static unsigned theme_accepted(struct dialog *dialog, struct console *console, const char *text)
{
    struct err err = ERR_INIT;
    if (console_set_theme(console, text, &err) != ERR_OK) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        return REACT_DRAW;
    }
    console_say(console, STYLE_INFO, "theme %s; to keep it: [theme] name = %s in the configuration",
                text, text);
    return REACT_CLOSE;
}

static void theme_cancelled(struct dialog *dialog, struct console *console)
{
    (void)!console_set_theme(console, dialog->data, NULL);
}

static void pick_theme(struct console *console)
{
    struct dialog *dialog = dialog_new("Theme", "Moving shows it at once.");
    dialog->data = arena_strdup(&dialog->arena, console->theme_name);
    for (const struct theme_source *source = theme_sources; source->name; source++) {
        if (strcmp(source->name, console->theme_name) == 0) {
            dialog->choice = dialog->n_offers;
        }
        dialog_offer(dialog, source->name, "");
    }
    dialog->choice = dialog->choice == SIZE_MAX ? 0 : dialog->choice;
    dialog->moved = theme_moved;
    dialog->accept = theme_accepted;
    dialog->cancelled = theme_cancelled;
    dialog_open(console, dialog);
}

/* ---- contexts ----------------------------------------------------------------------------- */

static enum err_code switch_to(struct console *console, const char *context, struct err *err)
{
    const struct settings *settings = NULL;
    const struct console_options *options = console->options;
    if (!options->reopen) {
        return err_set(err, ERR_USAGE, "contexts cannot be switched here");
    }
    enum err_code code =
        options->reopen(options->context, CONSOLE_CONTEXT, context, &settings, err);
    if (code == ERR_OK) {
        code = console_open(console, settings, err);
    }
    if (code != ERR_OK) {
        return code;
    }
    while (console->n_views > 1) { /* a plan for the other place must not stay in sight */
        console_close(console, console->views[console->n_views - 1]);
    }
    console_forget_world(console);
    console_say(console, STYLE_INFO, "context %s", context);
    work_load(console);
    return ERR_OK;
}

static unsigned context_accepted(struct dialog *dialog, struct console *console, const char *text)
{
    struct err err = ERR_INIT;
    char name[256];
    snprintf(name, sizeof name, "%s", text);
    if (switch_to(console, name, &err) != ERR_OK) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        return REACT_DRAW;
    }
    return REACT_DRAW; /* the dialog went with all other views */
}

static void pick_context(struct console *console)
{
    struct err err = ERR_INIT;
    if (console_read_contexts(console, &err) != ERR_OK) {
        console_say_error(console, "context", &err);
    }
    const struct settings *settings = console->contexts;
    if (settings->n_contexts == 0 || !console->options->reopen) {
        console_flash(console, STYLE_WARN,
                      "the configuration has no contexts: [context NAME] in %s",
                      settings->config_path ? settings->config_path : "the configuration file");
        return;
    }
    struct dialog *dialog = dialog_new("Context", "Which contact centre?");
    for (size_t i = 0; i < settings->n_contexts; i++) {
        const struct setting_context *context = &settings->contexts[i];
        char detail[160];
        snprintf(detail, sizeof detail, "%s %s%s%s%s", context->region ? context->region : "",
                 context->store ? context->store : "", context->directory ? " " : "",
                 context->directory ? context->directory : "",
                 context->read_only ? "  read-only" : "");
        if (console->settings->context && strcmp(console->settings->context, context->name) == 0) {
            dialog->choice = i;
        }
        dialog_offer(dialog, context->name, detail);
    }
    dialog->choice = dialog->choice == SIZE_MAX ? 0 : dialog->choice;
    dialog->accept = context_accepted;
    dialog_open(console, dialog);
}

/* ---- the others --------------------------------------------------------------------------- */

static void cancel(struct console *console)
{
    if (!work_busy(console)) {
        char key[KEYS_TEXT_MAX];
        bindings_key(&console->bindings, CMD_QUIT, key);
        console_flash(console, STYLE_INFO, "nothing is under way; %s leaves", key);
    } else {
        worker_cancel(console->worker, CANCEL_SOFT);
        bool again = console->stopping != CANCEL_NO;
        console->stopping = again ? CANCEL_NOW : CANCEL_SOFT;
        console_say(console, STYLE_WARN,
                    again ? "%s: stopping at once"
                          : "%s: stopping after what is in flight; once more stops at once",
                    console->job);
    }
}

static unsigned common(struct console *console, enum command command)
{
    struct view *top = console_top(console);
    switch ((int)command) {
    case CMD_REDRAW:
        term_redraw();
        return REACT_DRAW;
    case CMD_SUSPEND:
        term_suspend();
        return REACT_DRAW;
    case CMD_CANCEL:
        cancel(console);
        return REACT_DRAW;
    case CMD_MOUSE:
        console->mouse = !console->mouse;
        term_mouse(console->mouse);
        console_flash(console, STYLE_INFO, "mouse %s", console->mouse ? "on" : "off");
        return REACT_DRAW;
    case CMD_THEME:
        pick_theme(console);
        return REACT_DRAW;
    case CMD_CONTEXT:
        pick_context(console);
        return REACT_DRAW;
    case CMD_HELP:
        help_open(console, top->ops->place);
        return REACT_DRAW;
    case CMD_COMMAND:
        prompt_command(console);
        return REACT_DRAW;
    case CMD_RELOAD:
        if (work_busy(console)) {
            console_flash(console, STYLE_INFO, "%s is under way", console->job);
        } else {
            work_load(console);
        }
        return REACT_DRAW;
    case CMD_BACK:
        return top == console_bottom(console) ? REACT_NONE : REACT_CLOSE;
    case CMD_QUIT:
        if (top != console_bottom(console)) {
            return REACT_CLOSE;
        }
        leave(console);
        return REACT_DRAW;
    default:
        console_flash(console, STYLE_WARN, "%s does nothing here", command_info(command)->name);
        return REACT_DRAW;
    }
}

/* ---- what views give back --------------------------------------------------------------------- */

/* Those of the console itself; false: it is the view's. */
static bool own_argument(struct console *console, enum command command, const char *argument)
{
    struct err err = ERR_INIT;
    enum err_code code = ERR_OK;
    if (command == CMD_CONTEXT) {
        code = switch_to(console, argument, &err);
    } else if (command == CMD_THEME) {
        code = console_set_theme(console, argument, &err);
    } else {
        return false;
    }
    if (code != ERR_OK) {
        console_flash(console, STYLE_ERROR, "%s", err.text);
    }
    return true;
}

/* A list that does not know the command leaves it to the first screen. */
static bool view_argument(struct console *console, enum command command, const char *argument)
{
    struct view *view = console_top(console);
    if (!view->ops->argument) {
        view = console_bottom(console);
    }
    return view->ops->argument && view->ops->argument(view, console, command, argument);
}

static unsigned with_argument(struct console *console, enum command command, const char *argument)
{
    const struct command_info *info = command_info(command);
    const char *why = console_off(console, command);
    if (!(info->places & console_top(console)->ops->place)) {
        why = "it has no meaning here";
    } else if (why && strcmp(why, CONSOLE_NO_ROW) == 0) {
        why = NULL; /* the argument says which */
    }
    if (why) {
        console_flash(console, STYLE_WARN, "%s: %s", info->name, why);
    } else if (!own_argument(console, command, argument) &&
               !view_argument(console, command, argument)) {
        console_flash(console, STYLE_WARN, "%s takes no argument", info->name);
    }
    return REACT_DRAW;
}

unsigned command_given(struct console *console)
{
    const struct given given = console->given;
    if (given.argument[0]) {
        return with_argument(console, given.command, given.argument);
    }
    return command_react(console, console_top(console), command_run(console, given.command));
}

unsigned command_react(struct console *console, struct view *view, unsigned reaction)
{
    if (reaction & REACT_CLOSE) {
        console_close(console, view);
        reaction |= REACT_DRAW;
    }
    if (reaction & REACT_GIVEN) {
        reaction |= command_given(console);
    }
    if (reaction & REACT_LEAVE) {
        leave(console);
        reaction |= REACT_DRAW;
    }
    return reaction & ~(REACT_CLOSE | REACT_GIVEN | REACT_LEAVE);
}
