/* [group NAME]: what it sets, and each mistake with its line. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/pool/group.h"
#include "tests/unit/support/settings_world.h"

#define ID "0a1b2c3d-4e5f-6789-abcd-ef0123456789"

/* Three sites, as the README has them; lines 1 to 18. */
#define SITES                                                                                      \
    "[context all]\n"                                                                              \
    "directory = london=connect:" ID "\n"                                                          \
    "directory = leeds=file:/srv/leeds.csv\n"                                                      \
    "store = dynamodb:t\n"                                                                         \
    "[group london]\n"                                                                             \
    "match = directory:london routing_profile:London*\n"                                           \
    "  tag:site=london\n"                                                                          \
    "ranges = 2000-2999, 7100\n"                                                                   \
    "[group leeds]\n"                                                                              \
    "match = directory:leeds\n"                                                                    \
    "match = \"hierarchy:UK/Leeds/Team 4\"\n"                                                      \
    "ranges = 3000-3999\n"                                                                         \
    "cooldown = 1d\n"                                                                              \
    "low_water = 25\n"                                                                             \
    "max_release = 3\n"                                                                            \
    "on_move = renumber\n"

static void resolve(const char *config, const char *words, struct settings *settings)
{
    struct settings_world world = {.config = config, .words = words};
    sw_good(&world, settings);
}

static void test_groups_are_set(void **state)
{
    (void)state;
    struct settings settings;
    resolve(SITES, "--sync --context all", &settings);
    const struct policy *policy = &settings.policy;
    assert_int_equal(policy->n_groups, 2);
    const struct group *london = &policy->groups[0];
    const struct group *leeds = &policy->groups[1];
    assert_string_equal(london->name, "london");
    sw_check_text(london->at, "~/.config/extpool/config:5");
    assert_int_equal(london->n_lines, 2);
    assert_int_equal(london->lines[0].n_terms, 2);
    assert_int_equal(london->lines[0].terms[1].field, FIELD_ROUTING_PROFILE);
    assert_string_equal(london->lines[0].terms[1].pattern, "London*");
    assert_string_equal(london->lines[1].terms[0].key, "site");
    assert_false(london->has_cooldown || london->has_low_water || london->has_limit);
    assert_int_equal(london->on_move, ON_MOVE_KEEP);
    assert_string_equal(leeds->lines[1].terms[0].pattern, "UK/Leeds/Team 4");
    assert_int_equal(leeds->cooldown_s, 86400);
    assert_int_equal(leeds->low_water.value, 25);
    assert_int_equal(leeds->limit.value, 3);
    assert_int_equal(leeds->on_move, ON_MOVE_RENUMBER);
    settings_release(&settings);
}

/* The values of a group, else those of the policy. */
static void test_each_group_has_its_rules(void **state)
{
    (void)state;
    struct settings settings;
    resolve(SITES, "--sync --context all", &settings);
    const struct policy *policy = &settings.policy;
    assert_int_equal(policy_size_of(policy, 0), 1001);
    assert_int_equal(policy_size_of(policy, 1), 1000);
    assert_int_equal(policy_size(policy), 2001); /* nothing for the others */
    assert_false(policy_serves_others(policy));
    assert_int_equal(group_of_ext(policy, "7100"), 0);
    assert_int_equal(group_of_ext(policy, "3999"), 1);
    assert_int_equal(group_of_ext(policy, "0000"), GROUP_NONE);
    assert_int_equal(policy_cooldown_of(policy, 0), 7 * 86400);
    assert_int_equal(policy_cooldown_of(policy, 1), 86400);
    assert_int_equal(policy_limit_of(policy, 0)->value, 10);
    assert_int_equal(policy_limit_of(policy, 1)->value, 3);
    const struct slot two = {.ext = "2000", .state = SLOT_FREE, .at_s = 1000000};
    const struct slot three = {.ext = "3000", .state = SLOT_FREE, .at_s = 1000000};
    const int64_t later_s = 1000000 + 2 * 86400;
    assert_int_equal(policy_state(policy, &two, later_s), EXT_COOLING);
    assert_int_equal(policy_state(policy, &three, later_s), EXT_FREE);
    assert_int_equal(policy_cool_until_s(policy, &two, 0), 1000000 + 7 * 86400);
    assert_int_equal(policy_cool_until_s(policy, &three, 0), 1000000 + 86400);
    const uint64_t counts[EXT_STATE_COUNT] = {[EXT_FREE] = 20, [EXT_ASSIGNED] = 80};
    assert_false(policy_level_of(policy, 0, counts).low);
    assert_true(policy_level_of(policy, 1, counts).low);
    settings_release(&settings);
}

