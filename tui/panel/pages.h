#ifndef TUI_PANEL_PAGES_H
#define TUI_PANEL_PAGES_H

/*
 * Pages of text to read: the activity, refused requests, and texts of other views (help, details).
 * They scroll, and Esc or q goes back.
 *
 *     page_open(shell, "PROBLEM", "#Heading\nA line.\n");
 */

#include "core/base/buf.h"
#include "core/plan/plan.h"
#include "tui/shell/shell.h"

/* `text` is copied: lines between line feeds; one that begins with '#' is a heading. */
void page_open(struct shell *shell, const char *title, const char *text);

/* The same, not opened yet: for shell_offer. */
struct view *page_new(const char *title, const char *text);

/* One that is written anew whenever it is drawn; `place` is passed on. */
typedef void (*page_render_fn)(const struct shell *shell, unsigned place, struct buf *out);
void page_open_rendered(struct shell *shell, const char *title, unsigned place,
                        page_render_fn render);

/* Draws such a text from row `y` of the area on (negative: scrolled), long lines broken; returns
   the rows it takes. */
int page_draw_text(struct canvas *canvas, const struct buf *text, int y, struct rect area);

void page_activity(struct shell *shell);

/* What one recorded action did. */
void page_action(struct shell *shell, const struct audit_action *action);

#endif
