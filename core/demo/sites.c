#include "core/demo/sites.h"

#include "core/demo/chance.h"
#include "core/pool/group.h"

#include "core/base/banned.h"

/* One site is one group, matched by the agent hierarchy. */
static const struct match_term s_terms[] = {
    {.field = FIELD_HIERARCHY, .pattern = "*/London"},
    {.field = FIELD_HIERARCHY, .pattern = "*/Leeds"},
    {.field = FIELD_HIERARCHY, .pattern = "*/Berlin"},
};
static const struct match_line s_lines[] = {
    {.terms = &s_terms[0], .n_terms = 1},
    {.terms = &s_terms[1], .n_terms = 1},
    {.terms = &s_terms[2], .n_terms = 1},
};
static const struct group s_groups[] = {
    {.name = "London", .at = "the demo", .lines = &s_lines[0], .n_lines = 1},
    {.name = "Leeds",
     .at = "the demo",
     .lines = &s_lines[1],
     .n_lines = 1,
     .has_low_water = true,
     .low_water = {.value = 15}},
    {.name = "Berlin", .at = "the demo", .lines = &s_lines[2], .n_lines = 1},
};
static const struct ext_range s_ranges[] = {
    {.first = "0000", .last = "3999", .group = 0},
    {.first = "4000", .last = "4059", .group = 1},
    {.first = "6000", .last = "7999", .group = 2},
};
#define RANGES (sizeof s_ranges / sizeof *s_ranges)

void demo_sites(struct policy *policy)
{
    for (size_t i = 0; i < RANGES; i++) {
        policy->ranges[i] = s_ranges[i];
    }
    policy->n_ranges = RANGES;
    policy->groups = s_groups;
    policy->n_groups = sizeof s_groups / sizeof *s_groups;
}

/* Of a hundred people so many work in London, and in London or Leeds. */
#define IN_LONDON 62
#define IN_LONDON_OR_LEEDS 80

const char *demo_site_of(size_t person)
{
    uint64_t state = 255277 + person;
    uint64_t share = demo_below(&state, 100);
    return share < IN_LONDON            ? "EMEA/London"
           : share < IN_LONDON_OR_LEEDS ? "EMEA/Leeds"
                                        : "EMEA/Berlin";
}