static void test_the_command_line_limits_all_groups(void **state)
{
    (void)state;
    struct settings settings;
    resolve(SITES, "--sync --context all --max-release 40", &settings);
    assert_int_equal(policy_limit_of(&settings.policy, 0)->value, 40);
    assert_int_equal(policy_limit_of(&settings.policy, 1)->value, 40);
    settings_release(&settings);
}

static void test_a_pool_for_the_others_is_said(void **state)
{
    (void)state;
    struct settings settings;
    resolve(SITES "[policy]\nranges = 8000-8099\n", "--sync --context all", &settings);
    assert_int_equal(policy_size_of(&settings.policy, GROUP_NONE), 100);
    assert_true(policy_serves_others(&settings.policy));
    assert_string_equal(settings.policy.ranges[3].first, "8000");
    settings_release(&settings);
    struct settings_world world = {.config = SITES, .words = "--sync --context all"};
    world.variables[0][0] = "EXTPOOL_RANGES";
    world.variables[0][1] = "9000";
    sw_good(&world, &settings);
    assert_int_equal(policy_size_of(&settings.policy, GROUP_NONE), 1);
    settings_release(&settings);
}

/* Contexts of other contact centres do not have the same groups. */
static void test_a_context_chooses_groups(void **state)
{
    (void)state;
    struct settings settings;
    resolve(SITES "[context one]\nstore = a.db\ngroups = leeds\n", "--sync --context one",
            &settings);
    assert_int_equal(settings.policy.n_groups, 1);
    assert_string_equal(settings.policy.groups[0].name, "leeds");
    assert_int_equal(policy_size(&settings.policy), 1000);
    settings_release(&settings);
    resolve(SITES "[context one]\nstore = a.db\ngroups = none\n", "--sync --context one",
            &settings);
    assert_int_equal(settings.policy.n_groups, 0);
    assert_int_equal(policy_size(&settings.policy), 10000);
    settings_release(&settings);
    resolve(SITES "[group old site]\nmatch = login:x\nranges = 0500\n"
                  "[context one]\nstore = a.db\ngroups = \"old site\", london\n",
            "--sync --context one", &settings);
    assert_int_equal(settings.policy.n_groups, 2); /* in the order of the file */
    assert_string_equal(settings.policy.groups[0].name, "london");
    settings_release(&settings);
    struct settings_world world = {.config = SITES "groups = 1\n", .words = "--sync"};
    sw_bad(&world, ERR_CONFIG,
           "~/.config/extpool/config:17: unknown key \"groups\" in [group leeds]",
           "It belongs in [policy]");
    world.config = SITES "[policy]\ngroups = london, leds\n";
    sw_bad(&world, ERR_CONFIG,
           "~/.config/extpool/config:18 [policy]: groups: there is no [group leds]",
           "Did you mean \"leeds\"?");
}

