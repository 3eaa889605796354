#include "core/headless/complete.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/session/offers.h"
#include "core/settings/complete.h"

#include "core/base/banned.h"

/* One completion at work. */
struct offering {
    const struct complete_options *options;
    const struct completing *completing;
    const char *skip; /* what bash has in front of its own word */
    bool described;
    const char *last; /* the name that came before */
    struct arena arena;
};

/* ---- lines --------------------------------------------------------------------------------- */

static void put(struct offering *offering, const char *name, const char *end, const char *about)
{
    const struct completing *completing = offering->completing;
    FILE *out = offering->options->out;
    if (strncmp(name, completing->typed, strlen(completing->typed)) != 0 ||
        text_find_control(name, strlen(name)) != TEXT_NO_CONTROL) {
        return;
    }
    const char *whole = arena_printf(&offering->arena, "%s%s%s", completing->before, name, end);
    size_t skip = strlen(offering->skip);
    fputs(strncmp(whole, offering->skip, skip) == 0 ? whole + skip : whole, out);
    if (offering->described && about[0]) {
        fprintf(out, "\t%s", text_sanitise(&offering->arena, about));
    }
    fputc('\n', out);
}

static void put_name(void *context, const char *name, const char *beside)
{
    struct offering *offering = context;
    if (!offering->last || strcmp(offering->last, name) != 0) {
        put(offering, name, "", beside);
    }
    offering->last = arena_strdup(&offering->arena, name);
}

static void put_words(struct offering *offering, const char *const *words, const char *end)
{
    for (size_t i = 0; words && words[i]; i++) {
        put(offering, words[i], end, "");
    }
}

/* ---- what a table has ---------------------------------------------------------------------- */

static void put_actions(struct offering *offering, const char *dashes)
{
    for (enum action action = ACTION_DEMO; action < ACTION_COMPLETE; action++) {
        const struct action_info *info = action_info(action);
        put(offering, arena_printf(&offering->arena, "%s%s", dashes, info->name), "", info->help);
    }
}

static void put_options(struct offering *offering)
{
    const struct completing *completing = offering->completing;
    for (enum option_id id = 0; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        bool fits = !completing->chosen || info->actions == FOR_ALL ||
                    (info->actions & ACTION_BIT(completing->line.action));
        if (info->name && fits) {
            put(offering, arena_printf(&offering->arena, "--%s", info->name), "", info->help);
        }
    }
    if (!completing->chosen) {
        put_actions(offering, "--");
    }
}

/* ---- what this machine has ------------------------------------------------------------------ */

static void put_contexts(struct offering *offering, const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_contexts; i++) {
        put(offering, settings->contexts[i].name, "",
            settings->contexts[i].store ? settings->contexts[i].store : "");
    }
}

static void put_profiles(struct offering *offering)
{
    const struct cloud *cloud = offering->options->cloud;
    struct cloud_profiles profiles;
    if (cloud->profiles(cloud->context, &profiles, NULL) == ERR_OK) {
        for (size_t i = 0; i < profiles.n_names; i++) {
            put(offering, profiles.names[i], "", "");
        }
    }
    cloud_profiles_release(&profiles);
}

/* The place is that of the words before, else of the configuration. */
static void put_numbers(struct offering *offering, const struct settings *settings)
{
    const struct complete_options *options = offering->options;
    const struct completing *completing = offering->completing;
    const struct session_options opening = {.settings = settings,
                                            .ports = options->ports,
                                            .n_ports = options->n_ports,
                                            .clock = options->clock};
    const struct store_names names = {put_name, offering};
    if (completing->offers & OFFER_AGENTS) {
        offers_agents(&opening, completing->typed, &names);
    }
    if (completing->offers & (OFFER_EXTENSIONS | OFFER_FREE)) {
        offers_extensions(&opening, completing->typed, completing->offers & OFFER_FREE, &names);
    }
}

#define OF_SETTINGS (OFFER_CONTEXTS | OFFER_AGENTS | OFFER_EXTENSIONS | OFFER_FREE)

static void put_configured(struct offering *offering)
{
    const struct complete_options *options = offering->options;
    struct command_line line = offering->completing->line;
    struct mistakes mistakes = MISTAKES_INIT;
    line.action = ACTION_STATUS; /* what it says is not judged: it is not whole yet */
    line.n_operands = 0;
    const struct settings_sources sources = {&line, options->environment, NULL};
    settings_check(&sources, options->settings, &mistakes);
    mistakes_release(&mistakes);
    if (offering->completing->offers & OFFER_CONTEXTS) {
        put_contexts(offering, options->settings);
    }
    put_numbers(offering, options->settings);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static void offer(struct offering *offering)
{
    const struct completing *completing = offering->completing;
    if (completing->offers & OFFER_ACTIONS) {
        put_actions(offering, "");
    }
    if (completing->offers & OFFER_OPTIONS) {
        put_options(offering);
    }
    put_words(offering, completing->words, "");
    put_words(offering, completing->schemes, ":");
    if (completing->offers & OFFER_THEMES) {
        put_words(offering, offering->options->themes, "");
    }
    if (completing->offers & OFFER_PROFILES) {
        put_profiles(offering);
    }
    if (completing->offers & OF_SETTINGS) {
        put_configured(offering);
    }
    if (completing->offers & OFFER_FILES) {
        fprintf(offering->options->out, ":files %s\n", completing->before);
    }
}

/* What bash takes for words of their own: it breaks at '=' and ':', if they are in COMP_WORDBREAKS. */
static const char *bash_skips(const char *word, const char *breaks, struct arena *arena)
{
    size_t skipped = 0;
    for (size_t i = 0; word[i]; i++) {
        if ((word[i] == '=' || word[i] == ':') && strchr(breaks, word[i])) {
            skipped = i + 1;
        }
    }
    return arena_strndup(arena, word, skipped);
}

void complete_run(const struct complete_options *options)
{
    const char *const *operands = options->line->operands;
    size_t n = options->line->n_operands - 1;
    const char *const *words = operands + 1;
    struct completing completing;
    struct offering offering = {
        .options = options, .completing = &completing, .skip = "", .arena = ARENA_INIT};
    bool bash = strcmp(operands[0], "bash") == 0; /* gives the line, and where it breaks words */
    offering.described = !bash;
    if (bash) {
        const char *breaks = n > 1 ? words[1] : "";
        words = complete_split(n > 0 ? words[0] : "", &offering.arena, &n);
        offering.skip = bash_skips(words[n - 1], breaks, &offering.arena);
    }
    complete_read(words, n, &completing);
    offer(&offering);
    command_line_release(&completing.line);
    arena_release(&offering.arena);
}
