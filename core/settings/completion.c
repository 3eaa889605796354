#include "core/settings/help.h"

#include <string.h>

#include "core/base/banned.h"

/* The completion scripts, from the tables of actions and options: for bash a function that looks at
   the word before, for zsh a specification for _arguments (zshcompsys(1)). */

/* ---- bash ---------------------------------------------------------------------------------- */

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
    buf_puts(out, "' ;;\n    --completion) words='bash zsh' ;;\n");
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

static void completion_bash(struct buf *out)
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

/* ---- zsh ----------------------------------------------------------------------------------- */

/* Inside of '...' and of [...]: what would end either is escaped. */
static void put_zsh_text(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\'') {
            buf_puts(out, "'\\''");
            continue;
        }
        if (strchr("[]:\\", *c)) {
            buf_putc(out, '\\');
        }
        buf_putc(out, *c);
    }
}

static void put_zsh_begin(struct buf *out, const char *name, const char *value, const char *help)
{
    buf_printf(out, "        '--%s%s[", name, value);
    put_zsh_text(out, help);
    buf_putc(out, ']');
}

static void put_zsh_words(struct buf *out, const char *what, const char *const *words)
{
    buf_printf(out, ":%s:(", what);
    for (size_t i = 0; words[i]; i++) {
        buf_printf(out, "%s%s", i ? " " : "", words[i]);
    }
    buf_putc(out, ')');
}

static const char *const s_kinds[] = {
#define X(kind, name) name,
    LIST_KINDS(X)
#undef X
        NULL};
static const char *const s_shells[] = {"bash", "zsh", NULL};

static void put_zsh_action(struct buf *out, enum action action)
{
    const struct action_info *info = action_info(action);
    put_zsh_begin(out, info->name, "", info->help);
    switch ((int)action) {
    case ACTION_LIST_:
        put_zsh_words(out, "kind", s_kinds);
        break;
    case ACTION_COMPLETION:
        put_zsh_words(out, "shell", s_shells);
        break;
    case ACTION_IMPORT:
        buf_puts(out, ":file:_files");
        break;
    case ACTION_EXPORT:
        buf_puts(out, "::place:_files");
        break;
    case ACTION_HELP: {
        const char *topics[TOPIC_COUNT + 1] = {NULL};
        for (enum topic topic = TOPIC_SYNC; topic < TOPIC_COUNT; topic++) {
            topics[topic - TOPIC_SYNC] = topic_name(topic);
        }
        buf_putc(out, ':'); /* optional */
        put_zsh_words(out, "topic", topics);
        break;
    }
    default:
        break;
    }
    buf_puts(out, "'\n");
}

static void put_zsh_option(struct buf *out, const struct option_info *info)
{
    put_zsh_begin(out, info->name, info->type == TYPE_FLAG ? "" : "=", info->help);
    switch (info->type) {
    case TYPE_FLAG:
        break;
    case TYPE_CHOICE:
        put_zsh_words(out, info->name, info->choices);
        break;
    case TYPE_PATH:
    case TYPE_DIRECTORY:
    case TYPE_STORE:
    case TYPE_EXPORT:
        buf_printf(out, ":%s:_files", info->name);
        break;
    case TYPE_INT:
    case TYPE_DURATION:
    case TYPE_TEXT:
    case TYPE_URL:
    case TYPE_LABEL:
    case TYPE_WIDTH:
    case TYPE_RANGES:
    case TYPE_BLOCKED:
    case TYPE_LIMIT:
    case TYPE_MODE:
    case TYPE_COUNT:
        buf_printf(out, ":%s: ", info->name);
        break;
    }
    buf_puts(out, "'\n");
}

static void completion_zsh(struct buf *out)
{
    buf_puts(out,
             "#compdef extpool\n"
             "# zsh completion for extpool: source <(extpool --completion zsh), or this text as\n"
             "# the file _extpool in a folder of $fpath\n"
             "_extpool() {\n"
             "    local -a specs=(\n");
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        put_zsh_action(out, action);
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (option_info(id)->name) {
            put_zsh_option(out, option_info(id));
        }
    }
    buf_puts(out, "        '*:agent or extension:()'\n"
                  "    )\n"
                  "    _arguments $specs\n"
                  "}\n"
                  "if [[ $funcstack[1] == _extpool ]]; then\n"
                  "    _extpool \"$@\"\n"
                  "else\n"
                  "    compdef _extpool extpool\n"
                  "fi\n");
}

/* ---- both ---------------------------------------------------------------------------------- */

bool help_completion(const char *shell, struct buf *out)
{
    if (strcmp(shell, "bash") == 0) {
        completion_bash(out);
    } else if (strcmp(shell, "zsh") == 0) {
        completion_zsh(out);
    } else {
        return false;
    }
    return true;
}
