/* The manual page of the configuration file, extpool.conf(5), from the tables of options, commands
   and styles. */

#include <stddef.h>
#include <string.h>

#include "core/dist/papers.h"
#include "core/settings/config.h"
#include "core/settings/options.h"
#include "core/settings/roff.h"
#include "tui/terminal/style.h"
#include "tui/widget/command.h"

#include "core/base/banned.h"

static const char s_top[] =
    ".TH EXTPOOL.CONF 5 \"\" \"extpool " EXTPOOL_VERSION "\" \"File Formats\"\n"
    ".SH NAME\n"
    "extpool.conf \\- the configuration file of extpool\n"
    ".SH SYNOPSIS\n"
    ".nf\n"
    ".I \\(ti/.config/extpool/config\n"
    ".I /etc/extpool/config\n"
    ".fi\n";

static const char s_about[] =
    "The first of these names the file: --config, the variable EXTPOOL_CONFIG,\n"
    "$XDG_CONFIG_HOME/extpool/config, ~/.config/extpool/config. The service\n"
    "extpool.service reads /etc/extpool/config. No file is needed: every key has a\n"
    "default or can be given on the command line. extpool writes this file once, at\n"
    "the first start of the console, and never changes it.\n"
    "\n"
    "For each value the first of these counts: the command line, the chosen\n"
    "[context NAME], the other sections, the environment, the default. The variable\n"
    "of a key is EXTPOOL_ and its name in capitals: EXTPOOL_COOLDOWN for cooldown.\n"
    "extpool --status -v shows where each value comes from.\n"
    "\n"
    "The file holds no secrets. Credentials are found where the AWS SDKs look for\n"
    "them.\n";

static const char s_syntax[] =
    "A line is a section in brackets, or NAME = VALUE. A line that begins with # or ;\n"
    "is a comment, and so is the rest of a line behind a blank and one of them. A line\n"
    "that is indented more than the one above continues its value. The text is UTF-8.\n"
    "A section or a key that extpool does not know is a mistake, and so is a key that\n"
    "is given twice: extpool then names the file and the line, and does nothing. Only\n"
    "directory and match may be given several times; each of their lines is one.\n"
    "\n"
    "A flag is yes, no, true, false, on, off, 1 or 0. A TIME is a number and s, m, h,\n"
    "d or w: 90s, 15m, 12h, 7d, 2w. A path is relative to the folder of the file, or\n"
    "begins with ~/.\n";

static const char s_context[] =
    "A context is a place to work at: a directory, a store and an export. --context\n"
    "NAME, EXTPOOL_CONTEXT or context in [defaults] chooses it. It takes the keys of\n"
    "[defaults], [policy] and [console] too, and theme for the name of a theme.\n"
    "Each line of directory names one; beside another one a file needs a name in\n"
    "front, as in leeds=file:/srv/leeds.csv.\n";

static const char s_group[] =
    "Who is given which numbers. The first group of the file that matches an agent\n"
    "counts. Who is in no group gets a number only if [policy] has ranges, too.\n"
    "\n"
    "A TERM is login:VALUE, directory:NAME, routing_profile:VALUE, hierarchy:VALUE,\n"
    "tag:KEY=VALUE or column:NAME=VALUE. A * in a value is any text. Put double quotes\n"
    "around a part with blanks. Groups hold for every context; groups in a context\n"
    "says which count there.\n";

static const char s_theme[] =
    "name is the name of a theme, or the path of its file. Every style of the screen\n"
    "can be set beside it: FOREGROUND [on BACKGROUND] [ATTRIBUTE...]. A colour is\n"
    "default, black, red, green, yellow, blue, magenta, cyan, white, one of these with\n"
    "bright-, or a number from 0 to 255. 214/bright-yellow/yellow also says what a\n"
    "terminal with 16 and with 8 colours shows. Attributes are bold, dim, underline,\n"
    "reverse, italic and blink. The styles are:\n";

static const char s_keys[] =
    "The name of a command, and its keys with blanks between them. No key at all\n"
    "switches the command off. A key that is given to a command is taken from those\n"
    "that have it by default. The commands, and their keys by default:\n";

