#include <stdlib.h>
#include <string.h>

#include "core/headless/report_private.h"
#include "core/base/text.h"

#include "core/base/banned.h"

/* Text for people: what only looks. Status, look-ups, the doctor. */

/* ---- status ------------------------------------------------------------------------------ */

size_t report_status_agents(const struct status_report *status)
{
    const struct agent_rows *rows = status->rows;
    size_t n = 0;
    for (size_t i = 0; status->group && i < rows->n_rows; i++) {
        bool again = i > 0 && strcmp(rows->rows[i].login, rows->rows[i - 1].login) == 0;
        n += rows->rows[i].agent && !again;
    }
    return status->group ? n : status->roster->n_agents;
}

size_t report_status_numbers(const struct status_report *status)
{
    size_t n = 0;
    for (size_t i = 0; status->group && i < EXT_STATES_TOLD; i++) {
        n += status->counts[ext_states_told[i]];
    }
    return status->group ? n : status->snapshot->n_slots;
}

struct pool_level report_status_level(const struct status_report *status)
{
    return status->group ? status->groups->items[0].level
                         : policy_level(&status->settings->policy, status->counts);
}

static const char *state_counts(struct arena *arena, const struct status_report *status)
{
    char number[TEXT_NUMBER_ROOM];
    if (status->snapshot->n_slots == 0) {
        return "none yet; --init or a sync makes them";
    }
    const char *line = arena_strdup(arena, text_number(report_status_numbers(status), number));
    for (size_t i = 0; i < EXT_STATES_TOLD; i++) {
        line = arena_printf(arena, "%s%s %s %s", line, i > 0 ? "," : ":",
                            text_number(status->counts[ext_states_told[i]], number),
                            ext_state_name(ext_states_told[i]));
    }
    if (status->counts[EXT_ABSENT] > 0 && !status->then) {
        line = arena_printf(arena, "%s; %s not made yet, the next sync makes %s", line,
                            text_count(arena, status->counts[EXT_ABSENT], "number"),
                            status->counts[EXT_ABSENT] == 1 ? "it" : "them");
    }
    return line;
}

/* What is worth a warning; NULL: nothing. */
static const char *level_text(struct arena *arena, const struct pool_level *level)
{
    char left[TEXT_NUMBER_ROOM];
    char size[TEXT_NUMBER_ROOM];
    char limit[TEXT_NUMBER_ROOM];
    if (level->exhausted) {
        return arena_printf(arena, "EXHAUSTED: none of %s numbers is left",
                            text_number(level->size, size));
    }
    return level->low ? arena_printf(arena, "LOW: %s of %s numbers left, the low water mark is %s",
                                     text_number(level->left, left), text_number(level->size, size),
                                     text_number(level->limit, limit))
                      : NULL;
}

/* "0000-3999 and 1 more: 61 of 4,000 assigned, 3,933 free, 2 cooling, 4 reserved; LOW: ..." */
static const char *group_line(struct arena *arena, const struct group_tally *group)
{
    char numbers[5][TEXT_NUMBER_ROOM];
    const char *more =
        group->n_ranges > 1 ? arena_printf(arena, " and %zu more", group->n_ranges - 1) : "";
    const char *warning = level_text(arena, &group->level);
    return arena_printf(
        arena, "%s-%s%s: %s of %s assigned, %s free, %s cooling, %s reserved%s%s", group->first,
        group->last, more, text_number(group->counts[EXT_ASSIGNED], numbers[0]),
        text_number(group->total, numbers[1]),
        text_number(group->counts[EXT_FREE] + group->counts[EXT_ABSENT], numbers[2]),
        text_number(group->counts[EXT_COOLING], numbers[3]),
        text_number(group->counts[EXT_RESERVED], numbers[4]), warning ? "; " : "",
        warning ? warning : "");
}

