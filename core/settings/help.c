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

/* ---- completion ---------------------------------------------------------------------------- */

static void put_names(struct buf *out)
{
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        buf_printf(out, " --%s", action_info(action)->name);
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (option_info(id)->name) {
            buf_printf(out, " --%s", option_info(id)->name);
        }
    }
}

static void put_choices(struct buf *out)
{
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        if (info->name && info->type == TYPE_CHOICE) {
            buf_printf(out, "    --%s) words='", info->name);
            for (size_t i = 0; info->choices[i]; i++) {
                buf_printf(out, "%s%s", i ? " " : "", info->choices[i]);
            }
            buf_puts(out, "' ;;\n");
        }
    }
    buf_puts(out, "    --list) words='agents extensions free' ;;\n    --help) words='");
    for (enum topic topic = TOPIC_SYNC; topic < TOPIC_COUNT; topic++) {
        buf_printf(out, "%s%s", topic == TOPIC_SYNC ? "" : " ", topic_name(topic));
    }
    buf_puts(out, "' ;;\n    --completion) words=bash ;;\n");
}

static void put_files(struct buf *out)
{
    buf_puts(out, "    --import|--export");
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        bool file = info->type == TYPE_PATH || info->type == TYPE_DIRECTORY ||
                    info->type == TYPE_STORE || info->type == TYPE_EXPORT;
        if (info->name && file) {
            buf_printf(out, "|--%s", info->name);
        }
    }
    buf_puts(out, ")\n        compopt -o filenames\n"
                  "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
                  "        return ;;\n");
}

void help_completion_bash(struct buf *out)
{
    buf_puts(out, "# bash completion for extpool: source <(extpool --completion bash)\n"
                  "_extpool() {\n"
                  "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    local words=''\n"
                  "    case $before in\n");
    put_choices(out);
    put_files(out);
    buf_puts(out, "    *) words='");
    put_names(out);
    buf_puts(out, "' ;;\n"
                  "    esac\n"
                  "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
                  "}\n"
                  "complete -F _extpool extpool\n");
}
