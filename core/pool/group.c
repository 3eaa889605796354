#include "core/pool/group.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/base/text.h"

bool pattern_matches(const char *pattern, const char *text)
{
    const char *star = NULL; /* the newest '*', and where the text behind it was tried last */
    const char *tried = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            tried = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++tried;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

/* ---- agents ---------------------------------------------------------------------------------- */

enum holds { HOLDS_NO, HOLDS_NOT_KNOWN, HOLDS_YES };

static enum holds attribute_holds(const struct agent *agent, const struct match_term *term)
{
    for (size_t i = 0; i < agent->n_attributes; i++) {
        const struct agent_attribute *attribute = &agent->attributes[i];
        if (attribute->field == term->field && text_same(attribute->key, term->key) &&
            pattern_matches(term->pattern, attribute->value)) {
            return HOLDS_YES;
        }
    }
    return HOLDS_NO;
}

static enum holds text_holds(const char *text, const struct match_term *term)
{
    return text && pattern_matches(term->pattern, text) ? HOLDS_YES : HOLDS_NO;
}

static enum holds term_holds(const struct match_term *term, const struct agent *agent,
                             const struct roster_directory *directory)
{
    if (agent->not_read & FIELD_BIT(term->field)) {
        return HOLDS_NOT_KNOWN;
    }
    switch (term->field) {
    case FIELD_LOGIN:
        return text_holds(agent->login, term);
    case FIELD_DIRECTORY:
        return text_holds(directory ? directory->name : NULL, term);
    case FIELD_ROUTING_PROFILE:
        return text_holds(agent->routing_profile, term);
    case FIELD_HIERARCHY:
    case FIELD_TAG:
    case FIELD_COLUMN:
    case FIELD_COUNT:
        break;
    }
    return attribute_holds(agent, term);
}

/* All terms have to hold: one that does not decides, whatever is not known. */
static enum holds line_holds(const struct match_line *line, const struct agent *agent,
                             const struct roster_directory *directory)
{
    enum holds all = HOLDS_YES;
    for (size_t i = 0; i < line->n_terms && all != HOLDS_NO; i++) {
        enum holds one = term_holds(&line->terms[i], agent, directory);
        all = one < all ? one : all;
    }
    return all;
}

static enum holds group_holds(const struct group *group, const struct agent *agent,
                              const struct roster_directory *directory)
{
    enum holds any = HOLDS_NO;
    for (size_t i = 0; i < group->n_lines && any != HOLDS_YES; i++) {
        enum holds one = line_holds(&group->lines[i], agent, directory);
        any = one > any ? one : any;
    }
    return any;
}

uint16_t group_of_agent(const struct policy *policy, const struct agent *agent,
                        const struct roster_directory *directory)
{
    for (size_t i = 0; i < policy->n_groups; i++) {
        enum holds holds = group_holds(&policy->groups[i], agent, directory);
        if (holds != HOLDS_NO) {
            return holds == HOLDS_YES ? (uint16_t)i : GROUP_UNKNOWN;
        }
    }
    return GROUP_NONE;
}

void groups_find(const struct policy *policy, struct roster *roster)
{
    for (size_t i = 0; i < roster->n_agents; i++) {
        struct agent *agent = &roster->agents[i];
        agent->group = group_of_agent(policy, agent,
                                      agent->directory < roster->n_directories
                                          ? &roster->directories[agent->directory]
                                          : NULL);
    }
}

/* ---- numbers --------------------------------------------------------------------------------- */

uint16_t group_of_ext(const struct policy *policy, const char *ext)
{
    const struct ext_range *range = policy_range_of(policy, ext);
    return range ? range->group : GROUP_NONE;
}

const char *group_name(const struct policy *policy, uint16_t group)
{
    return group < policy->n_groups ? policy->groups[group].name : "";
}

void groups_each_term(const struct policy *policy, group_term_fn *each, void *context)
{
    for (size_t i = 0; i < policy->n_groups; i++) {
        const struct group *group = &policy->groups[i];
        for (size_t j = 0; j < group->n_lines; j++) {
            for (size_t k = 0; k < group->lines[j].n_terms; k++) {
                each(context, group, &group->lines[j].terms[k]);
            }
        }
    }
}

static void add_field(void *fields, const struct group *group, const struct match_term *term)
{
    (void)group;
    *(unsigned *)fields |= FIELD_BIT(term->field);
}

unsigned groups_fields(const struct policy *policy)
{
    unsigned fields = 0;
    groups_each_term(policy, add_field, &fields);
    return fields;
}
