/* For session.h: what the directories of a context are asked besides who works there. */

#include "core/session/session_private.h"

#include <string.h>

#include "core/base/log.h"
#include "core/pool/group.h"
#include "core/pool/login.h"

#include "core/base/banned.h"

/* ---- one agent ----------------------------------------------------------------------------- */

/* One directory. *out NULL: it does not let itself be asked so. */
static enum err_code find_in(const struct opened_directory *one, const char *login,
                             const struct progress *progress, struct roster **out, struct err *err)
{
    struct err why = ERR_INIT;
    struct directory *directory = one->directory;
    *out = NULL;
    if (!directory->ops->find) {
        return ERR_OK;
    }
    enum err_code code = directory->ops->find(directory, login, progress, out, &why);
    if (code == ERR_CANCELLED || code == ERR_AUTH) {
        if (err) {
            *err = why;
        }
        return code;
    }
    if (code != ERR_OK) {
        *out = NULL;
        log_line(LOG_WARN, "directory", "%s: one agent could not be asked for: %s",
                 one->setting->uri, why.text);
    }
    return ERR_OK;
}

enum err_code session_find_agent(struct session *session, const char *login,
                                 const struct progress *progress, struct roster **out,
                                 struct err *err)
{
    struct roster *found = NULL;
    enum err_code code = session_open_directories(session, err);
    *out = NULL;
    if (code == ERR_OK) {
        progress_update(progress, &(struct progress_report){.phase = "reading the directory"});
    }
    for (size_t i = 0; code == ERR_OK && i < session->n_directories; i++) {
        const struct opened_directory *one = &session->directories[i];
        roster_unref(found);
        found = NULL;
        code = find_in(one, login, progress, &found, err);
        if (code != ERR_OK || !found) {
            return code;
        }
        session_describe_roster(one, found, false);
        if (found->n_agents > 0) {
            break;
        }
    }
    if (code == ERR_OK) {
        roster_partial(found, "only %s was asked for", login); /* nobody else left by that */
        groups_find(&session->settings->policy, found);
        *out = found;
    }
    return code;
}

bool session_directory_unchanged(struct session *session)
{
    bool unchanged = session->n_directories > 0;
    for (size_t i = 0; unchanged && i < session->n_directories; i++) {
        struct directory *directory = session->directories[i].directory;
        unchanged = directory->ops->unchanged && directory->ops->unchanged(directory);
    }
    return unchanged;
}

/* ---- what agents do now -------------------------------------------------------------------- */

bool session_tells_live(struct session *session)
{
    bool tells = false;
    struct err ignored = ERR_INIT;
    if (session_open_directories(session, &ignored) == ERR_OK) {
        for (size_t i = 0; !tells && i < session->n_directories; i++) {
            tells = session->directories[i].directory->ops->live != NULL;
        }
    }
    return tells;
}

/* Those of the wanted agents who are users of one instance. */
struct live_share {
    struct agent agents[LIVE_AGENTS_MAX];
    size_t places[LIVE_AGENTS_MAX]; /* in what was wanted */
    size_t n;
};

/* The agent's ARN if it is of this instance. Of several directories that list them the first one counts
   that has an ARN. */
static const char *arn_in(const struct agent *agent, const char *instance)
{
    size_t length = 0;
    while (agent && !agent->arn) {
        agent = agent->next;
    }
    const char *id = agent ? login_arn_instance(agent->arn, &length) : NULL;
    bool here = id && strlen(instance) == length && memcmp(instance, id, length) == 0;
    return here ? agent->arn : NULL;
}

static void find_share(const struct live_wanted *wanted, const char *instance,
                       struct live_share *share)
{
    share->n = 0;
    for (size_t i = 0; i < wanted->n_agents && share->n < LIVE_AGENTS_MAX; i++) {
        const char *arn = instance ? arn_in(&wanted->agents[i], instance) : NULL;
        if (arn) {
            share->agents[share->n] = wanted->agents[i];
            share->agents[share->n].arn = arn;
            share->places[share->n++] = i;
        }
    }
}

