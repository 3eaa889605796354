#ifndef TUI_TERMINAL_TERM_H
#define TUI_TERMINAL_TERM_H

/*
 * The terminal: the only part that knows curses (term.c, copy.c).
 *
 *     if (term_start(&options, &err) != ERR_OK) { ... a sentence for people ... }
 *     term_theme(&theme);
 *     term_show(&canvas, cursor_x, cursor_y);   // sends what changed since the last call
 *     term_stop();
 *
 * There is one terminal, so there is one of this; UI thread only. A crash (SIGSEGV, SIGABRT, ...)
 * and the end of memory give the terminal back before the process dies.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/err.h"
#include "tui/terminal/canvas.h"
#include "tui/terminal/keys.h"
#include "tui/terminal/theme.h"

struct term_options {
    bool ascii;       /* no line drawing, whatever the locale can do */
    bool no_colours;  /* NO_COLOR */
    const char *tmux; /* $TMUX, NULL or empty: not inside */
    const char *term; /* $TERM */
};

/* ERR_USAGE with a hint if standard input or output is not a terminal, or TERM cannot do what the
   console needs, or is known neither here nor to tui/terminal/fallback.h. The locale has been set
   (core/base/locale.h). `options->term` outlives the terminal. */
enum err_code term_start(const struct term_options *options, struct err *err) ERR_CHECK;
void term_stop(void);
/* Gives the terminal back from a signal handler, as far as it still responds. */
void term_give_up(void);

void term_size(int *width, int *height); /* asks the system */
/* The terminfo entry that is used: TERM, or what it was taken for. */
const char *term_entry(void);
bool term_ascii(void); /* whether lines and marks have to be ASCII */
bool term_has_colours(void);
unsigned
term_baud(void); /* of a serial line, 0: not known. A pty reports a speed that nobody set */

void term_theme(const struct theme *theme);

/* Sends the cells that changed; nothing if none did. A cursor of -1 is hidden. */
void term_show(const struct canvas *canvas, int cursor_x, int cursor_y);
void term_redraw(void); /* the next term_show sends everything */

/* ---- input -------------------------------------------------------------------------------- */

int term_input_fd(void);
bool term_has_input(void); /* whether term_read has bytes or the end */
/* Bytes that are there now; 0 none; -1 the terminal is gone. */
ssize_t term_read(void *bytes, size_t size);
/* Teaches the reader the sequences that this terminal's description has. */
void term_teach(struct key_reader *reader);

/* ---- manners ------------------------------------------------------------------------------ */

/* Gives the terminal back, stops the process group, and takes the terminal again after fg. */
void term_suspend(void);
/* After a stop that nobody announced (SIGCONT): modes and screen again. */
void term_resume(void);

void term_mouse(bool on);

/* Puts text on the clipboard (OSC 52), through tmux and screen. ERR_INPUT if it is more than
   terminals take (about 74 KB). */
enum err_code term_copy(const char *text, struct err *err) ERR_CHECK;

/* The bytes that term_copy sends, for tests. `tmux`, `screen`: what is in between. */
void term_copy_bytes(struct buf *out, const char *text, bool tmux, bool screen);

/* "6.4.20221231": of the ncurses that the program runs with. */
const char *term_library_version(void);

#endif
