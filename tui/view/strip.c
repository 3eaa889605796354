#include "tui/view/strip_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/pool/target.h"

#include "core/base/banned.h"

static struct field_history s_notes; /* one console a process */

static const struct view_ops s_strip_ops;

/* ---- keys -------------------------------------------------------------------------------------- */

static unsigned move(struct strip *strip, const struct shell *shell, int64_t by)
{
    size_t n = strip_choices(strip, shell);
    if (n == 0 || strip->applying) {
        return REACT_DRAW;
    }
    if (strip->choice == STRIP_NO_CHOICE) {
        strip->choice = by > 0 ? 0 : n - 1;
    } else if (by < 0 && (uint64_t)-by > strip->choice) {
        strip->choice = 0;
    } else {
        strip->choice = (size_t)((int64_t)strip->choice + by);
    }
    strip->choice = strip->choice < n ? strip->choice : n - 1;
    strip->stale = true;
    strip->early = strip->nagged = false;
    return REACT_DRAW;
}

static unsigned take(struct strip *strip, const struct shell *shell, enum taking taking)
{
    const struct taken taken = strip_taken(strip, shell);
    if (!strip->taken || strip->applying || taking_fault(taking, &taken)) {
        strip->nagged = true;
        return REACT_DRAW;
    }
    strip->taking = taking;
    strip->stale = true;
    strip->early = strip->nagged = false;
    return REACT_DRAW;
}

static unsigned typed(struct strip *strip, struct shell *shell, enum field_result result)
{
    if (result == FIELD_FULL) {
        shell_flash(shell, STYLE_WARN, FIELD_FULL_SAYS, strip->field.max);
    } else if (result == FIELD_CHANGED) {
        strip_changed(strip, shell);
    }
    return result == FIELD_IGNORED ? REACT_PASS : REACT_DRAW;
}

static bool is_character(const struct strip *strip, uint32_t key)
{
    return key_is_text(key) && (!strip->field.digits || (key >= '0' && key <= '9'));
}

/* The first character takes the place of a selected text; any other key edits it. */
static void deselect(struct strip *strip, bool replace)
{
    if (strip->selected && replace) {
        field_set(&strip->field, "");
    }
    strip->selected = false;
}

/* A list is moved through, a note has its history. */
static int64_t step_of(const struct strip *strip, uint32_t key)
{
    int64_t page = strip->rows > 1 ? strip->rows : 1;
    if (strip->asks > STRIP_PARTNER) {
        return 0;
    }
    switch (key) {
    case K_UP:
    case K_CTRL | 'p':
        return -1;
    case K_DOWN:
    case K_CTRL | 'n':
        return 1;
    case K_PAGE_UP:
        return -page;
    case K_PAGE_DOWN:
        return page;
    default:
        return 0;
    }
}

static unsigned key(struct view *view, struct shell *shell, uint32_t key)
{
    struct strip *strip = (struct strip *)view;
    int64_t by = step_of(strip, key);
    switch (key) {
    case K_CTRL | 'c':
        return shell_busy(shell) ? REACT_PASS : REACT_CLOSE;
    case K_ENTER:
    case K_ESC:
    case K_CTRL | 'l':
    case K_CTRL | 'z':
    case K_F1:
        return REACT_PASS;
    case K_CTRL | 'g':
        return strip->applying ? REACT_DRAW : REACT_CLOSE;
    default:
        break;
    }
    if (strip->asks == STRIP_NOTHING || strip->applying) {
        return REACT_PASS;
    }
    if (by != 0) {
        return move(strip, shell, by);
    }
    deselect(strip, is_character(strip, key) || key == K_BACKSPACE);
    if (key == (K_CTRL | 'u')) {
        field_key(&strip->field, K_END); /* all of it goes, wherever the cursor is */
    }
    return typed(strip, shell, field_key(&strip->field, key));
}