static void group_rows(const struct status_report *status, struct table *table)
{
    for (size_t i = 0; i < status->groups->n; i++) {
        const struct group_tally *group = &status->groups->items[i];
        const char *name =
            group->name ? arena_printf(&table->arena, "group %s", group->name) : "no group";
        table_row(table, name, group_line(&table->arena, group));
    }
}

static const char *agent_counts(struct arena *arena, const struct status_report *status)
{
    char agents[TEXT_NUMBER_ROOM];
    char fresh[TEXT_NUMBER_ROOM];
    char number[TEXT_NUMBER_ROOM];
    const struct agent_rows *rows = status->rows;
    const char *exempt =
        rows->n_exempt > 0 ? arena_printf(arena, "%s exempt, ", text_number(rows->n_exempt, number))
                           : "";
    const char *foreign = rows->n_foreign > 0 ? arena_printf(arena, ", %s of other directories",
                                                             text_number(rows->n_foreign, number))
                                              : "";
    return arena_printf(arena, "%s: %s without an extension, %s%s of people who left%s",
                        text_number(report_status_agents(status), agents),
                        text_number(rows->n_new, fresh), exempt,
                        text_count(arena, rows->n_stale, "extension"), foreign);
}

/* The rest is shown with --verbose. */
static bool is_main_fact(const char *name)
{
    static const char *const names[] = {"account", "role",  "region",       "endpoint",
                                        "profile", "actor", "minutes_left", "expires_at"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* "minutes left" */
static const char *fact_name(struct arena *arena, const char *name)
{
    char *words = arena_strdup(arena, name);
    for (char *c = words; *c; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    return words;
}

/* A place, and with --verbose where the setting comes from. */
static void place_row(const struct report *report, struct table *table, const char *name,
                      const char *value, const struct settings *settings, enum option_id id)
{
    const char *shown = value ? value : "not set";
    if (report->verbose && value) {
        shown = arena_printf(&table->arena, "%s (%s)", value, settings_origin(settings, id));
    }
    table_row(table, name, shown);
}

/* Every other key of the configuration that has a value. */
static void setting_rows(const struct report *report, const struct settings *settings,
                         struct table *table)
{
    for (enum option_id id = OPT_LOGIN_COLUMN; id < OPT_COUNT; id++) {
        const struct option_info *info = option_info(id);
        bool shown = id == OPT_STORE || id == OPT_EXPORT_TO || id == OPT_READ_ONLY;
        if (info->key && settings->origins[id].value && !shown) {
            place_row(report, table, fact_name(&table->arena, info->key),
                      settings->origins[id].value, settings, id);
        }
    }
}

static void place_rows(const struct report *report, const struct status_report *status,
                       struct table *table)
{
    const struct settings *settings = status->settings;
    if (settings->context || report->verbose) {
        place_row(report, table, "context", settings->context, settings, OPT_CONTEXT);
    }
    place_row(report, table, "directory", status->directory_uri, settings, OPT_DIRECTORY);
    place_row(report, table, "store", status->store_uri, settings, OPT_STORE);
    place_row(report, table, "export", status->export_uri, settings, OPT_EXPORT_TO);
    if (settings->read_only || report->verbose) {
        place_row(report, table, "read-only", settings->read_only ? "yes" : NULL, settings,
                  OPT_READ_ONLY);
    }
    if (report->verbose) {
        place_row(report, table, "config", settings->config_read ? settings->config_path : NULL,
                  settings, OPT_CONFIG);
        setting_rows(report, settings, table);
    }
}

/* How many agents each of several directories has, or why they are not known. */
static void directory_rows(const struct roster *roster, struct table *table)
{
    for (size_t i = 0; roster->n_directories > 1 && i < roster->n_directories; i++) {
        const struct roster_directory *directory = &roster->directories[i];
        const char *agents = text_count(&table->arena, directory->n_agents, "agent");
        const char *shown =
            directory->unread    ? arena_printf(&table->arena, "not read: %s", directory->partial)
            : directory->partial ? arena_printf(&table->arena, "%s; %s", agents, directory->partial)
                                 : agents;
        table_row(table, arena_printf(&table->arena, "  %s", roster_directory_name(directory)),
                  shown);
    }
}

void report_text_status(const struct report *report, const struct status_report *status)
{
    struct table table;
    report_table(report, &table, 2);
    struct arena *arena = &table.arena;
    place_rows(report, status, &table);
    for (size_t i = 0; i < status->facts->n_items; i++) {
        const struct port_info_item *fact = &status->facts->items[i];
        bool said = (status->settings->region && strcmp(fact->name, "region") == 0) ||
                    (status->settings->profile && strcmp(fact->name, "profile") == 0);
        if (report->verbose ? !said : is_main_fact(fact->name)) {
            table_row(&table, fact_name(arena, fact->name), fact->value);
        }
    }
    if (status->then) {
        table_row(&table, "as of", report_moment(arena, status->snapshot->read_at_s));
    }
    table_row(&table, "extensions", state_counts(arena, status));
    size_t unknown = status->then ? rewound_unknown(status->then) : 0;
    if (unknown > 0) {
        table_row(&table, "not known", text_count(arena, unknown, "extension"));
    }
    struct pool_level level = report_status_level(status);
    const char *warning = status->groups->n == 0 ? level_text(arena, &level) : NULL;
    if (warning) {
        table_row(&table, "pool", warning);
    }
    group_rows(status, &table);
    if (status->roster) {
        table_row(&table, "agents", agent_counts(arena, status));
        directory_rows(status->roster, &table);
    }
    table_print(&table, report->out, "");
    table_release(&table);
    if (status->directory_err && status->directory_err->code != ERR_OK) {
        report_text_error(report, status->directory_err);
    }
}

/* ---- health ------------------------------------------------------------------------------ */

void report_text_health(const struct report *report, const struct health *health)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < health->n_findings; i++) {
        const struct finding *finding = &health->findings[i];
        const char *kind =
            finding->kind == HEALTH_CANNOT_TELL ? "cannot tell" : health_kind_name(finding->kind);
        fprintf(report->out, "%s: %s%s%s%s%s\n", kind, finding->ext ? finding->ext : "",
                finding->ext && finding->agent ? " " : "",
                finding->agent ? text_sanitise(&arena, finding->agent) : "",
                finding->ext || finding->agent ? " " : "", text_sanitise(&arena, finding->detail));
    }
    if (health->n_findings == 0 && report->verbose) {
        char left[TEXT_NUMBER_ROOM];
        char size[TEXT_NUMBER_ROOM];
        fprintf(report->out, "well: %s of %s numbers left\n", text_number(health->level.left, left),
                text_number(health->level.size, size));
    }
    arena_release(&arena);
}

/* ---- look-ups ---------------------------------------------------------------------------- */

/* A line of a look-up; what is not known is left out. */
static void told(struct table *table, const char *name, const char *value)
{
    if (value && *value) {
        table_row(table, name, value);
    }
}

static void tell_agent(struct table *table, const struct lookup_report *shown)
{
    const struct agent_row *agent = shown->agent;
    const struct slot *slot = agent->slot;
    told(table, "agent", agent->login);
    told(table, "name", agent->name);
    told(table, "routing profile", agent->routing_profile);
    told(table, "extension", slot ? slot->ext : "none");
    told(table, "state", agent_state_name(agent->state));
    if (slot) {
        told(table, "since", report_moment(&table->arena, slot->at_s));
        told(table, "by", slot->by);
        told(table, "pinned", slot->note);
    }
    told(table, "group", agent_row_group_name(shown->policy, agent));
    told(table, "source", report_row_source(&table->arena, shown->roster, agent));
}

static void tell_extension(struct table *table, const struct lookup_report *shown)
{
    const struct slot *slot = &shown->lookup->slot;
    enum ext_state state = shown->lookup->state;
    bool assigned = slot->state == SLOT_ASSIGNED;
    const char *since = report_moment(&table->arena, slot->at_s);
    told(table, "extension", slot->ext);
    told(table, "state", state == EXT_ABSENT ? "unknown" : ext_state_name(state));
    told(table, "agent", assigned ? slot->agent : NULL);
    told(table, "last agent", assigned ? NULL : slot->agent);
    told(table, slot->state == SLOT_FREE ? "given back" : "since", since);
    if (state == EXT_COOLING && slot->state == SLOT_FREE) {
        told(table, "cools until",
             report_moment(&table->arena, policy_cool_until_s(shown->policy, slot, shown->now_s)));
    }
    told(table, "by", slot->by);
    told(table, assigned ? "pinned" : "note", slot->note);
    told(table, "group", report_ext_group(shown->policy, slot));
    told(table, "source", report_slot_source(&table->arena, slot));
}

static void tell_place(struct table *table, const char *name, const struct lookup_place *place)
{
    if (place->kind[0] != '\0') {
        table_row(table, name, arena_printf(&table->arena, "%s %s", place->kind, place->value));
    }
}

static void tell_past(struct table *table, const struct lookup_report *shown)
{
    if (shown->doubt) {
        table_row(table,
                  shown->doubt->kind == DOUBT_HELD_BEFORE ? "held since before"
                                                          : "not known before",
                  report_moment(&table->arena, shown->doubt->at_ms / 1000));
    }
    if (shown->at_ms > 0) {
        table_row(table, "as of", report_moment(&table->arena, shown->at_ms / 1000));
    }
}

void report_text_lookup(const struct report *report, const struct lookup_report *shown)
{
    const struct lookup *lookup = shown->lookup;
    struct table table;
    report_table(report, &table, 2);
    if (shown->agent) {
        tell_agent(&table, shown);
    } else {
        tell_extension(&table, shown);
    }
    if (lookup->slot.target) {
        table_row(&table, "target", lookup->slot.target);
    }
    if (lookup->slot.until_s > 0) {
        table_row(&table, "until", report_moment(&table.arena, lookup->slot.until_s));
    }
    tell_past(&table, shown);
    tell_place(&table, "a call goes to", &lookup->place);
    told(&table, "fallback", slot_fallback(&lookup->slot));
    tell_place(&table, "fallback goes to", &lookup->backup);
    /* An agent of a file has no ARN: only a target that leads nowhere is worth a word. */
    if (lookup->reason == LOOKUP_UNRESOLVED && lookup->slot.target) {
        table_row(&table, "a call goes to", "nowhere: its target is not known");
    }
    table_print(&table, report->out, "");
    table_release(&table);
}

/* ---- the doctor -------------------------------------------------------------------------- */

static size_t fixable(const struct diagnosis *diagnosis)
{
    size_t n = 0;
    for (size_t i = 0; i < diagnosis->n_problems; i++) {
        n += diagnosis->problems[i].fixable;
    }
    return n;
}

const char *report_problem_group(const struct doctor_report *doctor, const struct problem *problem)
{
    uint16_t group =
        doctor->policy && problem->ext ? group_of_ext(doctor->policy, problem->ext) : GROUP_NONE;
    return group < GROUP_UNKNOWN ? group_name(doctor->policy, group) : NULL;
}

static void doctor_summary(const struct report *report, const struct doctor_report *doctor)
{
    struct arena arena = ARENA_INIT;
    const struct diagnosis *diagnosis = doctor->diagnosis;
    char number[TEXT_NUMBER_ROOM];
    size_t n = diagnosis->n_problems;
    fprintf(report->out, "checked %s: %s", text_count(&arena, diagnosis->checked, "record"),
            n > 0 ? text_count(&arena, n, "problem") : "all is well");
    if (doctor->repair) {
        fprintf(report->out, ", %s fixed", text_number(doctor->fixed, number));
    } else if (n > 0 && fixable(diagnosis) > 0) {
        fprintf(report->out, "; --doctor --fix repairs %s",
                fixable(diagnosis) == n ? n == 1 ? "it" : "them"
                                        : text_number(fixable(diagnosis), number));
    }
    fputc('\n', report->out);
    arena_release(&arena);
}

/* Numbers of other directories are no problem; whose they are is worth a line. */
static void doctor_sources(const struct report *report, const struct source_counts *sources)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; sources && i < sources->n; i++) {
        const struct source_count *source = &sources->items[i];
        if (!source->here) {
            const char *name = text_sanitise(&arena, source->source);
            fprintf(report->out,
                    "%s of %s, which this context does not read; if it was retired: "
                    "--sync --take-over %s\n",
                    text_count(&arena, source->n_numbers, "number"), name, name);
        }
    }
    arena_release(&arena);
}

