/* Who belongs to which group: the first match, and what is not known. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pool/match.h"

#define GROUPS 5

static struct arena s_arena = ARENA_INIT;
static struct group s_groups[GROUPS];
static struct policy s_policy;

static void set_group(size_t i, const char *name, const char *first, const char *second)
{
    const char *const texts[] = {first, second};
    struct match_line *lines = arena_alloc(&s_arena, 2 * sizeof *lines);
    struct err err = ERR_INIT;
    s_groups[i] = (struct group){.name = name, .at = "test", .lines = lines};
    for (size_t k = 0; k < 2 && texts[k]; k++) {
        assert_int_equal(match_parse(texts[k], &s_arena, &lines[k], &err), ERR_OK);
        s_groups[i].n_lines++;
    }
}

static int make_groups(void **state)
{
    (void)state;
    policy_default(&s_policy);
    set_group(0, "leeds", "hierarchy:UK/Leeds*", "tag:site=leeds routing_profile:Sales");
    set_group(1, "night", "login:*.night", NULL);
    set_group(2, "files", "directory:list*", NULL);
    set_group(3, "cost", "column:Centre=12* login:*a*", NULL);
    set_group(4, "sales", "routing_profile:Sales*", NULL);
    s_policy.groups = s_groups;
    s_policy.n_groups = GROUPS;
    return 0;
}

static int release(void **state)
{
    (void)state;
    arena_release(&s_arena);
    return 0;
}

#define TAGS FIELD_BIT(FIELD_TAG)
#define PATHS FIELD_BIT(FIELD_HIERARCHY)

static const struct agent_attribute s_leeds[] = {{FIELD_TAG, "team", "x"},
                                                 {FIELD_TAG, "site", "leeds"}};
static const struct agent_attribute s_path[] = {{FIELD_HIERARCHY, NULL, "UK/Leeds/Team 4"}};
static const struct agent_attribute s_centre[] = {{FIELD_COLUMN, "Centre", "1234"}};

static const struct {
    struct agent agent;
    uint16_t group;
} s_cases[] = {
    {{.login = "ann", .routing_profile = "Sales", .attributes = s_leeds, .n_attributes = 2}, 0},
    {{.login = "bob", .routing_profile = "Help", .attributes = s_leeds, .n_attributes = 2},
     GROUP_NONE},
    {{.login = "cat.night", .routing_profile = "Sales"}, 1},
    {{.login = "dan", .attributes = s_path, .n_attributes = 1}, 0},
    {{.login = "eve", .directory = 1}, 2},
    {{.login = "fay", .attributes = s_centre, .n_attributes = 1}, 3},
    {{.login = "joe", .attributes = s_centre, .n_attributes = 1}, GROUP_NONE},
    {{.login = "joe", .routing_profile = "Sales UK", .attributes = s_centre, .n_attributes = 1}, 4},
    /* not known is not no */
    {{.login = "kim", .routing_profile = "Sales", .not_read = TAGS}, GROUP_UNKNOWN},
    {{.login = "lee", .routing_profile = "Help", .not_read = TAGS}, GROUP_NONE},
    {{.login = "max", .routing_profile = "Sales", .not_read = PATHS}, GROUP_UNKNOWN},
    {{.login = "ned",
      .routing_profile = "Sales",
      .not_read = PATHS,
      .attributes = s_leeds,
      .n_attributes = 2},
     0},
    {{.login = "oli.night", .not_read = PATHS}, GROUP_UNKNOWN},
    {{.login = "pia.night", .routing_profile = "Help", .not_read = TAGS}, 1},
};
#define CASES (sizeof s_cases / sizeof *s_cases)

static struct roster_directory s_directories[] = {{.name = "all"}, {.name = "list-2"}};

static void test_the_first_match_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        const struct agent *agent = &s_cases[i].agent;
        assert_int_equal(group_of_agent(&s_policy, agent, &s_directories[agent->directory]),
                         s_cases[i].group);
    }
}

/* All agents at once are asked by classes of equal values: the answers are the same. */
static void test_a_roster_has_the_same_groups(void **state)
{
    (void)state;
    struct agent agents[3 * CASES];
    struct roster roster = {
        .agents = agents, .n_agents = 3 * CASES, .directories = s_directories, .n_directories = 2};
    for (size_t i = 0; i < 3 * CASES; i++) {
        agents[i] = s_cases[i % CASES].agent;
        agents[i].group = 99;
    }
    groups_find(&s_policy, &roster);
    for (size_t i = 0; i < 3 * CASES; i++) {
        assert_int_equal(agents[i].group, s_cases[i % CASES].group);
    }
    struct policy none;
    policy_default(&none);
    groups_find(&none, &roster);
    assert_int_equal(agents[0].group, GROUP_NONE);
}

/* ---- many agents --------------------------------------------------------------------------------- */

#define MANY 30000 /* more values than are remembered at once */

static unsigned s_random;

static unsigned below(unsigned n)
{
    s_random = s_random * 1103515245u + 12345u;
    return (s_random >> 16) % n;
}

/* Values that are alike: one letter in their middle, an empty one and none, a tag of another key. */
static struct agent any_agent(size_t i)
{
    static const char *const ends[] = {"night.example", "nigh", "d.example", "night"};
    struct agent_attribute *attributes = arena_alloc(&s_arena, 2 * sizeof *attributes);
    const char *profile =
        arena_printf(&s_arena, "%s %c%u and a long end", below(2) ? "Sales" : "Site",
                     (char)('a' + below(3)), below(3000));
    attributes[0] = (struct agent_attribute){FIELD_TAG, below(2) ? "site" : "town", "leeds"};
    attributes[1] =
        (struct agent_attribute){FIELD_COLUMN, "Centre", arena_printf(&s_arena, "1%u", below(40))};
    return (struct agent){
        .login = arena_printf(&s_arena, "%c%zu.%s", (char)('a' + below(4)), i, ends[below(4)]),
        .routing_profile = below(9) == 0   ? NULL
                           : below(9) == 0 ? ""
                           : below(4) == 0 ? "Sales"
                                           : profile,
        .directory = (uint16_t)below(2),
        .not_read = below(6) == 0 ? TAGS : 0,
        .attributes = attributes,
        .n_attributes = (uint16_t)below(3),
    };
}

