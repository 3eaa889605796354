/*
 * Commands: whether one can be used now, and the ones that every view has.
 */

#include "tui/console/command.h"

#include <stdio.h>
#include <string.h>

#include "core/settings/state.h"
#include "tui/console/open.h"
#include "tui/panel/dialog.h"
#include "tui/view/help.h"
#include "tui/view/planning.h"
#include "tui/panel/prompt.h"
#include "tui/terminal/term.h"
#include "tui/shell/gather.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

static unsigned common(struct console *console, enum command command);

unsigned command_run(struct console *console, enum command command)
{
    struct view *top = shell_top(&console->shell);
    const struct command_info *info = command_info(command);
    const char *why = shell_why_unusable(&console->shell, command);
    if (!(info->places & top->ops->place) && top->ops->place) {
        why = "it does nothing here";
    }
    if (why) {
        shell_flash(&console->shell, STYLE_WARN, "%s: %s", info->name, why);
        return REACT_DRAW;
    }
    unsigned reaction =
        top->ops->command ? top->ops->command(top, &console->shell, command) : REACT_PASS;
    return reaction & REACT_PASS ? common(console, command) : reaction;
}

/* ---- leaving ------------------------------------------------------------------------------ */

#define LEAVE_STAY "Stay"
#define LEAVE_THROW "Throw away"

static unsigned leave_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct console *console = console_of(shell);
    (void)dialog;
    if (strcmp(text, LEAVE_STAY) != 0) {
        console->quitting = true; /* a basket is kept */
    }
    return REACT_CLOSE;
}

static unsigned leave_with_basket(struct dialog *dialog, struct shell *shell, const char *text)
{
    (void)dialog;
    if (strcmp(text, LEAVE_THROW) == 0) {
        gather_end(shell);
    }
    console_of(shell)->quitting = strcmp(text, LEAVE_STAY) != 0;
    return REACT_CLOSE;
}

/* Gathered rows are not written: what becomes of them? */
static void ask_about_basket(struct shell *shell)
{
    char title[64];
    bool kept = state_path(shell->state, "") != NULL;
    snprintf(title, sizeof title, "Basket of %s row%s", frame_count(shell->gathering.n),
             shell->gathering.n == 1 ? "" : "s");
    struct dialog *dialog =
        dialog_new(title, kept ? "Nothing of it is written. It can wait for the next start."
                               : "Nothing of it is written, and nothing is kept of this place.");
    if (kept) {
        dialog_offer(dialog, "Keep it", "it is there at the next start");
    } else {
        dialog_offer(dialog, LEAVE_STAY, "go on");
    }
    dialog_offer(dialog, LEAVE_THROW, "leave, and forget it");
    if (kept) {
        dialog_offer(dialog, LEAVE_STAY, "go on");
    }
    dialog->choice = 0;
    dialog->accept = leave_with_basket;
    dialog_open(shell, dialog);
}

/* The question goes by what holds now: the writing may end before it is answered. */
static void renew_leave(struct dialog *dialog, struct shell *shell)
{
    char body[192];
    if (shell_writes(shell)) {
        snprintf(body, sizeof body,
                 "%s is under way, and it writes. What is being sent is written or dropped as a "
                 "whole; the rest is not started.",
                 shell->jobs.name);
    } else {
        snprintf(body, sizeof body, "The writing has ended meanwhile.");
    }
    dialog_say(dialog, body);
    dialog_clear_offers(dialog);
    dialog_offer(dialog, LEAVE_STAY, shell_writes(shell) ? "let it finish" : "see what came of it");
    dialog_offer(dialog, "Leave", shell_writes(shell) ? "stop the work and leave" : "");
}

static void ask_about_writing(struct shell *shell)
{
    struct dialog *dialog = dialog_new("Leave?", "");
    dialog->renew = renew_leave;
    dialog->accept = leave_accepted;
    renew_leave(dialog, shell);
    dialog->choice = 0;
    dialog_open(shell, dialog);
}

/* Reading is given up without a question: nothing is lost. */
static void leave(struct console *console)
{
    if (shell_writes(&console->shell)) {
        ask_about_writing(&console->shell);
    } else if (console->shell.gathering.n > 0) {
        ask_about_basket(&console->shell);
    } else {
        console->quitting = true;
    }
}

/* ---- themes ------------------------------------------------------------------------------- */

static void theme_moved(struct dialog *dialog, struct shell *shell)
{
    struct console *console = console_of(shell);
    if (dialog->choice < dialog->n_offers) {
        struct err err = ERR_INIT;
        if (console_set_theme(console, dialog->offers[dialog->choice].text, &err) != ERR_OK) {
            snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        }
    }
}

/* For the next start. */
static void keep_theme(struct console *console)
{
    if (console->shell.state) {
        (void)state_set(console->shell.state, STATE_PERSON, CONSOLE_THEME, console->theme_name);
    }
}

static unsigned theme_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct console *console = console_of(shell);
    struct err err = ERR_INIT;
    if (console_set_theme(console, text, &err) != ERR_OK) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        return REACT_DRAW;
    }
    keep_theme(console);
    shell_say(&console->shell, STYLE_INFO, "theme %s", text);
    return REACT_CLOSE;
}

static void theme_cancelled(struct dialog *dialog, struct shell *shell)
{
    struct console *console = console_of(shell);
    (void)!console_set_theme(console, dialog->data, NULL);
}

static void pick_theme(struct console *console)
{
    struct dialog *dialog = dialog_new("Theme", "Moving shows each one at once.");
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
    dialog_open(&console->shell, dialog);
}

/* ---- contexts ----------------------------------------------------------------------------- */

