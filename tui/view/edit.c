#include "tui/view/edit.h"
#include "tui/view/edit_unfit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/settings/operands.h"
#include "core/settings/options.h"
#include "core/base/text.h"
#include "tui/shell/gather.h"
#include "tui/view/ask.h"
#include "tui/view/jobs.h"
#include "tui/view/planning.h"
#include "tui/view/strip.h"

#include "core/base/banned.h"

/* ---- requests from rows -------------------------------------------------------------------- */

static bool is_free(const struct shell *shell, const struct slot *slot)
{
    enum ext_state state = policy_state(shell->data->policy, slot, shell->data->now_s);
    return state == EXT_FREE || state == EXT_COOLING;
}

/* Whether a row qualifies for a change of that kind. For a single row the planner says why not. Of
   many rows, those that do not qualify are left out, so that "all that match" can be marked. */
bool edit_fits(const struct shell *shell, enum change_kind kind, const struct slot *slot)
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
        return slot && is_free(shell, slot);
    case CHANGE_UNRESERVE:
        return slot && slot->state == SLOT_RESERVED;
    case CHANGE_SET:
        return held || (slot && (slot->state == SLOT_RESERVED || is_free(shell, slot)));
    case CHANGE_EXEMPT:
    case CHANGE_UNEXEMPT:
    case CHANGE_CREATE:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return true;
}

bool edit_may(const struct shell *shell, enum change_kind kind, const struct slot *slot)
{
    bool moves = kind == CHANGE_RELEASE || kind == CHANGE_REASSIGN || kind == CHANGE_EXEMPT;
    bool pinned = slot && slot->state == SLOT_ASSIGNED && slot->note;
    return edit_fits(shell, kind, slot) && !(moves && pinned);
}

