#include "tui/console/welcome.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tui/console/command.h"
#include "tui/console/open.h"
#include "tui/panel/dialog.h"
#include "tui/panel/pages.h"
#include "tui/shell/work.h"

#include "core/base/banned.h"

#define DEMO "Look at the demo"
#define CSV "Start from a CSV"
#define AMAZON "Connect to Amazon"
#define EMPTY "Start empty"

bool welcome_wanted(const struct console *console)
{
    const struct settings *settings = console->shell.place.settings;
    const char *path = settings->store;
    if (settings->config_read || settings->directory || !console->shell.options->reopen ||
        settings->action == ACTION_DEMO || settings->origins[OPT_STORE].kind > ORIGIN_DEFAULT) {
        return false;
    }
    path = path && strncmp(path, "sqlite:", 7) == 0 ? path + 7 : path;
    return path && access(path, F_OK) != 0;
}

/* Opens the settings for the request and reads everything from them. */
static bool reopen(struct console *console, enum console_request request, const char *text,
                   struct dialog *dialog)
{
    const struct settings *settings = NULL;
    struct err err = ERR_INIT;
    const struct console_options *options = console->shell.options;
    if (options->reopen(options->context, request, text, &settings, &err) != ERR_OK ||
        console_open(console, settings, &err) != ERR_OK) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s", err.text);
        return false;
    }
    shell_forget_data(&console->shell);
    work_load(&console->shell);
    return true;
}

static unsigned path_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct console *console = console_of(shell);
    if (!*text || access(text, R_OK) != 0) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s cannot be read",
                 *text ? text : "no path:");
        return REACT_DRAW;
    }
    if (!reopen(console, CONSOLE_FILE, text, dialog)) {
        return REACT_DRAW;
    }
    shell_say(&console->shell, STYLE_INFO, "next time: extpool --directory file:%s", text);
    return REACT_CLOSE;
}

static void path_cancelled(struct dialog *dialog, struct shell *shell)
{
    struct console *console = console_of(shell);
    (void)dialog;
    welcome_open(console);
}

static void ask_path(struct console *console)
{
    struct dialog *dialog = dialog_new(
        "Start from a CSV", "The path of a CSV of your agents, with a column 'user' or 'user "
                            "login' (Amazon Connect's bulk-upload template is one), or JSON as "
                            "aws connect list-users prints it.");
    dialog_ask(dialog, "file", NULL);
    dialog->accept = path_accepted;
    dialog->cancelled = path_cancelled;
    dialog_open(&console->shell, dialog);
}

static void show_amazon(struct console *console)
{
    char text[2048];
    const char *path = console->shell.place.settings->config_path;
    snprintf(
        text, sizeof text,
        "#Connect to Amazon\n"
        "Write this to %s and start extpool again:\n\n"
        "    [context prod]\n"
        "    directory = connect:YOUR-INSTANCE-ID-OR-ARN\n"
        "    store = dynamodb:YOUR-TABLE\n"
        "    export = s3://YOUR-BUCKET\n"
        "    region = eu-west-2\n"
        "    profile = YOUR-PROFILE\n\n"
        "or name it for one run:\n\n"
        "    extpool --directory connect:ID --store dynamodb:TABLE --export-to s3://BUCKET\n\n"
        "extpool finds credentials as the aws command does. A table of the older Lambda opens\n"
        "unchanged; to create a new one: extpool --init\n",
        path ? path : "~/.config/extpool/config");
    page_open(&console->shell, "AMAZON", text);
}

static unsigned chosen(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct console *console = console_of(shell);
    if (strcmp(text, DEMO) == 0) {
        return reopen(console, CONSOLE_DEMO, "", dialog) ? REACT_CLOSE : REACT_DRAW;
    }
    if (strcmp(text, CSV) == 0) {
        ask_path(console);
        return REACT_CLOSE;
    }
    if (strcmp(text, AMAZON) == 0) {
        show_amazon(console);
        return REACT_DRAW;
    }
    work_load(&console->shell);
    return REACT_CLOSE;
}

static void not_now(struct dialog *dialog, struct shell *shell)
{
    struct console *console = console_of(shell);
    (void)dialog;
    work_load(&console->shell);
}

void welcome_open(struct console *console)
{
    struct dialog *dialog =
        dialog_new("Welcome to extpool",
                   "It gives every agent of a contact centre an extension, takes it back "
                   "when the agent leaves, and shows every change before it is written. "
                   "Nothing is set up yet.");
    dialog_offer(dialog, DEMO, "a made-up contact centre; nothing real");
    dialog_offer(dialog, CSV, "agents from a file, kept on this machine");
    dialog_offer(dialog, AMAZON, "Connect, DynamoDB and S3: what to configure");
    dialog_offer(dialog, EMPTY, "an empty pool on this machine");
    dialog->choice = 0;
    dialog->accept = chosen;
    dialog->cancelled = not_now;
    dialog_open(&console->shell, dialog);
}