/* What the directory says of its share goes to their places. */
static enum err_code read_share(const struct opened_directory *one,
                                const struct live_wanted *wanted, const struct progress *progress,
                                struct live *into, struct err *err)
{
    struct live_share share;
    struct live *part = NULL;
    find_share(wanted, one->directory->source, &share);
    if (share.n == 0) {
        return ERR_OK;
    }
    const struct live_wanted theirs = {share.agents, share.n};
    enum err_code code = one->directory->ops->live(one->directory, &theirs, progress, &part, err);
    for (size_t i = 0; code == ERR_OK && i < part->n_states; i++) {
        live_set(into, share.places[i], &part->states[i]);
    }
    if (code == ERR_OK) {
        into->at_s = into->at_s == 0 || part->at_s < into->at_s ? part->at_s : into->at_s;
        live_free(part);
    } else if (err) {
        log_line(LOG_WARN, "directory", "%s: live states: %s", one->setting->uri, err->text);
    }
    return code;
}

/* What one directory does not tell is not known; an error if none of them tells anything. */
static enum err_code read_shares(struct session *session, const struct live_wanted *wanted,
                                 const struct progress *progress, struct live **out,
                                 struct err *err)
{
    struct live *all = live_new(wanted->n_agents);
    struct err first = ERR_INIT;
    size_t n_failed = 0;
    size_t n_told = 0;
    for (size_t i = 0; i < session->n_directories; i++) {
        const struct opened_directory *one = &session->directories[i];
        struct err why = ERR_INIT;
        if (!one->directory->ops->live) {
            continue;
        }
        n_told++;
        if (read_share(one, wanted, progress, all, &why) != ERR_OK) {
            first = n_failed == 0 ? why : first;
            n_failed++;
        }
    }
    if (first.code == ERR_CANCELLED || n_failed == n_told) {
        live_free(all);
        if (err) {
            *err = first;
        }
        return first.code;
    }
    all->at_s = all->at_s == 0 ? clock_now_s(session->clock) : all->at_s;
    *out = all;
    return ERR_OK;
}

enum err_code session_read_live(struct session *session, const struct live_wanted *wanted,
                                const struct progress *progress, struct live **out, struct err *err)
{
    enum err_code code = session_open_directories(session, err);
    if (code != ERR_OK) {
        return code;
    }
    if (!session_tells_live(session)) {
        return err_set(err, ERR_USAGE, "%s does not tell what agents do at this moment",
                       session->settings->directory);
    }
    if (session->n_directories > 1) {
        return read_shares(session, wanted, progress, out, err);
    }
    struct directory *directory = session->directories[0].directory;
    code = directory->ops->live(directory, wanted, progress, out, err);
    if (code != ERR_OK && err) {
        log_line(LOG_WARN, "directory", "live states: %s", err->text);
    }
    return code;
}

/* ---- facts --------------------------------------------------------------------------------- */

/* What is true of one of several directories stands under its name; the rest is the account's. */
static bool is_own(const char *fact)
{
    return strncmp(fact, "instance", strlen("instance")) == 0 ||
           strncmp(fact, "directory", strlen("directory")) == 0;
}

static void add_facts(const struct opened_directory *one, struct port_info *facts)
{
    struct port_info own;
    const struct setting_directory *setting = one->setting;
    port_info_init(&own);
    one->directory->ops->facts(one->directory, &own);
    for (size_t i = 0; i < own.n_items; i++) {
        const struct port_info_item *item = &own.items[i];
        if (!is_own(item->name)) {
            port_info_set(facts, item->name, "%s", item->value);
        } else {
            const char *name = arena_printf(
                &own.arena, "%s:%s", setting->name ? setting->name : setting->uri, item->name);
            port_info_set(facts, name, "%s", item->value);
        }
    }
    port_info_release(&own);
}

void session_directory_facts(struct session *session, struct port_info *facts)
{
    for (size_t i = 0; i < session->n_directories; i++) {
        const struct opened_directory *one = &session->directories[i];
        if (!one->directory->ops->facts) {
            continue;
        }
        if (session->n_directories == 1) {
            one->directory->ops->facts(one->directory, facts);
        } else {
            add_facts(one, facts);
        }
    }
}
