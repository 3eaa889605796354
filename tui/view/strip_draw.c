#include "tui/view/strip_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/plan/audit.h"

#include "core/base/banned.h"

#define FULL_ROWS 9  /* title, field, rows to choose from, plan, after, guards, last line */
#define PLAIN_ROWS 5 /* without a field */
#define SHORT_ROWS 4 /* title, field, plan, last line */
#define SHORT_BELOW 16
#define WHOLE_BELOW 8 /* the strip takes the whole screen */
#define SIDE_COLUMN 28
#define REMARK_COLUMNS 17

/* ---- where ------------------------------------------------------------------------------------- */

/* The rows of the strip without the footer. */
static int rows_of(const struct strip *strip, int height)
{
    if (height < WHOLE_BELOW) {
        return height - 1;
    }
    if (height < SHORT_BELOW) {
        return SHORT_ROWS;
    }
    return strip->asks == STRIP_NOTHING ? PLAIN_ROWS : FULL_ROWS;
}

int strip_covers(const struct view *view, int height)
{
    return rows_of((const struct strip *)view, height) + 1;
}

/* ---- one row to choose from ---------------------------------------------------------------------- */

/* What a row says: its key, its state, more about it, and what to know before it is taken. */
struct choice {
    const char *key;
    int key_columns;
    const char *state;
    char detail[192];
    const char *remark;
};

static void draw_choice(struct canvas *canvas, int y, bool current, const struct choice *choice)
{
    enum style style = current ? STYLE_CHOICE : STYLE_TEXT;
    int width = canvas->width;
    int remark = width - REMARK_COLUMNS;
    int detail = 1 + choice->key_columns + 2 + (choice->state ? 10 : 0);
    bool remarks = choice->remark && width >= 60;
    canvas_fill(canvas, (struct rect){0, y, width, 1}, style);
    canvas_text(canvas, 0, y, 1, style, current ? ">" : " ");
    canvas_text(canvas, 1, y, choice->key_columns, style, choice->key);
    if (choice->state) {
        canvas_text(canvas, 3 + choice->key_columns, y, 9, style, choice->state);
    }
    if (detail < width) {
        canvas_text(canvas, detail, y, (remarks ? remark - 1 : width) - detail,
                    current ? style : STYLE_DIM, choice->detail);
    }
    if (remarks) {
        canvas_text(canvas, remark, y, REMARK_COLUMNS, current ? style : STYLE_DIM, choice->remark);
    }
}

/* ---- numbers ------------------------------------------------------------------------------------- */

/* "a.berg holds it since 4 Nov, by kim@desk7" */
static void say_holder(const struct shell *shell, const struct slot *slot, const char *verb,
                       char *out, size_t size)
{
    char when[WHEN_MAX] = "";
    char actor[AUDIT_NAME_MAX] = "";
    if (slot->at_s > 0) {
        when_day(slot->at_s, shell->data->now_s, when);
    }
    if (slot->by) {
        audit_actor_name(slot->by, actor);
    }
    snprintf(out, size, "%s%s%s%s%s%s", slot->agent, verb, when[0] ? " since " : "", when,
             actor[0] ? ", by " : "", actor);
}

static void describe(const struct shell *shell, const struct slot *slot, struct choice *choice)
{
    const struct screen_data *data = shell->data;
    char when[WHEN_MAX];
    enum ext_state state = policy_state(data->policy, slot, data->now_s);
    *choice = (struct choice){
        .key = slot->ext, .key_columns = data->policy->width, .state = ext_state_name(state)};
    if (state == EXT_COOLING) {
        when_day(policy_cool_until_s(data->policy, slot, data->now_s), data->now_s, when);
        snprintf(choice->detail, sizeof choice->detail, "until %s, was %s", when,
                 slot->agent ? slot->agent : "?");
        choice->remark = "Enter may take it";
    } else if (state == EXT_ASSIGNED && slot->note) {
        choice->state = "pinned";
        snprintf(choice->detail, sizeof choice->detail, "%s \"%s\"", slot->agent, slot->note);
        choice->remark = "unpin first";
    } else if (state == EXT_ASSIGNED) {
        choice->state = "held";
        say_holder(shell, slot, "", choice->detail, sizeof choice->detail);
    } else if (state == EXT_RESERVED) {
        snprintf(choice->detail, sizeof choice->detail, "%s", slot->note ? slot->note : "");
        choice->remark = "put it back first";
    } else if (slot->agent && slot->at_s > 0) {
        when_day(slot->at_s, shell->data->now_s, when);
        snprintf(choice->detail, sizeof choice->detail, "was %s until %s", slot->agent, when);
    } else {
        snprintf(choice->detail, sizeof choice->detail, "%s%s", slot->agent ? "was " : "never used",
                 slot->agent ? slot->agent : "");
    }
}

