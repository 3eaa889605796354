#ifndef TUI_VIEW_DETAILS_LINES_H
#define TUI_VIEW_DETAILS_LINES_H

/*
 * What the Details pane says about one agent or one number, as lines of text. Pure: everything
 * comes from what the screen already has.
 *
 *     struct details about = {.data = data, .row = row, .slot = row->slot, .width = 30, .height = 6};
 *     struct lines lines = LINES_INIT;
 *     details_lines(&about, &lines);
 *     lines_draw(&lines, canvas, area);
 *     lines_release(&lines);
 *
 * A label stands in the same place for every row, so that a move of the cursor sends values only.
 * Times are times of the clock and days, never ages, so that nothing changes while nobody acts.
 */

#include "core/port/live.h"
#include "tui/shell/screen_data.h"
#include "tui/panel/lines.h"
#include "tui/view/past.h"

#define MARKS_VERBS 4

/* The marked rows, and for each key how many of them it can act on. */
struct details_marks {
    size_t n;
    struct {
        const char *key;
        size_t n;
    } fit[MARKS_VERBS];
};

struct details {
    const struct screen_data *data;
    const struct agent_row *row; /* the agent, or the holder of the number; NULL: none */
    const struct slot *slot;     /* the number, or what the agent holds; NULL: none */
    bool about_number;           /* the number is the subject, and not the agent */
    const char *empty;           /* what to say if there is neither */
    struct details_marks marks;
    bool tells_live;               /* the directory can tell what agents do now */
    const struct live_state *live; /* of the agent; NULL: not asked yet */
    int64_t live_at_s;
    const struct past *past; /* NULL: the history is not known yet */
    int width, height;       /* of the text; they choose the form */
};

void details_lines(const struct details *details, struct lines *out);

/* The same in one line, for a screen that has no room for the pane: "0012, since 4 Nov by kim". */
void details_one_line(const struct details *details, char *out, size_t size);

/* What the state of an agent means for who calls the number: "a.berg is on a contact: a call to 0013
   waits or goes to the fallback"; "" if the call gets through, if the agent is offline, or if nothing
   is known. */
void details_live_sentence(const struct details *details, char *out, size_t size);

/* "2 marked: a fits 2, r x p none"; keys in a row that fit as many stand together. */
void details_marks_text(const struct details_marks *marks, int columns, char *out, size_t size);

#endif
