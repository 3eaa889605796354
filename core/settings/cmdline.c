#include "core/settings/cmdline.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/text.h"

/* What getopt_long returns for a row of a table; the codes of letters are lower. */
#define CODE_ACTION 1000
#define CODE_OPTION 2000

#define OPERAND 1 /* what getopt returns for one, in the order of the command line */

struct parser {
    struct command_line *line;
    struct option longs[ACTION_COUNT + OPT_COUNT + 1];
    char shorts[2 * OPT_COUNT + 8];
    bool chosen; /* an action was given */
    bool worded; /* an operand was given, so that no other one is the word of an action */
    bool help;
    bool version;
    struct err *err;
};

/* ---- tables for getopt --------------------------------------------------------------------- */

static void describe_options(struct parser *parser)
{
    size_t n = 0;
    size_t s = 0;
    parser->shorts[s++] = '-'; /* operands are returned in their order */
    parser->shorts[s++] = ':'; /* a missing value is told from an unknown option */
    for (enum action action = 0; action < ACTION_COUNT; action++) {
        const struct action_info *info = action_info(action);
        if (info->name[0] != '\0') {
            parser->longs[n++] =
                (struct option){info->name, info->max > 0 ? optional_argument : no_argument, NULL,
                                CODE_ACTION + (int)action};
        }
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        bool flag = info->type == TYPE_FLAG;
        if (info->name) {
            parser->longs[n++] = (struct option){info->name, flag ? no_argument : required_argument,
                                                 NULL, CODE_OPTION + (int)id};
        }
        if (info->letter) {
            parser->shorts[s++] = info->letter;
            if (!flag) {
                parser->shorts[s++] = ':';
            }
        }
    }
    parser->shorts[s++] = 'h';
    parser->shorts[s++] = 'V';
    parser->shorts[s] = '\0';
    parser->longs[n] = (struct option){0};
}

static enum option_id option_by_letter(int letter)
{
    enum option_id id = 0;
    while (id < OPT_COUNT && option_info(id)->letter != letter) {
        id++;
    }
    return id;
}

/* ---- what is wrong ------------------------------------------------------------------------- */

/* "dry" of "--dry=x", cut to what a name can be. */
struct bare_name {
    char text[64];
};

static struct bare_name bare_name(const char *token)
{
    struct bare_name name;
    const char *start = token + strspn(token, "-");
    snprintf(name.text, sizeof name.text, "%.*s", (int)strcspn(start, "="), start);
    return name;
}

/* `what` as the user sees it, and the long name that it could mean, or NULL. */
static enum err_code unknown_option(const char *what, const char *near, struct err *err)
{
    err_set(err, ERR_USAGE, "unknown option %s", what);
    if (near) {
        err_hint(err, "Did you mean --%s?", near);
    } else {
        err_hint(err, "extpool --help lists the actions; a login that begins with '-' goes after "
                      "\"--\"");
    }
    return ERR_USAGE;
}

static enum err_code unknown_name(const char *token, struct err *err)
{
    return unknown_option(token, option_nearest(bare_name(token).text), err);
}

static enum err_code two_actions(enum action first, enum action second, struct err *err)
{
    err_set(err, ERR_USAGE, "--%s and --%s are two actions", action_info(first)->name,
            action_info(second)->name);
    err_hint(err, "One run does one thing; leave one of them out");
    return ERR_USAGE;
}

/* Somebody who writes no "--" means an action before an option. */
static enum err_code unknown_word(const char *word, struct err *err)
{
    const char *action = action_nearest(word);
    const char *option = action ? NULL : option_nearest(word);
    err_set(err, ERR_USAGE, "there is no action \"%s\"", word);
    if (action || option) {
        err_hint(err, "Did you mean extpool %s%s?", action ? "" : "--", action ? action : option);
    } else {
        err_hint(err, "extpool --help lists the actions");
    }
    return ERR_USAGE;
}

static enum err_code stray_operand(const struct command_line *line, struct err *err)
{
    const struct action_info *info = action_info(line->action);
    if (line->action == ACTION_CONSOLE) {
        return unknown_word(line->operands[0], err);
    }
    err_set(err, ERR_USAGE, "--%s takes %s; \"%s\" is one too many", info->name,
            info->max == 0 ? "no argument" : info->operands, line->operands[info->max]);
    return ERR_USAGE;
}

