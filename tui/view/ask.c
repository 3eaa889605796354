#include "tui/view/ask.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/settings/location.h"
#include "tui/panel/dialog.h"
#include "tui/view/jobs.h"
#include "tui/view/planning.h"
#include "tui/widget/filter_block.h"

#include "core/base/banned.h"

static struct field_history s_notes; /* one console a process */
static struct field_history s_paths;

/* The subject of a dialog, in its arena. */
struct question {
    enum change_kind kind;
    const char *action;
    const char *login;
    const char *ext;
    struct request *requests;
    size_t n_requests;
};

static struct question *question(struct dialog *dialog)
{
    dialog->data = arena_alloc(&dialog->arena, sizeof(struct question));
    return dialog->data;
}

static unsigned refuse(struct dialog *dialog, const char *what, const char *text)
{
    snprintf(dialog->problem, sizeof dialog->problem, "%s%s", what, text);
    return REACT_DRAW;
}

/* ---- an extension for an agent --------------------------------------------------------------- */

#define OFFERED 40

static void offer_slot(struct dialog *dialog, const struct screen_data *data,
                       const struct slot *slot, enum ext_state state)
{
    char detail[160] = "free";
    char when[WHEN_MAX];
    if (state == EXT_COOLING) {
        when_moment(policy_cool_until_s(data->policy, slot, data->now_s), data->now_s, when);
        snprintf(detail, sizeof detail, "cooling until %s, was %s", when,
                 slot->agent ? slot->agent : "?");
    } else if (slot->agent) {
        snprintf(detail, sizeof detail, "free, was %s", slot->agent);
    }
    dialog_offer(dialog, slot->ext, detail);
}

/* The free numbers that begin with what is typed, then the cooling ones. */
static void offer_extensions(struct dialog *dialog, struct shell *shell)
{
    static const enum ext_state wanted[] = {EXT_FREE, EXT_COOLING};
    const struct screen_data *data = shell->data;
    dialog_clear_offers(dialog);
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < data->snapshot->n_slots && dialog->n_offers < OFFERED; i++) {
            const struct slot *slot = &data->snapshot->slots[i];
            if (slot->state == SLOT_FREE &&
                strncmp(slot->ext, dialog->field.text, dialog->field.length) == 0 &&
                policy_state(data->policy, slot, data->now_s) == wanted[pass]) {
                offer_slot(dialog, data, slot, wanted[pass]);
            }
        }
    }
}

static unsigned extension_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    const struct question *asked = dialog->data;
    const struct screen_data *data = shell->data;
    const struct slot *slot = *text ? screen_data_find_slot(data, text) : NULL;
    if (*text && !policy_valid_ext(data->policy, text)) {
        snprintf(dialog->problem, sizeof dialog->problem, "an extension has %d digits",
                 data->policy->width);
        return REACT_DRAW;
    }
    if (slot && slot->state == SLOT_ASSIGNED) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s is held by %s", text, slot->agent);
        return REACT_DRAW;
    }
    if (*text && !policy_in_ranges(data->policy, text)) {
        return refuse(dialog, text, " is outside the ranges of the pool");
    }
    if (*text && policy_is_blocked(data->policy, text)) {
        return refuse(dialog, text, " is blocked by the policy");
    }
    if (slot && slot->state == SLOT_RESERVED) {
        snprintf(dialog->problem, sizeof dialog->problem, "%s is reserved%s%s", text,
                 slot->note ? ": " : "", slot->note ? slot->note : "");
        return REACT_DRAW;
    }
    struct request request = {
        .kind = asked->kind, .agent = asked->login, .ext = *text ? text : NULL};
    planning_requests(shell, asked->action, &request, 1);
    return REACT_CLOSE;
}

void ask_extension(struct shell *shell, enum change_kind kind, const char *login, const char *holds)
{
    char title[256];
    char body[512];
    const char *action = kind == CHANGE_ASSIGN ? "assign" : "reassign";
    snprintf(title, sizeof title, "%s %s", kind == CHANGE_ASSIGN ? "Assign to" : "Reassign", login);
    snprintf(body, sizeof body,
             "%s%s%sEnter takes the lowest free extension, or type the one you want.",
             holds ? "Holds " : "", holds ? holds : "", holds ? ". " : "");
    struct dialog *dialog = dialog_new(title, body);
    struct question *asked = question(dialog);
    asked->kind = kind;
    asked->action = action;
    asked->login = arena_strdup(&dialog->arena, login);
    dialog_ask(dialog, "extension", NULL);
    dialog->field.digits = true;
    dialog->field.max = (size_t)shell->data->policy->width;
    dialog->refill = offer_extensions;
    dialog->accept = extension_accepted;
    dialog_open(shell, dialog);
}

