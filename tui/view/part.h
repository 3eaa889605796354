#ifndef TUI_VIEW_PART_H
#define TUI_VIEW_PART_H

/*
 * A part of the right side of the everyday screen: Details, Changes. The everyday screen
 * (tui/view/main.h) draws its frame and says where the part stands, what it is about, and whether it
 * has the keyboard.
 *
 *     struct part *details = part_details_new();
 *     details->ops->title(details, shell, &about, title, sizeof title);
 *     details->ops->draw(details, shell, &about, canvas, inside);
 *     details->ops->free(details);
 *
 * UI thread.
 */

#include "tui/shell/shell.h"
#include "tui/view/selection.h"

/* Where a part stands. */
enum part_form {
    PART_SMALL,  /* six lines below the extensions */
    PART_SIDE,   /* the whole right side, or the only list of a narrow screen */
    PART_COLUMN, /* a frame of its own in the third column */
};

/* What it is drawn with: valid for that one call. */
struct part_about {
    enum part_form form;
    bool focus;                        /* it has the keyboard */
    bool number;                       /* the row is a number; false: an agent */
    const struct agent_row *row;       /* the agent, or the holder of the number; NULL: none */
    const struct slot *slot;           /* the number, or what the agent holds; NULL: none */
    const struct selection *selection; /* the marked rows, or the current one; n 0: none */
    size_t n_marked;
    const char *empty; /* what the list says if it has no row; NULL */
};

struct part;

struct part_ops {
    void (*title)(const struct part *part, const struct shell *shell,
                  const struct part_about *about, char *out, size_t size);
    void (*draw)(struct part *part, struct shell *shell, const struct part_about *about,
                 struct canvas *canvas, struct rect inside);
    /* While it has the keyboard. REACT_PASS: the list beside it takes the command. */
    unsigned (*command)(struct part *part, struct shell *shell, enum command command);
    /* The row that its cursor is about; false: none. NULL: it has no cursor. */
    bool (*row)(const struct part *part, const char **login, const char **ext);
    /* As in tui/shell/view.h; NULL: never. */
    int64_t (*wakes_at)(const struct part *part);
    unsigned (*on_time)(struct part *part, struct shell *shell);
    /* The data was replaced, or is gone; NULL: it keeps nothing. */
    void (*reload)(struct part *part, struct shell *shell);
    /* The keyboard went to another part; NULL. */
    void (*left)(struct part *part, struct shell *shell);
    void (*free)(struct part *part);
};

/* The first member of every part. */
struct part {
    const struct part_ops *ops;
};

struct part *part_details_new(void);
struct part *part_changes_new(void);

/* One line about the row, for a screen without room for Details: "0012, since 4 Nov by sync". */
void part_details_line(const struct shell *shell, const struct part_about *about, char *out,
                       size_t size);
/* What the live state of the agent means for who calls: "a.berg is on a contact: a call to 0013
   waits or goes to the fallback"; "" if there is nothing to say. */
void part_details_live(const struct shell *shell, const struct part_about *about, char *out,
                       size_t size);

#endif
