#include "tui/view/layout.h"

#include "core/base/banned.h"

#define GAUGE_FROM 12 /* rows of the screen */
#define ACTIVITY_FROM 16
#define FRAME_FROM 36
#define ACTIVITY_LINES 2
#define FRAME_LINES 7 /* of the activity in its frame */
#define FOOTER_FROM 8 /* from here on the status has a row of its own */
#define DETAIL_LINES 6
#define LEAST_ROWS 4 /* of a part above or below another one */

static void two_columns(struct layout *out, struct rect area, enum focus focus)
{
    int left = area.width * 58 / 100;
    int details = DETAIL_LINES + 2;
    struct rect right = {area.x + left, area.y, area.width - left, area.height};
    out->areas[FOCUS_AGENTS] = (struct rect){area.x, area.y, left, area.height};
    if (focus == FOCUS_DETAILS || focus == FOCUS_CHANGES) {
        out->areas[focus] = right;
        return;
    }
    out->areas[FOCUS_EXTENSIONS] = right;
    if (area.height >= details + LEAST_ROWS + 2) {
        out->small_details = true;
        out->areas[FOCUS_DETAILS] =
            (struct rect){right.x, right.y + right.height - details, right.width, details};
        out->areas[FOCUS_EXTENSIONS].height -= details - 1;
    }
}

static void three_columns(struct layout *out, struct rect area, enum focus focus)
{
    int lists = area.width * 7 / 10;
    int left = lists * 60 / 100;
    int changes = area.height * 44 / 100;
    struct rect right = {area.x + lists, area.y, area.width - lists, area.height};
    out->areas[FOCUS_AGENTS] = (struct rect){area.x, area.y, left, area.height};
    out->areas[FOCUS_EXTENSIONS] = (struct rect){area.x + left, area.y, lists - left, area.height};
    if (changes < LEAST_ROWS) {
        out->areas[focus == FOCUS_CHANGES ? FOCUS_CHANGES : FOCUS_DETAILS] = right;
        return;
    }
    out->areas[FOCUS_DETAILS] =
        (struct rect){right.x, right.y, right.width, right.height - changes};
    out->areas[FOCUS_CHANGES] =
        (struct rect){right.x, right.y + right.height - changes, right.width, changes};
}

void layout_everyday(int width, int height, enum focus focus, struct layout *out)
{
    *out = (struct layout){.gauge = height >= GAUGE_FROM};
    int top = out->gauge ? 2 : 1;
    int low = height - (height >= FOOTER_FROM ? 2 : 1);
    out->activity_frame = height >= FRAME_FROM;
    int lines = out->activity_frame       ? FRAME_LINES + 2
                : height >= ACTIVITY_FROM ? ACTIVITY_LINES
                                          : 0;
    low -= lines;
    out->activity = (struct rect){0, low, width, lines};
    struct rect area = {0, top, width, low - top};
    if (width >= LAYOUT_THREE) {
        three_columns(out, area, focus);
    } else if (width >= LAYOUT_TWO) {
        two_columns(out, area, focus);
    } else {
        out->areas[focus] = area;
    }
}