static enum err_code switch_to(struct console *console, const char *context, struct err *err)
{
    const struct settings *settings = NULL;
    const struct console_options *options = console->shell.options;
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
    while (console->shell.stack.n_views >
           1) { /* a plan for the other place must not stay on the screen */
        shell_close(&console->shell, console->shell.stack.views[console->shell.stack.n_views - 1]);
    }
    shell_forget_data(&console->shell);
    shell_say(&console->shell, STYLE_INFO, "context %s", context);
    work_load(&console->shell);
    return ERR_OK;
}

static unsigned context_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct console *console = console_of(shell);
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
    if (shell_read_contexts(&console->shell, &err) != ERR_OK) {
        shell_say_error(&console->shell, "context", &err);
    }
    const struct settings *settings = console->shell.place.contexts;
    if (settings->n_contexts == 0 || !console->shell.options->reopen) {
        shell_flash(&console->shell, STYLE_WARN,
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
        if (console->shell.place.settings->context &&
            strcmp(console->shell.place.settings->context, context->name) == 0) {
            dialog->choice = i;
        }
        dialog_offer(dialog, context->name, detail);
    }
    dialog->choice = dialog->choice == SIZE_MAX ? 0 : dialog->choice;
    dialog->accept = context_accepted;
    dialog_open(&console->shell, dialog);
}

/* ---- the others --------------------------------------------------------------------------- */

static void cancel(struct console *console)
{
    if (!shell_busy(&console->shell)) {
        char key[KEYS_TEXT_MAX];
        bindings_key(&console->shell.bindings, CMD_QUIT, key);
        shell_flash(&console->shell, STYLE_INFO, "nothing is under way; %s leaves", key);
    } else {
        worker_cancel(console->shell.jobs.worker, CANCEL_SOFT);
        bool again = console->shell.jobs.stopping != CANCEL_NO;
        console->shell.jobs.stopping = again ? CANCEL_NOW : CANCEL_SOFT;
        shell_say(&console->shell, STYLE_WARN,
                  again ? "%s: stopping at once"
                        : "%s: stopping after the current step; once more stops at once",
                  console->shell.jobs.name);
    }
}

static unsigned common(struct console *console, enum command command)
{
    struct view *top = shell_top(&console->shell);
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
        shell_flash(&console->shell, STYLE_INFO, "mouse %s", console->mouse ? "on" : "off");
        return REACT_DRAW;
    case CMD_THEME:
        pick_theme(console);
        return REACT_DRAW;
    case CMD_CONTEXT:
        pick_context(console);
        return REACT_DRAW;
    case CMD_BASKET:
        planning_basket(&console->shell);
        return REACT_DRAW;
    case CMD_HELP:
        help_open(&console->shell, top->ops->place);
        return REACT_DRAW;
    case CMD_COMMAND:
        prompt_command(&console->shell);
        return REACT_DRAW;
    case CMD_RELOAD:
        if (shell_busy(&console->shell)) {
            shell_flash(&console->shell, STYLE_INFO, "%s is under way", console->shell.jobs.name);
        } else {
            work_load(&console->shell);
        }
        return REACT_DRAW;
    case CMD_BACK:
        return top == shell_bottom(&console->shell) ? REACT_NONE : REACT_CLOSE;
    case CMD_QUIT:
        if (top != shell_bottom(&console->shell)) {
            return REACT_CLOSE;
        }
        leave(console);
        return REACT_DRAW;
    default:
        shell_flash(&console->shell, STYLE_WARN, "%s does nothing here",
                    command_info(command)->name);
        return REACT_DRAW;
    }
}

/* ---- what views give back --------------------------------------------------------------------- */

/* The console's own commands with an argument; false: the command belongs to the view. */
static bool own_argument(struct console *console, enum command command, const char *argument)
{
    struct err err = ERR_INIT;
    enum err_code code = ERR_OK;
    if (command == CMD_CONTEXT) {
        code = switch_to(console, argument, &err);
    } else if (command == CMD_THEME) {
        code = console_set_theme(console, argument, &err);
        if (code == ERR_OK) {
            keep_theme(console);
        }
    } else {
        return false;
    }
    if (code != ERR_OK) {
        shell_flash(&console->shell, STYLE_ERROR, "%s", err.text);
    }
    return true;
}

/* A list that does not know the command leaves it to the first screen. */
static bool view_argument(struct console *console, enum command command, const char *argument)
{
    struct view *view = shell_top(&console->shell);
    if (!view->ops->argument) {
        view = shell_bottom(&console->shell);
    }
    return view->ops->argument && view->ops->argument(view, &console->shell, command, argument);
}

static unsigned with_argument(struct console *console, enum command command, const char *argument)
{
    const struct command_info *info = command_info(command);
    const char *why = shell_why_unusable(&console->shell, command);
    if (!(info->places & shell_top(&console->shell)->ops->place)) {
        why = "it does nothing here";
    } else if (why && strcmp(why, SHELL_NO_ROW) == 0) {
        why = NULL; /* the argument says which */
    }
    if (why) {
        shell_flash(&console->shell, STYLE_WARN, "%s: %s", info->name, why);
    } else if (!own_argument(console, command, argument) &&
               !view_argument(console, command, argument)) {
        shell_flash(&console->shell, STYLE_WARN, "%s takes no argument", info->name);
    }
    return REACT_DRAW;
}

unsigned command_given(struct console *console)
{
    const struct given given = console->shell.stack.given;
    if (given.argument[0]) {
        return with_argument(console, given.command, given.argument);
    }
    return command_react(console, shell_top(&console->shell), command_run(console, given.command));
}

unsigned command_react(struct console *console, struct view *view, unsigned reaction)
{
    if (reaction & REACT_CLOSE) {
        shell_close(&console->shell, view);
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
