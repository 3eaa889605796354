#include "core/settings/help.h"

#include <stdio.h>
#include <string.h>

#include "core/settings/roff.h"

#include "core/base/banned.h"

#define HELP_COLUMNS 80

/* ---- one printer, two forms of page ---------------------------------------------------------- */

/* What the tables say of an action or an option. */
struct entry {
    char letter;
    const char *dashes; /* "--", or "" for a key of the file */
    const char *name;
    const char *between; /* name and value: " ", " = " */
    const char *value;   /* "URI", "" */
    const char *help;
    const char *def; /* NULL: none */
};

typedef void print_fn(const struct entry *entry, struct buf *out);

static void print_action(enum action action, print_fn *print, struct buf *out)
{
    const struct action_info *info = action_info(action);
    const struct entry entry = {
        0, "--", info->name, info->operands[0] ? " " : "", info->operands, info->help, NULL};
    print(&entry, out);
}

static void print_option(enum option_id id, print_fn *print, struct buf *out)
{
    const struct option_info *info = option_info(id);
    const struct entry entry = {info->letter,
                                info->name ? "--" : "",
                                info->name ? info->name : info->key,
                                !info->hint  ? ""
                                : info->name ? " "
                                             : " = ",
                                info->hint ? info->hint : "",
                                info->help,
                                info->def};
    print(&entry, out);
}

static void print_topic(enum topic topic, print_fn *print, struct buf *out)
{
    for (enum action action = ACTION_DEMO; action < ACTION_COUNT; action++) {
        if (action_info(action)->topic == topic) {
            print_action(action, print, out);
        }
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        if (option_info(id)->topic == topic) {
            print_option(id, print, out);
        }
    }
}

/* ---- screens ------------------------------------------------------------------------------- */

static void print_line(const struct entry *entry, struct buf *out)
{
    char left[80];
    snprintf(left, sizeof left, "%s%.1s%s%s%s%s%s", entry->letter ? "-" : "", &entry->letter,
             entry->letter ? ", " : "", entry->dashes, entry->name, entry->between, entry->value);
    buf_printf(out, strlen(left) < 30 ? "  %-30s%s\n" : "  %s  %s\n", left, entry->help);
}

/* Opposites of others, and what few people type, share a line or two: the overview is one screen. */
static bool is_brief(enum action action)
{
    switch ((int)action) {
    case ACTION_SWAP:
    case ACTION_UNRESERVE:
    case ACTION_PIN:
    case ACTION_UNPIN:
    case ACTION_EXEMPT:
    case ACTION_UNEXEMPT:
    case ACTION_FALLBACK:
    case ACTION_RENUMBER:
    case ACTION_METRICS:
    case ACTION_REPORT:
    case ACTION_REDO:
    case ACTION_APPLY:
    case ACTION_CHECK_CONFIG:
        return true;
    default:
        return false;
    }
}

/* A word more, on the next line if it does not fit on this one. `used`: columns so far. */
static void put_word(struct buf *out, size_t *used, const char *dashes, const char *word)
{
    size_t width = strlen(dashes) + strlen(word);
    bool fits = *used > 0 && *used + 1 + width <= HELP_COLUMNS;
    buf_printf(out, "%s%s%s", *used == 0 ? "  " : fits ? " " : "\n  ", dashes, word);
    *used = (fits ? *used + 1 : 2) + width;
}

static void print_brief(struct buf *out)
{
    size_t used = 0;
    put_word(out, &used, "", "Also:");
    for (enum action action = ACTION_DEMO; action < ACTION_HELP; action++) {
        if (is_brief(action)) {
            put_word(out, &used, "--", action_info(action)->name);
        }
    }
    buf_putc(out, '\n');
}

static void print_topics(struct buf *out)
{
    size_t used = 0;
    for (enum topic topic = TOPIC_SYNC; topic < TOPIC_COUNT; topic++) {
        put_word(out, &used, "", topic_name(topic));
    }
    buf_putc(out, '\n');
}

static void print_overview(struct buf *out)
{
    buf_puts(out, "extpool: the extensions of a contact centre; without an action, the console\n");
    for (enum action action = ACTION_DEMO; action < ACTION_HELP; action++) {
        if (!is_brief(action)) {
            print_action(action, print_line, out);
        }
    }
    print_brief(out);
    buf_puts(out, "Each has its word: extpool sync is extpool --sync, extpool list agents ...\n");
    buf_puts(out,
             "Actions that write take --dry-run, all take --json. More: extpool --help TOPIC\n");
    print_topics(out);
}

void help_topic(enum topic topic, struct buf *out)
{
    if (topic == TOPIC_OVERVIEW) {
        print_overview(out);
    } else if (topic == TOPIC_MAN) {
        help_man(out);
    } else {
        buf_printf(out, "extpool --help %s: %s\n", topic_name(topic), topic_about(topic));
        print_topic(topic, print_line, out);
        buf_puts(out, help_text(topic));
    }
}

/*
 * ---- the manual page ---------------------------------------------------------------------------
 *
 * From the same tables and texts.
 */

static void print_item(const struct entry *entry, struct buf *out)
{
    buf_puts(out, ".TP\n");
    if (entry->letter) {
        buf_printf(out, "\\fB\\-%c\\fR, ", entry->letter);
    }
    buf_puts(out, "\\fB");
    roff_text(out, entry->dashes);
    roff_text(out, entry->name);
    buf_puts(out, "\\fR");
    if (entry->value[0]) {
        buf_printf(out, "%s\\fI", entry->between);
        roff_text(out, entry->value);
        buf_puts(out, "\\fR");
    }
    buf_putc(out, '\n');
    roff_text(out, entry->help);
    if (entry->def) {
        buf_puts(out, "; the default is ");
        roff_text(out, entry->def);
    }
    buf_puts(out, ".\n");
}

