#ifndef TUI_PANEL_PAGES_H
#define TUI_PANEL_PAGES_H

/*
 * Pages of text to read: help, details, the activity, what was refused. They scroll, and Esc or q
 * goes back.
 */

#include "core/base/buf.h"
#include "core/plan/plan.h"
#include "tui/shell/view.h"

/* `text` is copied: lines between line feeds; one that begins with '#' is a heading. */
void page_open(struct console *console, const char *title, const char *text);

/* Draws such a text from row `y` of the area on (negative: scrolled), long lines broken; returns
   the rows it takes. */
int page_draw_text(struct canvas *canvas, const struct buf *text, int y, struct rect area);

void page_help(struct console *console, unsigned place);
void page_activity(struct console *console);
/* What cannot be done, row by row; for console_push or console_offer. */
struct view *page_refusals(const char *action, const struct refusals *refusals);

/* About the current row of the everyday screen, with its history. */
void page_details(struct console *console);
void page_details_text(const struct console *console, struct buf *out);

/* What one recorded action did. */
void page_action(struct console *console, const struct audit_action *action);

#endif
