#include "tests/unit/support/sites.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/pool/group.h"

#define SITES_MAX 64

void sites_match(struct world *world)
{
    if (world->policy.n_groups > 0) {
        groups_find(&world->policy, world->roster);
    }
}

/* ---- directories ----------------------------------------------------------------------------- */

static void add_agent(struct world *world, struct roster *roster, char *word, const char *instance)
{
    struct agent agent = {.login = word};
    char *profile = strchr(word, '/');
    if (profile) {
        *profile++ = '\0';
        if (strcmp(profile, "?") == 0) {
            agent.not_read = FIELD_BIT(FIELD_ROUTING_PROFILE);
        } else {
            agent.routing_profile = profile;
        }
    }
    agent.arn = instance ? world_arn(&world->arena, instance, word) : NULL;
    roster_add(roster, &agent);
}

/* The line, up to its colon that ends the name. */
static struct roster *read_directory(struct world *world, char *line)
{
    char *end = strstr(line, ": ");
    assert_non_null(end);
    *end = '\0';
    bool partial = end > line && end[-1] == '!';
    if (partial) {
        end[-1] = '\0';
    }
    const char *instance = strncmp(line, "connect:", 8) == 0 ? line + 8 : NULL;
    const char *name = instance || strcmp(line, "-") == 0 ? NULL : line;
    struct roster *roster = roster_new();
    char *state = NULL;
    for (char *word = strtok_r(end + 2, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        add_agent(world, roster, word, instance);
    }
    if (partial) {
        roster_partial(roster, "it was cut");
    }
    roster_seal(roster);
    roster_describe(roster, &(struct roster_directory){.name = name,
                                                       .source = instance ? instance : name,
                                                       .uri = instance ? line : "file:agents.csv"});
    return roster;
}

void sites_directories(struct world *world, const char *lines)
{
    struct roster *parts[SITES_MAX];
    size_t n = 0;
    char *copy = mem_strdup(lines);
    char *state = NULL;
    for (char *line = strtok_r(copy, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        assert_true(n < SITES_MAX);
        parts[n++] = read_directory(world, line);
    }
    free(copy);
    roster_unref(world->roster);
    world->roster = n == 1 ? roster_ref(parts[0]) : roster_merge(parts, n);
    for (size_t i = 0; i < n; i++) {
        roster_unref(parts[i]);
    }
    sites_match(world);
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void match_by(struct world *world, struct group *group, const char *pattern)
{
    struct match_term *term = arena_alloc(&world->arena, sizeof *term);
    struct match_line *line = arena_alloc(&world->arena, sizeof *line);
    bool login = strncmp(pattern, "login:", 6) == 0;
    bool directory = strncmp(pattern, "directory:", 10) == 0;
    term->field = login ? FIELD_LOGIN : directory ? FIELD_DIRECTORY : FIELD_ROUTING_PROFILE;
    term->pattern = arena_strdup(&world->arena, pattern + (login ? 6 : directory ? 10 : 0));
    *line = (struct match_line){.terms = term, .n_terms = 1};
    group->lines = line;
    group->n_lines = 1;
}

static void set_option(struct group *group, const char *word)
{
    if (strncmp(word, "cooldown=", 9) == 0) {
        group->has_cooldown = true;
        group->cooldown_s = strtol(word + 9, NULL, 10) * WORLD_DAY_S;
    } else if (strncmp(word, "max_release=", 12) == 0) {
        group->has_limit = true;
        assert_int_equal(release_limit_parse(&group->limit, word + 12, NULL), ERR_OK);
    } else if (strncmp(word, "low_water=", 10) == 0) {
        group->has_low_water = true;
        assert_int_equal(low_water_parse(&group->low_water, word + 10, NULL), ERR_OK);
    } else if (strcmp(word, "on_move=renumber") == 0) {
        group->on_move = ON_MOVE_RENUMBER;
    } else {
        assert_string_equal(word, "on_move=keep");
    }
}

static int compare_ranges(const void *a, const void *b)
{
    return strcmp(((const struct ext_range *)a)->first, ((const struct ext_range *)b)->first);
}

static void add_ranges(struct policy *all, struct world *world, const char *list, uint16_t group)
{
    assert_int_equal(policy_set_ranges(&world->policy, list, NULL), ERR_OK);
    for (size_t i = 0; i < world->policy.n_ranges; i++) {
        all->ranges[all->n_ranges] = world->policy.ranges[i];
        all->ranges[all->n_ranges++].group = group;
    }
}

void sites_groups(struct world *world, const char *lines)
{
    struct group *groups = arena_alloc(&world->arena, SITES_MAX * sizeof *groups);
    struct policy all = {.n_ranges = 0};
    size_t n = 0;
    char *copy = mem_strdup(lines);
    char *line_state = NULL;
    for (char *line = strtok_r(copy, "\n", &line_state); line;
         line = strtok_r(NULL, "\n", &line_state)) {
        char *state = NULL;
        const char *name = strtok_r(line, " ", &state);
        bool others = strcmp(name, "others") == 0;
        add_ranges(&all, world, strtok_r(NULL, " ", &state), others ? GROUP_NONE : (uint16_t)n);
        if (!others) {
            groups[n].name = arena_strdup(&world->arena, name);
            groups[n].at = "config:1";
            match_by(world, &groups[n], strtok_r(NULL, " ", &state));
            for (char *word = strtok_r(NULL, " ", &state); word;
                 word = strtok_r(NULL, " ", &state)) {
                set_option(&groups[n], word);
            }
            n++;
        }
    }
    free(copy);
    qsort(all.ranges, all.n_ranges, sizeof all.ranges[0], compare_ranges);
    memcpy(world->policy.ranges, all.ranges, sizeof all.ranges);
    world->policy.n_ranges = all.n_ranges;
    world->policy.groups = groups;
    world->policy.n_groups = n;
    sites_match(world);
}
