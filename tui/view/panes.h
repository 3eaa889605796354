#ifndef TUI_VIEW_PANES_H
#define TUI_VIEW_PANES_H

/* The two lists of the everyday screen. */

#include "tui/panel/pane.h"

extern const struct pane_ops pane_agents;
extern const struct pane_ops pane_extensions;

#endif
