/*
 * The Details beside the lists.
 */

#include "tui/view/part.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/panel/pages.h"
#include "tui/view/details.h"

#include "core/base/banned.h"

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

static void draw(struct part *part, struct shell *shell, const struct part_about *about,
                 struct canvas *canvas, struct rect inside)
{
    struct buf text;
    (void)part;
    if (!shell->data) {
        return;
    }
    buf_init(&text, 65536);
    details_text(shell, about->selection, &text);
    page_draw_text(canvas, &text, 0, inside);
    buf_release(&text);
}

static unsigned command(struct part *part, struct shell *shell, enum command command)
{
    (void)part;
    (void)shell;
    (void)command;
    return REACT_PASS;
}

static void release(struct part *part)
{
    free(part);
}

static const struct part_ops s_ops = {
    .title = title, .draw = draw, .command = command, .free = release};

struct part *part_details_new(void)
{
    struct part *part = mem_alloc(sizeof *part);
    part->ops = &s_ops;
    return part;
}

void part_details_line(const struct shell *shell, const struct part_about *about, char *out,
                       size_t size)
{
    const struct slot *slot = about->slot;
    char when[WHEN_MAX] = "";
    if (!slot) {
        snprintf(out, size, "no extension: %s assigns one", frame_key(shell, CMD_ASSIGN));
        return;
    }
    if (slot->at_s > 0) {
        when_day(slot->at_s, shell->data->now_s, when);
    }
    snprintf(out, size, "%s %s%s%s%s%s", slot->ext, screen_data_slot_states(shell->data, slot),
             when[0] ? ", since " : "", when, slot->by ? " by " : "", slot->by ? slot->by : "");
}