/* "All is well" is about the store alone. */
static void doctor_not_checked(const struct report *report, const struct doctor_report *doctor)
{
    const char *directory = doctor->directory_uri;
    const char *export = doctor->export_uri;
    struct arena arena = ARENA_INIT;
    if (directory || export) {
        fprintf(
            report->err, "%snote: only the store was checked, not %s%s%s\n",
            report_priority(report, LOG_INFO), directory ? text_sanitise(&arena, directory) : "",
            directory && export ? " and not " : "", export ? text_sanitise(&arena, export) : "");
    }
    arena_release(&arena);
}

/* With --quiet only what is wrong. What mends it is on a line of its own, to be copied. */
static void doctor_checks(const struct report *report, const struct checks *checks)
{
    static const char *const results[] = {
        [CHECK_OK] = "ok", [CHECK_WRONG] = "WRONG", [CHECK_NOT_MADE] = "-"};
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < checks->n_items; i++) {
        const struct check *check = &checks->items[i];
        if (report->quiet && check->result != CHECK_WRONG) {
            continue;
        }
        fprintf(report->out, "%-6s %-12s %s%s%s\n", results[check->result], check->what,
                check->result == CHECK_WRONG && check->subject
                    ? text_sanitise(&arena, check->subject)
                    : "",
                check->result == CHECK_WRONG && check->subject ? ": " : "",
                text_sanitise(&arena, check->detail));
        if (check->fix && check->result == CHECK_WRONG) {
            fprintf(report->out, "       %s\n", text_sanitise(&arena, check->fix));
        }
    }
    arena_release(&arena);
}

