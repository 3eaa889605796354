#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/demo/demo.h"
#include "core/demo/sites.h"
#include "core/pool/group.h"

static void the_sites_share_no_number(void **state)
{
    (void)state;
    struct policy policy;
    policy_default(&policy);
    demo_sites(&policy);
    assert_int_equal(policy.n_groups, 3);
    assert_null(policy_overlap(&policy));
    assert_false(policy_serves_others(&policy)); /* everybody works at a site */
    assert_string_equal(group_name(&policy, group_of_ext(&policy, "3999")), "London");
    assert_string_equal(group_name(&policy, group_of_ext(&policy, "4059")), "Leeds");
    assert_int_equal(group_of_ext(&policy, "4060"), GROUP_NONE);
    assert_string_equal(group_name(&policy, group_of_ext(&policy, "6000")), "Berlin");
}

static void everybody_works_at_one_of_them(void **state)
{
    (void)state;
    struct policy policy;
    struct roster *roster = roster_new();
    size_t counts[3] = {0};
    policy_default(&policy);
    demo_sites(&policy);
    demo_roster(DEMO_SEED, 1000, roster);
    roster_seal(roster);
    groups_find(&policy, roster);
    for (size_t i = 0; i < roster->n_agents; i++) {
        const struct agent *agent = &roster->agents[i];
        assert_in_range(agent->group, 0, 2);
        const char *site = strchr(agent->attributes[0].value, '/');
        assert_non_null(site);
        assert_string_equal(site + 1, group_name(&policy, agent->group));
        counts[agent->group]++;
    }
    assert_true(counts[0] > 500 && counts[1] > 100 && counts[2] > 100);
    roster_unref(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sites_share_no_number),
        cmocka_unit_test(everybody_works_at_one_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
