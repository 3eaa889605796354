#include "core/settings/complete.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/base/banned.h"

/* ---- words --------------------------------------------------------------------------------- */

/* One word from *at on, without its quotes. */
static char *take_word(const char **at, struct arena *arena)
{
    char *word = arena_strdup(arena, *at); /* room enough: quotes only go */
    size_t n = 0;
    char quote = '\0';
    const char *c = *at;
    for (; *c && (quote || (*c != ' ' && *c != '\t')); c++) {
        if (quote ? *c == quote : *c == '\'' || *c == '"') {
            quote = quote ? '\0' : *c;
        } else if (*c == '\\' && quote != '\'' && c[1]) {
            word[n++] = *++c;
        } else {
            word[n++] = *c;
        }
    }
    word[n] = '\0';
    *at = c;
    return word;
}

const char *const *complete_split(const char *line, struct arena *arena, size_t *n)
{
    const char **words = arena_alloc(arena, (strlen(line) + 2) * sizeof *words);
    size_t all = 0;
    const char *at = line;
    for (;;) {
        at += strspn(at, " \t");
        words[all++] = take_word(&at, arena);
        if (*at == '\0') {
            break;
        }
    }
    if (all == 1) { /* not even the program's name is whole */
        words[all++] = "";
    }
    *n = all - 1;
    return words + 1;
}

/* ---- what stands before -------------------------------------------------------------------- */

struct reader {
    struct completing *out;
    enum option_id pending; /* its value comes next; OPT_COUNT: none */
    bool literal;           /* behind "--" */
};

static void take_action(struct reader *reader, enum action action)
{
    reader->out->chosen = true;
    reader->out->line.action = action;
}

static void take_option(struct reader *reader, enum option_id id, const char *value)
{
    bool flag = option_info(id)->type == TYPE_FLAG;
    reader->out->line.values[id] = flag ? "yes" : value ? value : reader->out->line.values[id];
    reader->pending = flag || value ? OPT_COUNT : id;
}

/* "--name" or "--name=value"; a name that there is not is passed over. */
static void take_long(struct reader *reader, const char *word)
{
    char name[64];
    const char *equals = strchr(word, '=');
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    enum option_id id = option_by_name(name);
    enum action action = action_by_name(name);
    if (id < OPT_COUNT) {
        take_option(reader, id, equals ? equals + 1 : NULL);
    } else if (action < ACTION_COUNT) {
        take_action(reader, action);
        reader->out->line.n_operands += equals != NULL;
    }
}

/* "-nqc", "-cprod" */
static void take_letters(struct reader *reader, const char *word)
{
    for (const char *c = word + 1; *c; c++) {
        enum option_id id = 0;
        while (id < OPT_COUNT && option_info(id)->letter != *c) {
            id++;
        }
        if (id < OPT_COUNT && option_info(id)->type != TYPE_FLAG) {
            take_option(reader, id, c[1] ? c + 1 : NULL);
            return;
        }
    }
}

static void take(struct reader *reader, const char *word)
{
    struct command_line *line = &reader->out->line;
    enum action action = action_by_name(word);
    if (reader->pending < OPT_COUNT) {
        take_option(reader, reader->pending, word);
    } else if (reader->literal || word[0] != '-' || word[1] == '\0') {
        if (!reader->literal && line->n_operands == 0 && !reader->out->chosen &&
            action < ACTION_COUNT) {
            take_action(reader, action);
        } else {
            line->n_operands++;
        }
    } else if (strcmp(word, "--") == 0) {
        reader->literal = true;
    } else if (word[1] == '-') {
        take_long(reader, word);
    } else {
        take_letters(reader, word);
    }
}

/* ---- what can come ------------------------------------------------------------------------- */

/* The part behind `length` bytes is completed. */
static void complete_behind(struct completing *out, const char *word, size_t length)
{
    snprintf(out->room, sizeof out->room, "%.*s", (int)length, word);
    out->before = out->room;
    out->typed = word + length;
}

static void offer_targets(struct completing *out)
{
    static const char *const schemes[] = {"queue:", "phone:", "agent:", "ext:", "none", NULL};
    out->words = schemes;
}