void report_text_doctor(const struct report *report, const struct doctor_report *doctor)
{
    const struct diagnosis *diagnosis = doctor->diagnosis;
    if (doctor->checks) {
        doctor_checks(report, doctor->checks);
    }
    if (!diagnosis) {
        report_text_error(report, doctor->err);
        return;
    }
    struct table table;
    bool all_mended = doctor->repair && doctor->exit == 0;
    size_t n = report->quiet && all_mended ? 0 : diagnosis->n_problems;
    bool groups = doctor->policy && doctor->policy->n_groups > 0;
    report_table(report, &table, groups ? 6 : 5);
    table.whole = 1u << 1;
    for (size_t i = 0; i < n; i++) {
        const struct problem *problem = &diagnosis->problems[i];
        if (i == 0) {
            table_heading(&table, "PROBLEM", "EXT", "AGENT", "DETAIL", "FIX", "GROUP");
        }
        table_row(&table, problem_kind_name(problem->kind), problem->ext, problem->agent,
                  problem->detail, problem->fix, report_problem_group(doctor, problem));
    }
    table_print(&table, report->out, "");
    table_release(&table);
    if (doctor->repair) {
        report_text_action(report, doctor->repair);
    }
    if (!report->quiet) {
        doctor_summary(report, doctor);
        doctor_sources(report, doctor->sources);
        doctor_not_checked(report, doctor);
    }
}
