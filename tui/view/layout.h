#ifndef TUI_VIEW_LAYOUT_H
#define TUI_VIEW_LAYOUT_H

/*
 * Where the parts of the everyday screen stand, for every size. Pure.
 *
 *     66 to 131 columns   agents | extensions over details; details or changes cover the right side
 *     132 and more        agents | extensions | details over changes; the activity below
 *     below 66            one list, or one part
 */

#include "tui/shell/shell.h"

#define LAYOUT_TWO 66           /* columns from which two lists stand side by side */
#define LAYOUT_THREE SHELL_WIDE /* columns from which details and changes have one of their own */

enum focus { FOCUS_AGENTS, FOCUS_EXTENSIONS, FOCUS_DETAILS, FOCUS_CHANGES, FOCUS_COUNT };

struct layout {
    /* Frames included. A height of 0: it is not shown. */
    struct rect areas[FOCUS_COUNT];
    bool small_details; /* the details stand below the extensions, and share their lower line */
    bool gauge;         /* in row 1 */
    struct rect activity;
    bool activity_frame; /* the activity has a frame, which is in `activity` */
};

void layout_everyday(int width, int height, enum focus focus, struct layout *out);

#endif
