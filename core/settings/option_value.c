#include "core/settings/option_value.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#define URL_MAX 2048

/* ---- text ---------------------------------------------------------------------------------- */

static enum err_code check_text(const char *text, int64_t max, struct err *err)
{
    size_t length = strlen(text);
    if (length == 0) {
        return err_set(err, ERR_USAGE, "the value is empty");
    }
    if ((int64_t)length > max) {
        return err_set(err, ERR_USAGE, "the value is longer than %lld bytes", (long long)max);
    }
    if (text_utf8_check(text, length) != length) {
        return err_set(err, ERR_USAGE, "the value is not UTF-8");
    }
    for (const char *s = text; *s; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f) {
            return err_set(err, ERR_USAGE, "the value holds a control character");
        }
    }
    return ERR_OK;
}

static bool is_host_char(char c)
{
    char l = text_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static enum err_code check_label(const char *text, int64_t max, struct err *err)
{
    size_t length = strlen(text);
    bool good = length > 0 && (int64_t)length <= max && text[0] != '-' && text[length - 1] != '-';
    for (size_t i = 0; i < length; i++) {
        good = good && is_host_char(text[i]);
    }
    return good ? ERR_OK
                : err_set(err, ERR_USAGE, "\"%s\" is no name like eu-west-2: letters, digits, '-'",
                          text);
}

static enum err_code check_url(const char *text, struct err *err)
{
    if (check_text(text, URL_MAX, err) != ERR_OK) {
        return ERR_USAGE;
    }
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : NULL;
    if (!host || strchr("/:?#", host[0]) || strpbrk(text, " @?#")) {
        return err_set(err, ERR_USAGE, "\"%s\" is no http://HOST[:PORT] or https://HOST[:PORT]",
                       text);
    }
    return ERR_OK;
}

/* ---- numbers ------------------------------------------------------------------------------- */

static enum err_code parse_int(const struct option_info *info, const char *text, int64_t *value,
                               struct err *err)
{
    if (!text_to_int64(text, info->min, info->max, value)) {
        return err_set(err, ERR_USAGE, "\"%s\" is no number from %lld to %lld", text,
                       (long long)info->min, (long long)info->max);
    }
    return ERR_OK;
}

static enum err_code parse_duration(const struct option_info *info, const char *text,
                                    int64_t *value, struct err *err)
{
    if (!clock_parse_duration(text, value)) {
        return err_set(err, ERR_USAGE, "\"%s\" is no time: 90s, 15m, 12h, 7d or 2w", text);
    }
    if (*value < info->min || *value > info->max) {
        char longest[CLOCK_TEXT_MAX];
        clock_format_span(info->max, longest);
        return err_set(err, ERR_USAGE, "\"%s\" is longer than %s", text, longest);
    }
    return ERR_OK;
}

static enum err_code parse_flag(const char *text, bool *value, struct err *err)
{
    return option_parse_flag(text, value)
               ? ERR_OK
               : err_set(err, ERR_USAGE, "\"%s\" is neither yes nor no", text);
}

static enum err_code parse_choice(const struct option_info *info, const char *text, int *value,
                                  struct err *err)
{
    for (int i = 0; info->choices[i]; i++) {
        if (strcmp(info->choices[i], text) == 0) {
            *value = i;
            return ERR_OK;
        }
    }
    const char *near = nearest_of(text, info->choices);
    err_set(err, ERR_USAGE, "\"%s\" is none of: %s", text, info->help);
    if (near) {
        err_hint(err, "Did you mean \"%s\"?", near);
    }
    return ERR_USAGE;
}

/* Octal, as chmod takes it. The owner has to read and write it, and nobody runs it; a store that
   everybody can write belongs to nobody. */
static enum err_code parse_mode(const char *text, int *value, struct err *err)
{
    int mode = 0;
    bool octal = strlen(text) >= 3 && strlen(text) <= 4 && strspn(text, "01234567") == strlen(text);
    for (const char *c = text; octal && *c; c++) {
        mode = mode * 8 + (*c - '0');
    }
    if (!octal || (mode & 0600) != 0600 || (mode & ~0664) != 0) {
        err_set(err, ERR_USAGE, "\"%s\" is not a mode for a store: 0600, 0640, 0644, 0660 or 0664",
                text);
        err_hint(err, "0600 is the owner alone, 0660 lets the group read and write");
        return ERR_USAGE;
    }
    *value = mode;
    return ERR_OK;
}

/* ---- the policy ---------------------------------------------------------------------------- */

/* Another width has other numbers: all of them, until `ranges` says otherwise, and of the blocked
   prefixes those that fit. */
static void set_width(struct policy *policy, int width)
{
    if (width == policy->width) {
        return;
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
}

/* ---- all types ----------------------------------------------------------------------------- */

static enum err_code set_place(enum port_kind port, const char *text,
                               const struct location_base *base, struct settings *settings,
                               const char **member, struct err *err)
{
    return location_normalise(port, text, base, &settings->arena, member, err);
}

static enum err_code set_text(const struct option_info *info, const char *text,
                              const struct location_base *base, struct settings *settings,
                              const char **member, struct err *err)
{
    enum err_code code = info->type == TYPE_URL     ? check_url(text, err)
                         : info->type == TYPE_LABEL ? check_label(text, info->max, err)
                                                    : check_text(text, info->max, err);
    if (code == ERR_OK) {
        const char *whole =
            info->type == TYPE_PATH ? location_path(text, base, &settings->arena) : text;
        *member = arena_strdup(&settings->arena, whole);
    }
    return code;
}

static enum err_code set_number(const struct option_info *info, const char *text, int *member,
                                struct err *err)
{
    int64_t value = 0;
    enum err_code code = parse_int(info, text, &value, err);
    if (code == ERR_OK) {
        *member = (int)value;
    }
    return code;
}

static enum err_code set_policy(const struct option_info *info, const char *text,
                                struct policy *policy, struct err *err)
{
    int width = policy->width;
    switch ((int)info->type) {
    case TYPE_WIDTH:
        if (set_number(info, text, &width, err) != ERR_OK) {
            return ERR_USAGE;
        }
        set_width(policy, width);
        return ERR_OK;
    case TYPE_RANGES:
        return policy_set_ranges(policy, text, err);
    default:
        return policy_set_blocked(policy, text, err);
    }
}

enum err_code option_value_set(enum option_id id, const char *text, bool built_in,
                               const struct location_base *base, struct settings *settings,
                               struct err *err)
{
    const struct option_info *info = option_info(id);
    void *member = (char *)settings + info->offset;
    if (built_in && info->topic == TOPIC_POLICY) {
        return ERR_OK;
    }
    switch (info->type) {
    case TYPE_FLAG:
        return parse_flag(text, member, err);
    case TYPE_INT:
        return set_number(info, text, member, err);
    case TYPE_DURATION:
        return parse_duration(info, text, member, err);
    case TYPE_TEXT:
    case TYPE_PATH:
    case TYPE_URL:
    case TYPE_LABEL:
        return set_text(info, text, base, settings, member, err);
    case TYPE_DIRECTORY:
        return set_place(PORT_DIRECTORY, text, base, settings, member, err);
    case TYPE_STORE:
        return set_place(PORT_STORE, text, base, settings, member, err);
    case TYPE_EXPORT:
        return set_place(PORT_EXPORT, text, base, settings, member, err);
    case TYPE_CHOICE:
        return parse_choice(info, text, member, err);
    case TYPE_WIDTH:
    case TYPE_RANGES:
    case TYPE_BLOCKED:
        return set_policy(info, text, member, err);
    case TYPE_MODE:
        return parse_mode(text, member, err);
    case TYPE_LIMIT:
        return release_limit_parse(member, text, err);
    }
    return ERR_INTERNAL;
}
