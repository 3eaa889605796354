#ifndef TUI_VIEW_LEFT_OUT_H
#define TUI_VIEW_LEFT_OUT_H

/*
 * An import of which not every row can be done: the rows that are left out, with line and reason.
 * Enter opens the plan of the others, W writes these to a file that can be mended and imported.
 */

#include "core/plan/import_file.h"
#include "tui/shell/shell.h"
#include "tui/view/plan.h"

/* The plan (NULL: no row can be done) and the import move in. `path` is that of the import. For
   shell_offer. */
struct view *view_left_out_new(struct import *import, struct plan *plan, const char *path);

#endif