static void test_the_demo_has_no_groups_of_the_file(void **state)
{
    (void)state;
    struct settings settings;
    resolve(SITES, "--demo", &settings);
    assert_int_equal(settings.policy.n_groups, 0);
    settings_release(&settings);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

#define FORMS                                                                                      \
    "A term is login:PATTERN, directory:NAME, routing_profile:PATTERN, hierarchy:PATTERN, "        \
    "tag:KEY=PATTERN or column:NAME=PATTERN"
#define CONFIG "~/.config/extpool/config:"
#define NAMES                                                                                      \
    "Write [group NAME]; NAME has at most 64 bytes, no '/', ',' or '\"', no '.' or '-' at its "    \
    "beginning, and is not \"none\""

/* Behind a context with two directories, one of them a file, in lines 1 to 3. */
static const struct {
    const char *lines, *text, *hint;
} s_mistakes[] = {
    /* sections and keys */
    {"[group]\n", "4: [group] does not name a group", NAMES},
    {"[group none]\n", "4: [group none] does not name a group", NAMES},
    {"[group -x]\n", "4: [group -x] does not name a group", NAMES},
    {"[group a\xe2\x80\xae]\n", "4: [group a<U+202E>] does not name a group", NAMES},
    {"[group a]\nmatch=login:a\nranges=1\n[group A]\n", "7: [group a] is there already, in line 4",
     "Put all lines of a group into one section; several lines of `match` are alternatives"},
    {"[groups a]\n", "4: unknown section [groups a]", "Did you mean [group a]?"},
    {"[group a]\nmatches = login:a\n", "5: unknown key \"matches\" in [group a]",
     "Did you mean \"match\"?"},
    {"[group a]\nmatch=login:a\nranges=2000\nranges=3000\n",
     "7: \"ranges\" is set a second time; the first is in line 6", NULL},
    {"[group a]\nranges = 2000\n", "4: [group a] has no `match`",
     "Add a line, as in: match = routing_profile:London*"},
    {"[group a]\nmatch = login:a*\n", "4: [group a] has no `ranges`",
     "Add a line, as in: ranges = 2000-2999"},
    /* terms */
    {"[group a]\nmatch =\nranges=2000\n", "5: match: there is no term", FORMS},
    {"[group a]\nmatch = London\n", "5: match: \"London\" is not a term",
     FORMS "; put double quotes around a value with blanks"},
    {"[group a]\nmatch = rooting_profile:x\n", "5: match: unknown field \"rooting_profile\"",
     "Did you mean \"routing_profile\"?"},
    {"[group a]\nmatch = colour:x\n", "5: match: unknown field \"colour\"", FORMS},
    {"[group a]\nmatch = login:\n", "5: match: \"login:\" has no value",
     "Write login:VALUE; VALUE may have '*' for any text"},
    {"[group a]\nmatch = login\n", "5: match: \"login\" has no value",
     "Write login:VALUE; VALUE may have '*' for any text"},
    {"[group a]\nmatch = tag:site\n", "5: match: \"tag:site\" has no value",
     "Write tag:NAME=VALUE; VALUE may have '*' for any text"},
    {"[group a]\nmatch = column:=x\n", "5: match: \"column:=x\" has no value",
     "Write column:NAME=VALUE; VALUE may have '*' for any text"},
    {"[group a]\nmatch = login:a\n  tag:x=\"a b\n", "6: match: a quote (\") is not closed",
     "Close it. '#' and ';' behind a blank begin a comment, in quotes, too; write * instead"},
    /* what can never hold */
    {"[group a]\nmatch = routing_profile:A routing_profile:B\nranges=2000\n",
     "5: match: nobody has both routing_profile:A and routing_profile:B",
     "The terms of one line hold together; write alternatives as two lines"},
    {"[group a]\nmatch = tag:site=leeds* tag:site=york\nranges=2000\n",
     "5: match: nobody has both tag:site=leeds* and tag:site=york",
     "The terms of one line hold together; write alternatives as two lines"},
    {"[group a]\nmatch = directory:york\nranges=2000\n",
     "5: match: no directory has the name \"york\"",
     "A name stands in front of the place: directory = york=connect:..."},
    {"[group a]\nmatch = directory:leds\nranges=2000\n",
     "5: match: no directory has the name \"leds\"", "Did you mean directory:leeds?"},
    {"[group a]\nmatch = login:*\nranges=2000\n[group b]\nmatch = tag:x=y\nranges=3000\n",
     "7: nobody is left for [group b]: [group a] in line 4 takes them first",
     "Put [group b] above it: the first match counts"},
    {"[group a]\nmatch = tag:x=y*\nranges=2000\n[group b]\nmatch = tag:x=yes login:b*\n"
     "ranges=3000\n",
     "7: nobody is left for [group b]: [group a] in line 4 takes them first",
     "Put [group b] above it: the first match counts"},
    /* numbers */
    {"[group a]\nmatch = login:a\nranges = 200-299\n",
     "6: ranges: \"200-299\" is not an extension of this pool: 4 digits are needed", NULL},
    {"[group a]\nmatch = login:a\nranges =\n",
     "6: ranges: the list is empty, the group would have no number", NULL},
    {"[group a]\nmatch = login:a\nranges = 2999-2000\n", "6: ranges: 2999-2000 runs backwards",
     NULL},
    {"[group a]\nmatch = login:a\nranges = 2000-2999 9110-9119\n",
     "6: ranges: 9110-9119 has no number: a blocked prefix begins them all",
     "Leave the range out, or change `blocked` in [policy]"},
    {"[group a]\nmatch = login:a\nranges = 2000-2999\n"
     "[group b]\nmatch = login:b\nranges = 2500\n",
     "9: ranges: 2500-2500 overlaps with 2000-2999 of ~/.config/extpool/config:6",
     "A number belongs to one group, or to the others; change one of the ranges"},
    {"[policy]\nranges = 2000-2999\n[group b]\nmatch = login:b\nranges = 2500\n",
     "8: ranges: 2500-2500 overlaps with 2000-2999 of ~/.config/extpool/config:5 [policy]",
     "A number belongs to one group, or to the others; change one of the ranges"},
    /* the other keys */
    {"[group a]\nmatch = login:a\nranges = 2000\ncooldown = soon\n",
     "7: cooldown: \"soon\" is not a valid duration; examples: 7d, 12h, 30m", NULL},
    {"[group a]\nmatch = login:a\nranges = 2000\nlow_water = 300%\n",
     "7: low_water: \"300%\" is not a low water mark: a number like 25, or 0% to 100%", NULL},
    {"[group a]\nmatch = login:a\nranges = 2000\nmax_release = all\n",
     "7: max_release: \"all\" is not a limit of releases: a number like 25, or 0% to 100%", NULL},
    {"[group a]\nmatch = login:a\nranges = 2000\non_move = move\n",
     "7: on_move: \"move\" is neither keep nor renumber",
     "keep: who moves to another group keeps the number; renumber: the next sync gives them one of "
     "the new group"},
};

static void test_each_mistake_names_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof s_mistakes / sizeof *s_mistakes; i++) {
        char *config = mem_printf("[context all]\ndirectory = connect:" ID
                                  "\ndirectory = leeds=file:/srv/leeds.csv\n%s",
                                  s_mistakes[i].lines);
        char *text = mem_printf("~/.config/extpool/config:%s", s_mistakes[i].text);
        struct settings_world world = {.config = config, .words = "--sync --store x.db"};
        sw_bad(&world, ERR_CONFIG, text, s_mistakes[i].hint);
        free(text);
        free(config);
    }
}

