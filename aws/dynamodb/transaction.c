#include "aws/dynamodb/scheduler.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/log.h"
#include "core/base/mem.h"

/*
 * One transaction: sent, and seen through to the point where it is known what became of it.
 *
 *     carried out             its units are done
 *     cancelled               the units whose condition did not hold are settled (conflict.c),
 *                             the others go into new transactions
 *     busy, throttled         the same again after a while, with the same token
 *     the answer was lost     its audit record tells (in_doubt.c); if there is none, the same again
 *                             with the same token
 *     refused                 the apply stops
 *
 * The audit record must not be there yet. So a transaction cannot be carried out twice even when
 * the service has forgotten the token, and its refusal says that an earlier attempt went through.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */

#define BUSY_BASE_MS 40 /* another transaction has an item */
#define THROTTLED_BASE_MS 100
#define WAIT_CAP_MS 5000
#define IN_PROGRESS_MS 5000 /* the token's first attempt is still under way */
#define BUSY_TRIES 40
#define IN_PROGRESS_TRIES 5
#define LOSSES_MAX 8
#define UNKNOWN_BASE_MS 100 /* its record is not there (yet) */
#define UNKNOWN_CAP_MS 5000
#define UNKNOWN_TRIES 5
#define NUMBERS_SHOWN 6
#define ONE_BY_ONE_MAX 33 /* units; as many assignments fill a transaction */

static void attempt(struct ddb_transaction *part);

/* ---- beginning and end -------------------------------------------------------------------- */

struct ddb_transaction *ddb_transaction_new(struct ddb_scheduler *writer)
{
    struct ddb_transaction *part = mem_alloc(sizeof *part);
    part->writer = writer;
    return part;
}

void ddb_transaction_free(struct ddb_transaction *part)
{
    ddb_get_free(part->get);
    free(part->body);
    free(part);
}

static void transaction_end(struct ddb_transaction *part)
{
    struct ddb_scheduler *writer = part->writer;
    ddb_ended(writer);
    ddb_transaction_free(part);
    writer->go_on(writer);
}

/* It was carried out, and is over. */
static void transaction_done(struct ddb_transaction *part)
{
    ddb_decide_all(part, RESULT_DONE, NULL);
    ddb_went_well(part->writer);
    transaction_end(part);
}

/* The apply stops. If an attempt may have been carried out, the part is kept for the end. */
static void transaction_refused(struct ddb_transaction *part, const struct err *err)
{
    struct ddb_scheduler *writer = part->writer;
    ddb_stop(writer, err);
    if (part->in_doubt) {
        part->err = *err;
        ddb_in_doubt_keep(part);
        ddb_ended(writer);
        return;
    }
    bool untried = err->code == ERR_CANCELLED || err->code == ERR_NOT_FOUND;
    ddb_decide_all(part, untried ? RESULT_NOT_TRIED : RESULT_FAILED, untried ? NULL : err->text);
    transaction_end(part);
}

/* "2004, 3001": the numbers that the transaction is about, in `out`; how many. */
static size_t name_numbers(const struct ddb_transaction *part, struct buf *out)
{
    const struct ddb_scheduler *writer = part->writer;
    size_t n = 0;
    for (size_t i = 0; i < part->n_units; i++) {
        const struct ddb_unit *unit = &writer->units[part->units[i]];
        for (size_t j = unit->first; j < unit->end; j++) {
            const struct change *change = &writer->plan->changes[j];
            for (size_t k = 0; k < change->n_steps; k++, n++) {
                if (n < NUMBERS_SHOWN) {
                    buf_printf(out, "%s%s", n > 0 ? ", " : "", change->steps[k].after.ext);
                }
            }
        }
    }
    return n;
}

