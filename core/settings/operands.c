#include "core/settings/operands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/pool/group.h"
#include "core/pool/login.h"
#include "core/base/text.h"
#include "core/pool/target.h"

/* ---- parts of an operand ------------------------------------------------------------------- */

struct operand {
    enum action action;
    const char *text;
    int width;
    struct arena *arena;
    struct err *err;
};

static enum err_code wrong(const struct operand *op, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "--assign alice=20x1: " and what is wrong. */
static enum err_code wrong(const struct operand *op, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    enum err_code code = err_vset(op->err, ERR_USAGE, format, args);
    va_end(args);
    err_prefix(op->err, "--%s %s", action_info(op->action)->name, op->text);
    return code;
}

static enum err_code take_login(const struct operand *op, const char *start, size_t length,
                                const char **out)
{
    const char *fault = login_fault(start, length);
    *out = fault ? NULL : arena_strndup(op->arena, start, length);
    return fault ? wrong(op, "the login %s", fault) : ERR_OK;
}

static enum err_code take_ext(const struct operand *op, const char *start, size_t length,
                              const char **out)
{
    const char *ext = arena_strndup(op->arena, start, length);
    *out = ext;
    if (length == 0) {
        return wrong(op, "the extension is missing");
    }
    if (!text_is_digits(ext)) {
        wrong(op, "\"%s\" is not an extension; an extension is %d digits", ext, op->width);
        if (strchr(op->text, '=')) {
            err_hint(op->err, "If the login contains an '=', write one more at its end: \"%s=\"",
                     op->text);
        }
        return ERR_USAGE;
    }
    return ERR_OK;
}

/* The note in "=NOTE"; an empty one is none. */
static enum err_code take_note(const struct operand *op, const char *rest, const char **out)
{
    *out = NULL;
    if (rest[0] == '\0' || rest[1] == '\0') {
        return ERR_OK;
    }
    const char *fault = note_fault(rest + 1, strlen(rest + 1));
    *out = fault ? NULL : arena_strdup(op->arena, rest + 1);
    return fault ? wrong(op, "the note %s", fault) : ERR_OK;
}

/* ---- forms --------------------------------------------------------------------------------- */

/* AGENT[=EXT]; to reassign, AGENT=EXT */
static enum err_code agent_ext(const struct operand *op, struct request *out)
{
    const char *equals = strrchr(op->text, '=');
    size_t length = equals ? (size_t)(equals - op->text) : strlen(op->text);
    enum err_code code = take_login(op, op->text, length, &out->agent);
    if (code == ERR_OK && equals && equals[1] != '\0') {
        code = take_ext(op, equals + 1, strlen(equals + 1), &out->ext);
    } else if (code == ERR_OK && op->action == ACTION_REASSIGN) {
        code = wrong(op, "the extension is missing; write AGENT=EXT");
    }
    return code;
}

/* AGENT|EXT */
static enum err_code agent_or_ext(const struct operand *op, struct request *out)
{
    const char *equals = strrchr(op->text, '=');
    size_t length = strlen(op->text);
    if (!equals) {
        bool ext = text_is_digits(op->text) && length == (size_t)op->width;
        return ext ? take_ext(op, op->text, length, &out->ext)
                   : take_login(op, op->text, length, &out->agent);
    }
    if (equals[1] == '\0') {
        return take_login(op, op->text, length - 1, &out->agent);
    }
    if (equals == op->text) {
        return take_ext(op, equals + 1, length - 1, &out->ext);
    }
    wrong(op, "name an agent or an extension, not both");
    err_hint(op->err, "If the login contains an '=', write one more at its end: \"%s=\"", op->text);
    return ERR_USAGE;
}

/* AGENT=AGENT */
static enum err_code agent_agent(const struct operand *op, struct request *out)
{
    const char *equals = strchr(op->text, '=');
    out->swap = true;
    if (!equals || strchr(equals + 1, '=')) {
        return wrong(op, "two agents are needed; write AGENT=AGENT, with one '='");
    }
    enum err_code code = take_login(op, op->text, (size_t)(equals - op->text), &out->agent);
    if (code == ERR_OK) {
        code = take_login(op, equals + 1, strlen(equals + 1), &out->other);
    }
    if (code == ERR_OK && out->agent && out->other && strcmp(out->agent, out->other) == 0) {
        code = wrong(op, "both agents are the same");
    }
    return code;
}

/* AGENT[=NOTE] */
static enum err_code agent_note(const struct operand *op, struct request *out)
{
    size_t length = strcspn(op->text, "=");
    enum err_code code = take_login(op, op->text, length, &out->agent);
    return code == ERR_OK ? take_note(op, op->text + length, &out->note) : code;
}

/* EXT[=NOTE] */
static enum err_code ext_note(const struct operand *op, struct request *out)
{
    size_t length = strcspn(op->text, "=");
    enum err_code code = take_ext(op, op->text, length, &out->ext);
    return code == ERR_OK ? take_note(op, op->text + length, &out->note) : code;
}

static enum err_code agent_alone(const struct operand *op, struct request *out)
{
    return take_login(op, op->text, strlen(op->text), &out->agent);
}

static enum err_code ext_alone(const struct operand *op, struct request *out)
{
    return take_ext(op, op->text, strlen(op->text), &out->ext);
}

/* The '=' behind the login, which may hold some itself, as may the target: the first that a scheme
   follows, else the last. */
static const char *find_target(const char *text)
{
    const char *equals = strchr(text, '=');
    while (equals && !target_has_scheme(equals + 1)) {
        equals = strchr(equals + 1, '=');
    }
    return equals ? equals : strrchr(text, '=');
}

/* AGENT=TARGET, AGENT= */
static enum err_code agent_target(const struct operand *op, struct request *out)
{
    enum target_kind kind;
    const char *bare;
    const char *equals = find_target(op->text);
    if (!equals) {
        return wrong(op, "which target? AGENT=TARGET, or AGENT= to take it away");
    }
    enum err_code code = take_login(op, op->text, (size_t)(equals - op->text), &out->agent);
    out->target = arena_strdup(op->arena, equals + 1);
    if (code != ERR_OK || equals[1] == '\0') {
        return code;
    }
    struct err why = ERR_INIT;
    if (target_parse(out->target, op->width, &kind, &bare, &why) != ERR_OK) {
        wrong(op, "%s", why.text);
        err_hint(op->err, "%s", why.hint);
        return ERR_USAGE;
    }
    return ERR_OK;
}

static const struct form {
    enum action action;
    enum change_kind kind;
    enum err_code (*take)(const struct operand *op, struct request *out);
    bool range; /* EXT-EXT is each of a range */
} s_forms[] = {
    {ACTION_ASSIGN, CHANGE_ASSIGN, agent_ext, false},
    {ACTION_RELEASE, CHANGE_RELEASE, agent_or_ext, false},
    {ACTION_REASSIGN, CHANGE_REASSIGN, agent_ext, false},
    {ACTION_SWAP, CHANGE_REASSIGN, agent_agent, false},
    {ACTION_RESERVE, CHANGE_RESERVE, ext_note, true},
    {ACTION_UNRESERVE, CHANGE_UNRESERVE, ext_alone, true},
    {ACTION_PIN, CHANGE_PIN, agent_note, false},
    {ACTION_UNPIN, CHANGE_UNPIN, agent_alone, false},
    {ACTION_EXEMPT, CHANGE_EXEMPT, agent_note, false},
    {ACTION_UNEXEMPT, CHANGE_UNEXEMPT, agent_alone, false},
    {ACTION_FALLBACK, CHANGE_SET, agent_target, false},
};

/* ---- ranges -------------------------------------------------------------------------------- */

/* Where "0020-0029" ends in the operand, or 0: it is none. */
static size_t range_length(const struct operand *op, const struct form *form)
{
    static const char digits[] = "0123456789";
    size_t first = strspn(op->text, digits);
    size_t last = form->range && op->text[first] == '-' ? strspn(op->text + first + 1, digits) : 0;
    char behind = op->text[first + (last > 0 ? 1 + last : 0)];
    return first > 0 && last > 0 && (behind == '\0' || behind == '=') ? first + 1 + last : 0;
}

/* The numbers at both ends; ERR_USAGE where they are no range of this pool. */
static enum err_code range_ends(const struct operand *op, size_t length, uint64_t *first,
                                uint64_t *last)
{
    size_t width = (size_t)op->width;
    bool fits = length == 2 * width + 1 && op->text[width] == '-';
    *first = strtoull(op->text, NULL, 10);
    *last = fits ? strtoull(op->text + width + 1, NULL, 10) : 0;
    if (!fits || *first > *last) {
        return wrong(op, "a range has two extensions of %d digits, the lower one first", op->width);
    }
    return *last - *first < OPERAND_RANGE_MAX
               ? ERR_OK
               : wrong(op, "the range has more than %d extensions", OPERAND_RANGE_MAX);
}

struct taking {
    struct request *items;
    size_t n, capacity;
};

static struct request *add_request(struct taking *taking, enum change_kind kind)
{
    if (taking->n == taking->capacity) {
        taking->capacity = taking->capacity ? 2 * taking->capacity : 16;
        taking->items = mem_resize(taking->items, taking->capacity, sizeof *taking->items);
    }
    taking->items[taking->n] = (struct request){.kind = kind};
    return &taking->items[taking->n++];
}

static enum err_code take_range(struct operand *op, const struct form *form, size_t length,
                                struct taking *taking)
{
    const char *text = op->text;
    uint64_t first;
    uint64_t last;
    enum err_code code = range_ends(op, length, &first, &last);
    for (uint64_t ext = first; code == ERR_OK && ext <= last; ext++) {
        op->text = arena_printf(op->arena, "%0*" PRIu64 "%s", op->width, ext, text + length);
        code = form->take(op, add_request(taking, form->kind));
    }
    op->text = text;
    return code;
}

/* ---- all operands -------------------------------------------------------------------------- */

enum err_code operands_parse(const struct operands *operands, struct arena *arena,
                             struct request_list *out, struct err *err)
{
    const struct form *form = s_forms;
    while (form->action != operands->action) {
        form++;
    }
    struct taking taking = {.n = 0};
    enum err_code code = ERR_OK;
    for (size_t i = 0; i < operands->n && code == ERR_OK; i++) {
        struct operand op = {operands->action, operands->texts[i], operands->width, arena, err};
        size_t length = range_length(&op, form);
        code = length > 0 ? take_range(&op, form, length, &taking)
                          : form->take(&op, add_request(&taking, form->kind));
    }
    for (size_t i = 0; i < taking.n && form->kind == CHANGE_RESERVE; i++) {
        taking.items[i].target = operands->target;
        taking.items[i].until = operands->until;
    }
    struct request *items = arena_alloc(arena, (taking.n + 1) * sizeof *items);
    if (taking.n > 0) {
        memcpy(items, taking.items, taking.n * sizeof *items);
    }
    *out = (struct request_list){items, taking.n};
    free(taking.items);
    return code;
}

enum err_code operand_lookup(const char *operand, int width, struct arena *arena,
                             struct request *out, struct err *err)
{
    struct operand op = {ACTION_LOOKUP, operand, width, arena, err};
    *out = (struct request){0};
    return agent_or_ext(&op, out);
}

/* ---- what the actions that edit nothing take ------------------------------------------------ */

/* The place of the operand among the words of the action. */
static enum err_code take_kind(enum action action, const char *text, int *kind, struct err *err)
{
    const char *const *kinds = action_words(action);
    const char *name = action_info(action)->name;
    for (int i = 0; kinds[i]; i++) {
        if (strcmp(kinds[i], text) == 0) {
            *kind = i;
            return ERR_OK;
        }
    }
    const char *near = nearest_of(text, kinds);
    err_set(err, ERR_USAGE, "--%s takes one of %s, not \"%s\"", name, action_info(action)->operands,
            text);
    if (near) {
        err_hint(err, "Did you mean --%s %s?", name, near);
    }
    return ERR_USAGE;
}

static enum err_code take_report(struct settings *settings, const char *text, struct err *err)
{
    int kind = 0;
    enum err_code code = take_kind(ACTION_REPORT, text, &kind, err);
    settings->report_kind = (enum report_kind)kind;
    bool changes = settings->report_kind == REPORT_CHANGES;
    if (code == ERR_OK && changes && settings->at.given) {
        return err_set(err, ERR_USAGE, "--report changes takes --since and --until, not --at");
    }
    if (code == ERR_OK && changes && settings->group) {
        return err_set(err, ERR_USAGE,
                       "--report changes counts all groups; --history --group %s has one",
                       settings->group);
    }
    if (code == ERR_OK && !changes && (settings->since.given || settings->until.given)) {
        return err_set(err, ERR_USAGE,
                       "--report %s takes --at; --since and --until are for changes", text);
    }
    return code;
}

/* --keep-old has set its part already. */
static enum err_code take_renumbering(struct settings *settings, const char *text, struct err *err)
{
    struct err why = ERR_INIT;
    int64_t keep_old_s = settings->renumbering.keep_old_s;
    if (renumbering_parse(text, settings->policy.width, &settings->renumbering, &why) != ERR_OK) {
        return err_set(err, ERR_USAGE, "--renumber: %s", why.text);
    }
    if (keep_old_s > 0) {
        settings->renumbering.keep_old_s = keep_old_s;
    }
    return ERR_OK;
}

static enum err_code two_subjects(const char *text, const char *option, const char *named,
                                  struct err *err)
{
    return err_set(err, ERR_USAGE, "--history %s --%s %s: one %s at a time", text, option, named,
                   option);
}

/* A number of the pool's width is an extension. Any other could be a count or one that misses its
   zeros: what is meant is asked for. */
static enum err_code check_history_ext(const struct settings *settings, const char *option,
                                       const char *ext, struct err *err)
{
    size_t width = (size_t)settings->policy.width;
    if (text_is_digits(ext) && strlen(ext) == width) {
        return ERR_OK;
    }
    err_set(err, ERR_USAGE, "%s %s: an extension has %zu digits", option, ext, width);
    err_hint(err, "--history --limit N shows the newest N actions; --history --extension EXT "
                  "shows what was done to one extension");
    return ERR_USAGE;
}

static enum err_code take_history_operand(struct settings *settings, const char *text,
                                          struct err *err)
{
    bool ext = text_is_digits(text);
    const char **member = ext ? &settings->history_extension : &settings->history_agent;
    if (ext && check_history_ext(settings, "--history", text, err) != ERR_OK) {
        return ERR_USAGE;
    }
    if (*member && strcmp(text, *member) != 0) {
        return two_subjects(text, ext ? "extension" : "agent", *member, err);
    }
    *member = arena_strdup(&settings->arena, text);
    return ERR_OK;
}

static enum err_code take_history(struct settings *settings, const char *text, struct err *err)
{
    const char *named = settings->history_extension;
    const struct until *until = &settings->until;
    if (until->given && until->at_s == 0 && until->in_s == 0) {
        err_set(err, ERR_USAGE, "--until never goes with --reserve");
        err_hint(err, "Without --until, --history goes on to now");
        return ERR_USAGE;
    }
    enum err_code code = named ? check_history_ext(settings, "--extension", named, err) : ERR_OK;
    if (code == ERR_OK && settings->history_to && settings->format != FORMAT_TEXT &&
        settings->format != FORMAT_JSONL) {
        code = err_set(err, ERR_USAGE, "--to writes JSON lines; leave --%s out",
                       settings->json ? "json" : "format");
    }
    return code == ERR_OK && text ? take_history_operand(settings, text, err) : code;
}

/* ---- the form of what is shown ----------------------------------------------------------------- */

/* "text, json, csv and tsv" */
static const char *formats_of(struct arena *arena, enum action action)
{
    const char *names = "";
    const char *last = NULL;
    for (enum out_format format = 0; format < OUT_FORMAT_COUNT; format++) {
        if (action_has_format(action, format)) {
            names = last ? arena_printf(arena, "%s%s%s", names, *names ? ", " : "", last) : names;
            last = out_format_name(format);
        }
    }
    return arena_printf(arena, "%s and %s", names, last);
}

/* A group of the configuration. */
static enum err_code check_group(const struct settings *settings, struct err *err)
{
    const struct policy *policy = &settings->policy;
    const char *names[POLICY_RANGES_MAX + 1];
    size_t n = 0;
    if (settings->check) {
        return err_set(err, ERR_USAGE, "--check judges all groups; leave --group out");
    }
    for (; n < policy->n_groups && n < POLICY_RANGES_MAX; n++) {
        names[n] = policy->groups[n].name;
        if (strcmp(names[n], settings->group) == 0) {
            return ERR_OK;
        }
    }
    names[n] = NULL;
    const char *near = nearest_of(settings->group, names);
    err_set(err, ERR_USAGE, "--group: there is no [group %s] in the configuration",
            settings->group);
    if (near) {
        err_hint(err, "Did you mean --group %s?", near);
    }
    return ERR_USAGE;
}

static enum err_code take_format(const struct command_line *line, struct settings *settings,
                                 struct err *err)
{
    enum out_format format = settings->format;
    const char *action = action_info(line->action)->name;
    if (line->values[OPT_JSON] && line->values[OPT_FORMAT] && format != FORMAT_JSON) {
        return err_set(err, ERR_USAGE, "--json and --format %s are two forms; name one of them",
                       out_format_name(format));
    }
    if (!action_has_format(line->action, format)) {
        err_set(err, ERR_USAGE, "--%s has no form %s", action, out_format_name(format));
        err_hint(err, "It has %s", formats_of(&settings->arena, line->action));
        return ERR_USAGE;
    }
    if (settings->check && settings->at.given) {
        return err_set(err, ERR_USAGE, "--check is about now; leave --at out");
    }
    settings->format = line->values[OPT_JSON] ? FORMAT_JSON : format;
    settings->json = settings->format == FORMAT_JSON;
    if (settings->columns && (settings->json || format == FORMAT_JSONL)) {
        return err_set(err, ERR_USAGE, "--columns is for text, csv and tsv; JSON has all members");
    }
    return ERR_OK;
}

enum err_code operands_take(const struct command_line *line, struct settings *settings,
                            struct err *err)
{
    struct arena *arena = &settings->arena;
    int width = settings->policy.width;
    const char *first = line->n_operands > 0 ? line->operands[0] : NULL;
    const char *needed = line->n_operands > 0 ? first : ""; /* it is there by now */
    if ((settings->group && check_group(settings, err) != ERR_OK) ||
        take_format(line, settings, err) != ERR_OK) {
        return ERR_USAGE;
    }
    if (action_edits(line->action)) {
        const struct operands operands = {.action = line->action,
                                          .texts = line->operands,
                                          .n = line->n_operands,
                                          .width = width,
                                          .target = settings->target,
                                          .until = settings->until};
        struct request_list requests = {NULL, 0};
        enum err_code code = operands_parse(&operands, arena, &requests, err);
        settings->requests = requests.items;
        settings->n_requests = requests.n;
        return code;
    }
    switch ((int)line->action) {
    case ACTION_LOOKUP: {
        struct request *lookup = arena_alloc(arena, sizeof *lookup);
        settings->lookup = lookup;
        return operand_lookup(needed, width, arena, lookup, err);
    }
    case ACTION_LIST_: {
        int kind = 0;
        enum err_code code = take_kind(ACTION_LIST_, needed, &kind, err);
        settings->list_kind = (enum list_kind)kind;
        return code;
    }
    case ACTION_REPORT:
        return take_report(settings, needed, err);
    case ACTION_HISTORY:
        return take_history(settings, first, err);
    case ACTION_IMPORT:
        settings->import_path = arena_strdup(arena, first);
        return ERR_OK;
    case ACTION_METRICS:
        settings->metrics_path = arena_strdup(arena, first);
        return ERR_OK;
    case ACTION_RENUMBER:
        return take_renumbering(settings, needed, err);
    case ACTION_APPLY:
        settings->plan_path = arena_strdup(arena, first);
        return ERR_OK;
    case ACTION_UNDO:
        settings->undo_id = arena_strdup(arena, first);
        return ERR_OK;
    default:
        return ERR_OK;
    }
}
