#include "core/embedded/directory_collect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

#define REPORT_ROWS 1000 /* progress hears of so many at a time */
#define PROFILE_MAX 512

void collector_init(struct collector *collector, const char *file, bool pages,
                    struct roster *roster, const struct progress *progress)
{
    *collector = (struct collector){
        .file = file, .pages = pages, .roster = roster, .progress = progress, .arena = ARENA_INIT};
    strmap_init(&collector->seen, 256);
    buf_init(&collector->name, 2 * NAME_MAX_BYTES + 8);
    buf_init(&collector->profile, PROFILE_MAX);
}

void collector_release(struct collector *collector)
{
    strmap_release(&collector->seen);
    free(collector->places);
    free(collector->ids);
    arena_release(&collector->arena);
    buf_release(&collector->name);
    buf_release(&collector->profile);
}

/* At most `max` bytes, cut at a whole character. */
static size_t cut(const char *text, size_t length, size_t max)
{
    if (length <= max) {
        return length;
    }
    while (max > 0 && ((unsigned char)text[max] & 0xC0) == 0x80) {
        max--;
    }
    return max;
}

static void put(struct buf *out, const char *text, size_t length)
{
    buf_append(out, text, cut(text, length, NAME_MAX_BYTES));
}

static const char *name_of(struct collector *c, const struct found_agent *agent)
{
    buf_clear(&c->name);
    if (agent->name) {
        put(&c->name, agent->name, agent->name_length);
    } else {
        login_display_name(&c->name, agent->first, cut(agent->first, agent->first_length, 256),
                           agent->last, cut(agent->last, agent->last_length, 254));
    }
    return c->name.length > 0 ? c->name.data : NULL;
}

/* "line 7", "user 3"; if there are several pages, "page 2, user 3" */
static void describe(const struct collector *c, size_t place, bool several, char out[64])
{
    if (!c->pages) {
        snprintf(out, 64, "line %zu", place);
    } else if (several) {
        snprintf(out, 64, "page %zu, user %zu", place / PLACE_PAGE, place % PLACE_PAGE);
    } else {
        snprintf(out, 64, "user %zu", place % PLACE_PAGE);
    }
}

enum err_code collector_error(const struct collector *c, size_t place, struct err *err,
                              const char *format, ...)
{
    char where[64];
    va_list args;
    va_start(args, format);
    enum err_code code = err_vset(err, ERR_INPUT, format, args);
    va_end(args);
    describe(c, place, place / PLACE_PAGE > 1, where);
    if (c->pages) {
        err_prefix(err, "%s: %s", c->file, where);
    } else {
        err_prefix(err, "%s:%zu", c->file, place);
    }
    return code;
}

static enum err_code bad_login(struct collector *c, const struct found_agent *agent,
                               const char *fault, struct err *err)
{
    if (agent->login_length == 0) {
        return collector_error(c, agent->place, err, "the login %s", fault);
    }
    char login[80];
    text_sanitise_to(login, sizeof login, agent->login, cut(agent->login, agent->login_length, 60),
                     0);
    collector_error(c, agent->place, err, "the login \"%s%s\" %s", login,
                    agent->login_length > 60 ? "..." : "", fault);
    if (memchr(agent->login, '\t', agent->login_length)) {
        err_hint(err, TEXT_OUTPUT_HINT);
    }
    return ERR_INPUT;
}

/* One login twice. On two pages of JSON that is not an error: the list moved in between. */
static enum err_code second_time(struct collector *c, const struct found_agent *agent, size_t first,
                                 struct err *err)
{
    if (agent->id && c->ids[first] && strcmp(agent->id, c->ids[first]) == 0) {
        return ERR_OK;
    }
    char where[64];
    describe(c, c->places[first], agent->place / PLACE_PAGE > 1, where);
    collector_error(c, agent->place, err, "the login \"%s\" appears twice; the first is in %s",
                    c->roster->agents[first].login, where);
    err_hint(err, "Remove one of the two: an agent has one extension");
    return ERR_INPUT;
}

void collector_report(struct collector *c)
{
    size_t n = c->roster->n_agents;
    if (n > c->reported) {
        struct progress_report report = {.phase = "reading the directory", .done = n};
        progress_agents(c->progress, c->roster->agents + c->reported, n - c->reported);
        progress_update(c->progress, &report);
        c->reported = n;
    }
}

static void remember(struct collector *c, const struct found_agent *agent, size_t index)
{
    if (index == c->capacity) {
        c->capacity = c->capacity ? c->capacity * 2 : 256;
        c->places = mem_resize(c->places, c->capacity, sizeof *c->places);
        c->ids = mem_resize(c->ids, c->capacity, sizeof *c->ids);
    }
    c->places[index] = agent->place;
    c->ids[index] = arena_strdup(&c->arena, agent->id);
}

static enum err_code check_cancel(const struct collector *c, struct err *err)
{
    return progress_cancel(c->progress) == CANCEL_NO
               ? ERR_OK
               : err_set(err, ERR_CANCELLED, "stopped while reading %s", c->file);
}

/* Nothing is kept of somebody who is not asked for. */
static enum err_code pass_over(struct collector *c, struct err *err)
{
    c->n_passed++;
    return c->n_passed % REPORT_ROWS == 0 ? check_cancel(c, err) : ERR_OK;
}

enum err_code collector_add(struct collector *c, const struct found_agent *agent, struct err *err)
{
    const char *fault = login_fault(agent->login, agent->login_length);
    if (fault) {
        return bad_login(c, agent, fault, err);
    }
    char login[LOGIN_MAX + 1];
    memcpy(login, agent->login, agent->login_length);
    login[agent->login_length] = '\0';
    if (c->only && strcmp(c->only, login) != 0) {
        return pass_over(c, err);
    }
    size_t first = strmap_get(&c->seen, login);
    if (first != STRMAP_NONE) {
        return second_time(c, agent, first, err);
    }
    size_t index = c->roster->n_agents;
    const char *name = name_of(c, agent);
    buf_clear(&c->profile);
    if (agent->profile) {
        put(&c->profile, agent->profile, agent->profile_length);
    }
    remember(c, agent, index);
    struct agent row = {
        .login = login,
        .name = name,
        .routing_profile = c->profile.length > 0 ? c->profile.data : NULL,
        .arn = agent->arn && login_is_user_arn(agent->arn) ? agent->arn : NULL,
        .attributes = agent->attributes,
        .n_attributes = agent->n_attributes,
        .not_read = agent->not_read,
    };
    roster_add(c->roster, &row);
    strmap_add(&c->seen, c->roster->agents[index].login, index);
    c->n_named += name != NULL;
    if (c->roster->n_agents - c->reported == REPORT_ROWS) {
        collector_report(c);
        return check_cancel(c, err);
    }
    return ERR_OK;
}