static void name_denied(const struct ddb_transaction *part, const struct err *err, struct err *told)
{
    struct buf numbers;
    buf_init(&numbers, 256);
    size_t n = name_numbers(part, &numbers);
    if (n > NUMBERS_SHOWN) {
        buf_printf(&numbers, " and %zu more", n - NUMBERS_SHOWN);
    }
    *told = *err;
    if (n == 1) {
        err_prefix(told, "not allowed to write %s", numbers.data);
    } else if (n > 1) {
        err_prefix(told, "not allowed to write all of %s, so none of them was written",
                   numbers.data);
    }
    told->hint[0] = '\0';
    err_hint(told, "%s; a policy may allow it for the numbers of one site alone", err->hint);
    buf_release(&numbers);
}

/* A policy may allow some numbers and not others (README, "One site"), and the service does not say
   which item it is about. In a plan of a few rows each is tried alone then, so that those that are allowed
   are written; what is denied to a long plan stops it. */
static void transaction_denied(struct ddb_transaction *part, const struct err *err)
{
    struct ddb_scheduler *writer = part->writer;
    struct err told = ERR_INIT;
    if (part->in_doubt || writer->n_units > ONE_BY_ONE_MAX ||
        (part->n_units == 1 && !writer->one_by_one)) {
        name_denied(part, err, &told);
        transaction_refused(part, &told);
        return;
    }
    if (part->n_units == 1) {
        name_denied(part, err, &told);
        ddb_take_err(&writer->err, &told);
        ddb_decide_all(part, RESULT_FAILED, told.text);
    }
    for (size_t i = part->n_units; part->n_units > 1 && i-- > 0;) {
        ddb_again(writer, part->units[i]);
    }
    writer->one_by_one = true;
    transaction_end(part);
}

/* ---- again -------------------------------------------------------------------------------- */

static void on_time(void *context, bool cancelled)
{
    struct ddb_transaction *part = context;
    struct ddb_scheduler *writer = part->writer;
    bool soft = !part->in_doubt && progress_cancel(writer->progress) != CANCEL_NO;
    progress_waits(writer->progress, 0, false);
    if (cancelled || soft) {
        struct err err = ERR_INIT;
        err_set(&err, ERR_CANCELLED, "cancelled");
        transaction_refused(part, &err);
    } else {
        attempt(part);
    }
}

static void again_after(struct ddb_transaction *part, int64_t wait_ms)
{
    http_after(client_http(part->writer->ddb->client), wait_ms, on_time, part);
}

/* Another transaction or the throttle was in the way; it will pass. */
static void busy(struct ddb_transaction *part, bool throttled)
{
    const struct ddb *ddb = part->writer->ddb;
    if (throttled) {
        ddb_throttled(part->writer);
    }
    if (++part->tries <= BUSY_TRIES) {
        int64_t base_ms = throttled ? THROTTLED_BASE_MS : BUSY_BASE_MS;
        int64_t wait_ms = ddb_backoff_ms(part->writer->ddb, base_ms, part->tries - 1, WAIT_CAP_MS);
        progress_waits(part->writer->progress, wait_ms, throttled);
        again_after(part, wait_ms);
        return;
    }
    struct err err = ERR_INIT;
    if (throttled) {
        err_set(&err, ERR_THROTTLED, "table %s throttles a write, also after %d attempts",
                ddb->name, BUSY_TRIES + 1);
        err_hint(&err, "others use the same capacity; try again in a minute");
    } else {
        err_set(&err, ERR_BUSY, "others keep writing the same items of table %s", ddb->name);
        err_hint(&err, "try again when they have finished");
    }
    transaction_refused(part, &err);
}

/* ---- cancelled: who lost ------------------------------------------------------------------- */

/* What the reasons say of a unit; a later one counts more. */
enum fate { FATE_NONE, FATE_BUSY, FATE_LOST, FATE_FAILED };

struct reasons {
    enum fate of_unit[DDB_ACTIONS_MAX]; /* by place in part->units */
    const char *messages[DDB_ACTIONS_MAX];
    bool recorded;     /* the audit record is there: an earlier attempt went through */
    bool unrecordable; /* the audit record itself is refused */
    bool throttled;
    bool any_loss;
    bool any_reason;
};