/* One request of that kind for each row that qualifies; `skipped` counts the others. */
static struct request *requests_of(const struct shell *shell, const struct selection *selection,
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
        bool fit = selection->n == 1 || edit_fits(shell, kind, slot);
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

/* Plans one thing for all chosen rows at once; for a single row in the strip. */
static void plan_rows(struct shell *shell, const char *action, enum change_kind kind,
                      const struct selection *selection)
{
    size_t n;
    size_t skipped;
    struct request *requests = requests_of(shell, selection, kind, &n, &skipped);
    if (n == 0) {
        edit_say_none(shell, action, kind, selection);
    } else if (selection->n == 1) {
        strip_plain(shell, action, requests);
    } else {
        planning_requests(shell, action, requests, n);
        edit_say_skipped(shell, kind, selection, skipped);
    }
    free(requests);
}

/* The number that is gathered for the agent already; NULL: none is. */
static const char *gathered_number(const struct shell *shell, const char *login)
{
    const struct basket *basket = gather_is_on(shell) ? gather_look(shell) : NULL;
    size_t index = basket ? basket_find_agent(basket, login) : BASKET_NONE;
    if (index == BASKET_NONE) {
        return NULL;
    }
    const struct wish *wish = basket->wishes[index];
    bool moves = wish->asked.kind == CHANGE_ASSIGN || wish->asked.kind == CHANGE_REASSIGN;
    const char *ext = wish->asked.ext ? wish->asked.ext : wish->given;
    bool own = wish->asked.agent && strcmp(wish->asked.agent, login) == 0;
    return moves && own && !wish->asked.swap && ext[0] ? ext : NULL;
}

/* Asks for a number, or for another one if they hold one already. `typed` may be NULL; the first digit
   replaces it if it is `selected`. */
static void open_number(struct shell *shell, const char *login, const char *typed, bool selected)
{
    const struct agent_row *agent = screen_data_find_agent(shell->data, login);
    const struct slot *slot = agent ? agent->slot : NULL;
    const struct strip_number about = {.kind = slot ? CHANGE_REASSIGN : CHANGE_ASSIGN,
                                       .login = login,
                                       .holds = slot ? slot->ext : NULL,
                                       .typed = typed,
                                       .selected = selected};
    strip_number(shell, &about);
}

static void ask_number(struct shell *shell, const char *login, const char *typed)
{
    const char *gathered = typed ? NULL : gathered_number(shell, login);
    open_number(shell, login, typed ? typed : gathered, gathered != NULL);
}

/* After a conflict: the number that was wanted stands there, with who holds it by now. */
static void ask_again(struct shell *shell, const char *login, const char *ext)
{
    open_number(shell, login, ext, true);
}

void edit_start(void)
{
    planning_asks(ask_again);
}

/* ---- the commands -------------------------------------------------------------------------- */

static void assign(struct shell *shell, const struct selection *selection)
{
    const struct slot *slot = selection->slots[0];
    if (!selection->agents) {
        if (selection->n > 1) {
            shell_flash(shell, STYLE_WARN, "assign: mark agents, or choose one extension");
        } else if (!is_free(shell, slot)) {
            shell_flash(shell, STYLE_WARN, "assign: %s is %s", slot->ext,
                        screen_data_slot_states(shell->data, slot));
        } else {
            strip_agent(shell, slot->ext);
        }
    } else if (selection->n == 1 && slot) {
        shell_flash(shell, STYLE_WARN, "assign: %s already holds %s; %s gives another one",
                    selection->rows[0]->login, slot->ext, frame_key(shell, CMD_REASSIGN));
    } else if (selection->n == 1) {
        ask_number(shell, selection->rows[0]->login, NULL);
    } else {
        plan_rows(shell, "assign", CHANGE_ASSIGN, selection);
    }
}

static void reassign(struct shell *shell, const struct selection *selection)
{
    const struct slot *slot = selection->slots[0];
    const char *login = selection->rows[0] ? selection->rows[0]->login : NULL;
    if (!login && slot && slot->state == SLOT_ASSIGNED) {
        login = slot->agent;
    }
    if (selection->n > 1) {
        plan_rows(shell, "reassign", CHANGE_REASSIGN, selection);
    } else if (!login) {
        shell_flash(shell, STYLE_WARN, "reassign: nobody holds %s", slot ? slot->ext : "it");
    } else if (!slot) {
        shell_flash(shell, STYLE_WARN, "reassign: %s has no extension yet; %s gives one", login,
                    frame_key(shell, CMD_ASSIGN));
    } else {
        ask_number(shell, login, NULL);
    }
}

/* Two marked agents swap; with a single row the strip asks with whom. */
static void swap(struct shell *shell, const struct selection *selection)
{
    const char *logins[2] = {NULL, NULL};
    size_t n = 0;
    for (size_t i = 0; i < selection->n; i++) {
        if (selection->slots[i] && selection->slots[i]->state == SLOT_ASSIGNED) {
            logins[n < 2 ? n : 1] = selection->slots[i]->agent;
            n++;
        }
    }
    if (n == 1 && selection->n == 1) {
        strip_partner(shell, logins[0], NULL);
        return;
    }
    if (n != 2 || selection->n != 2) {
        shell_flash(shell, STYLE_WARN,
                    selection->n == 1 ? "swap: this row has no extension"
                                      : "swap: mark exactly two agents who hold an extension");
        return;
    }
    struct request request = {
        .kind = CHANGE_REASSIGN, .swap = true, .agent = logins[0], .other = logins[1]};
    planning_requests(shell, "swap", &request, 1);
}

/* Asks for a note, then plans one thing for all chosen rows at once. */
static void note_rows(struct shell *shell, const char *action, enum change_kind kind,
                      const struct selection *selection)
{
    size_t n;
    size_t skipped;
    struct request *requests = requests_of(shell, selection, kind, &n, &skipped);
    if (n == 0) {
        edit_say_none(shell, action, kind, selection);
    } else {
        strip_note(shell, action, requests, n);
        edit_say_skipped(shell, kind, selection, skipped);
    }
    free(requests);
}

/* Pins, or unpins if all of them are pinned. */
static void pin(struct shell *shell, const struct selection *selection)
{
    bool all = true;
    for (size_t i = 0; i < selection->n; i++) {
        const struct slot *slot = selection->slots[i];
        all = all && slot && slot->state == SLOT_ASSIGNED && slot->note;
    }
    if (all) {
        plan_rows(shell, "unpin", CHANGE_UNPIN, selection);
        return;
    }
    note_rows(shell, "pin", CHANGE_PIN, selection);
}

/* Makes them exempt, or ends that if all of them are, by name. */
static void exempt(struct shell *shell, const struct selection *selection)
{
    bool all = true;
    for (size_t i = 0; i < selection->n && all; i++) {
        const struct agent_row *row = selection->rows[i];
        all = row && snapshot_find_exempt(shell->data->snapshot, row->login);
    }
    if (all) {
        plan_rows(shell, "unexempt", CHANGE_UNEXEMPT, selection);
        return;
    }
    note_rows(shell, "exempt", CHANGE_EXEMPT, selection);
}

static void reserve(struct shell *shell, const struct selection *selection)
{
    bool all = true;
    for (size_t i = 0; i < selection->n; i++) {
        all = all && selection->slots[i] && selection->slots[i]->state == SLOT_RESERVED;
    }
    if (selection->agents) {
        shell_flash(shell, STYLE_WARN, "reserve: choose a free extension (Tab)");
        return;
    }
    if (all) {
        plan_rows(shell, "unreserve", CHANGE_UNRESERVE, selection);
        return;
    }
    const struct slot *slot = selection->slots[0];
    if (selection->n == 1 && slot && !is_free(shell, slot)) {
        shell_flash(shell, STYLE_WARN, "reserve: %s is %s", slot->ext,
                    screen_data_slot_states(shell->data, slot));
        return;
    }
    note_rows(shell, "reserve", CHANGE_RESERVE, selection);
}

/* The reserved number of the row; `free_too`: or one that can be reserved. NULL: it is another, and the
   operator was told so. */
static const struct slot *number_for_calls(struct shell *shell, const char *name,
                                           const struct selection *selection, bool free_too)
{
    const struct slot *slot = selection->slots[0];
    if (selection->n > 1) {
        shell_flash(shell, STYLE_WARN, "%s: choose one row", name);
    } else if (!slot) {
        shell_flash(shell, STYLE_WARN, "%s: this row has no extension", name);
    } else if (slot->state == SLOT_RESERVED || (free_too && is_free(shell, slot))) {
        return slot;
    } else {
        shell_flash(shell, STYLE_WARN, "%s: %s is %s, not reserved", name, slot->ext,
                    screen_data_slot_states(shell->data, slot));
    }
    return NULL;
}

/* Of an agent, or a number that is held, the fallback; of another number where calls to it go. `answer`:
   stands in the field; NULL: what the store has. */
static void ask_target(struct shell *shell, const struct selection *selection, const char *answer)
{
    const struct slot *slot = selection->n == 1 ? selection->slots[0] : NULL;
    if (slot && slot->state == SLOT_ASSIGNED) {
        const struct request request = {.kind = CHANGE_SET, .agent = slot->agent};
        strip_target(shell, &request, answer ? answer : slot_fallback(slot));
        return;
    }
    slot = number_for_calls(shell, "target", selection, true);
    if (slot) {
        const struct request request = {.kind = CHANGE_RESERVE, .ext = slot->ext};
        strip_target(shell, &request, answer ? answer : slot->target);
    }
}

static void ask_until(struct shell *shell, const struct selection *selection)
{
    const struct slot *slot = number_for_calls(shell, "until", selection, false);
    if (slot) {
        const struct request request = {.kind = CHANGE_RESERVE, .ext = slot->ext};
        strip_until(shell, &request, slot->until_s);
    }
}

static void on_rows(struct shell *shell, enum command command, const struct selection *selection)
{
    if (selection->n == 0) {
        shell_flash(shell, STYLE_WARN, SHELL_NO_ROW);
    } else if (command == CMD_ASSIGN) {
        assign(shell, selection);
    } else if (command == CMD_REASSIGN) {
        reassign(shell, selection);
    } else if (command == CMD_RELEASE) {
        plan_rows(shell, "release", CHANGE_RELEASE, selection);
    } else if (command == CMD_SWAP) {
        swap(shell, selection);
    } else if (command == CMD_UNPIN) {
        plan_rows(shell, "unpin", CHANGE_UNPIN, selection);
    } else if (command == CMD_UNRESERVE) {
        plan_rows(shell, "unreserve", CHANGE_UNRESERVE, selection);
    } else if (command == CMD_UNEXEMPT) {
        plan_rows(shell, "unexempt", CHANGE_UNEXEMPT, selection);
    } else if (command == CMD_EXEMPT) {
        exempt(shell, selection);
    } else if (command == CMD_PIN) {
        pin(shell, selection);
    } else if (command == CMD_TARGET) {
        ask_target(shell, selection, NULL);
    } else if (command == CMD_UNTIL) {
        ask_until(shell, selection);
    } else {
        reserve(shell, selection);
    }
}

static void export(struct shell *shell)
{
    if (session_export_uri(shell->place.session)) {
        job_export(shell, NULL);
    } else {
        ask_export(shell);
    }
}

unsigned edit_command(struct shell *shell, enum command command, const struct selection *selection)
{
    bool gathered = (command == CMD_UNDO && gather_can_undo(shell)) ||
                    (command == CMD_REDO && gather_can_redo(shell));
    if (!gathered && shell_open_ready(shell, command)) {
        return REACT_DRAW;
    }
    switch ((int)command) {
    case CMD_ASSIGN:
    case CMD_REASSIGN:
    case CMD_RELEASE:
    case CMD_SWAP:
    case CMD_PIN:
    case CMD_UNPIN:
    case CMD_EXEMPT:
    case CMD_UNEXEMPT:
    case CMD_RESERVE:
    case CMD_UNRESERVE:
    case CMD_TARGET:
    case CMD_UNTIL:
        on_rows(shell, command, selection);
        return REACT_DRAW;
    case CMD_SYNC:
        job_sync(shell);
        return REACT_DRAW;
    case CMD_UNDO: /* first what was gathered, then what was applied */
        if (!gather_undo(shell)) {
            job_undo(shell, NULL);
        }
        return REACT_DRAW;
    case CMD_REDO:
        if (!gather_redo(shell)) {
            job_redo(shell);
        }
        return REACT_DRAW;
    case CMD_INIT:
        job_init(shell);
        return REACT_DRAW;
    case CMD_DOCTOR:
        job_doctor(shell);
        return REACT_DRAW;
    case CMD_EXPORT:
        export(shell);
        return REACT_DRAW;
    case CMD_EXPORT_TO:
        ask_export(shell);
        return REACT_DRAW;
    case CMD_IMPORT:
        ask_import(shell);
        return REACT_DRAW;
    case CMD_RENUMBER:
        shell_flash(
            shell, STYLE_WARN,
            "type both ranges: :renumber 2000-2499=6000-6499, and 30d to keep the old ones");
        return REACT_DRAW;
    default:
        return REACT_PASS;
    }
}

/* ---- with an argument ----------------------------------------------------------------------- */

/* The one agent of the selection; NULL: there is none, or there are several. */
static const char *agent_of(const struct selection *selection)
{
    const struct slot *slot = selection->n == 1 ? selection->slots[0] : NULL;
    if (selection->n == 1 && selection->rows[0]) {
        return selection->rows[0]->login;
    }
    return slot && slot->state == SLOT_ASSIGNED ? slot->agent : NULL;
}

/* `:7600`, `:reassign 7600`, `:swap garcia`: the argument is the answer to what the strip would ask
   about the current row. False: it is not. */
static bool answer_strip(struct shell *shell, enum command command,
                         const struct selection *selection, const char *argument)
{
    const char *login = agent_of(selection);
    bool digits = argument[strspn(argument, "0123456789")] == '\0';
    bool numbers = command == CMD_ASSIGN || command == CMD_REASSIGN;
    if (!login || strpbrk(argument, " =")) {
        return false;
    }
    if (numbers && digits) {
        size_t width = (size_t)shell->data->policy->width;
        if (strlen(argument) > width) {
            shell_flash(shell, STYLE_ERROR, "%s is too long: an extension has %zu digits", argument,
                        width);
        } else {
            ask_number(shell, login, argument);
        }
        return true;
    }
    if (command == CMD_SWAP) {
        strip_partner(shell, login, argument);
        return true;
    }
    return false;
}

/* A single edit is shown in the strip, as if it had been typed there. False: it is not that. */
static bool show_in_strip(struct shell *shell, const char *name, const struct request *request)
{
    bool numbers = request->kind == CHANGE_ASSIGN || request->kind == CHANGE_REASSIGN;
    const char *login = request->agent;
    if (login && !screen_data_find_agent(shell->data, login)) {
        return false; /* the planner says whom it may mean */
    }
    if (numbers && !request->swap && login && request->ext) {
        const struct agent_row *row = screen_data_find_agent(shell->data, login);
        if ((row->slot != NULL) != (request->kind == CHANGE_REASSIGN) ||
            !policy_valid_ext(shell->data->policy, request->ext)) {
            return false;
        }
        ask_number(shell, login, request->ext);
        return true;
    }
    bool noted = request->kind == CHANGE_PIN || request->kind == CHANGE_RESERVE ||
                 request->kind == CHANGE_EXEMPT;
    if (!numbers && !noted) {
        strip_plain(shell, name, request);
        return true;
    }
    return false;
}

/* The same operands as on the command line: `:assign alice=2041 bob`, `:reserve 2000=night desk`. A
   note may hold blanks, so a command that takes a note has a single operand. */
static void plan_operands(struct shell *shell, enum action action, const char *argument)
{
    enum { OPERANDS = 64 };
    const char *operands[OPERANDS];
    struct request_list requests = {NULL, 0};
    struct arena arena = ARENA_INIT;
    struct err err = ERR_INIT;
    const char *name = action_info(action)->name;
    size_t n = 0;
    bool noted = action == ACTION_PIN || action == ACTION_RESERVE || action == ACTION_EXEMPT;
    while (*argument && n < OPERANDS) {
        size_t length = noted ? strlen(argument) : strcspn(argument, " ");
        operands[n++] = arena_strndup(&arena, argument, length);
        argument += length;
        argument += strspn(argument, " ");
    }
    const struct operands given = {.action = action,
                                   .texts = operands,
                                   .n = n,
                                   .width = session_policy(shell->place.session)->width};
    if (*argument) {
        shell_flash(shell, STYLE_ERROR, "%s: at most %d at once", name, OPERANDS);
    } else if (operands_parse(&given, &arena, &requests, &err) != ERR_OK) {
        shell_flash(shell, STYLE_ERROR, "%s", err.text);
    } else if (requests.n != 1 || !show_in_strip(shell, name, requests.items)) {
        planning_requests(shell, name, requests.items, requests.n);
    }
    arena_release(&arena);
}

bool edit_argument(struct shell *shell, enum command command, const struct selection *selection,
                   const char *argument)
{
    static const struct {
        enum command command;
        enum action action;
    } edits[] = {{CMD_ASSIGN, ACTION_ASSIGN},   {CMD_REASSIGN, ACTION_REASSIGN},
                 {CMD_RELEASE, ACTION_RELEASE}, {CMD_SWAP, ACTION_SWAP},
                 {CMD_PIN, ACTION_PIN},         {CMD_UNPIN, ACTION_UNPIN},
                 {CMD_EXEMPT, ACTION_EXEMPT},   {CMD_UNEXEMPT, ACTION_UNEXEMPT},
                 {CMD_RESERVE, ACTION_RESERVE}, {CMD_UNRESERVE, ACTION_UNRESERVE}};
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        if (edits[i].command != command) {
            continue;
        }
        if (!answer_strip(shell, command, selection, argument)) {
            plan_operands(shell, edits[i].action, argument);
        }
        return true;
    }
    switch ((int)command) {
    case CMD_TARGET:
        ask_target(shell, selection, argument);
        return true;
    case CMD_RENUMBER:
        job_renumber(shell, argument);
        return true;
    case CMD_EXPORT:
    case CMD_EXPORT_TO:
        job_export(shell, argument);
        return true;
    case CMD_IMPORT:
        job_import(shell, argument);
        return true;
    case CMD_AT:
        job_past(shell, argument);
        return true;
    case CMD_UNDO:
        job_undo(shell, argument);
        return true;
    default:
        return false;
    }
}
