#include "aws/dynamodb/ddb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/plan/difference.h"

/*
 * What was written since a snapshot was read. Every write of this program puts its record into the
 * audit trail in the same transaction, so the end of the trail tells which numbers to read again, by
 * key and strongly consistent. If nothing was written, one read unit tells so.
 *
 * A record's key has the time when its part was sent. It can arrive later, after retries, so each
 * reading begins LATE_MS before the one before; records that are known are passed over. What the
 * index shows lags behind, too: after a snapshot that was read by it, the numbers of that time are
 * read by key once.
 *
 * What another program writes has no record. Only a whole read sees that.
 */

#define LATE_MS 120000
#define MONTHS_MAX 12
#define BY_KEY_MAX 1000
#define GENERATIONS_MAX 64
#define PAGE 200

struct reading {
    struct ddb *ddb;
    const struct policy *policy;
    const struct progress *progress;
    const struct store_since *since;
    const struct snapshot *seen;   /* NULL: everything is read */
    int64_t seen_ms, seen_reading; /* it has all that was written before this */
    struct store_changes *out;
    int64_t now_ms;             /* the service's, when it began */
    int64_t number;             /* which reading it is */
    struct audit_records found; /* newest first */
    bool cut;                   /* there are more */
    bool needed;                /* records of which `seen` does not know */
    bool told;                  /* they name all that they changed */
    struct err *err;
};

/* ---- the end of the trail ------------------------------------------------------------------- */

static int64_t time_of_place(const char *place)
{
    char time[CLOCK_TEXT_MAX];
    int64_t at_ms = 0;
    snprintf(time, sizeof time, "%.*s", (int)strcspn(place, "#"), place);
    return clock_parse(time, &at_ms) ? at_ms : INT64_MAX;
}

/* The trail has to be read from this time on. */
static int64_t from_ms(const struct reading *reading)
{
    const struct ddb_tail *tail = &reading->ddb->tail;
    const char *place = reading->since->place;
    int64_t from_ms = tail->read ? tail->read_ms : reading->now_ms;
    if (!tail->read && place && time_of_place(place) < from_ms) {
        from_ms = time_of_place(place);
    }
    if (reading->seen && reading->seen_ms < from_ms) {
        from_ms = reading->seen_ms;
    }
    return from_ms - LATE_MS;
}

/* The start of the month that has the moment. */
static int64_t month_begin_ms(int64_t at_ms)
{
    struct clock_date date = clock_date_utc(at_ms / 1000);
    int64_t day_s = at_ms / 1000 - at_ms / 1000 % CLOCK_DAY_S;
    return (day_s - (date.day - 1) * (int64_t)CLOCK_DAY_S) * 1000;
}

static json_t *query_body(int64_t month_ms, int64_t since_ms, json_t *start)
{
    char pk[DDB_AUDIT_PK_ROOM];
    char from[CLOCK_TEXT_MAX];
    ddb_audit_pk(month_ms, pk);
    clock_format_ms(since_ms, from);
    json_t *values = json_object();
    json_object_set_new(values, ":p", ddb_text(pk));
    json_object_set_new(values, ":a", ddb_text(from));
    json_t *body = json_object();
    json_object_set_new(body, "KeyConditionExpression", json_string("pk = :p AND sk >= :a"));
    json_object_set_new(body, "ExpressionAttributeValues", values);
    json_object_set_new(body, "ConsistentRead", json_true());
    json_object_set_new(body, "ScanIndexForward", json_false());
    json_object_set_new(body, "Limit", json_integer(PAGE));
    json_object_set_new(body, "ReturnConsumedCapacity", json_string("TOTAL"));
    if (start) {
        json_object_set(body, "ExclusiveStartKey", start);
    }
    return body;
}

static void take_page(struct reading *reading, const json_t *answer)
{
    size_t i = 0;
    const json_t *item = NULL;
    json_array_foreach(json_object_get(answer, "Items"), i, item)
    {
        char id[DDB_AUDIT_ID_ROOM];
        struct audit_record record;
        if (ddb_audit_record(item, id, &record)) {
            audit_records_add(&reading->found, &record);
        }
    }
}

