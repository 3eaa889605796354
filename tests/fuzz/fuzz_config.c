/* The configuration file and its values: read or refused, with the line named. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/pool/group.h"
#include "core/settings/config.h"
#include "core/settings/directories.h"
#include "core/settings/groups.h"
#include "core/settings/settings.h"
#include "core/settings/option_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

/* A value is set, or there is a sentence on why not. */
static void judge(const struct config *config, struct settings *settings)
{
    struct location_base base = {.home = "/home/kim", .folder = "/etc/cc"};
    for (size_t i = 0; i < config->n_entries; i++) {
        const struct config_entry *entry = &config->entries[i];
        struct err err = ERR_INIT;
        check(entry->line > 0 && entry->name[0] != '\0');
        if (entry->id == OPT_COUNT) {
            check(entry->section == SECTION_KEYS || entry->section == SECTION_THEME ||
                  entry->section == SECTION_GROUP);
        } else if (entry->id == OPT_DIRECTORY) {
            const struct directory_line line = {entry->value, entry->name, entry->line};
            if (directories_set(&line, 1, &base, settings, &err) != ERR_OK) {
                check(err.text[0] != '\0');
            }
        } else if (option_value_set(entry->id, entry->value, &base, settings, &err) != ERR_OK) {
            check(err.text[0] != '\0');
        }
    }
    check(settings->policy.width >= EXT_WIDTH_MIN && settings->policy.width <= EXT_WIDTH_MAX);
    check(settings->policy.n_ranges > 0 && settings->policy.cooldown_s >= 0);
}

/* Groups are whole, or there is a sentence that names the line. */
static void judge_groups(const struct config *config, struct settings *settings)
{
    const struct policy *policy = &settings->policy;
    struct err err = ERR_INIT;
    settings->config_path = "f";
    if (groups_resolve(config, settings, NULL, &err) != ERR_OK) {
        check(err.code == ERR_CONFIG && err.text[0] != '\0');
        return;
    }
    check(!policy_overlap(policy) && policy->n_ranges > 0);
    for (size_t i = 0; i < policy->n_groups; i++) {
        const struct group *group = &policy->groups[i];
        check(group->n_lines > 0 && policy_size_of(policy, (uint16_t)i) > 0);
        check(policy_cooldown_of(policy, (uint16_t)i) >= 0);
    }
    const struct agent agent = {.login = "kim", .not_read = FIELD_BIT(FIELD_TAG)};
    uint16_t group = group_of_agent(policy, &agent, NULL);
    check(group == GROUP_NONE || group == GROUP_UNKNOWN || group < policy->n_groups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config config;
    struct err err = ERR_INIT;
    const struct config_text text = {"f", (const char *)data, size};
    struct mistakes mistakes = MISTAKES_INIT;
    struct config whole;
    config_parse_all(&text, &whole, &mistakes);
    bool right = config_parse(&text, &config, &err) == ERR_OK;
    check(right == (mistakes.n_items == 0));
    if (!right) { /* the first of all */
        check(err.code == ERR_CONFIG && strcmp(err.text, mistakes.items[0].text) == 0);
    }
    config_release(&whole);
    mistakes_release(&mistakes);
    if (!right) {
        return 0;
    }
    struct settings settings = {.arena = ARENA_INIT};
    policy_default(&settings.policy);
    judge(&config, &settings);
    judge_groups(&config, &settings);
    settings_release(&settings);
    config_release(&config);
    return 0;
}