static void draw_number(const struct strip *strip, const struct shell *shell, struct canvas *canvas,
                        int y, size_t place)
{
    struct choice choice;
    char near[32];
    const struct slot *slot = candidates_at(&strip->candidates, place, NULL);
    if (!slot) {
        return;
    }
    describe(shell, slot, &choice);
    if (place == 0 && strip->holds && !choice.remark && slot->state == SLOT_FREE) {
        snprintf(near, sizeof near, "nearest to %s", strip->holds);
        choice.remark = near;
    }
    draw_choice(canvas, y, place == strip->choice, &choice);
}

/* Three ways to a number that is held; of a closed one the reason. */
static void draw_taking(const struct strip *strip, const struct shell *shell, struct canvas *canvas,
                        int y, enum taking taking)
{
    static const char *const names[TAKINGS] = {"swap", "take over", "nearest free"};
    const struct taken taken = strip_taken(strip, shell);
    const char *fault = taking_fault(taking, &taken);
    const char *holder = taken.slot->agent;
    const char *from = taken.holds ? taken.holds : "";
    const char *arrow = taken.holds ? ">" : "";
    char text[512];
    bool current = strip->taking == taking;
    enum style style = current ? STYLE_CHOICE : fault ? STYLE_KEY_OFF : STYLE_TEXT;
    if (fault) {
        snprintf(text, sizeof text, "%s", fault);
    } else if (taking == TAKING_SWAP) {
        snprintf(text, sizeof text, "%s %s>%s, %s %s>%s", taken.agent, taken.holds, taken.slot->ext,
                 holder, taken.slot->ext, taken.holds);
    } else if (taking == TAKING_OVER) {
        snprintf(text, sizeof text, "%s %s%s%s, %s gets the lowest free one", taken.agent, from,
                 arrow, taken.slot->ext, holder);
    } else {
        snprintf(text, sizeof text, "%s %s%s%s", taken.agent, from, arrow, taken.free);
    }
    canvas_fill(canvas, (struct rect){0, y, canvas->width, 1}, style);
    canvas_printf(canvas, 0, y, canvas->width, style, "%c%s  %-13s %s", current ? '>' : ' ',
                  frame_key(shell, (enum command)(CMD_TAKE_SWAP + (int)taking)), names[taking],
                  text);
}

/* ---- agents -------------------------------------------------------------------------------------- */

static void draw_person(const struct strip *strip, const struct shell *shell, struct canvas *canvas,
                        int y, size_t place)
{
    const struct agent_row *row = strip_person(strip, shell, place);
    struct choice choice = {.key_columns = canvas->width / 4};
    if (!row) {
        return;
    }
    choice.key = row->login;
    choice.state = row->slot ? row->slot->ext : NULL;
    choice.remark = row->slot && row->slot->note ? "unpin first" : NULL;
    snprintf(choice.detail, sizeof choice.detail, "%s", row->name ? row->name : "");
    draw_choice(canvas, y, place == strip->choice, &choice);
}

/* ---- the middle ---------------------------------------------------------------------------------- */

static void draw_choices(struct strip *strip, const struct shell *shell, struct canvas *canvas,
                         struct rect area)
{
    size_t rows = (size_t)(area.height > 0 ? area.height : 0);
    size_t choice = strip->choice == STRIP_NO_CHOICE ? strip->top : strip->choice;
    strip->rows = area.height;
    if (choice < strip->top) {
        strip->top = choice;
    } else if (rows > 0 && choice >= strip->top + rows) {
        strip->top = choice - rows + 1;
    }
    for (size_t i = 0; i < rows; i++) {
        (strip->asks == STRIP_NUMBER ? draw_number : draw_person)(strip, shell, canvas,
                                                                  area.y + (int)i, strip->top + i);
    }
}