static enum fate fate_of(const char *code, bool *throttled)
{
    static const struct {
        const char *code;
        enum fate fate;
        bool throttled;
    } fates[] = {
        {"None", FATE_NONE, false},
        {"ConditionalCheckFailed", FATE_LOST, false},
        {"TransactionConflict", FATE_BUSY, false},
        {"ThrottlingError", FATE_BUSY, true},
        {"ProvisionedThroughputExceeded", FATE_BUSY, true},
    };
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++) {
        if (strcmp(code, fates[i].code) == 0) {
            *throttled = *throttled || fates[i].throttled;
            return fates[i].fate;
        }
    }
    return FATE_FAILED; /* ValidationError, ItemCollectionSizeLimitExceeded, ... */
}

static size_t place_of(const struct ddb_transaction *part, size_t unit)
{
    size_t place = 0;
    while (place < part->n_units && part->units[place] != unit) {
        place++;
    }
    return place;
}

/* False if the answer does not have a reason for each action. */
static bool read_reasons(const struct ddb_transaction *part, const json_t *answer,
                         struct reasons *out)
{
    const json_t *list = json_object_get(answer, "CancellationReasons");
    *out = (struct reasons){.recorded = false};
    if (json_array_size(list) != part->n_actions) {
        return false;
    }
    for (size_t i = 0; i < part->n_actions; i++) {
        const json_t *reason = json_array_get(list, i);
        const char *code = json_string_value(json_object_get(reason, "Code"));
        enum fate fate = fate_of(code ? code : "None", &out->throttled);
        out->any_reason = out->any_reason || fate != FATE_NONE;
        if (part->owner[i] == DDB_NONE) {
            out->recorded = fate == FATE_LOST;
            out->unrecordable = fate == FATE_FAILED;
            continue;
        }
        size_t place = place_of(part, part->owner[i]);
        if (fate > out->of_unit[place]) {
            out->of_unit[place] = fate;
            out->messages[place] = json_string_value(json_object_get(reason, "Message"));
        }
        out->any_loss = out->any_loss || fate >= FATE_LOST;
    }
    return true;
}

/* ---- settling ------------------------------------------------------------------------------ */

static void lost_effects(const struct ddb_transaction *part, size_t index, struct arena *arena,
                         struct effects *out)
{
    const struct ddb_unit *unit = &part->writer->units[index];
    effects_of(part->writer->plan, unit->first, unit->end - unit->first, arena, out);
}

static void settle_unit(struct ddb_transaction *part, size_t index, struct arena *arena)
{
    struct ddb_scheduler *writer = part->writer;
    struct ddb_unit *unit = &writer->units[index];
    struct effects effects;
    struct ddb_verdict judged;
    struct conflict_verdict *verdict = &judged.conflict;
    lost_effects(part, index, arena, &effects);
    ddb_conflict_judge(part->get, writer->plan, &effects, &writer->arena, &judged);
    unit->fixes = judged.fixes;
    if (verdict->fate == CONFLICT_AS_SEEN && ++unit->losses <= LOSSES_MAX) {
        ddb_again(writer, index);
        return;
    }
    if (verdict->fate == CONFLICT_OTHER && verdict->number_lost &&
        plan_choose_again(writer->plan, unit->first, unit->end)) {
        ddb_again(writer, index);
        return;
    }
    if (verdict->fate == CONFLICT_AS_SEEN) {
        verdict->fate = CONFLICT_OTHER;
        verdict->detail = "somebody keeps writing it";
    }
    ddb_decide_lost(writer, index, verdict);
}

