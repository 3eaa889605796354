#include "tui/view/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/settings/operands.h"
#include "core/settings/options.h"
#include "core/base/text.h"
#include "tui/view/ask.h"
#include "tui/view/jobs.h"
#include "tui/view/planning.h"

#include "core/base/banned.h"

/* ---- requests from rows -------------------------------------------------------------------- */

static bool is_free(const struct console *console, const struct slot *slot)
{
    enum ext_state state = policy_state(console->data->policy, slot, console->data->now_s);
    return state == EXT_FREE || state == EXT_COOLING;
}

/* Whether a change of that kind can be about a row. Of one row the planner says why not; of many
   those that it cannot be about are left aside, so that "all that match" can be marked. */
static bool fits(const struct console *console, enum change_kind kind, const struct slot *slot)
{
    bool held = slot && slot->state == SLOT_ASSIGNED;
    switch (kind) {
    case CHANGE_ASSIGN:
        return !held;
    case CHANGE_RELEASE:
    case CHANGE_REASSIGN:
    case CHANGE_PIN:
        return held;
    case CHANGE_UNPIN:
        return held && slot->note;
    case CHANGE_RESERVE:
        return slot && is_free(console, slot);
    case CHANGE_UNRESERVE:
        return slot && slot->state == SLOT_RESERVED;
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return true;
}

/* One request of that kind for each row that it can be about; `skipped` counts the others. */
static struct request *requests_of(const struct console *console, const struct selection *selection,
                                   enum change_kind kind, size_t *n, size_t *skipped)
{
    struct request *requests = mem_array(selection->n + 1, sizeof *requests);
    *n = 0;
    *skipped = 0;
    for (size_t i = 0; i < selection->n; i++) {
        const struct slot *slot = selection->slots[i];
        const char *login = selection->rows[i]                     ? selection->rows[i]->login
                            : slot && slot->state == SLOT_ASSIGNED ? slot->agent
                                                                   : NULL;
        bool about_ext = kind == CHANGE_RESERVE || kind == CHANGE_UNRESERVE;
        bool fit = selection->n == 1 || fits(console, kind, slot);
        if (fit && (about_ext ? slot != NULL : login != NULL)) {
            requests[(*n)++] = (struct request){.kind = kind,
                                                .agent = about_ext ? NULL : login,
                                                .ext = about_ext ? slot->ext : NULL};
        } else {
            (*skipped)++;
        }
    }
    return requests;
}

static void say_skipped(struct console *console, const char *action, size_t n, size_t skipped)
{
    if (skipped > 0 && console_top(console) != console_bottom(console)) {
        console_say(console, STYLE_WARN,
                    "%s: about %s of the %s marked; it cannot be about the others", action,
                    frame_count(n), frame_count(n + skipped));
    }
}

/* Plans one thing for all chosen rows at once. */
static void plan_rows(struct console *console, const char *action, enum change_kind kind,
                      const struct selection *selection)
{
    size_t n;
    size_t skipped;
    struct request *requests = requests_of(console, selection, kind, &n, &skipped);
    if (n == 0) {
        console_flash(console, STYLE_WARN, "%s: %s", action,
                      selection->n == 1 ? "nobody holds it" : "none of these can be meant");
    } else {
        planning_requests(console, action, requests, n);
        say_skipped(console, action, n, skipped);
    }
    free(requests);
}

/* Another number, because somebody has taken the one that was asked for. */
static void ask_another(struct console *console, const char *login)
{
    const struct agent_row *agent = screen_data_find_agent(console->data, login);
    const struct slot *slot = agent ? agent->slot : NULL;
    ask_extension(console, slot ? CHANGE_REASSIGN : CHANGE_ASSIGN, login, slot ? slot->ext : NULL);
}

void edit_start(void)
{
    planning_asks(ask_another);
}

/* ---- the commands -------------------------------------------------------------------------- */

static void assign(struct console *console, const struct selection *selection)
{
    const struct slot *slot = selection->slots[0];
    if (!selection->agents) {
        if (selection->n > 1) {
            console_flash(console, STYLE_WARN, "assign: mark agents, or choose one extension");
        } else if (slot->state != SLOT_FREE) {
            console_flash(console, STYLE_WARN, "assign: %s is %s", slot->ext,
                          screen_data_slot_states(console->data, slot));
        } else {
            ask_agent(console, slot->ext);
        }
    } else if (selection->n == 1 && slot) {
        console_flash(console, STYLE_WARN, "assign: %s holds %s already; %s gives another one",
                      selection->rows[0]->login, slot->ext, frame_key(console, CMD_REASSIGN));
    } else if (selection->n == 1) {
        ask_extension(console, CHANGE_ASSIGN, selection->rows[0]->login, NULL);
    } else {
        plan_rows(console, "assign", CHANGE_ASSIGN, selection);
    }
}

static void reassign(struct console *console, const struct selection *selection)
{
    const struct slot *slot = selection->slots[0];
    const char *login = selection->rows[0] ? selection->rows[0]->login : NULL;
    if (!login && slot && slot->state == SLOT_ASSIGNED) {
        login = slot->agent;
    }
    if (selection->n > 1) {
        plan_rows(console, "reassign", CHANGE_REASSIGN, selection);
    } else if (!login) {
        console_flash(console, STYLE_WARN, "reassign: nobody holds %s", slot ? slot->ext : "it");
    } else if (!slot) {
        console_flash(console, STYLE_WARN, "reassign: %s has none yet; %s gives one", login,
                      frame_key(console, CMD_ASSIGN));
    } else {
        ask_extension(console, CHANGE_REASSIGN, login, slot->ext);
    }
}

static void swap(struct console *console, const struct selection *selection)
{
    const char *logins[2] = {NULL, NULL};
    size_t n = 0;
    for (size_t i = 0; i < selection->n; i++) {
        if (selection->slots[i] && selection->slots[i]->state == SLOT_ASSIGNED) {
            logins[n < 2 ? n : 1] = selection->slots[i]->agent;
            n++;
        }
    }
    if (n != 2 || selection->n != 2) {
        console_flash(console, STYLE_WARN, "swap: mark exactly two who hold an extension (Space)");
        return;
    }
    struct request request = {
        .kind = CHANGE_REASSIGN, .swap = true, .agent = logins[0], .other = logins[1]};
    planning_requests(console, "swap", &request, 1);
}

/* Asks for a note, then plans one thing for all chosen rows at once. */
static void note_rows(struct console *console, const char *action, enum change_kind kind,
                      const struct selection *selection, const char *why_not)
{
    size_t n;
    size_t skipped;
    struct request *requests = requests_of(console, selection, kind, &n, &skipped);
    if (n == 0) {
        console_flash(console, STYLE_WARN, "%s: %s", action, why_not);
    } else {
        ask_note(console, action, requests, n);
        say_skipped(console, action, n, skipped);
    }
    free(requests);
}

/* Pins, or unpins where all of them are pinned. */
static void pin(struct console *console, const struct selection *selection)
{
    bool all = true;
    for (size_t i = 0; i < selection->n; i++) {
        const struct slot *slot = selection->slots[i];
        all = all && slot && slot->state == SLOT_ASSIGNED && slot->note;
    }
    if (all) {
        plan_rows(console, "unpin", CHANGE_UNPIN, selection);
        return;
    }
    note_rows(console, "pin", CHANGE_PIN, selection, "only an extension that somebody holds");
}

static void reserve(struct console *console, const struct selection *selection)
{
    bool all = true;
    for (size_t i = 0; i < selection->n; i++) {
        all = all && selection->slots[i] && selection->slots[i]->state == SLOT_RESERVED;
    }
    if (selection->agents) {
        console_flash(console, STYLE_WARN, "reserve: choose a free extension (Tab)");
        return;
    }
    if (all) {
        plan_rows(console, "unreserve", CHANGE_UNRESERVE, selection);
        return;
    }
    const struct slot *slot = selection->slots[0];
    if (selection->n == 1 && slot && !is_free(console, slot)) {
        console_flash(console, STYLE_WARN, "reserve: %s is %s", slot->ext,
                      screen_data_slot_states(console->data, slot));
        return;
    }
    note_rows(console, "reserve", CHANGE_RESERVE, selection, "none of these is free");
}

static void on_rows(struct console *console, enum command command,
                    const struct selection *selection)
{
    if (selection->n == 0) {
        console_flash(console, STYLE_WARN, "there is no row for it");
    } else if (command == CMD_ASSIGN) {
        assign(console, selection);
    } else if (command == CMD_REASSIGN) {
        reassign(console, selection);
    } else if (command == CMD_RELEASE) {
        plan_rows(console, "release", CHANGE_RELEASE, selection);
    } else if (command == CMD_SWAP) {
        swap(console, selection);
    } else if (command == CMD_UNPIN) {
        plan_rows(console, "unpin", CHANGE_UNPIN, selection);
    } else if (command == CMD_UNRESERVE) {
        plan_rows(console, "unreserve", CHANGE_UNRESERVE, selection);
    } else if (command == CMD_PIN) {
        pin(console, selection);
    } else {
        reserve(console, selection);
    }
}

static void export(struct console *console)
{
    if (session_export_uri(console->session)) {
        job_export(console, NULL);
    } else {
        ask_export(console);
    }
}

unsigned edit_command(struct console *console, enum command command,
                      const struct selection *selection)
{
    if (console_open_ready(console, command)) {
        return REACT_DRAW;
    }
    switch ((int)command) {
    case CMD_ASSIGN:
    case CMD_REASSIGN:
    case CMD_RELEASE:
    case CMD_SWAP:
    case CMD_PIN:
    case CMD_UNPIN:
    case CMD_RESERVE:
    case CMD_UNRESERVE:
        on_rows(console, command, selection);
        return REACT_DRAW;
    case CMD_SYNC:
        job_sync(console);
        return REACT_DRAW;
    case CMD_UNDO:
        job_undo(console, NULL);
        return REACT_DRAW;
    case CMD_INIT:
        job_init(console);
        return REACT_DRAW;
    case CMD_DOCTOR:
        job_doctor(console);
        return REACT_DRAW;
    case CMD_EXPORT:
        export(console);
        return REACT_DRAW;
    case CMD_EXPORT_TO:
        ask_export(console);
        return REACT_DRAW;
    case CMD_IMPORT:
        ask_import(console);
        return REACT_DRAW;
    default:
        return REACT_PASS;
    }
}

/* ---- with an argument ----------------------------------------------------------------------- */

/* The same operands as on the command line: `:assign alice=2041 bob`, `:reserve 2000=night desk`. A
   note may hold blanks, so what takes one is a single operand. */
static void plan_operands(struct console *console, enum action action, const char *argument)
{
    enum { OPERANDS = 64 };
    const char *operands[OPERANDS];
    struct request_list requests = {NULL, 0};
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const char *name = action_info(action)->name;
    size_t n = 0;
    bool noted = action == ACTION_PIN || action == ACTION_RESERVE;
    while (*argument && n < OPERANDS) {
        size_t length = noted ? strlen(argument) : strcspn(argument, " ");
        operands[n++] = arena_strndup(&arena, argument, length);
        argument += length;
        argument += strspn(argument, " ");
    }
    const struct operands given = {action, operands, n, session_policy(console->session)->width};
    if (*argument) {
        console_flash(console, STYLE_ERROR, "%s: more than %d at once", name, OPERANDS);
    } else if (operands_parse(&given, &arena, &requests, &err) != ERR_OK) {
        console_flash(console, STYLE_ERROR, "%s", err.text);
    } else {
        planning_requests(console, name, requests.items, requests.n);
    }
    arena_release(&arena);
}

bool edit_argument(struct console *console, enum command command, const char *argument)
{
    static const struct {
        enum command command;
        enum action action;
    } edits[] = {{CMD_ASSIGN, ACTION_ASSIGN},   {CMD_REASSIGN, ACTION_REASSIGN},
                 {CMD_RELEASE, ACTION_RELEASE}, {CMD_SWAP, ACTION_SWAP},
                 {CMD_PIN, ACTION_PIN},         {CMD_UNPIN, ACTION_UNPIN},
                 {CMD_RESERVE, ACTION_RESERVE}, {CMD_UNRESERVE, ACTION_UNRESERVE}};
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        if (edits[i].command == command) {
            plan_operands(console, edits[i].action, argument);
            return true;
        }
    }
    switch ((int)command) {
    case CMD_EXPORT:
    case CMD_EXPORT_TO:
        job_export(console, argument);
        return true;
    case CMD_IMPORT:
        job_import(console, argument);
        return true;
    case CMD_UNDO:
        job_undo(console, argument);
        return true;
    default:
        return false;
    }
}