/* The first action that the option belongs to, to name it. */
static enum err_code misplaced_option(enum option_id id, enum action action, struct err *err)
{
    const struct option_info *info = option_info(id);
    const char *names[ACTION_COUNT];
    size_t n = 0;
    for (enum action other = 0; other < ACTION_COUNT; other++) {
        if ((info->actions & ACTION_BIT(other)) && action_info(other)->name[0] != '\0') {
            names[n++] = action_info(other)->name;
        }
    }
    if (action == ACTION_CONSOLE) {
        err_set(err, ERR_USAGE, "--%s does nothing without an action", info->name);
    } else {
        err_set(err, ERR_USAGE, "--%s does not go with --%s", info->name,
                action_info(action)->name);
    }
    const uint64_t screen = ACTION_BIT(ACTION_CONSOLE) | ACTION_BIT(ACTION_DEMO);
    if ((info->actions & ~screen) == 0) {
        err_hint(err, "It belongs to the console, which opens without an action: extpool --help %s",
                 topic_name(info->topic));
    } else if (n == 1) {
        err_hint(err, "It belongs to --%s", names[0]);
    } else if (n == 2) {
        err_hint(err, "It belongs to --%s and --%s", names[0], names[1]);
    } else {
        err_hint(err, "It belongs to --%s, --%s and others: extpool --help %s", names[0], names[1],
                 topic_name(info->topic));
    }
    return ERR_USAGE;
}

/* ---- reading ------------------------------------------------------------------------------- */

static void add_operand(struct command_line *line, const char *text)
{
    line->operands = mem_resize(line->operands, line->n_operands + 1, sizeof *line->operands);
    line->operands[line->n_operands++] = text;
}

static enum err_code take_action(struct parser *parser, enum action action, const char *value)
{
    struct command_line *line = parser->line;
    if (value) {
        add_operand(line, value);
    }
    if (action == ACTION_HELP || action == ACTION_VERSION) {
        parser->help = parser->help || action == ACTION_HELP;
        parser->version = parser->version || action == ACTION_VERSION;
        return ERR_OK;
    }
    if (parser->chosen && line->action != action) {
        return two_actions(line->action, action, parser->err);
    }
    parser->chosen = true;
    line->action = action;
    return ERR_OK;
}

/* An operand, or the word of an action. */
static enum err_code take_word(struct parser *parser, const char *text)
{
    bool first = !parser->worded && !parser->chosen && !parser->help && !parser->version;
    enum action action = first ? action_by_name(text) : ACTION_COUNT;
    parser->worded = true;
    if (action == ACTION_COUNT) {
        add_operand(parser->line, text);
        return ERR_OK;
    }
    return take_action(parser, action, NULL);
}

/* getopt takes "--dry" for "--dry-run"; here a name has to be whole. */
static bool is_whole(const char *token, const char *name)
{
    size_t length = strlen(name);
    return strncmp(token, "--", 2) == 0 && strncmp(token + 2, name, length) == 0 &&
           (token[2 + length] == '\0' || token[2 + length] == '=');
}

static enum err_code take_option(struct parser *parser, enum option_id id, const char *value)
{
    if (value && value[0] == '\0' && option_info(id)->type != TYPE_FLAG) {
        return err_set(parser->err, ERR_USAGE, "--%s is empty; it needs a value: --%s %s",
                       option_info(id)->name, option_info(id)->name, option_info(id)->hint);
    }
    const char **out = &parser->line->values[id];
    if (*out && option_info(id)->repeats) {
        value = arena_printf(&parser->line->arena, "%s\n%s", *out, value);
    }
    *out = value ? value : "yes";
    return ERR_OK;
}

static enum err_code missing_value(const char *token, struct err *err)
{
    enum option_id id = token[1] == '-' ? option_by_name(bare_name(token).text)
                                        : option_by_letter(token[strlen(token) - 1]);
    return id == OPT_COUNT
               ? unknown_name(token, err)
               : err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", option_info(id)->name,
                         option_info(id)->name, option_info(id)->hint);
}

/* getopt says '?' for what it does not know, for a beginning of several names, and for a value that
   an option does not take. */
static enum err_code refused(const char *token, struct err *err)
{
    if (strncmp(token, "--", 2) != 0) {
        char *shown =
            strlen(token) == 2 ? mem_strdup(token) : mem_printf("-%c in %s", optopt, token);
        unknown_option(shown, NULL, err);
        free(shown);
        return ERR_USAGE;
    }
    struct bare_name name = bare_name(token);
    const char *near = option_nearest(name.text);
    return near && strcmp(near, name.text) == 0
               ? err_set(err, ERR_USAGE, "--%s takes no value, but \"%s\" has one", name.text,
                         token)
               : unknown_option(token, near, err);
}

