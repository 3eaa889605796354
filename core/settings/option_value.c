#include "core/settings/option_value.h"

#include <assert.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/pool/exempt.h"
#include "core/pool/target.h"

#define URL_MAX 2048

/* A text on its way to its member. */
struct value {
    const struct option_info *info;
    const char *text;
    const struct location_base *base;
    struct settings *settings;
    void *member; /* of `settings`, of the type that the option's type asks for */
    struct err *err;
};

/* ---- text ---------------------------------------------------------------------------------- */

static enum err_code check_text(const struct value *v, int64_t max)
{
    size_t length = strlen(v->text);
    if (length == 0) {
        return err_set(v->err, ERR_USAGE, "the value is empty");
    }
    if ((int64_t)length > max) {
        return err_set(v->err, ERR_USAGE, "the value is longer than %lld bytes", (long long)max);
    }
    if (text_utf8_check(v->text, length) != length) {
        return err_set(v->err, ERR_USAGE, "the value is not UTF-8");
    }
    for (const char *s = v->text; *s; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            return err_set(v->err, ERR_USAGE, "the value contains a control character");
        }
    }
    return ERR_OK;
}

static enum err_code keep(const struct value *v, const char *text)
{
    *(const char **)v->member = arena_strdup(&v->settings->arena, text);
    return ERR_OK;
}

static enum err_code set_text(const struct value *v)
{
    return check_text(v, v->info->max) == ERR_OK ? keep(v, v->text) : ERR_USAGE;
}

/* Whose it is, only the service knows. */
static enum err_code set_arn(const struct value *v)
{
    size_t colons = 0;
    for (const char *c = v->text; *c; c++) {
        colons += *c == ':';
    }
    if (strncmp(v->text, "arn:", 4) != 0 || colons < 5 || strchr(v->text, ' ')) {
        err_set(v->err, ERR_USAGE, "\"%s\" is not an ARN", v->text);
        err_hint(v->err, "An ARN is arn:aws:SERVICE:REGION:ACCOUNT:NAME");
        return ERR_USAGE;
    }
    return set_text(v);
}

static enum err_code set_path(const struct value *v)
{
    return check_text(v, v->info->max) == ERR_OK
               ? keep(v, location_path(v->text, v->base, &v->settings->arena))
               : ERR_USAGE;
}

static enum err_code set_label(const struct value *v)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    size_t length = strlen(v->text);
    if (length == 0 || (int64_t)length > v->info->max || strspn(v->text, letters) != length ||
        v->text[0] == '-' || v->text[length - 1] == '-') {
        return err_set(v->err, ERR_USAGE,
                       "\"%s\" is not a valid name; use letters, digits and '-', as in eu-west-2",
                       v->text);
    }
    return keep(v, v->text);
}

static enum err_code set_url(const struct value *v)
{
    if (check_text(v, URL_MAX) != ERR_OK) {
        return ERR_USAGE;
    }
    const char *host = strncmp(v->text, "https://", 8) == 0  ? v->text + 8
                       : strncmp(v->text, "http://", 7) == 0 ? v->text + 7
                                                             : NULL;
    if (!host || strchr("/:?#", host[0]) || strpbrk(v->text, " @?#")) {
        return err_set(v->err, ERR_USAGE,
                       "\"%s\" is not a valid URL; write http://HOST[:PORT] or https://HOST[:PORT]",
                       v->text);
    }
    return keep(v, v->text);
}

static enum err_code set_place(const struct value *v)
{
    if (v->info->type == TYPE_EXPORT && strcmp(v->text, LOCATION_NO_EXPORT) == 0) {
        *(const char **)v->member = NULL;
        return ERR_OK;
    }
    enum port_kind port = v->info->type == TYPE_STORE ? PORT_STORE : PORT_EXPORT;
    const struct location_text from = {port, v->text, v->base};
    return location_normalise(&from, &v->settings->arena, v->member, v->err);
}

/* ---- words and numbers --------------------------------------------------------------------- */

static enum err_code set_flag(const struct value *v)
{
    return option_parse_flag(v->text, v->member)
               ? ERR_OK
               : err_set(v->err, ERR_USAGE, "\"%s\" is neither yes nor no", v->text);
}

static enum err_code set_int(const struct value *v)
{
    int64_t number;
    if (!text_to_int64(v->text, v->info->min, v->info->max, &number)) {
        return err_set(v->err, ERR_USAGE, "\"%s\" is not a number from %lld to %lld", v->text,
                       (long long)v->info->min, (long long)v->info->max);
    }
    *(int *)v->member = (int)number;
    return ERR_OK;
}

static enum err_code set_duration(const struct value *v)
{
    int64_t *seconds = v->member;
    if (!clock_parse_duration(v->text, seconds)) {
        return err_set(v->err, ERR_USAGE, "\"%s\" is not a valid duration; examples: 7d, 12h, 30m",
                       v->text);
    }
    if (*seconds < v->info->min || *seconds > v->info->max) {
        char longest[CLOCK_TEXT_MAX];
        clock_format_span(v->info->max, longest);
        return err_set(v->err, ERR_USAGE, "\"%s\" is longer than %s", v->text, longest);
    }
    return ERR_OK;
}

static enum err_code set_choice(const struct value *v)
{
    for (int i = 0; v->info->choices[i]; i++) {
        if (strcmp(v->info->choices[i], v->text) == 0) {
            *(int *)v->member = i;
            return ERR_OK;
        }
    }
    const char *near = nearest_of(v->text, v->info->choices);
    err_set(v->err, ERR_USAGE, "\"%s\" is not one of: %s", v->text, v->info->help);
    if (near) {
        err_hint(v->err, "Did you mean \"%s\"?", near);
    }
    return ERR_USAGE;
}

