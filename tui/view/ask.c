#include "tui/view/ask.h"

#include <stdio.h>
#include <string.h>

#include "core/pool/until.h"
#include "core/settings/location.h"
#include "tui/panel/dialog.h"
#include "tui/view/jobs.h"

#include "core/base/banned.h"

static struct field_history s_paths; /* one console a process */

static unsigned refuse(struct dialog *dialog, const char *text)
{
    snprintf(dialog->problem, sizeof dialog->problem, "%s", text);
    return REACT_DRAW;
}

static unsigned export_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    if (!*text) {
        return refuse(dialog, "type a path, " LOCATION_EXPORT_FORMS);
    }
    job_export(shell, text);
    return REACT_CLOSE;
}

void ask_export(struct shell *shell)
{
    struct dialog *dialog = dialog_new("Export", "Where to? A path, " LOCATION_EXPORT_FORMS
                                                 ". One row for each assigned "
                                                 "extension: user,extension.");
    const char *usual = session_export_uri(shell->place.session);
    dialog_ask(dialog, "to", &s_paths);
    if (usual) {
        field_set(&dialog->field, usual);
    }
    dialog->accept = export_accepted;
    dialog_open(shell, dialog);
}

static unsigned import_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    if (!*text || strcmp(text, "-") == 0) {
        return refuse(dialog, "type the path of a CSV file");
    }
    job_import(shell, text);
    return REACT_CLOSE;
}

void ask_import(struct shell *shell)
{
    struct dialog *dialog = dialog_new(
        "Import", "A CSV with the columns user and extension. The columns action (assign release "
                  "reassign reserve unreserve pin unpin) and note are optional. You see the plan "
                  "before anything is written.");
    dialog_ask(dialog, "file", &s_paths);
    dialog->accept = import_accepted;
    dialog_open(shell, dialog);
}

static unsigned past_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct until at;
    struct err err = ERR_INIT;
    if (past_parse(text, PAST_UNTIL, &at, &err) != ERR_OK) {
        return refuse(dialog, err.text);
    }
    job_past(shell, text);
    return REACT_CLOSE;
}

void ask_past(struct shell *shell)
{
    static struct field_history moments;
    struct dialog *dialog =
        dialog_new("The pool as it was", "When? A day (2026-10-03: to its end), a moment "
                                         "(2026-10-03T18:00:00Z), or how long ago (7d, 12h).");
    dialog_ask(dialog, "at", &moments);
    dialog->accept = past_accepted;
    dialog_open(shell, dialog);
}
