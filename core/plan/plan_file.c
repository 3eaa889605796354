#include "core/plan/plan_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/clock.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/plan/plan_file_rows.h"

#define MARK "plan"
/* Members in one order, without blanks: the form of which the digest is taken. */
#define PLAIN (JSON_SORT_KEYS | JSON_COMPACT)

/* ---- the digest ------------------------------------------------------------------------------ */

/* Of the document without its member "digest". */
static enum err_code take_digest(json_t *document, char digest[DIGEST_ROOM], struct err *err)
{
    struct buf plain;
    buf_init(&plain, PLAN_FILE_MAX);
    json_object_del(document, "digest");
    json_put_value(document, PLAIN, &plain);
    enum err_code code = ERR_OK;
    if (buf_failed(&plain)) {
        code = err_set(err, ERR_INPUT, "the plan is too long for a plan file");
    } else {
        digest_of(plain.data, plain.length, digest);
    }
    buf_release(&plain);
    return code;
}

void plan_file_speak(const char *digest, char out[12])
{
    snprintf(out, 12, "%.4s-%.4s", digest, strnlen(digest, 4) == 4 ? digest + 4 : "");
}

/* ---- writing --------------------------------------------------------------------------------- */

static void put_guard(json_t *document, const struct guard_verdict *guard, bool *clean)
{
    if (guard) {
        json_t *object = json_object();
        json_put_number(object, "people", guard->people);
        json_put_number(object, "holders", guard->holders);
        *clean = json_put_text(object, "text", guard->text) && *clean;
        json_object_set_new_nocheck(document, "guard", object);
    }
}

static json_t *put_changes(const struct plan *plan, bool *clean)
{
    json_t *changes = json_array();
    for (size_t i = 0; plan && i < plan->n_changes; i++) {
        if (change_is_tried(&plan->changes[i]) && !plan->changes[i].refused) {
            json_array_append_new(changes, plan_file_put_change(&plan->changes[i], clean));
        }
    }
    return changes;
}

static json_t *put_wishes(const struct basket *basket, bool *clean)
{
    json_t *wishes = json_array();
    for (size_t i = 0; basket && i < basket->n_wishes; i++) {
        json_array_append_new(wishes, plan_file_put_wish(basket->wishes[i], clean));
    }
    return wishes;
}

static json_t *put_all(const struct plan_file_content *content, bool *clean)
{
    char made_at[CLOCK_TEXT_MAX];
    json_t *document = json_object();
    clock_format_s(content->made_at_s, made_at);
    *clean = json_put_text(document, "extpool", MARK) &&
             json_put_text(document, "made_at", made_at) &&
             json_put_text(document, "maker", content->maker) &&
             json_put_text(document, "store", content->store) &&
             json_put_text(document, "place", content->place) &&
             json_put_text(document, "undoes", content->plan ? content->plan->undoes : NULL) &&
             json_put_text(document, "action", content->action) &&
             json_put_text(document, "ticket", content->ticket);
    json_put_number(document, "format", PLAN_FILE_FORMAT);
    json_put_flag(document, "derived", content->plan && content->plan->derived);
    put_guard(document, content->guard, clean);
    json_object_set_new_nocheck(document, "changes", put_changes(content->plan, clean));
    json_object_set_new_nocheck(document, "wishes", put_wishes(content->basket, clean));
    return document;
}