/* Octal, as chmod takes it. The owner has to read and write it, and nobody runs it; a store that
   everybody can write belongs to nobody. */
static enum err_code set_mode(const struct value *v)
{
    size_t length = strlen(v->text);
    bool octal = length >= 3 && length <= 4 && strspn(v->text, "01234567") == length;
    int mode = 0;
    for (const char *c = v->text; octal && *c; c++) {
        mode = mode * 8 + (*c - '0');
    }
    if (!octal || (mode & 0600) != 0600 || (mode & ~0664) != 0) {
        err_set(v->err, ERR_USAGE,
                "\"%s\" is not a valid mode for a store; use 0600, 0640, 0644, 0660 or 0664",
                v->text);
        err_hint(v->err,
                 "0600 is for the owner alone; with 0660 the group can read and write, too");
        return ERR_USAGE;
    }
    *(int *)v->member = mode;
    return ERR_OK;
}

/* ---- the policy ---------------------------------------------------------------------------- */

/* Another width has other numbers: all of them, until `ranges` says otherwise, and of the blocked
   prefixes those that fit. */
static enum err_code set_width(const struct value *v)
{
    struct policy *policy = v->member;
    int width = policy->width;
    struct value number = *v;
    number.member = &width;
    if (set_int(&number) != ERR_OK) {
        return ERR_USAGE;
    }
    if (width == policy->width) {
        return ERR_OK;
    }
    policy->width = width;
    policy->n_ranges = 1;
    policy->ranges[0] = (struct ext_range){0};
    memset(policy->ranges[0].first, '0', (size_t)width);
    memset(policy->ranges[0].last, '9', (size_t)width);
    size_t kept = 0;
    for (size_t i = 0; i < policy->n_blocked; i++) {
        if (strlen(policy->blocked[i]) <= (size_t)width) {
            memmove(policy->blocked[kept++], policy->blocked[i], EXT_ROOM);
        }
    }
    policy->n_blocked = kept;
    return ERR_OK;
}

static enum err_code set_ranges(const struct value *v)
{
    return policy_set_ranges(v->member, v->text, v->err);
}

static enum err_code set_blocked(const struct value *v)
{
    return policy_set_blocked(v->member, v->text, v->err);
}

/* Whether a pattern fits the directory is only known when that is read: the place is kept for then. */
static enum err_code set_exempt(const struct value *v)
{
    struct policy *policy = v->member;
    policy->exempt_at = v->settings->origins[OPT_EXEMPT].text;
    return policy_set_exempt(policy, v->text, v->err);
}

static enum err_code set_limit(const struct value *v)
{
    return release_limit_parse(v->member, v->text, v->err);
}

static enum err_code set_low(const struct value *v)
{
    return low_water_parse(v->member, v->text, v->err);
}

/* ---- where calls go ------------------------------------------------------------------------ */

static enum err_code set_target(const struct value *v)
{
    enum target_kind kind;
    const char *bare;
    const char **member = v->member;
    if (strcmp(v->text, "none") == 0) {
        *member = "";
        return ERR_OK;
    }
    *member = arena_strdup(&v->settings->arena, v->text);
    return target_parse(v->text, v->settings->policy.width, &kind, &bare, v->err);
}

static enum err_code set_until(const struct value *v)
{
    return until_parse(v->text, v->member, v->err);
}

static enum err_code set_since(const struct value *v)
{
    return past_parse(v->text, PAST_SINCE, v->member, v->err);
}

static enum err_code set_at(const struct value *v)
{
    return past_parse(v->text, PAST_UNTIL, v->member, v->err);
}

static enum err_code set_columns(const struct value *v)
{
    return export_columns_parse(v->text, v->member, v->err);
}

/* ---- all types ----------------------------------------------------------------------------- */

typedef enum err_code set_fn(const struct value *v);

static set_fn *const s_setters[] = {
    [TYPE_FLAG] = set_flag,       [TYPE_INT] = set_int,       [TYPE_DURATION] = set_duration,
    [TYPE_TEXT] = set_text,       [TYPE_PATH] = set_path,     [TYPE_DIRECTORY] = NULL,
    [TYPE_STORE] = set_place,     [TYPE_EXPORT] = set_place,  [TYPE_URL] = set_url,
    [TYPE_LABEL] = set_label,     [TYPE_MODE] = set_mode,     [TYPE_CHOICE] = set_choice,
    [TYPE_WIDTH] = set_width,     [TYPE_RANGES] = set_ranges, [TYPE_BLOCKED] = set_blocked,
    [TYPE_LIMIT] = set_limit,     [TYPE_TARGET] = set_target, [TYPE_UNTIL] = set_until,
    [TYPE_LOW] = set_low,         [TYPE_SINCE] = set_since,   [TYPE_AT] = set_at,
    [TYPE_COLUMNS] = set_columns, [TYPE_ARN] = set_arn,       [TYPE_EXEMPT] = set_exempt,
};
_Static_assert(sizeof s_setters / sizeof *s_setters == TYPE_COUNT, "a setter for each type");

enum err_code option_value_set(enum option_id id, const char *text,
                               const struct location_base *base, struct settings *settings,
                               struct err *err)
{
    const struct option_info *info = option_info(id);
    const struct value value = {info, text, base, settings, (char *)settings + info->offset, err};
    assert(s_setters[info->type]);
    return s_setters[info->type](&value);
}