static void put_topic(enum topic topic, struct buf *out)
{
    roff_heading(out, topic == TOPIC_EXIT    ? "exit status"
                      : topic == TOPIC_FILES ? "import and export"
                                             : topic_name(topic));
    if (topic != TOPIC_EXIT) {
        roff_text(out, topic_about(topic));
        buf_puts(out, ".\n");
    }
    print_topic(topic, print_item, out);
    roff_paragraphs(out, help_text(topic));
}

/* What a variable holds is not always what the option of the same meaning takes. */
static const struct {
    const char *names;
    const char *text;
} s_variables[] = {
    {"EXTPOOL_CONFIG", "The configuration file, if --config names none."},
    {"EXTPOOL_CONTEXT", "The context, if --context names none."},
    {"EXTPOOL_KEY",
     "Each key of the configuration file has a variable: EXTPOOL_COOLDOWN for cooldown."},
    {"AWS_CONNECT_INSTANCEID", "The directory: the id or the ARN of an Amazon Connect instance."},
    {"AWS_TABLE", "The store: the name or the ARN of a DynamoDB table."},
    {"AWS_EXPORT_BUCKET", "The export: an S3 bucket, in which the key is agent_extensions.csv."},
    {"AWS_REGION, AWS_DEFAULT_REGION", "The AWS Region."},
    {"AWS_LAMBDA_RUNTIME_API",
     "Set by AWS Lambda. Without an action the program then serves Lambda's events, and opens no"
     " console."},
    {"EXTPOOL_STALL_TIMEOUT",
     "How long to wait for the next bytes of a service's answer: 1s to 60m, by default 20s."},
    {"XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, HOME",
     "Where the configuration, the embedded store and its export, and what the console remembers "
     "are."
     " Amazon's files are in HOME/.aws."},
    {"SUDO_USER, DOAS_USER, SSH_CONNECTION",
     "The person behind an action, for the audit trail, and where they are."},
    {"INVOCATION_ID",
     "Set by systemd. Without a terminal, it shows that a timer acts, not a person."},
    {"LC_ALL, LC_CTYPE, LANG, TERM, NO_COLOR",
     "What the terminal can show. With NO_COLOR there are no colours."},
    {"EXTPOOL_PAGER, PAGER", "What shows text that is taller than the terminal; less, if none is "
                             "set. Empty or cat: nothing."},
    {"TZ", "The time zone in which the console shows times."},
    {"TMPDIR", "Where --demo keeps its store."},
    {"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "Proxies, as curl(1) understands them."},
    {"AWS_PROFILE, AWS_ACCESS_KEY_ID, ...",
     "Credentials, endpoints and retries are found as the AWS SDKs find them, from these variables,"
     " too: AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_ENDPOINT_URL, AWS_CA_BUNDLE,"
     " AWS_MAX_ATTEMPTS and so on."},
};

static void put_environment(struct buf *out)
{
    roff_heading(out, "environment");
    buf_puts(
        out,
        "For places and rules the command line comes first, then the configuration file, then\n"
        "these.\n");
    for (size_t i = 0; i < sizeof s_variables / sizeof *s_variables; i++) {
        buf_puts(out, ".TP\n.B ");
        roff_text(out, s_variables[i].names);
        buf_putc(out, '\n');
        roff_text(out, s_variables[i].text);
        buf_putc(out, '\n');
    }
}

void help_man(struct buf *out)
{
    buf_puts(out,
             ".TH EXTPOOL 1 \"\" \"extpool " EXTPOOL_VERSION "\" \"User Commands\"\n"
             ".SH NAME\n"
             "extpool \\- the telephone extensions of an Amazon Connect contact centre\n"
             ".SH SYNOPSIS\n"
             ".B extpool\n"
             "[\\fIACTION\\fR] [\\fIOPTION\\fR]...\n"
             ".SH DESCRIPTION\n"
             "Gives every agent of the directory one extension from a pool, takes extensions\n"
             "back when agents leave, lets an operator assign, reassign and release them, and\n"
             "publishes the list of extensions as a CSV.\n"
             "Without an action it opens the console.\n"
             "Each action has its word, as the first argument: \\fBextpool sync\\fR is\n"
             "\\fBextpool \\-\\-sync\\fR.\n"
             "Actions that write take \\fB\\-\\-dry\\-run\\fR, all take \\fB\\-\\-json\\fR.\n");
    for (enum topic topic = TOPIC_SYNC; topic < TOPIC_COUNT; topic++) {
        put_topic(topic, out);
    }
    put_environment(out);
    buf_puts(out, ".SH FILES\n"
                  ".TP\n.I \\(ti/.config/extpool/config\nThe configuration.\n"
                  ".TP\n.I \\(ti/.local/share/extpool/extpool.db\nThe embedded store.\n"
                  ".TP\n.I \\(ti/.local/share/extpool/extpool.db.schema1\nThe store as it was "
                  "before the first write of a version with other tables.\n"
                  ".TP\n.I \\(ti/.local/share/extpool/agent_extensions.csv\nIts export.\n"
                  ".SH SEE ALSO\n.BR extpool.conf (5)\n");
}