static enum err_code take(struct parser *parser, int code, const char *token)
{
    if (code >= CODE_ACTION) {
        const char *name = code >= CODE_OPTION
                               ? option_info((enum option_id)(code - CODE_OPTION))->name
                               : action_info((enum action)(code - CODE_ACTION))->name;
        if (!is_whole(token, name)) {
            return unknown_name(token, parser->err);
        }
        return code >= CODE_OPTION
                   ? take_option(parser, (enum option_id)(code - CODE_OPTION), optarg)
                   : take_action(parser, (enum action)(code - CODE_ACTION), optarg);
    }
    switch (code) {
    case OPERAND:
        return take_word(parser, optarg);
    case 'h':
        return take_action(parser, ACTION_HELP, NULL);
    case 'V':
        return take_action(parser, ACTION_VERSION, NULL);
    case ':':
        return missing_value(token, parser->err);
    case '?':
        return refused(token, parser->err);
    default:
        return take_option(parser, option_by_letter(code), optarg);
    }
}

/* ---- judging ------------------------------------------------------------------------------- */

/* The topic of that name, of the action of that name, or TOPIC_COUNT + 1. */
static enum topic topic_of(const char *name)
{
    for (enum topic topic = 0; topic < TOPIC_COUNT; topic++) {
        if (strcmp(topic_name(topic), name) == 0) {
            return topic;
        }
    }
    enum action action = action_by_name(name);
    return action < ACTION_COUNT      ? action_info(action)->topic
           : strcmp(name, "man") == 0 ? TOPIC_MAN
                                      : TOPIC_MAN + 1;
}

static enum err_code choose_help(struct parser *parser)
{
    struct command_line *line = parser->line;
    const char *asked = !parser->chosen && line->n_operands > 0 ? line->operands[0] : NULL;
    line->topic = parser->chosen ? action_info(line->action)->topic
                  : asked        ? topic_of(asked)
                                 : TOPIC_OVERVIEW;
    line->action = ACTION_HELP;
    if (line->topic > TOPIC_MAN) {
        const char *near = nearest_of(asked, action_words(ACTION_HELP));
        err_set(parser->err, ERR_USAGE, "there is no help topic \"%s\"", asked);
        err_hint(parser->err,
                 near ? "Did you mean extpool --help %s?" : "extpool --help lists the topics",
                 near);
        return ERR_USAGE;
    }
    return asked && line->n_operands > 1 ? stray_operand(line, parser->err) : ERR_OK;
}

static enum err_code judge(struct parser *parser)
{
    struct command_line *line = parser->line;
    if (parser->help) {
        return choose_help(parser);
    }
    if (parser->version) {
        line->action = ACTION_VERSION;
        return ERR_OK;
    }
    const struct action_info *info = action_info(line->action);
    if (line->n_operands < info->min) {
        return err_set(parser->err, ERR_USAGE, "--%s needs an argument: --%s %s", info->name,
                       info->name, info->operands);
    }
    if (line->n_operands > info->max) {
        return stray_operand(line, parser->err);
    }
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        uint64_t actions = option_info(id)->actions;
        if (line->values[id] && actions != 0 && !(actions & ACTION_BIT(line->action))) {
            return misplaced_option(id, line->action, parser->err);
        }
    }
    if (line->values[OPT_EXIT_CODE] && !line->values[OPT_DRY_RUN]) {
        err_set(parser->err, ERR_USAGE, "--exit-code needs --dry-run");
        err_hint(parser->err, "--dry-run --exit-code exits with 2 if changes are pending");
        return ERR_USAGE;
    }
    if (line->action == ACTION_DOCTOR && line->values[OPT_DRY_RUN] && !line->values[OPT_FIX]) {
        err_set(parser->err, ERR_USAGE, "--doctor writes nothing without --fix");
        err_hint(parser->err,
                 "--doctor alone only looks; --doctor --fix --dry-run shows the repair");
        return ERR_USAGE;
    }
    return ERR_OK;
}

enum err_code command_line_parse(int argc, char *const argv[], struct command_line *line,
                                 struct err *err)
{
    *line = (struct command_line){.program = argc > 0 ? argv[0] : "extpool", .arena = ARENA_INIT};
    struct parser parser = {.line = line, .err = err};
    describe_options(&parser);
    optind = 0; /* getopt starts afresh, its own state included */
    opterr = 0;
    enum err_code code = ERR_OK;
    while (code == ERR_OK) {
        int at = optind > 0 ? optind : 1;
        int got = getopt_long(argc, argv, parser.shorts, parser.longs, NULL);
        if (got == -1) {
            break;
        }
        code = take(&parser, got, argv[at]);
    }
    for (int i = optind; i < argc && code == ERR_OK; i++) {
        add_operand(line, argv[i]);
    }
    if (code == ERR_OK) {
        code = judge(&parser);
    }
    if (code != ERR_OK) {
        command_line_release(line);
    }
    return code;
}

void command_line_release(struct command_line *line)
{
    free(line->operands);
    arena_release(&line->arena);
    *line = (struct command_line){.arena = ARENA_INIT};
}
