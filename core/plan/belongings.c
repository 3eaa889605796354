#include "core/plan/belongings.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"
#include "core/pool/login.h"

static bool same_source(const char *a, size_t length_a, const char *b, size_t length_b)
{
    return a && b && length_a == length_b && memcmp(a, b, length_a) == 0;
}

const char *agent_source(const struct roster *roster, const struct agent *agent, size_t *length)
{
    const char *source = agent->directory < roster->n_directories
                             ? roster->directories[agent->directory].source
                             : NULL;
    if (source) {
        *length = strlen(source);
        return source;
    }
    return agent->arn ? login_arn_instance(agent->arn, length) : NULL;
}

const struct agent *agent_entry_of(const struct roster *roster, const struct agent *agent,
                                   const char *source, size_t length)
{
    for (; agent; agent = agent->next) {
        size_t own_length = 0;
        const char *own = agent_source(roster, agent, &own_length);
        if (same_source(own, own_length, source, length)) {
            return agent;
        }
    }
    return NULL;
}

bool belongings_same(const struct belongings *a, const struct belongings *b)
{
    static const struct belongings nothing = {.arn = NULL};
    a = a ? a : &nothing;
    b = b ? b : &nothing;
    return text_same(a->arn, b->arn) && text_same(a->source, b->source) &&
           text_same(a->fallback, b->fallback);
}

/* The name of the file that the entry comes from; NULL: it is not a named file. */
static const char *file_name(const struct roster *roster, const struct agent *entry)
{
    const struct roster_directory *directory =
        entry->directory < roster->n_directories ? &roster->directories[entry->directory] : NULL;
    bool named = directory && directory->source && text_same(directory->source, directory->name);
    return named ? directory->source : NULL;
}

const struct belongings *belongings_of(struct arena *arena, const struct belongings *own,
                                       const struct roster *roster, const struct agent *entry)
{
    struct belongings now = {
        .arn = entry->arn,
        .source = file_name(roster, entry),
        .fallback = own ? own->fallback : NULL,
    };
    if (belongings_same(own, &now)) {
        return own;
    }
    struct belongings *made = arena_alloc(arena, sizeof *made);
    *made = now;
    return made;
}

const struct belongings *belongings_now(struct arena *arena, const struct belongings *own,
                                        const struct roster *roster, const struct agent *agent)
{
    size_t length = 0;
    const char *source = own ? belongings_source(own, &length) : NULL;
    if (!roster || !agent) {
        return own;
    }
    const struct agent *entry = source ? agent_entry_of(roster, agent, source, length) : agent;
    bool says = entry && (entry->arn || file_name(roster, entry));
    return says ? belongings_of(arena, own, roster, entry) : own;
}

const struct belongings *belongings_with(struct arena *arena, const struct belongings *own,
                                         const char *fallback)
{
    struct belongings *with = arena_alloc(arena, sizeof *with);
    *with = own ? *own : (struct belongings){.arn = NULL};
    with->fallback = fallback;
    return with;
}
