/*
 * The Details beside the lists: they follow the cursor. All but the history and the live state comes
 * from the data on the screen. The newest history is read once and kept if it is short, so that a row is
 * there with what was done to it; when the cursor has rested, a store with an index tells the whole.
 */

#include "tui/view/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "tui/shell/work.h"
#include "tui/terminal/loop.h"
#include "tui/view/details.h"
#include "tui/view/edit.h"

#include "core/base/banned.h"

#define REST_MS 150

struct details_part {
    struct part part;
    char login[LOGIN_MAX + 1]; /* the row that it is about; "": none */
    char ext[EXT_ROOM];
    struct past past; /* of that row */
    bool known;       /* `past` is all there is */
    bool begun;       /* `past` has what is in memory */
    int64_t ask_at_ms;
};

static void title(const struct part *part, const struct shell *shell,
                  const struct part_about *about, char *out, size_t size)
{
    static const char *const forms[] = {[PART_SMALL] = "3 Details > history > changes",
                                        [PART_SIDE] = "3 Details > ext > changes",
                                        [PART_COLUMN] = "3 Details"};
    (void)part;
    (void)shell;
    snprintf(out, size, "%s", forms[about->form]);
}

/* ---- the row -------------------------------------------------------------------------------- */

static void forget(struct details_part *self)
{
    past_release(&self->past);
    self->known = self->begun = false;
    self->ask_at_ms = LOOP_FOREVER;
}

/* From then on it is about that row. */
static void turn_to(struct details_part *self, const struct part_about *about)
{
    const char *login = about->row ? about->row->login : "";
    const char *ext = about->slot ? about->slot->ext : "";
    if (strcmp(self->login, login) == 0 && strcmp(self->ext, ext) == 0) {
        return;
    }
    snprintf(self->login, sizeof self->login, "%s", login);
    snprintf(self->ext, sizeof self->ext, "%s", ext);
    forget(self);
    self->ask_at_ms = login[0] || ext[0] ? clock_ticks_ms() + REST_MS : LOOP_FOREVER;
}

static void add_history(struct details_part *self, const struct history *history)
{
    if (history) {
        past_add_history(&self->past, history, self->login, self->ext);
    }
}

/* Whether it can be looked through at each key: otherwise that waits until the cursor rests. */
static bool is_short(const struct history *history)
{
    size_t n = 0;
    for (size_t i = 0; i < history->n_actions; i++) {
        n += history->actions[i].n_changes;
    }
    return n <= HISTORY_SHORT;
}

/* The trail is read once, and then as far as it grows: not for each row. */
static void take_from_memory(struct details_part *self, const struct shell *shell)
{
    const struct history *history = shell->reading.history;
    bool rests = self->ask_at_ms == LOOP_FOREVER;
    if (!history || self->begun || !(rests || is_short(history))) {
        return;
    }
    past_add_feed(&self->past, shell->changes.feed, history, self->login, self->ext);
    past_add_history(&self->past, history, self->login, self->ext);
    self->begun = true;
}

/* What the index of the store tells, when it was asked. */
static void take_answer(struct details_part *self, const struct shell *shell)
{
    const struct row_history *found = &shell->reading.row;
    if (found->read && strcmp(found->login, self->login) == 0 &&
        strcmp(found->ext, self->ext) == 0) {
        past_release(&self->past);
        add_history(self, found->of_agent);
        add_history(self, found->of_ext);
        past_sort(&self->past);
        self->known = true;
    }
}

static void take_past(struct details_part *self, const struct shell *shell)
{
    if (self->known) {
        return;
    }
    take_from_memory(self, shell);
    if (!session_is_embedded(shell->place.session)) {
        self->known = self->begun;
    } else if (self->ask_at_ms == LOOP_FOREVER) {
        take_answer(self, shell);
    }
}

static int64_t wakes_at(const struct part *part)
{
    return ((const struct details_part *)part)->ask_at_ms;
}

static unsigned on_time(struct part *part, struct shell *shell)
{
    struct details_part *self = (struct details_part *)part;
    self->ask_at_ms = LOOP_FOREVER;
    if (self->known) {
        return REACT_NONE;
    }
    if (!shell->reading.history && !shell->reading.history_asked) {
        shell->reading.history_asked = true;
        work_read_short_history(shell);
    }
    if (session_is_embedded(shell->place.session)) {
        work_read_row(shell, self->login, self->ext);
        return REACT_NONE;
    }
    return REACT_DRAW;
}

/* ---- drawing -------------------------------------------------------------------------------- */

static void count_fits(const struct shell *shell, const struct part_about *about,
                       struct details_marks *out)
{
    static const struct {
        enum command command;
        enum change_kind kind;
    } verbs[MARKS_VERBS] = {{CMD_ASSIGN, CHANGE_ASSIGN},
                            {CMD_REASSIGN, CHANGE_REASSIGN},
                            {CMD_RELEASE, CHANGE_RELEASE},
                            {CMD_PIN, CHANGE_PIN}};
    *out = (struct details_marks){.n = about->n_marked};
    for (int i = 0; about->n_marked > 0 && i < MARKS_VERBS; i++) {
        out->fit[i].key = frame_key(shell, verbs[i].command);
        for (size_t k = 0; k < about->selection->n; k++) {
            out->fit[i].n += edit_may(shell, verbs[i].kind, about->selection->slots[k]);
        }
    }
}

static void fill(const struct shell *shell, const struct part_about *about, struct details *out)
{
    details_fill(shell, about->row, about->slot, out);
    out->about_number = about->number;
    out->empty = about->empty;
}

static void draw(struct part *part, struct shell *shell, const struct part_about *about,
                 struct canvas *canvas, struct rect inside)
{
    struct details_part *self = (struct details_part *)part;
    struct lines lines = LINES_INIT;
    struct details details;
    if (!shell->data) {
        return;
    }
    turn_to(self, about);
    take_past(self, shell);
    fill(shell, about, &details);
    count_fits(shell, about, &details.marks);
    details.past = self->known || self->begun ? &self->past : NULL;
    details.width = inside.width;
    details.height = inside.height;
    details_lines(&details, &lines);
    lines_draw(&lines, canvas, inside);
    lines_release(&lines);
}

void part_details_line(const struct shell *shell, const struct part_about *about, char *out,
                       size_t size)
{
    struct details details;
    fill(shell, about, &details);
    details_one_line(&details, out, size);
}

void part_details_live(const struct shell *shell, const struct part_about *about, char *out,
                       size_t size)
{
    struct details details;
    out[0] = '\0';
    if (shell->data) {
        fill(shell, about, &details);
        details_live_sentence(&details, out, size);
    }
}

/* ---- life ----------------------------------------------------------------------------------- */

static unsigned command(struct part *part, struct shell *shell, enum command command)
{
    (void)part;
    (void)shell;
    (void)command;
    return REACT_PASS;
}

/* What was done since then may be about this row. */
static void reload(struct part *part, struct shell *shell)
{
    struct details_part *self = (struct details_part *)part;
    (void)shell;
    forget(self);
    self->ask_at_ms = clock_ticks_ms() + REST_MS;
}

static void release(struct part *part)
{
    past_release(&((struct details_part *)part)->past);
    free(part);
}

static const struct part_ops s_ops = {.title = title,
                                      .draw = draw,
                                      .command = command,
                                      .wakes_at = wakes_at,
                                      .on_time = on_time,
                                      .reload = reload,
                                      .free = release};

struct part *part_details_new(void)
{
    struct details_part *self = mem_alloc(sizeof *self);
    self->part.ops = &s_ops;
    self->ask_at_ms = LOOP_FOREVER;
    return &self->part;
}