/* What stands below the field. */
static const char *question_of(const struct strip *strip)
{
    switch (strip->asks) {
    case STRIP_TARGET:
        return "queue:ARN, phone:+44..., agent:LOGIN or ext:NUMBER. Empty: nowhere.";
    case STRIP_UNTIL:
        return "A day (2026-12-24: its end), a moment, or 30d from now. Empty: it does not end.";
    case STRIP_NUMBER:
    case STRIP_AGENT:
    case STRIP_PARTNER:
    case STRIP_NOTE:
    case STRIP_NOTHING:
        break;
    }
    static const char *const notes[CHANGE_KIND_COUNT] = {
        [CHANGE_PIN] = "Why? No sync releases or moves a pinned extension.",
        [CHANGE_RESERVE] = "Why? A reserved extension leaves the pool until it is put back.",
        [CHANGE_EXEMPT] = "Why? An exempt agent holds no extension, and no sync gives one.",
    };
    return notes[strip->about[0].kind];
}

static void draw_middle(struct strip *strip, const struct shell *shell, struct canvas *canvas,
                        struct rect area)
{
    if (strip->taken) {
        for (int i = 0; i < area.height && i < TAKINGS; i++) {
            draw_taking(strip, shell, canvas, area.y + i, (enum taking)i);
        }
    } else if (strip_chooses(strip, shell)) {
        draw_choices(strip, shell, canvas, area);
    } else if (strip->asks == STRIP_NUMBER && area.height > 0) {
        const struct slot *slot = screen_data_find_slot(shell->data, strip->field.text);
        struct choice choice;
        if (slot) {
            describe(shell, slot, &choice);
            draw_choice(canvas, area.y, false, &choice);
        }
    } else if (strip->asks > STRIP_PARTNER && strip->asks < STRIP_NOTHING) {
        canvas_wrap(canvas, (struct rect){1, area.y, area.width - 2, area.height}, STYLE_DIM,
                    question_of(strip));
    }
}

/* ---- the lines ----------------------------------------------------------------------------------- */

static void draw_title(const struct strip *strip, struct canvas *canvas, int y)
{
    char title[512];
    int width = canvas->width;
    canvas_rule(canvas, 0, y, width, STYLE_FRAME_FOCUS);
    canvas_text(canvas, 0, y, 1, STYLE_FRAME_FOCUS, canvas->ascii ? "+" : "\u250c");
    canvas_text(canvas, width - 1, y, 1, STYLE_FRAME_FOCUS, canvas->ascii ? "+" : "\u2510");
    snprintf(title, sizeof title, " %s ", strip->title);
    canvas_text(canvas, 2, y, width - 4, STYLE_TITLE_FOCUS, title);
}

/* What is said beside the field. */
static void side_text(const struct strip *strip, const struct shell *shell, char *out, size_t size)
{
    out[0] = '\0';
    if (strip->taken) {
        size_t used = (size_t)snprintf(out, size, "taken: ");
        say_holder(shell, screen_data_find_slot(shell->data, strip->field.text), " holds it",
                   out + used, size - used);
    } else if (strip->asks == STRIP_NUMBER && strip_chooses(strip, shell)) {
        candidates_says(&strip->candidates, out, size);
        size_t used = strlen(out);
        if (used < size && strip->candidates.n > 0) {
            snprintf(out + used, size - used, "; free first");
        }
    } else if (strip->asks == STRIP_AGENT || strip->asks == STRIP_PARTNER) {
        snprintf(out, size, "%s match", frame_count(strip->people.n));
    }
}

static void draw_field(struct strip *strip, const struct shell *shell, struct canvas *canvas, int y,
                       struct caret *caret)
{
    static const char *const labels[] = {
        [STRIP_NUMBER] = "number", [STRIP_AGENT] = "agent", [STRIP_PARTNER] = "with",
        [STRIP_NOTE] = "note",     [STRIP_TARGET] = "to",   [STRIP_UNTIL] = "until"};
    char side[256];
    int width = canvas->width;
    int x = canvas_printf(canvas, 0, y, width, STYLE_PROMPT, " %s: ", labels[strip->asks]);
    side_text(strip, shell, side, sizeof side);
    int column = x + (int)strip->field.max + 2;
    column = strip->asks != STRIP_NUMBER || width >= 60 ? SIDE_COLUMN : column;
    bool beside = side[0] && column + 12 < width;
    int end = beside ? column - 1 : width - 1;
    enum style style = strip->selected ? STYLE_CHOICE : STYLE_INPUT;
    caret->x = field_draw(&strip->field, canvas, x, y, end - x, style);
    caret->y = y;
    if (beside) {
        canvas_text(canvas, column, y, width - column, strip->taken ? STYLE_WARN : STYLE_DIM, side);
    }
}