static unsigned command(struct view *view, struct shell *shell, enum command command)
{
    struct strip *strip = (struct strip *)view;
    switch ((int)command) {
    case CMD_CONFIRM:
        return strip_confirm(strip, shell);
    case CMD_TAKE_SWAP:
        return take(strip, shell, TAKING_SWAP);
    case CMD_TAKE_OVER:
        return take(strip, shell, TAKING_OVER);
    case CMD_TAKE_NEAREST:
        return take(strip, shell, TAKING_NEAREST);
    case CMD_UP:
        return move(strip, shell, -1);
    case CMD_DOWN:
        return move(strip, shell, 1);
    case CMD_BACK:
    case CMD_QUIT:
        if (!strip->applying) {
            return REACT_CLOSE;
        }
        if (command == CMD_QUIT) {
            return REACT_LEAVE;
        }
        return REACT_DRAW;
    default:
        return REACT_PASS;
    }
}

/* A paste is text, never Enter. */
static unsigned paste(struct view *view, struct shell *shell, const char *text, size_t length)
{
    struct strip *strip = (struct strip *)view;
    if (strip->asks == STRIP_NOTHING || strip->applying) {
        shell_flash(shell, STYLE_WARN, "a paste works only in a text field");
        return REACT_DRAW;
    }
    deselect(strip, true);
    typed(strip, shell, field_paste(&strip->field, text, length));
    strip_changed(strip, shell);
    return REACT_DRAW;
}

static void release(struct view *view)
{
    struct strip *strip = (struct strip *)view;
    plan_free(strip->plan);
    candidates_release(&strip->candidates);
    free(strip->people.rows);
    arena_release(&strip->arena);
    free(strip);
}

static const struct view_ops s_strip_ops = {.title = "strip",
                                            .place = PLACE_STRIP,
                                            .overlay = true,
                                            .freezes_data = true,
                                            .draw = strip_draw,
                                            .key = key,
                                            .command = command,
                                            .paste = paste,
                                            .hint = strip_hint,
                                            .covers = strip_covers,
                                            .free = release};

/* ---- open -------------------------------------------------------------------------------------- */

static struct strip *make(enum strip_asks asks, const char *action, size_t n_requests)
{
    struct strip *strip = mem_alloc(sizeof *strip);
    strip->view.ops = &s_strip_ops;
    strip->asks = asks;
    strip->action = arena_strdup(&strip->arena, action);
    strip->requests =
        arena_alloc(&strip->arena, (n_requests + TAKING_REQUESTS_MAX) * sizeof *strip->requests);
    field_init(&strip->field, asks == STRIP_NOTE ? &s_notes : NULL);
    strip->taking = TAKINGS;
    return strip;
}

static void open(struct shell *shell, struct strip *strip)
{
    strip_changed(strip, shell);
    shell_push(shell, &strip->view);
}

/* "Reassign a.bennett  Bennett, Alfie  holds 0012", "Release jo  from york  holds 2007" */
static const char *title_of(struct strip *strip, const struct shell *shell, const char *verb,
                            const char *login)
{
    struct arena *arena = &strip->arena;
    const struct agent_row *row = screen_data_find_agent(shell->data, login);
    bool left = row && row->state == AGENT_STALE && !shell->data->partial;
    const char *whose = row ? screen_data_whose(shell->data, row, arena) : NULL;
    const char *name = left ? "(left)" : row && row->name ? row->name : "";
    const char *holds = row && row->slot ? row->slot->ext : NULL;
    return arena_printf(arena, "%s %s%s%s%s%s%s%s", verb, login, *name ? "  " : "", name,
                        whose ? "  " : "", whose ? whose : "", holds ? "  holds " : "",
                        holds ? holds : "");
}

void strip_number(struct shell *shell, const struct strip_number *about)
{
    bool assigns = about->kind == CHANGE_ASSIGN;
    struct strip *strip = make(STRIP_NUMBER, change_kind_name(about->kind), 1);
    struct plan_input input = shell_plan_input(shell);
    strip->kind = about->kind;
    strip->login = arena_strdup(&strip->arena, about->login);
    strip->holds = arena_strdup(&strip->arena, about->holds);
    strip->title = title_of(strip, shell, assigns ? "Assign to" : "Reassign", about->login);
    candidates_init(&strip->candidates, &input, strip->holds);
    strip->field.digits = true;
    strip->field.max = (size_t)input.policy->width;
    if (about->typed) {
        field_set(&strip->field, about->typed);
        strip->selected = about->selected;
    }
    open(shell, strip);
}

