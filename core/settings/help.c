#include "core/settings/help.h"

#include <stdio.h>
#include <string.h>

#include "core/base/banned.h"

#define COLUMN 32 /* where the explanations begin */

/* ---- what a table cannot say --------------------------------------------------------------- */

/* ---- lines --------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const char *left, const char *help)
{
    int width = COLUMN - 2;
    if ((int)strlen(left) >= width) {
        buf_printf(out, "  %s  %s\n", left, help);
    } else {
        buf_printf(out, "  %-*s%s\n", width, left, help);
    }
}

static void put_action(enum action action, struct buf *out)
{
    const struct action_info *info = action_info(action);
    char left[80];
    snprintf(left, sizeof left, "--%s%s%s", info->name, info->operands[0] ? " " : "",
             info->operands);
    put_line(out, left, info->help);
}

static void put_option(enum option_id id, struct buf *out)
{
    const struct option_info *info = option_info(id);
    char left[80];
    char letter[6] = "";
    if (info->letter) {
        snprintf(letter, sizeof letter, "-%c, ", info->letter);
    }
    if (info->name) {
        snprintf(left, sizeof left, "%s--%s%s%s", letter, info->name, info->hint ? " " : "",
                 info->hint ? info->hint : "");
    } else {
        snprintf(left, sizeof left, "%s = %s", info->key, info->hint);
    }
    put_line(out, left, info->help);
}

/* ---- screens ------------------------------------------------------------------------------- */

static void overview(struct buf *out)
{
    buf_puts(out, "extpool: the telephone extensions of an Amazon Connect contact centre\n");
    put_line(out, "(no action)", action_info(ACTION_CONSOLE)->help);
    for (enum action action = ACTION_DEMO; action < ACTION_HELP; action++) {
        put_action(action, out);
    }
    buf_puts(out,
             "All that writes takes --dry-run, all takes --json. More: extpool --help TOPIC\n");
    for (enum topic topic = TOPIC_SYNC; topic < TOPIC_COUNT; topic++) {
        buf_printf(out, "%s%s", topic == TOPIC_SYNC ? "  " : " ", topic_name(topic));
    }
    buf_putc(out, '\n');
}

void help_topic(enum topic topic, struct buf *out)
{
    if (topic == TOPIC_OVERVIEW) {
        overview(out);
        return;
    }
    if (topic == TOPIC_MAN) {
        help_man(out);
        return;
    }
    buf_printf(out, "extpool --help %s: %s\n", topic_name(topic), topic_about(topic));
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        if (action_info(action)->topic == topic) {
            put_action(action, out);
        }
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (option_info(id)->topic == topic) {
            put_option(id, out);
        }
    }
    buf_puts(out, help_text(topic));
}