/* --check-config reads on behind each of them. */
static void test_all_mistakes_of_groups(void **state)
{
    (void)state;
    const struct settings_world world = {.config = "[defaults]\n"
                                                   "directory = leeds=file:/srv/leeds.csv\n"
                                                   "[group a]\n"
                                                   "match = directory:york\n"
                                                   "match = login:x login:y\n"
                                                   "ranges = 2000-2999\n"
                                                   "[group b]\n"
                                                   "match = nobody\n"
                                                   "ranges = 3000\n"
                                                   "[group c]\n"
                                                   "match = tag:site=c\n"
                                                   "ranges = 2999\n"};
    sw_check_all(&world,
                 CONFIG "4: match: no directory has the name \"york\" | A name stands in front "
                        "of the place: directory = york=connect:...\n" CONFIG
                        "5: match: nobody has both login:x and login:y | The terms of one line "
                        "hold together; write alternatives as two lines\n" CONFIG
                        "8: match: \"nobody\" is not a term | " FORMS
                        "; put double quotes around a value with blanks\n" CONFIG
                        "12: ranges: 2999-2999 overlaps with 2000-2999 of " CONFIG
                        "6 | A number belongs to one group, or to the others; change one of "
                        "the ranges\n");
}

static void test_a_column_needs_a_file(void **state)
{
    (void)state;
    struct settings_world world = {.config = "[context all]\ndirectory = a=connect:" ID "\n"
                                             "[group a]\nmatch = column:\"Cost Centre\"=12*\n"
                                             "ranges = 2000\n",
                                   .words = "--sync --store x.db"};
    sw_bad(&world, ERR_CONFIG,
           "~/.config/extpool/config:4: match: \"column:Cost Centre=12*\" fits nobody: no "
           "directory is a file",
           "Amazon Connect has tags, hierarchies and routing profiles: tag:KEY=VALUE, "
           "hierarchy:PATH, routing_profile:NAME");
    world.words = "--sync --store x.db --directory agents.csv";
    struct settings settings;
    sw_good(&world, &settings);
    assert_int_equal(settings.policy.n_groups, 1);
    settings_release(&settings);
}

/* 256 ranges in all. */
static void test_more_ranges_than_fit(void **state)
{
    (void)state;
    struct buf config;
    buf_init(&config, 1 << 16);
    buf_puts(&config, "[policy]\nwidth = 8\n");
    for (int group = 0; group < 2; group++) {
        buf_printf(&config, "[group g%d]\nmatch = login:g%d*\nranges =", group, group);
        for (int i = 0; i < 129; i++) {
            buf_printf(&config, " %d%06d", 10 + group, i * 10);
        }
        buf_putc(&config, '\n');
    }
    struct settings_world world = {.config = config.data, .words = "--sync --store x.db"};
    sw_bad(&world, ERR_CONFIG,
           "~/.config/extpool/config:8: ranges: more than 256 of them in all groups", NULL);
    buf_release(&config);
}

static void test_a_pool_that_is_wholly_blocked(void **state)
{
    (void)state;
    struct settings_world world = {.config = "[policy]\nranges = 9110-9119\n",
                                   .words = "--sync --store x.db"};
    sw_bad(&world, ERR_CONFIG,
           "~/.config/extpool/config:2 [policy]: the pool has no number: a blocked prefix begins "
           "them all",
           "Block fewer prefixes, or give the pool other ranges");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_are_set),
        cmocka_unit_test(test_each_group_has_its_rules),
        cmocka_unit_test(test_the_command_line_limits_all_groups),
        cmocka_unit_test(test_a_pool_for_the_others_is_said),
        cmocka_unit_test(test_a_context_chooses_groups),
        cmocka_unit_test(test_the_demo_has_no_groups_of_the_file),
        cmocka_unit_test(test_each_mistake_names_its_line),
        cmocka_unit_test(test_all_mistakes_of_groups),
        cmocka_unit_test(test_a_column_needs_a_file),
        cmocka_unit_test(test_more_ranges_than_fit),
        cmocka_unit_test(test_a_pool_that_is_wholly_blocked),
    };
    return cmocka_run_group_tests(tests, sw_make_home, sw_remove_home);
}