static void on_looked(void *context, const struct err *err)
{
    struct ddb_transaction *part = context;
    struct arena arena = ARENA_INIT;
    if (err->code != ERR_OK) {
        ddb_stop(part->writer, err);
        for (size_t i = 0; i < part->n_lost; i++) {
            ddb_decide(part->writer, part->lost[i], RESULT_CONFLICT, "something else is there now");
        }
        transaction_end(part);
        return;
    }
    /* Claims are known now; the extensions that they name are wanted as well. */
    for (size_t i = 0; i < part->n_lost; i++) {
        struct effects effects;
        lost_effects(part, part->lost[i], &arena, &effects);
        ddb_conflict_want(part->get, &effects);
    }
    if (ddb_get_wants(part->get)) {
        ddb_get_start(part->get, on_looked, part);
        arena_release(&arena);
        return;
    }
    for (size_t i = part->n_lost; i-- > 0;) {
        settle_unit(part, part->lost[i], &arena);
    }
    arena_release(&arena);
    transaction_end(part);
}

/* The refusal brought claims that are in the way: what they name is looked at in the same go. */
static void want_what_is_known(struct ddb_transaction *part, const json_t *answer)
{
    struct arena arena = ARENA_INIT;
    struct ddb_reader reader = {.arena = &arena, .width = part->writer->width};
    size_t i = 0;
    const json_t *reason = NULL;
    json_array_foreach(json_object_get(answer, "CancellationReasons"), i, reason)
    {
        struct ddb_item item;
        ddb_item_read(&reader, json_object_get(reason, "Item"), &item);
        if (item.kind == DDB_CLAIM) {
            ddb_get_want_slot(part->get, item.claim.ext);
        }
    }
    arena_release(&arena);
}

static void settle(struct ddb_transaction *part, const json_t *answer)
{
    struct arena arena = ARENA_INIT;
    part->get = ddb_get_new(part->writer->ddb, part->writer->width);
    for (size_t i = 0; i < part->n_lost; i++) {
        struct effects effects;
        lost_effects(part, part->lost[i], &arena, &effects);
        ddb_conflict_want(part->get, &effects);
    }
    arena_release(&arena);
    want_what_is_known(part, answer);
    ddb_get_start(part->get, on_looked, part);
}

static void cancelled(struct ddb_transaction *part, const json_t *answer, const struct err *err)
{
    struct reasons reasons;
    if (!read_reasons(part, answer, &reasons)) {
        struct err strange = ERR_INIT;
        err_set(&strange, ERR_SERVICE,
                "a transaction was cancelled without a reason for each of "
                "its actions (%s)",
                err->text);
        transaction_refused(part, &strange);
        return;
    }
    if (reasons.recorded) {
        transaction_done(part);
        return;
    }
    part->in_doubt = false; /* no earlier attempt went through: the record would be there */
    if (reasons.unrecordable) {
        transaction_refused(part, err);
        return;
    }
    if (!reasons.any_loss) {
        busy(part, reasons.throttled);
        return;
    }
    struct ddb_scheduler *writer = part->writer;
    for (size_t i = part->n_units; i-- > 0;) {
        switch (reasons.of_unit[i]) {
        case FATE_FAILED:
            ddb_decide(writer, part->units[i], RESULT_FAILED,
                       reasons.messages[i] ? reasons.messages[i] : err->text);
            break;
        case FATE_LOST:
            part->lost[part->n_lost++] = part->units[i];
            break;
        case FATE_NONE:
        case FATE_BUSY:
            ddb_again(writer, part->units[i]);
            break;
        }
    }
    log_line(LOG_INFO, "dynamodb", "part %u of %s: %zu of %zu units lost, the rest goes on",
             part->record.number, writer->context->action_id, part->n_lost, part->n_units);
    if (part->n_lost > 0) {
        settle(part, answer);
        writer->go_on(writer);
    } else {
        transaction_end(part);
    }
}

/* ---- the answer was lost --------------------------------------------------------------------- */