static const char s_example[] = "  [defaults]\n"
                                "  context = prod\n"
                                "\n"
                                "  [context prod]\n"
                                "  directory = connect:11111111-2222-3333-4444-555555555555\n"
                                "  store     = dynamodb:cc-ext\n"
                                "  export    = s3://cc-reports/agent_extensions.csv\n"
                                "  region    = eu-west-2\n"
                                "\n"
                                "  [context audit]\n"
                                "  store     = dynamodb:cc-ext\n"
                                "  export    = none\n"
                                "  read_only = yes\n"
                                "\n"
                                "  [policy]\n"
                                "  ranges    = 2000-2999, 7100-7199\n"
                                "  cooldown  = 14d\n"
                                "\n"
                                "  [keys]\n"
                                "  sync = S\n";

static void put_key(const struct option_info *info, struct buf *out)
{
    buf_puts(out, ".TP\n\\fB");
    roff_text(out, info->section_key ? info->section_key : info->key);
    buf_puts(out, "\\fR = \\fI");
    roff_text(out, info->hint ? info->hint : "yes|no");
    buf_puts(out, "\\fR\n");
    roff_text(out, info->help);
    if (info->def) {
        buf_puts(out, "; the default is ");
        roff_text(out, info->def);
    }
    buf_puts(out, ".\n");
    if (info->env && strncmp(info->env, "EXTPOOL_", strlen("EXTPOOL_")) != 0) {
        buf_printf(out, "Also the variable %s.\n", info->env);
    }
}

static void put_keys(enum section section, struct buf *out)
{
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        if (info->key && info->section == section) {
            put_key(info, out);
        }
    }
}

static void put_named(struct buf *out, const char *name, const char *keys, const char *help)
{
    buf_puts(out, ".TP\n\\fB");
    roff_text(out, name);
    buf_puts(out, "\\fR");
    if (keys) {
        buf_puts(out, " = \\fI");
        roff_text(out, keys);
        buf_puts(out, "\\fR");
    }
    buf_putc(out, '\n');
    roff_text(out, help);
    buf_puts(out, ".\n");
}

static void put_group_keys(struct buf *out)
{
    for (enum group_key key = 0; key < GROUP_KEY_COUNT; key++) {
        const struct group_key_info *info = group_key_info(key);
        put_named(out, info->name, info->hint, info->help);
    }
}

static void put_section(enum section section, const char *text, struct buf *out)
{
    buf_puts(out, ".SH SECTION [");
    buf_puts(out, section_name(section));
    bool named = section == SECTION_CONTEXT || section == SECTION_GROUP;
    buf_puts(out, named ? " NAME]\n" : "]\n");
    roff_paragraphs(out, text);
    put_keys(section, out);
}

static void put_styles(struct buf *out)
{
#define X(slot, name, meaning) put_named(out, name, NULL, meaning);
    STYLE_LIST(X)
#undef X
}

static void put_commands(struct buf *out)
{
#define X(command, name, keys, places, needs, hint, help) put_named(out, name, keys, help);
    COMMAND_LIST(X)
#undef X
}

void conf_page(struct buf *out)
{
    buf_puts(out, s_top);
    roff_heading(out, "description");
    roff_paragraphs(out, s_about);
    roff_heading(out, "syntax");
    roff_paragraphs(out, s_syntax);
    put_section(SECTION_CONTEXT, s_context, out);
    put_section(SECTION_DEFAULTS, "These hold for every context.\n", out);
    put_section(SECTION_POLICY, "The rules of the pool.\n", out);
    put_section(SECTION_GROUP, s_group, out);
    put_group_keys(out);
    put_section(SECTION_CONSOLE, "The console.\n", out);
    put_section(SECTION_THEME, s_theme, out);
    put_styles(out);
    put_section(SECTION_KEYS, s_keys, out);
    put_commands(out);
    roff_heading(out, "example");
    roff_paragraphs(out, s_example);
    buf_puts(out, ".SH SEE ALSO\n.BR extpool (1)\n");
}