/* A scheme, or a path; behind the scheme of a file a path alone. */
static void offer_place(struct completing *out, enum port_kind port)
{
    const char *const *schemes = location_schemes(port);
    const char *rest = location_rest(out->typed, schemes[0]);
    if (rest) {
        size_t length = strlen(out->before);
        snprintf(out->room + length, sizeof out->room - length, "%s:", schemes[0]);
        out->typed = rest;
        out->offers |= OFFER_FILES;
    } else if (!strchr(out->typed, ':')) {
        out->schemes = schemes;
        out->offers |= OFFER_FILES;
    }
}

static void offer_value(struct completing *out, enum option_id id)
{
    const struct option_info *info = option_info(id);
    switch ((int)info->type) {
    case TYPE_CHOICE:
        out->words = info->choices;
        break;
    case TYPE_PATH:
        out->offers |= OFFER_FILES;
        break;
    case TYPE_DIRECTORY:
        offer_place(out, PORT_DIRECTORY);
        break;
    case TYPE_STORE:
        offer_place(out, PORT_STORE);
        break;
    case TYPE_EXPORT:
        offer_place(out, PORT_EXPORT);
        break;
    case TYPE_TARGET:
        offer_targets(out);
        break;
    default:
        out->offers |= id == OPT_CONTEXT                  ? OFFER_CONTEXTS
                       : id == OPT_PROFILE                ? OFFER_PROFILES
                       : id == OPT_THEME                  ? OFFER_THEMES | OFFER_FILES
                       : strcmp(info->hint, "AGENT") == 0 ? OFFER_AGENTS
                       : strcmp(info->hint, "EXT") == 0   ? OFFER_EXTENSIONS
                                                          : 0;
    }
}

/* What the table of actions shows as its operands says what they can be. */
static void offer_operand(struct completing *out, const char *word)
{
    const struct action_info *info = action_info(out->line.action);
    const char *form = info->operands;
    const char *equals = strchr(word, '=');
    if (out->line.n_operands >= info->max) {
        return;
    }
    if (equals && strchr(form, '=')) {
        complete_behind(out, word, (size_t)(equals + 1 - word));
        out->offers |= strstr(form, "=AGENT") ? OFFER_AGENTS : 0;
        out->offers |= strstr(form, "=EXT") ? OFFER_FREE : 0;
        if (strstr(form, "=TARGET")) {
            offer_targets(out);
        }
        return;
    }
    out->words = action_words(out->line.action);
    out->offers |= strncmp(form, "AGENT", 5) == 0 ? OFFER_AGENTS : 0;
    out->offers |=
        strstr(form, "AGENT|EXT") || strncmp(form, "EXT", 3) == 0 || strncmp(form, "[EXT", 4) == 0
            ? OFFER_EXTENSIONS
            : 0;
    out->offers |= strstr(form, "FILE") || strstr(form, "DEST") ? OFFER_FILES : 0;
}

static void offer_long(struct completing *out, const char *word)
{
    char name[64];
    size_t length = strcspn(word, "=");
    snprintf(name, sizeof name, "%.*s", (int)(length - 2), word + 2);
    enum option_id id = option_by_name(name);
    enum action action = action_by_name(name);
    complete_behind(out, word, length + 1);
    if (id < OPT_COUNT && option_info(id)->type != TYPE_FLAG) {
        offer_value(out, id);
    } else if (action < ACTION_COUNT) {
        out->line.action = action;
        offer_operand(out, out->typed);
    }
}

void complete_read(const char *const *words, size_t n, struct completing *out)
{
    const char *word = n > 0 ? words[n - 1] : "";
    *out = (struct completing){.line = {.program = "extpool", .arena = ARENA_INIT}};
    struct reader reader = {.out = out, .pending = OPT_COUNT};
    for (size_t i = 0; i + 1 < n; i++) {
        take(&reader, words[i]);
    }
    complete_behind(out, word, 0);
    if (reader.pending < OPT_COUNT) {
        offer_value(out, reader.pending);
    } else if (!reader.literal && strncmp(word, "--", 2) == 0 && strchr(word, '=')) {
        offer_long(out, word);
    } else if (!reader.literal && word[0] == '-') {
        out->offers |= OFFER_OPTIONS;
    } else if (out->chosen) {
        offer_operand(out, word);
    } else if (!reader.literal && out->line.n_operands == 0) {
        out->offers |= OFFER_ACTIONS;
    }
}