enum err_code plan_file_write(const struct plan_file_content *content, struct buf *out,
                              char digest[DIGEST_ROOM], struct err *err)
{
    bool clean = true;
    char own[DIGEST_ROOM];
    json_auto_t *document = put_all(content, &clean);
    if (!clean) {
        return err_set(err, ERR_INPUT,
                       "a plan file is UTF-8, but a login, a name or a note of this plan is not");
    }
    enum err_code code = take_digest(document, own, err);
    if (code != ERR_OK) {
        return code;
    }
    json_put_text(document, "digest", own);
    buf_clear(out);
    json_put_value(document, JSON_INDENT(1), out);
    buf_putc(out, '\n');
    if (buf_failed(out)) {
        return err_set(err, ERR_INPUT, "the plan is too long for a plan file");
    }
    if (digest) {
        memcpy(digest, own, sizeof own);
    }
    return ERR_OK;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum err_code check_head(const struct plan_file *file, const json_t *document,
                                struct err *err)
{
    const char *mark = json_string_value(json_object_get(document, "extpool"));
    const json_t *format = json_object_get(document, "format");
    if (!mark || strcmp(mark, MARK) != 0 || !json_is_integer(format)) {
        return err_set(err, ERR_INPUT, "%s is not a plan file of extpool", file->name);
    }
    if (json_integer_value(format) > PLAN_FILE_FORMAT) {
        err_set(err, ERR_INPUT,
                "%s was written by a newer version of extpool: it has the format %lld, and this "
                "one reads up to %d",
                file->name, (long long)json_integer_value(format), PLAN_FILE_FORMAT);
        err_hint(err, "update extpool here, or make the plan anew with this version");
        return ERR_INPUT;
    }
    return ERR_OK;
}

static enum err_code check_digest(struct plan_file *file, json_t *document, struct err *err)
{
    const char *said = json_string_value(json_object_get(document, "digest"));
    char named[DIGEST_ROOM];
    snprintf(named, sizeof named, "%s", said ? said : "none");
    enum err_code code = take_digest(document, file->digest, err);
    if (code == ERR_OK && strcmp(named, file->digest) != 0) {
        err_set(err, ERR_INPUT,
                "%s is damaged, or was changed: its digest is %s, but its content has %s",
                file->name, named, file->digest);
        err_hint(err, "make the plan anew; a plan file is applied as it was written");
        code = ERR_INPUT;
    }
    plan_file_speak(file->digest, file->spoken);
    return code;
}

static void read_facts(struct plan_file *file, struct json_members *members, const json_t *document)
{
    const char *made_at = json_get_text(members, document, "made_at");
    const json_t *guard = json_get_object(members, document, "guard");
    int64_t at_ms = 0;
    file->maker = json_get_text(members, document, "maker");
    file->store = json_get_text(members, document, "store");
    file->place = json_get_text(members, document, "place");
    file->undoes = json_get_text(members, document, "undoes");
    file->action = json_get_text(members, document, "action");
    file->ticket = json_get_text(members, document, "ticket");
    file->derived = json_get_flag(members, document, "derived");
    if (guard) {
        file->people = json_get_number(members, guard, "people");
        file->holders = json_get_number(members, guard, "holders");
        file->guard_text = json_get_text(members, guard, "text");
    }
    if (!made_at || !clock_parse(made_at, &at_ms)) {
        json_complain(members, "made_at", "is not a time");
    }
    file->made_at_s = at_ms / 1000;
    if (!file->maker || !file->store || !file->action) {
        json_complain(members, "maker, store or action", "is missing");
    }
}

static void read_rows(struct plan_file *file, struct json_members *members, const json_t *document)
{
    const json_t *changes = json_get_array(members, document, "changes");
    const json_t *wishes = json_get_array(members, document, "wishes");
    file->n_changes = changes ? json_array_size(changes) : 0;
    file->n_wishes = wishes ? json_array_size(wishes) : 0;
    file->changes = arena_alloc(&file->arena, (file->n_changes + 1) * sizeof *file->changes);
    file->wishes = arena_alloc(&file->arena, (file->n_wishes + 1) * sizeof *file->wishes);
    members->what = "change";
    for (size_t i = 0; i < file->n_changes && members->code == ERR_OK; i++) {
        members->number = i + 1;
        plan_file_get_change(members, json_array_get(changes, i), &file->changes[i]);
    }
    members->what = "wish";
    for (size_t i = 0; i < file->n_wishes && members->code == ERR_OK; i++) {
        members->number = i + 1;
        plan_file_get_wish(members, json_array_get(wishes, i), &file->wishes[i]);
    }
}

enum err_code plan_file_read(struct plan_file *file, const struct buf *text, const char *name,
                             struct err *err)
{
    json_error_t trouble;
    *file = (struct plan_file){.arena = ARENA_INIT};
    file->name = arena_strdup(&file->arena, name);
    json_auto_t *document = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &trouble);
    if (!document) {
        return err_set(err, ERR_INPUT, "%s is not a plan file: it is no JSON, line %d: %s",
                       file->name, trouble.line, trouble.text);
    }
    struct json_members members = {.arena = &file->arena, .err = err, .what = file->name};
    enum err_code code = check_head(file, document, err);
    if (code == ERR_OK) {
        code = check_digest(file, document, err);
    }
    if (code == ERR_OK) {
        read_facts(file, &members, document);
        read_rows(file, &members, document);
        code = members.code;
        if (code != ERR_OK && strcmp(members.what, file->name) != 0) {
            err_prefix(err, "%s", file->name);
        }
    }
    return code;
}

void plan_file_release(struct plan_file *file)
{
    arena_release(&file->arena);
    *file = (struct plan_file){.arena = ARENA_INIT};
}