static void draw_plan(struct strip *strip, struct canvas *canvas, int y)
{
    char line[2 * LOGIN_MAX + 512];
    if (strip->plan) {
        strip->whole = strip_plan_text(strip, canvas->width, line, sizeof line);
        canvas_text(canvas, 0, y, canvas->width, STYLE_STRONG, line);
    }
}

/* Plan, after, Guards and the last line, from below; returns the first of them. `n`: how many there
   is room for. */
static int draw_foot(struct strip *strip, const struct shell *shell, struct canvas *canvas, int low,
                     int n)
{
    char line[ERR_TEXT_MAX + 128];
    int width = canvas->width;
    int y = low - n;
    draw_plan(strip, canvas, y);
    if (strip->plan && n >= 4) {
        judged_after(&strip->judged, line, sizeof line);
        canvas_printf(canvas, 0, y + 1, width, STYLE_TEXT, " after: %s", line);
    }
    if (strip->plan && n >= 3) {
        judged_guards(&strip->judged, line, sizeof line);
        canvas_printf(canvas, 0, low - 2, width, STYLE_TEXT, " Guards: %s", line);
    }
    enum style style = strip_last_line(strip, shell, width - 1, line, sizeof line);
    canvas_printf(canvas, 0, low - 1, width, style, " %s", line);
    return y;
}

/* A key of the footer: what it does, and what a click on it does. */
struct strip_key {
    const char *key, *word;
    enum command command;
};

static void draw_key(struct shell *shell, struct canvas *canvas, int *x, struct strip_key key)
{
    int needed = canvas_columns(key.key) + 1 + canvas_columns(key.word);
    if (*key.word && *x + needed <= canvas->width) {
        int y = canvas->height - 1;
        int at = *x + canvas_text(canvas, *x, y, canvas->width - *x, STYLE_KEY, key.key) + 1;
        canvas_text(canvas, at, y, canvas->width - at, STYLE_TEXT, key.word);
        frame_own_key(shell, key.command, *x, needed);
        *x += needed + 1;
    }
}

/* A message about a key that does nothing here takes the place of the keys that do. */
static void draw_footer(const struct strip *strip, struct shell *shell, struct canvas *canvas)
{
    static const enum command keys[] = {CMD_CONFIRM,      CMD_CANCEL, CMD_TAKE_SWAP, CMD_TAKE_OVER,
                                        CMD_TAKE_NEAREST, CMD_HELP,   CMD_BACK};
    int x = 1;
    frame_own_footer(shell, canvas, &strip->view);
    if (shell->messages.flash[0]) {
        canvas_printf(canvas, 0, canvas->height - 1, canvas->width, shell->messages.flash_style,
                      " %s", shell->messages.flash);
        return;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        draw_key(shell, canvas, &x,
                 (struct strip_key){frame_key(shell, keys[i]),
                                    strip_hint(&strip->view, shell, keys[i]), keys[i]});
        if (keys[i] == CMD_CONFIRM && strip_choices(strip, shell) > 1 && !strip->applying) {
            draw_key(shell, canvas, &x,
                     (struct strip_key){frame_key(shell, CMD_UP), "Down Choose", CMD_DOWN});
            draw_key(shell, canvas, &x,
                     (struct strip_key){frame_key(shell, CMD_PAGE_DOWN), "More", CMD_NONE});
        }
        if (keys[i] == CMD_TAKE_NEAREST && strip->field.length > 0 && !strip->applying) {
            draw_key(shell, canvas, &x, (struct strip_key){"C-u", "Empty", CMD_NONE});
        }
    }
}

/* ---- all of it ----------------------------------------------------------------------------------- */

void strip_draw(struct view *view, struct shell *shell, struct canvas *canvas, struct caret *caret)
{
    struct strip *strip = (struct strip *)view;
    strip_settle(strip, shell);
    int rows = rows_of(strip, canvas->height);
    int low = canvas->height - 1;
    int y = low - rows;
    canvas_fill(canvas, (struct rect){0, y, canvas->width, rows + 1}, STYLE_TEXT);
    draw_title(strip, canvas, y++);
    if (strip->asks != STRIP_NOTHING) {
        draw_field(strip, shell, canvas, y++, caret);
    }
    bool chooses = strip_chooses(strip, shell);
    int foot = low - y < 4 ? low - y : chooses ? 3 : 4;
    int top = draw_foot(strip, shell, canvas, low, foot);
    draw_middle(strip, shell, canvas, (struct rect){0, y, canvas->width, top - y});
    draw_footer(strip, shell, canvas);
    strip->drawn = true;
}