void strip_agent(struct shell *shell, const char *ext)
{
    struct strip *strip = make(STRIP_AGENT, "assign", 1);
    strip->ext = arena_strdup(&strip->arena, ext);
    strip->title = arena_printf(&strip->arena, "Assign %s  to whom?", ext);
    open(shell, strip);
}

void strip_partner(struct shell *shell, const char *login, const char *with)
{
    struct strip *strip = make(STRIP_PARTNER, "swap", 1);
    strip->login = arena_strdup(&strip->arena, login);
    strip->title =
        arena_printf(&strip->arena, "%s  with whom?", title_of(strip, shell, "Swap", login));
    if (with) {
        field_set(&strip->field, with);
    }
    open(shell, strip);
}

static void copy_requests(struct strip *strip, const struct request *requests, size_t n)
{
    strip->about = arena_alloc(&strip->arena, n * sizeof *strip->about);
    strip->n_about = n;
    for (size_t i = 0; i < n; i++) {
        strip->about[i] = requests[i];
        strip->about[i].agent = arena_strdup(&strip->arena, requests[i].agent);
        strip->about[i].ext = arena_strdup(&strip->arena, requests[i].ext);
    }
}

static const char *verb_of(enum change_kind kind)
{
    switch (kind) {
    case CHANGE_RELEASE:
        return "Release";
    case CHANGE_PIN:
        return "Pin";
    case CHANGE_UNPIN:
        return "Unpin";
    case CHANGE_RESERVE:
        return "Reserve";
    case CHANGE_UNRESERVE:
        return "Put back";
    case CHANGE_EXEMPT:
        return "Exempt";
    case CHANGE_UNEXEMPT:
        return "Unexempt";
    case CHANGE_CREATE:
    case CHANGE_ASSIGN:
    case CHANGE_REASSIGN:
    case CHANGE_SET:
    case CHANGE_ADOPT:
    case CHANGE_REPAIR:
    case CHANGE_KIND_COUNT:
        break;
    }
    return "Change";
}

static const char *title_of_requests(struct strip *strip, const struct shell *shell,
                                     const struct request *requests, size_t n)
{
    const char *verb = verb_of(requests[0].kind);
    if (n > 1) {
        return arena_printf(&strip->arena, "%s %s extensions", verb, frame_count(n));
    }
    return requests[0].agent ? title_of(strip, shell, verb, requests[0].agent)
                             : arena_printf(&strip->arena, "%s %s", verb, requests[0].ext);
}

void strip_note(struct shell *shell, const char *action, const struct request *requests,
                size_t n_requests)
{
    struct strip *strip = make(STRIP_NOTE, action, n_requests);
    copy_requests(strip, requests, n_requests);
    strip->title = title_of_requests(strip, shell, requests, n_requests);
    strip->field.max = NOTE_MAX;
    open(shell, strip);
}

/* What the store has stands in the field; the first character replaces it. */
static void open_with(struct shell *shell, struct strip *strip, const struct request *request,
                      const char *text)
{
    copy_requests(strip, request, 1);
    if (text && *text) {
        field_set(&strip->field, text);
        strip->selected = true;
    }
    open(shell, strip);
}

void strip_target(struct shell *shell, const struct request *request, const char *now)
{
    bool fallback = request->kind == CHANGE_SET;
    struct strip *strip = make(STRIP_TARGET, fallback ? "fallback" : "reserve", 1);
    strip->title = fallback ? title_of(strip, shell, "Fallback of", request->agent)
                            : arena_printf(&strip->arena, "Calls to %s", request->ext);
    strip->field.max = TARGET_MAX;
    open_with(shell, strip, request, now);
}

void strip_until(struct shell *shell, const struct request *request, int64_t now_s)
{
    struct strip *strip = make(STRIP_UNTIL, "reserve", 1);
    char text[CLOCK_TEXT_MAX] = "";
    if (now_s > 0) {
        clock_format_s(now_s, text);
    }
    strip->title = arena_printf(&strip->arena, "End of the reservation of %s", request->ext);
    strip->field.max = CLOCK_TEXT_MAX - 1;
    open_with(shell, strip, request, text);
}

void strip_plain(struct shell *shell, const char *action, const struct request *request)
{
    struct strip *strip = make(STRIP_NOTHING, action, 1);
    copy_requests(strip, request, 1);
    strip->title = title_of_requests(strip, shell, request, 1);
    open(shell, strip);
}