/* ---- an agent for an extension --------------------------------------------------------------- */

static void offer_agents(struct dialog *dialog, struct shell *shell)
{
    const struct screen_data *data = shell->data;
    const char *typed = dialog->field.text;
    dialog_clear_offers(dialog);
    for (size_t i = 0; i < data->agents.n_rows && dialog->n_offers < OFFERED; i++) {
        const struct agent_row *row = &data->agents.rows[i];
        if (row->state == AGENT_NEW &&
            (filter_text_has(row->login, typed) || filter_text_has(row->name, typed))) {
            dialog_offer(dialog, row->login, row->name ? row->name : "");
        }
    }
}

static unsigned agent_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    const struct question *asked = dialog->data;
    const struct agent_row *row = screen_data_find_agent(shell->data, text);
    if (!row) {
        return refuse(dialog, "nobody in the directory is called ", text);
    }
    struct request request = {.kind = CHANGE_ASSIGN, .agent = row->login, .ext = asked->ext};
    planning_requests(shell, "assign", &request, 1);
    return REACT_CLOSE;
}

void ask_agent(struct shell *shell, const char *ext)
{
    char title[64];
    snprintf(title, sizeof title, "Assign %s", ext);
    struct dialog *dialog =
        dialog_new(title, "To whom? Type to narrow the list of agents without an extension.");
    question(dialog)->ext = arena_strdup(&dialog->arena, ext);
    dialog_ask(dialog, "agent", NULL);
    dialog->must_choose = true;
    dialog->refill = offer_agents;
    dialog->accept = agent_accepted;
    dialog_open(shell, dialog);
}

/* ---- a note ---------------------------------------------------------------------------------- */

static unsigned note_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    struct question *asked = dialog->data;
    if (strlen(text) > NOTE_MAX) {
        return refuse(dialog, "the note is too long", "");
    }
    for (size_t i = 0; i < asked->n_requests; i++) {
        asked->requests[i].note = *text ? text : asked->action;
    }
    planning_requests(shell, asked->action, asked->requests, asked->n_requests);
    return REACT_CLOSE;
}

void ask_note(struct shell *shell, const char *action, const struct request *requests,
              size_t n_requests)
{
    char title[192];
    const char *what = requests[0].agent ? requests[0].agent : requests[0].ext;
    bool pin = strcmp(action, "pin") == 0;
    if (n_requests == 1) {
        snprintf(title, sizeof title, "%s %s", pin ? "Pin" : "Reserve", what);
    } else {
        snprintf(title, sizeof title, "%s %zu extensions", pin ? "Pin" : "Reserve", n_requests);
    }
    struct dialog *dialog =
        dialog_new(title, pin ? "Why? A sync neither releases nor moves a pinned extension."
                              : "Why? A reserved extension leaves the pool until it is put back.");
    struct question *asked = question(dialog);
    asked->action = pin ? "pin" : "reserve";
    asked->requests = arena_alloc(&dialog->arena, n_requests * sizeof *requests);
    asked->n_requests = n_requests;
    for (size_t i = 0; i < n_requests; i++) {
        asked->requests[i] = requests[i];
        asked->requests[i].agent = arena_strdup(&dialog->arena, requests[i].agent);
        asked->requests[i].ext = arena_strdup(&dialog->arena, requests[i].ext);
    }
    dialog_ask(dialog, "note", &s_notes);
    dialog->field.max = NOTE_MAX;
    dialog->accept = note_accepted;
    dialog_open(shell, dialog);
}

/* ---- files ----------------------------------------------------------------------------------- */

static unsigned export_accepted(struct dialog *dialog, struct shell *shell, const char *text)
{
    if (!*text) {
        return refuse(dialog, "type a path, " LOCATION_EXPORT_FORMS, "");
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
        return refuse(dialog, "type the path of a CSV file", "");
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