static void on_known(struct ddb_transaction *part, bool there, const struct err *err)
{
    if (err->code != ERR_OK) {
        transaction_refused(part, err);
    } else if (there) {
        transaction_done(part);
    } else if (part->hopeless || ++part->unknowns > UNKNOWN_TRIES) {
        struct err last = part->err;
        transaction_refused(part, &last);
    } else {
        again_after(part, ddb_backoff_ms(part->writer->ddb, UNKNOWN_BASE_MS, part->unknowns,
                                         UNKNOWN_CAP_MS));
    }
}

/* Goes on with the part when it is known what became of it. */
static void find_out(struct ddb_transaction *part, const struct err *err)
{
    part->in_doubt = true;
    part->err = *err;
    ddb_in_doubt_ask(part, on_known);
}

/* ---- sending ------------------------------------------------------------------------------- */

static void on_answer(void *context, struct response *reply, const struct err *err)
{
    struct ddb_transaction *part = context;
    part->in_doubt = part->in_doubt || reply->maybe_done;
    if (reply->code == ERR_OK) {
        transaction_done(part);
    } else if (strcmp(reply->error, "TransactionCanceledException") == 0) {
        cancelled(part, reply->json, err);
    } else if (strcmp(reply->error, "TransactionInProgressException") == 0) {
        part->tries++;
        if (part->tries > IN_PROGRESS_TRIES) {
            find_out(part, err);
        } else {
            again_after(part, IN_PROGRESS_MS);
        }
    } else if (reply->code == ERR_THROTTLED) {
        busy(part, true);
    } else if (strcmp(reply->error, "IdempotentParameterMismatchException") == 0) {
        part->hopeless = true;
        find_out(part, err);
    } else if (reply->code != ERR_CANCELLED && (reply->maybe_done || reply->code == ERR_OFFLINE)) {
        find_out(part, err);
    } else if (reply->code == ERR_DENIED) {
        transaction_denied(part, err);
    } else {
        transaction_refused(part, err);
    }
}

static void attempt(struct ddb_transaction *part)
{
    ddb_submit_text(part->writer->ddb, "TransactWriteItems", part->body, on_answer, part);
}

/* The changes of all units as one JSON array: runs of units that stand next to each other in the
   plan are encoded together, so that created numbers become ranges. */
static void encode_changes(const struct ddb_transaction *part, struct buf *out)
{
    const struct ddb_scheduler *writer = part->writer;
    struct buf run;
    buf_init(&run, 1 << 20);
    buf_putc(out, '[');
    for (size_t i = 0; i < part->n_units;) {
        size_t first = writer->units[part->units[i]].first;
        size_t end = first;
        while (i < part->n_units && writer->units[part->units[i]].first == end) {
            end = writer->units[part->units[i++]].end;
        }
        buf_clear(&run);
        audit_encode(writer->plan, first, end - first, true, &run);
        if (run.length > 2) { /* without its brackets */
            buf_puts(out, out->length > 1 ? "," : "");
            buf_append(out, run.data + 1, run.length - 2);
        }
    }
    buf_putc(out, ']');
    buf_release(&run);
}

void ddb_transaction_send(struct ddb_transaction *part, struct ddb_actions *actions)
{
    struct ddb_scheduler *writer = part->writer;
    struct buf changes;
    buf_init(&changes, 1 << 20);
    int64_t now_ms = ddb_now_ms(writer->ddb);
    part->record = (struct ddb_audit_part){
        .number = ++writer->last_number,
        /* The action's own record is never older than its id says. */
        .at_ms = now_ms > writer->context->at_ms ? now_ms : writer->context->at_ms,
    };
    encode_changes(part, &changes);
    ddb_actions_add_audit(
        actions, writer->ddb->table, DDB_NONE,
        ddb_audit_item(writer->context, writer->plan->action, &part->record, changes.data));
    buf_release(&changes);
    part->n_actions = actions->n;
    for (size_t i = 0; i < actions->n; i++) {
        part->owner[i] = actions->items[i].unit;
    }
    crypto_uuid4(part->token);
    json_t *body = ddb_actions_body(actions, part->token);
    part->body = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    ddb_began(writer);
    attempt(part);
}