/* Tails of a login that are shorter and longer than a word, and that end alike. */
static void set_long_tails(struct group groups[GROUPS + 3])
{
    static const char *const logins[] = {"login:*.night.example", "login:a*d.example",
                                         "login:*nigh"};
    memcpy(groups, s_groups, sizeof s_groups);
    for (size_t i = 0; i < 3; i++) {
        struct match_line *line = arena_alloc(&s_arena, sizeof *line);
        assert_int_equal(match_parse(logins[i], &s_arena, line, NULL), ERR_OK);
        groups[GROUPS + i] =
            (struct group){.name = logins[i], .at = "test", .lines = line, .n_lines = 1};
    }
}

static void test_many_agents_have_the_same_groups(void **state)
{
    (void)state;
    struct group groups[GROUPS + 3];
    struct policy policy = s_policy;
    struct agent *agents = arena_alloc(&s_arena, MANY * sizeof *agents);
    struct roster roster = {
        .agents = agents, .n_agents = MANY, .directories = s_directories, .n_directories = 2};
    set_long_tails(groups);
    policy.groups = groups;
    policy.n_groups = GROUPS + 3;
    size_t found[GROUPS + 3] = {0};
    for (size_t i = 0; i < MANY; i++) {
        agents[i] = any_agent(i);
    }
    groups_find(&policy, &roster);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(agents[i].group,
                         group_of_agent(&policy, &agents[i], &s_directories[agents[i].directory]));
        if (agents[i].group < GROUPS + 3) {
            found[agents[i].group]++;
        }
    }
    for (size_t i = 0; i < GROUPS + 3; i++) {
        assert_true(found[i] > 0);
    }
}

static void test_only_what_is_looked_at_is_asked_for(void **state)
{
    (void)state;
    assert_int_equal(groups_fields(&s_policy), FIELD_BIT(FIELD_LOGIN) | FIELD_BIT(FIELD_DIRECTORY) |
                                                   FIELD_BIT(FIELD_ROUTING_PROFILE) | PATHS | TAGS |
                                                   FIELD_BIT(FIELD_COLUMN));
    struct policy two = s_policy;
    two.groups = s_groups + 1;
    two.n_groups = 2;
    assert_int_equal(groups_fields(&two), FIELD_BIT(FIELD_LOGIN) | FIELD_BIT(FIELD_DIRECTORY));
}

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool fits;
    } cases[] = {
        {"", "", true},          {"", "a", false},
        {"*", "", true},         {"a", "a", true},
        {"a", "A", false},       {"a*", "abc", true},
        {"*c", "abc", true},     {"*b*", "abc", true},
        {"a*c", "abdc", true},   {"a*c", "abcd", false},
        {"a**c", "ac", true},    {"*ab*ab", "abab", true},
        {"*ab*ab", "ab", false}, {"UK/*/T*", "UK/x/y/T", true},
        {"a?c", "abc", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pattern_matches(cases[i].pattern, cases[i].text), cases[i].fits);
    }
}

static void test_numbers_and_names(void **state)
{
    (void)state;
    struct policy policy = s_policy;
    struct err err = ERR_INIT;
    policy.n_ranges = 0;
    assert_int_equal(policy_add_ranges(&policy, 1, "2000-2099", &err), ERR_OK);
    assert_int_equal(policy_add_ranges(&policy, GROUP_NONE, "1000", &err), ERR_OK);
    assert_int_equal(policy_add_ranges(&policy, 0, "0500 3000-3009", &err), ERR_OK);
    assert_null(policy_overlap(&policy));
    assert_int_equal(group_of_ext(&policy, "2050"), 1);
    assert_int_equal(group_of_ext(&policy, "3009"), 0);
    assert_int_equal(group_of_ext(&policy, "1000"), GROUP_NONE);
    assert_int_equal(policy_size_of(&policy, 0), 11);
    assert_true(policy_serves_others(&policy));
    assert_string_equal(group_name(&policy, 1), "night");
    assert_string_equal(group_name(&policy, GROUP_UNKNOWN), "");
    assert_int_equal(policy_add_ranges(&policy, 2, "2099-2100", &err), ERR_OK);
    assert_string_equal(policy_overlap(&policy)->first, "2000");
}

static void test_a_range_that_is_wholly_blocked(void **state)
{
    (void)state;
    struct policy policy;
    policy_default(&policy);
    static const struct {
        struct ext_range range;
        bool blocked;
    } cases[] = {
        {{"9110", "9119", GROUP_NONE}, true},  {{"9110", "9120", GROUP_NONE}, false},
        {{"9105", "9112", GROUP_NONE}, false}, {{"0000", "0009", GROUP_NONE}, true},
        {{"9990", "9999", GROUP_NONE}, true},  {{"0000", "9999", GROUP_NONE}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(policy_blocks_all(&policy, &cases[i].range), cases[i].blocked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_match_counts),
        cmocka_unit_test(test_a_roster_has_the_same_groups),
        cmocka_unit_test(test_many_agents_have_the_same_groups),
        cmocka_unit_test(test_only_what_is_looked_at_is_asked_for),
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_numbers_and_names),
        cmocka_unit_test(test_a_range_that_is_wholly_blocked),
    };
    return cmocka_run_group_tests(tests, make_groups, release);
}
