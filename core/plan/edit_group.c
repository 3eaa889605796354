/*
 * What groups mean for an edit. The pool chooses from the numbers of the agent's group. A number that a
 * person names may be any: the plan says if it is of another group.
 */
#include "core/plan/edit.h"

#include "core/base/banned.h"
#include "core/plan/belongings.h"
#include "core/pool/group.h"

/* What the directory says of them; of several entries that of the source at their number. */
static const struct agent *entry_of(const struct edit *edit, const struct person *person)
{
    size_t length = 0;
    const char *source = person->slot ? slot_source(person->slot, &length) : NULL;
    const struct agent *entry =
        source && person->agent->next
            ? agent_entry_of(edit->input->roster, person->agent, source, length)
            : NULL;
    return entry ? entry : person->agent;
}

/* Who is not in the directory, or was not looked up, belongs where their number belongs. */
static uint16_t group_of(const struct edit *edit, const struct person *person)
{
    const struct policy *policy = edit->input->policy;
    const struct roster *roster = edit->input->roster;
    if (policy->n_groups == 0) {
        return GROUP_NONE;
    }
    if (!person->agent) {
        return person->slot ? group_of_ext(policy, person->slot->ext) : GROUP_NONE;
    }
    const struct agent *entry = entry_of(edit, person);
    return entry == person->agent ? entry->group
                                  : group_of_agent(policy, entry,
                                                   entry->directory < roster->n_directories
                                                       ? &roster->directories[entry->directory]
                                                       : NULL);
}

void edit_find_group(struct edit *edit, size_t i)
{
    struct edit_request *request = &edit->requests[i];
    const struct policy *policy = edit->input->policy;
    const char *login = request->person->login;
    request->group = group_of(edit, request->person);
    if (request->group == GROUP_UNKNOWN) {
        edit_refuse(edit, i,
                    "the group of %s is not known, because not all attributes were read; name "
                    "an extension",
                    login);
    } else if (request->group == GROUP_NONE && policy->n_groups > 0 &&
               !policy_serves_others(policy)) {
        edit_refuse(edit, i, "no group matches %s, so the pool has no extension for them; name one",
                    login);
    }
}

const char *edit_other_group(struct edit *edit, const struct edit_request *request)
{
    const struct policy *policy = edit->input->policy;
    uint16_t theirs = group_of(edit, request->person);
    uint16_t its = policy->n_groups > 0 ? group_of_ext(policy, request->number->ext) : GROUP_NONE;
    struct arena *arena = &edit->builder.plan->arena;
    if (theirs >= policy->n_groups || its == theirs) {
        return NULL;
    }
    return its < policy->n_groups
               ? arena_printf(arena, "although %s is of the group %s, and %s of %s",
                              request->number->ext, group_name(policy, its), request->person->login,
                              group_name(policy, theirs))
               : arena_printf(arena, "although %s is no number of the group %s",
                              request->number->ext, group_name(policy, theirs));
}