enum err_code plan_file_check(const struct plan_file *file, const char *store, const char *place,
                              int64_t now_s, struct err *err)
{
    char age[CLOCK_TEXT_MAX];
    int64_t age_s = now_s - file->made_at_s;
    clock_format_span(age_s, age);
    if (strcmp(file->store, store) != 0) {
        err_set(err, ERR_INPUT, "%s was made for the store %s, and this is %s", file->name,
                file->store, store);
        err_hint(err, "name that store with --store or --context, or make the plan anew");
        return ERR_INPUT;
    }
    if (place && file->place && strcmp(file->place, place) != 0) {
        err_set(err, ERR_INPUT, "%s was made for %s in %s, and this one is in %s", file->name,
                file->store, file->place, place);
        err_hint(err, "choose that account and region, or make the plan anew");
        return ERR_INPUT;
    }
    if (age_s > PLAN_FILE_KEEP_S) {
        err_set(err, ERR_INPUT, "%s is too old: %s made it %s ago, and a plan file holds for 7d",
                file->name, file->maker, age);
        err_hint(err, "make the plan anew");
        return ERR_INPUT;
    }
    if (age_s < -CLOCK_DAY_S) {
        err_set(err, ERR_INPUT, "%s was made %s after now: one of the two clocks is wrong",
                file->name, age);
        err_hint(err, "set the clock, or make the plan anew");
        return ERR_INPUT;
    }
    return ERR_OK;
}

/* ---- what it becomes ------------------------------------------------------------------------- */

static const struct slot *copy_before(struct arena *arena, const struct slot *before)
{
    if (!before) {
        return NULL;
    }
    struct slot *copy = arena_alloc(arena, sizeof *copy);
    *copy = slot_copy(arena, before);
    return copy;
}

static void copy_extras(struct arena *arena, struct change *into, const struct change *from)
{
    if (from->claim) {
        into->claim = arena_alloc(arena, sizeof *into->claim);
        *into->claim = (struct claim_step){.agent = arena_strdup(arena, from->claim->agent),
                                           .before = arena_strdup(arena, from->claim->before),
                                           .after = arena_strdup(arena, from->claim->after),
                                           .tolerant = from->claim->tolerant};
    }
    if (from->trail) {
        into->trail = arena_alloc(arena, sizeof *into->trail);
        *into->trail = *from->trail;
    }
}

struct plan *plan_file_plan(const struct plan_file *file, const struct plan_input *input)
{
    struct plan *plan = plan_new(file->action, input->snapshot, input->roster, input->now_s);
    struct arena *arena = &plan->arena;
    plan->derived = file->derived;
    plan->undoes = arena_strdup(arena, file->undoes);
    for (size_t i = 0; i < file->n_changes; i++) {
        const struct change *from = &file->changes[i];
        struct change *change = plan_add(plan, from->kind, from->ext, from->agent, from->n_steps,
                                         "%s", from->why ? from->why : "");
        change->from = arena_strdup(arena, from->from);
        change->to = arena_strdup(arena, from->to);
        change->by_number = from->by_number;
        change->any_number = from->any_number;
        change->group = from->group;
        copy_extras(arena, change, from);
        for (size_t k = 0; k < from->n_steps; k++) {
            change->steps[k].before = copy_before(arena, from->steps[k].before);
            change->steps[k].after = slot_copy(arena, &from->steps[k].after);
        }
    }
    plan_count(plan);
    return plan;
}

void plan_file_gather(const struct plan_file *file, struct basket *basket)
{
    for (size_t i = 0; i < file->n_wishes; i++) {
        basket_put(basket, &file->wishes[i]);
    }
    if (file->ticket) {
        basket_set_ticket(basket, file->ticket);
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

enum err_code plan_file_load(struct plan_file *file, const char *path, struct err *err)
{
    struct buf text;
    buf_init(&text, PLAN_FILE_MAX);
    *file = (struct plan_file){.arena = ARENA_INIT};
    enum err_code code = fileio_read(path, &text, err);
    if (code == ERR_OK) {
        code = plan_file_read(file, &text, path, err);
    }
    buf_release(&text);
    return code;
}

enum err_code plan_file_save(const char *path, const struct plan_file_content *content,
                             char digest[DIGEST_ROOM], struct err *err)
{
    struct buf text;
    buf_init(&text, PLAN_FILE_MAX);
    enum err_code code = plan_file_write(content, &text, digest, err);
    if (code == ERR_OK) {
        code = fileio_replace(path, text.data, text.length, 0600, err);
    }
    buf_release(&text);
    return code;
}
