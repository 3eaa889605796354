#include "core/settings/help.h"

#include <string.h>

#include "core/base/banned.h"

/* The completion scripts, from the tables of actions and options: for bash a function that looks at
   the word before, for zsh a specification for _arguments (zshcompsys(1)). */

/* An action or an option, as a shell completes it. */
struct item {
    const char *name;
    const char *help;
    bool takes; /* something follows the name */
    bool needs; /* and it has to */
    bool action;
    bool file;                /* a path */
    const char *const *words; /* one of these; NULL: anything */
};

static struct item of_action(enum action action)
{
    const struct action_info *info = action_info(action);
    const char *const *words = action_words(action);
    bool file = strstr(info->operands, "FILE") || strstr(info->operands, "DEST");
    return (struct item){.name = info->name,
                         .help = info->help,
                         .takes = words || file,
                         .needs = info->min > 0,
                         .action = true,
                         .file = file,
                         .words = words};
}

static struct item of_option(enum option_id id)
{
    const struct option_info *info = option_info(id);
    return (struct item){.name = info->name,
                         .help = info->help,
                         .takes = info->type != TYPE_FLAG,
                         .needs = info->type != TYPE_FLAG,
                         .file = info->type == TYPE_PATH || info->type == TYPE_DIRECTORY ||
                                 info->type == TYPE_STORE || info->type == TYPE_EXPORT,
                         .words = info->choices};
}

typedef void put_fn(struct buf *out, const struct item *item);

static void put_all(struct buf *out, put_fn *put)
{
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        const struct item item = of_action(action);
        put(out, &item);
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct item item = of_option(id);
        if (item.name) {
            put(out, &item);
        }
    }
}

static void put_words(struct buf *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++) {
        buf_printf(out, "%s%s", i ? " " : "", words[i]);
    }
}

/* ---- bash ---------------------------------------------------------------------------------- */

static void bash_name(struct buf *out, const struct item *item)
{
    buf_printf(out, " --%s", item->name);
}

static void bash_value(struct buf *out, const struct item *item)
{
    if (item->words) {
        buf_printf(out, "    --%s) words='", item->name);
        put_words(out, item->words);
        buf_puts(out, "' ;;\n");
    } else if (item->file) {
        buf_printf(out, "    --%s) files=yes ;;\n", item->name);
    }
}

static void completion_bash(struct buf *out)
{
    buf_puts(out, "# bash completion for extpool: source <(extpool --completion bash)\n"
                  "_extpool() {\n"
                  "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    local words='' files=''\n"
                  "    case $before in\n");
    put_all(out, bash_value);
    buf_puts(out, "    *) words='");
    put_all(out, bash_name);
    buf_puts(out, "' ;;\n"
                  "    esac\n"
                  "    if [[ $files ]]; then\n"
                  "        compopt -o filenames\n"
                  "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
                  "    else\n"
                  "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
                  "    fi\n"
                  "}\n"
                  "complete -F _extpool extpool\n");
}

/* ---- zsh ----------------------------------------------------------------------------------- */

/* Inside of '...' and of [...]: what would end either is escaped. */
static void put_zsh_text(struct buf *out, const char *text)
{
    while (*text) {
        size_t plain = strcspn(text, "'[]:\\");
        buf_append(out, text, plain);
        text += plain;
        if (*text == '\'') {
            buf_puts(out, "'\\''");
            text++;
        } else if (*text) {
            buf_putc(out, '\\');
            buf_putc(out, *text++);
        }
    }
}

static void zsh_item(struct buf *out, const struct item *item)
{
    buf_printf(out, "        '--%s%s[", item->name, item->takes && !item->action ? "=" : "");
    put_zsh_text(out, item->help);
    buf_putc(out, ']');
    if (item->takes) {
        buf_printf(out, "%s:%s:", item->needs ? "" : ":", item->name);
    }
    if (item->words) {
        buf_putc(out, '(');
        put_words(out, item->words);
        buf_putc(out, ')');
    } else if (item->takes) {
        buf_puts(out, item->file ? "_files" : " ");
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
    put_all(out, zsh_item);
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
