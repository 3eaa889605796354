/*
 * --metrics: the health of a store as Prometheus reads it, in its text format
 * (https://prometheus.io/docs/instrumenting/exposition_formats/), for node_exporter's textfile
 * collector. Names and units follow https://prometheus.io/docs/practices/naming/. A file is replaced
 * whole, so that no reader ever sees a part of it. It is written even if nothing could be read:
 * `extpool_up` is 0 then.
 */

#include "core/headless/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/session/health.h"

#include "core/base/banned.h"

#define METRICS_MAX (1u << 20) /* bytes */

/* Names, values and labels on their way into the text. */
struct writer {
    struct buf *out;
    struct buf labels; /* "store=\"sqlite:/p.db\"", of all of them */
};

/* In a label's value, backslash, quote and line feed are escaped. */
static void put_label(struct buf *out, const char *name, const char *value)
{
    buf_printf(out, "%s%s=\"", out->length > 0 ? "," : "", name);
    for (const char *c = value; *c; c++) {
        if (*c == '\n') {
            buf_puts(out, "\\n");
            continue;
        }
        if (*c == '\\' || *c == '"') {
            buf_putc(out, '\\');
        }
        buf_putc(out, *c);
    }
    buf_putc(out, '"');
}

static void put_head(struct writer *writer, const char *name, const char *help)
{
    buf_printf(writer->out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void put_value(struct writer *writer, const char *name, int64_t value)
{
    buf_printf(writer->out, "%s{%s} %" PRId64 "\n", name, writer->labels.data, value);
}

static void put_number(struct writer *writer, const char *name, const char *help, int64_t value)
{
    put_head(writer, name, help);
    put_value(writer, name, value);
}

/* One sample of a metric that has a label of its own. */
static void put_sample(struct writer *writer, const char *name, const char *label,
                       const char *which, uint64_t value)
{
    buf_printf(writer->out, "%s{%s,%s=\"%s\"} %" PRIu64 "\n", name, writer->labels.data, label,
               which, value);
}

static void put_states(struct writer *writer, const char *name,
                       const uint64_t counts[EXT_STATE_COUNT])
{
    for (size_t i = 0; i < EXT_STATES_TOLD; i++) {
        put_sample(writer, name, "state", ext_state_name(ext_states_told[i]),
                   counts[ext_states_told[i]]);
    }
    put_sample(writer, name, "state", "not_made", counts[EXT_ABSENT]);
}

static void put_pool(struct writer *writer, const struct health *health)
{
    static const char name[] = "extpool_extensions";
    put_head(writer, name, "Extensions by state; not_made are those that the next sync makes.");
    put_states(writer, name, health->counts);
    put_number(writer, "extpool_extensions_left",
               "Extensions that are free or can still be made; cooling ones do not count.",
               (int64_t)health->level.left);
    put_number(writer, "extpool_low_water_extensions",
               "The pool is low if fewer extensions than these are left.",
               (int64_t)health->level.limit);
    put_number(writer, "extpool_low", "Whether the pool is low (1) or not (0).", health->level.low);
    put_number(writer, "extpool_exhausted",
               "Whether no extension is left, and none is cooling (1) or not (0).",
               health->level.exhausted);
}

/* A group, and what writes its labels. */
struct group_writer {
    const struct group_tally *group;
    struct writer writer;
};

static struct group_writer *group_writers(const struct writer *writer, const struct health *health)
{
    size_t n = health->groups.n;
    struct group_writer *writers = mem_array(n + 1, sizeof *writers);
    for (size_t i = 0; i < n; i++) {
        const struct group_tally *group = &health->groups.items[i];
        writers[i] = (struct group_writer){.group = group, .writer = {.out = writer->out}};
        buf_init(&writers[i].writer.labels, METRICS_MAX);
        buf_puts(&writers[i].writer.labels, writer->labels.data);
        put_label(&writers[i].writer.labels, "group", group->name ? group->name : "");
    }
    return writers;
}

static int64_t left_of(const struct pool_level *level)
{
    return (int64_t)level->left;
}

static int64_t limit_of(const struct pool_level *level)
{
    return (int64_t)level->limit;
}

static int64_t low_of(const struct pool_level *level)
{
    return level->low;
}

static int64_t exhausted_of(const struct pool_level *level)
{
    return level->exhausted;
}

static const struct {
    const char *name, *help;
    int64_t (*value)(const struct pool_level *level);
} s_group_metrics[] = {
    {"extpool_group_extensions_left", "Extensions of the group that are free or can still be made.",
     left_of},
    {"extpool_group_low_water_extensions",
     "The group is low if fewer extensions than these are left.", limit_of},
    {"extpool_group_low", "Whether the group is low (1) or not (0).", low_of},
    {"extpool_group_exhausted",
     "Whether no extension of the group is left, and none is cooling (1) or not (0).",
     exhausted_of},
};

/* The numbers of no group are in the group "". */
static void put_groups(struct writer *writer, const struct health *health)
{
    static const char name[] = "extpool_group_extensions";
    size_t n = health->groups.n;
    if (n == 0) {
        return;
    }
    struct group_writer *writers = group_writers(writer, health);
    put_head(writer, name, "Extensions by group and state.");
    for (size_t i = 0; i < n; i++) {
        put_states(&writers[i].writer, name, writers[i].group->counts);
    }
    for (size_t m = 0; m < sizeof s_group_metrics / sizeof *s_group_metrics; m++) {
        put_head(writer, s_group_metrics[m].name, s_group_metrics[m].help);
        for (size_t i = 0; i < n; i++) {
            put_value(&writers[i].writer, s_group_metrics[m].name,
                      s_group_metrics[m].value(&writers[i].group->level));
        }
    }
    for (size_t i = 0; i < n; i++) {
        buf_release(&writers[i].writer.labels);
    }
    free(writers);
}

static void put_agents(struct writer *writer, const struct health *health)
{
    put_number(writer, "extpool_agents", "Agents in the directory.", (int64_t)health->n_agents);
    put_number(writer, "extpool_agents_unassigned", "Agents without an extension.",
               (int64_t)health->rows.n_new);
    put_number(writer, "extpool_extensions_stale", "Extensions of people who left the directory.",
               (int64_t)health->rows.n_stale);
}

static void put_findings(struct writer *writer, const struct health *health)
{
    static const char name[] = "extpool_findings";
    uint64_t counts[HEALTH_KIND_COUNT] = {0};
    for (size_t i = 0; i < health->n_findings; i++) {
        counts[health->findings[i].kind]++;
    }
    put_head(writer, name, "What extpool --status --check finds, by kind.");
    for (enum health_kind kind = 0; kind < HEALTH_KIND_COUNT; kind++) {
        put_sample(writer, name, "kind", health_kind_name(kind), counts[kind]);
    }
}

static void put_last_sync(struct writer *writer, const struct last_sync *last)
{
    if (last->at_s > 0) {
        put_number(writer, "extpool_last_sync_timestamp_seconds",
                   "When the last sync of this user on this machine ended.", last->at_s);
        put_number(writer, "extpool_last_sync_exit_code",
                   "The exit code of that sync: 0 done, 3 conflicts, 4 refused, 5 exhausted.",
                   last->exit);
        put_head(writer, "extpool_last_sync_duration_seconds", "How long that sync took.");
        buf_printf(writer->out, "extpool_last_sync_duration_seconds{%s} %" PRId64 ".%03d\n",
                   writer->labels.data, last->duration_ms / 1000, (int)(last->duration_ms % 1000));
    }
    if (last->succeeded_at_s > 0) {
        put_number(writer, "extpool_last_sync_success_timestamp_seconds",
                   "When the last sync with exit code 0 ended.", last->succeeded_at_s);
    }
}

static void put_all(const struct run *run, const struct health *health, struct buf *out)
{
    struct writer writer = {.out = out};
    buf_init(&writer.labels, METRICS_MAX);
    put_label(&writer.labels, "store", session_store_uri(run->session));
    if (run->settings->context) {
        put_label(&writer.labels, "context", run->settings->context);
    }
    put_number(&writer, "extpool_up", "Whether the store could be read (1) or not (0).",
               health->has_store);
    if (health->wants_directory) {
        put_number(&writer, "extpool_directory_up",
                   "Whether the directory could be read to its end (1) or not (0).",
                   health->has_directory);
    }
    if (health->has_store) {
        put_pool(&writer, health);
        put_groups(&writer, health);
    }
    if (health->has_directory) {
        put_agents(&writer, health);
    }
    put_findings(&writer, health);
    put_last_sync(&writer, &health->last);
    buf_release(&writer.labels);
}

int run_metrics(struct run *run)
{
    const char *path = run->settings->metrics_path;
    struct health health;
    struct buf text;
    struct err err = ERR_INIT;
    buf_init(&text, METRICS_MAX);
    health_look(&run->use, &health);
    progress_line_end(&run->line);
    put_all(run, &health, &text);
    health_release(&health);
    if (strcmp(path, "-") == 0) {
        fputs(text.data, run->report->out);
    } else if (fileio_replace(path, text.data, text.length, 0644, &err) != ERR_OK) {
        run->use.err = err;
    }
    buf_release(&text);
    return run->use.err.code == ERR_OK ? 0 : run_report_failure(run);
}