/* One month, newest first. */
static enum err_code read_month(struct reading *reading, int64_t month_ms, int64_t since_ms)
{
    json_t *start = NULL;
    enum err_code code = ERR_OK;
    do {
        struct response reply;
        json_t *body = query_body(month_ms, since_ms, start);
        json_decref(start);
        start = NULL;
        code = ddb_call(reading->ddb, "Query", body, &reply, reading->err);
        if (code == ERR_OK) {
            take_page(reading, reply.json);
            start = json_incref(json_object_get(reply.json, "LastEvaluatedKey"));
            reading->cut = start && reading->found.n >= STORE_RECORDS_MAX;
        }
        response_release(&reply);
        if (code == ERR_OK && progress_cancel(reading->progress) != CANCEL_NO) {
            code = err_set(reading->err, ERR_CANCELLED, "cancelled");
        }
    } while (code == ERR_OK && start && !reading->cut);
    json_decref(start);
    return code;
}

/* The trail of each month from now back to that time: a month is a partition of its own. */
static enum err_code read_tail(struct reading *reading)
{
    int64_t since_ms = from_ms(reading);
    int64_t month_ms = month_begin_ms(reading->now_ms);
    enum err_code code = read_month(reading, month_ms, since_ms);
    for (int n = 1; code == ERR_OK && !reading->cut && since_ms < month_ms; n++) {
        month_ms = month_begin_ms(month_ms - 1);
        reading->cut = n == MONTHS_MAX;
        code = reading->cut ? ERR_OK : read_month(reading, month_ms, since_ms);
    }
    return code;
}

/* ---- which of them are new ------------------------------------------------------------------ */

static const struct ddb_known *known_of(const struct ddb_tail *tail, const struct strmap *by_sk,
                                        const char *sk)
{
    size_t place = strmap_get(by_sk, sk);
    return place == STRMAP_NONE ? NULL : &tail->known[place];
}

/* Whether nobody was told of it. The last reading saw all that was LATE_MS old by then. */
static bool is_new(const struct reading *reading, const struct audit_record *record)
{
    const struct ddb_tail *tail = &reading->ddb->tail;
    const char *place = reading->since->place;
    if (tail->read) {
        return record->order >= tail->read_ms - LATE_MS;
    }
    return place && strcmp(record->place, place) > 0;
}

static void judge_records(struct reading *reading)
{
    const struct ddb_tail *tail = &reading->ddb->tail;
    struct strmap by_sk;
    strmap_init(&by_sk, tail->n_known);
    for (size_t i = 0; i < tail->n_known; i++) {
        strmap_add(&by_sk, tail->known[i].sk, i);
    }
    reading->told = !reading->cut;
    for (size_t i = reading->found.n; i-- > 0;) { /* the oldest first */
        const struct audit_record *record = &reading->found.records[i];
        const struct ddb_known *known = known_of(tail, &by_sk, record->place);
        if (!known && is_new(reading, record)) {
            audit_records_add(&reading->out->records, record);
        }
        if (!known || !reading->seen || known->reading > reading->seen_reading) {
            reading->needed = true;
            reading->told =
                reading->told && numbers_add_record(&reading->out->numbers, record, BY_KEY_MAX);
        }
    }
    numbers_seal(&reading->out->numbers);
    strmap_release(&by_sk);
}

/* The reading went well: its records are known from here on. */
static void keep_tail(struct reading *reading)
{
    struct ddb_tail *tail = &reading->ddb->tail;
    struct ddb_known *kept = mem_array(tail->n_known + reading->found.n + 1, sizeof *kept);
    struct strmap by_sk;
    size_t n = 0;
    strmap_init(&by_sk, tail->n_known);
    for (size_t i = 0; i < tail->n_known; i++) {
        struct ddb_known *known = &tail->known[i];
        if (known->at_ms < reading->now_ms - LATE_MS) {
            free(known->sk);
        } else {
            kept[n++] = *known;
            strmap_add(&by_sk, known->sk, n);
        }
    }
    for (size_t i = 0; i < reading->found.n; i++) {
        const struct audit_record *record = &reading->found.records[i];
        if (record->order >= reading->now_ms - LATE_MS &&
            strmap_get(&by_sk, record->place) == STRMAP_NONE) {
            kept[n++] = (struct ddb_known){.sk = mem_strdup(record->place),
                                           .at_ms = record->order,
                                           .reading = reading->number};
        }
        if (strcmp(record->place, tail->place) > 0) {
            snprintf(tail->place, sizeof tail->place, "%s", record->place);
        }
    }
    strmap_release(&by_sk);
    free(tail->known);
    tail->known = kept;
    tail->n_known = n;
    if (!reading->out->whole) {
        tail->current = reading->out->snapshot->mark.opened;
        tail->current_ms = reading->now_ms;
        tail->current_reading = reading->number;
    }
    tail->read = true;
    tail->read_ms = reading->now_ms;
    tail->readings = reading->number;
}

void ddb_tail_release(struct ddb_tail *tail)
{
    for (size_t i = 0; i < tail->n_known; i++) {
        free(tail->known[i].sk);
    }
    free(tail->known);
    *tail = (struct ddb_tail){.read = false};
}

/* ---- the numbers ----------------------------------------------------------------------------- */

struct snapshot_mark ddb_mark(struct ddb *ddb, int64_t began_ticks_ms)
{
    return (struct snapshot_mark){
        .opened = ++ddb->tail.snapshots,
        .version = ddb_now_ms(ddb) - (clock_ticks_ms() - began_ticks_ms),
    };
}

static void on_got(void *context, const struct err *err)
{
    ddb_take_err(context, err);
}

/* `base`, with what the table itself says about the numbers. */
static enum err_code read_by_key(struct reading *reading, const struct snapshot *base,
                                 const struct numbers *numbers)
{
    struct ddb *ddb = reading->ddb;
    struct ddb_get *get = ddb_get_new(ddb, reading->policy->width);
    struct err failed = ERR_INIT;
    for (size_t i = 0; i < numbers->n; i++) {
        ddb_get_want_slot(get, numbers->exts[i]);
    }
    for (size_t i = 0; i < numbers->n_agents; i++) {
        ddb_get_want_exempt(get, numbers->agents[i]);
    }
    ddb_get_start(get, on_got, &failed);
    enum err_code code = http_run(client_http(ddb->client), &failed);
    code = failed.code != ERR_OK ? failed.code : code;
    if (code == ERR_OK) {
        struct slot *slots = mem_array(numbers->n + 1, sizeof *slots);
        for (size_t i = 0; i < numbers->n; i++) {
            slots[i] = *ddb_get_slot(get, numbers->exts[i]);
        }
        reading->out->snapshot = snapshot_with(base, slots, numbers->n);
        for (size_t i = 0; i < numbers->n_agents; i++) {
            snapshot_put_exempt(reading->out->snapshot, numbers->agents[i],
                                ddb_get_exempt(get, numbers->agents[i]));
        }
        free(slots);
    } else {
        ddb_take_err(reading->err, &failed);
    }
    ddb_get_free(get);
    return code;
}

static void add_difference(void *context, const struct slot *before, const struct slot *after)
{
    numbers_add(context, before ? before->ext : after->ext);
}

/* The agents who are exempt in one of the two and not, or otherwise, in the other. */
static void add_exempt_differences(struct numbers *doubtful, const struct snapshot *a,
                                   const struct snapshot *b)
{
    for (size_t i = 0; i < a->n_exempts; i++) {
        const struct exempt *one = &a->exempts[i];
        if (!exempt_is_as_seen(one, snapshot_find_exempt(b, one->agent))) {
            numbers_add_agent(doubtful, one->agent);
        }
    }
}

/* All by the index, which lags: what differs from what was seen, and what was written just now, is
   asked of the table itself. */
static enum err_code read_whole(struct reading *reading)
{
    struct snapshot *fresh = NULL;
    struct numbers doubtful = {.exts = NULL};
    enum err_code code =
        ddb_load(reading->ddb, reading->policy, reading->progress, &fresh, reading->err);
    reading->out->whole = true;
    if (code == ERR_OK && reading->since->snapshot) {
        snapshot_differences(reading->since->snapshot, fresh, add_difference, &doubtful);
        add_exempt_differences(&doubtful, reading->since->snapshot, fresh);
        add_exempt_differences(&doubtful, fresh, reading->since->snapshot);
    }
    for (size_t i = 0; reading->told && i < reading->out->numbers.n; i++) {
        numbers_add(&doubtful, reading->out->numbers.exts[i]);
    }
    for (size_t i = 0; reading->told && i < reading->out->numbers.n_agents; i++) {
        numbers_add_agent(&doubtful, reading->out->numbers.agents[i]);
    }
    numbers_seal(&doubtful);
    http_set_progress(client_http(reading->ddb->client), reading->progress);
    size_t n_doubtful = doubtful.n + doubtful.n_agents;
    if (code == ERR_OK && n_doubtful > 0 && n_doubtful <= BY_KEY_MAX) {
        code = read_by_key(reading, fresh, &doubtful);
        snapshot_unref(fresh);
    } else {
        reading->out->snapshot = fresh;
    }
    numbers_release(&doubtful);
    return code;
}

static enum err_code read_slots(struct reading *reading)
{
    struct store_changes *out = reading->out;
    struct snapshot_mark mark = {.version = reading->now_ms};
    enum err_code code;
    if (reading->seen && !reading->needed) {
        out->snapshot = snapshot_ref(reading->seen);
        return ERR_OK;
    }
    if (reading->seen && reading->told && reading->seen->generation < GENERATIONS_MAX) {
        code = read_by_key(reading, reading->seen, &out->numbers);
        mark.sequence = reading->number;
    } else {
        code = read_whole(reading);
    }
    if (code == ERR_OK) {
        out->snapshot->read_at_s = clock_now_s(reading->ddb->clock);
        mark.opened = ++reading->ddb->tail.snapshots;
        out->snapshot->mark = mark;
        ddb_judge_time(reading->ddb, out->snapshot);
    }
    return code;
}

/* ---- the call -------------------------------------------------------------------------------- */

static enum err_code read_changes(struct reading *reading)
{
    struct ddb *ddb = reading->ddb;
    enum err_code code = ddb_ask_time(ddb, reading->err);
    reading->now_ms = ddb_now_ms(ddb);
    if (code == ERR_OK) {
        code = read_tail(reading);
    }
    if (code == ERR_OK) {
        judge_records(reading);
        code = read_slots(reading);
    }
    if (code == ERR_OK) {
        keep_tail(reading);
        log_line(LOG_DEBUG, "dynamodb", "%zu new records, %zu numbers read again",
                 reading->out->records.n, reading->out->numbers.n);
    }
    return code;
}

enum err_code ddb_read_changes(struct ddb *ddb, const struct policy *policy,
                               const struct store_since *since, const struct progress *progress,
                               struct store_changes *out, struct err *err)
{
    struct err failed = ERR_INIT;
    struct http *http = client_http(ddb->client);
    struct reading reading = {.ddb = ddb,
                              .policy = policy,
                              .progress = progress,
                              .since = since,
                              .out = out,
                              .number = ddb->tail.readings + 1,
                              .err = &failed};
    *out = (struct store_changes){.snapshot = NULL};
    if (!since->whole && since->snapshot && since->snapshot->mark.opened) {
        const struct snapshot_mark *mark = &since->snapshot->mark;
        bool current = mark->opened == ddb->tail.current;
        reading.seen = since->snapshot;
        reading.seen_ms = current ? ddb->tail.current_ms : mark->version;
        reading.seen_reading = current ? ddb->tail.current_reading : mark->sequence;
    }
    http_set_progress(http, progress);
    enum err_code code = read_changes(&reading);
    http_set_progress(http, NULL);
    audit_records_release(&reading.found);
    if (code != ERR_OK) {
        code = ddb_explain(ddb, &failed);
        ddb_take_err(err, &failed);
        store_changes_release(out);
        return code;
    }
    if (ddb->tail.place[0]) {
        snprintf(out->place, sizeof out->place, "%s", ddb->tail.place);
    } else {
        clock_format_ms(ddb->tail.read_ms, out->place);
    }
    return ERR_OK;
}
