#include "core/plan/publish_guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/banned.h"
#include "core/base/mem.h"
#include "core/base/strmap.h"
#include "core/base/text.h"
#include "core/format/csv.h"
#include "core/plan/import_file.h"

static const struct release_limit s_limit = {.percent = true, .value = 10, .floor = 5};

/* Somebody on the list that lies there. */
struct person {
    const char *login;
    bool keeps; /* one of the numbers beside the login is still theirs */
};

struct judging {
    const struct publish_question *question;
    struct arena arena;
    struct person *people;
    size_t n_people, capacity;
    struct strmap by_login; /* of the people */
    struct strmap before;   /* who holds a number in the store */
    struct strmap after;    /* and who would */
};

/* ---- the list ---------------------------------------------------------------------------- */

/* The number as the store spells it: a spreadsheet takes leading zeros away, or puts an apostrophe
   before them. */
static const struct slot *find_slot(const struct snapshot *snapshot, struct csv_field field)
{
    char ext[EXT_ROOM];
    size_t width = snapshot->n_slots > 0 ? strlen(snapshot->slots[0].ext) : 0;
    while (field.length > 0 && (field.text[0] == '\'' || field.text[0] == '0')) {
        field.text++;
        field.length--;
    }
    if (field.length > width) {
        return NULL;
    }
    memset(ext, '0', width);
    memcpy(ext + width - field.length, field.text, field.length);
    ext[width] = '\0';
    return snapshot_find(snapshot, ext);
}

static struct person *person_of(struct judging *judging, struct csv_field login)
{
    const char *name = arena_strndup(&judging->arena, login.text, login.length);
    size_t at = strmap_add(&judging->by_login, name, judging->n_people);
    if (at == judging->n_people) {
        if (judging->n_people == judging->capacity) {
            judging->capacity = judging->capacity ? judging->capacity * 2 : 64;
            judging->people =
                mem_resize(judging->people, judging->capacity, sizeof *judging->people);
        }
        judging->people[judging->n_people++] = (struct person){.login = name};
    }
    return &judging->people[at];
}

static void take_row(void *context, struct csv_field login, struct csv_field number)
{
    struct judging *judging = context;
    struct person *person = person_of(judging, login);
    const struct slot *slot = find_slot(judging->question->after, number);
    person->keeps = person->keeps || (slot && slot->state == SLOT_ASSIGNED && slot->agent &&
                                      strcmp(slot->agent, person->login) == 0);
}

typedef void (*take_row_fn)(void *context, struct csv_field login, struct csv_field number);

/* Calls `take` for each row with a login and a number. */
static void read_list(const char *text, size_t length, take_row_fn take, void *context)
{
    struct csv csv;
    struct csv_row row;
    size_t twin;
    csv_init(&csv, "the list", text, length);
    if (csv_next(&csv, &row, NULL) == ERR_OK && row.n_fields > 0) {
        size_t user = csv_find_column(&row, import_user_columns, &twin);
        size_t ext = csv_find_column(&row, import_extension_columns, &twin);
        while (user != CSV_NO_COLUMN && ext != CSV_NO_COLUMN &&
               csv_next(&csv, &row, NULL) == ERR_OK && row.n_fields > 0) {
            if (row.n_fields <= user || row.n_fields <= ext) {
                continue;
            }
            struct csv_field login = csv_unsafe(csv_trim(row.fields[user]));
            struct csv_field number = csv_trim(row.fields[ext]);
            if (login.length > 0 && number.length > 0) {
                take(context, login, number);
            }
        }
    }
    csv_release(&csv);
}

/* ---- what is on it ------------------------------------------------------------------------- */

struct marking {
    const struct snapshot *snapshot;
    bool *listed;
};

static void mark_row(void *context, struct csv_field login, struct csv_field number)
{
    const struct marking *marking = context;
    const struct slot *slot = find_slot(marking->snapshot, number);
    bool holds = slot && slot->state == SLOT_ASSIGNED && strlen(slot->agent) == login.length &&
                 memcmp(slot->agent, login.text, login.length) == 0;
    if (holds) {
        marking->listed[slot - marking->snapshot->slots] = true;
    }
}

bool *publish_find_listed(const struct snapshot *snapshot, const char *text, size_t length)
{
    struct marking marking = {snapshot, mem_array(snapshot->n_slots + 1, sizeof(bool))};
    read_list(text, length, mark_row, &marking);
    return marking.listed;
}

/* ---- the count --------------------------------------------------------------------------- */

static void map_holders(const struct snapshot *snapshot, struct strmap *map)
{
    strmap_init(map, snapshot->n_slots);
    for (size_t i = 0; i < snapshot->n_slots; i++) {
        if (snapshot->slots[i].state == SLOT_ASSIGNED && snapshot->slots[i].agent) {
            strmap_add(map, snapshot->slots[i].agent, i);
        }
    }
}

static void count_people(struct judging *judging, struct publish_verdict *verdict)
{
    const struct roster *roster = judging->question->roster;
    verdict->people = judging->n_people;
    for (size_t i = 0; i < judging->n_people; i++) {
        const struct person *person = &judging->people[i];
        bool holds = strmap_get(&judging->after, person->login) != STRMAP_NONE;
        bool works = !roster || roster->partial || roster_find(roster, person->login);
        verdict->unknown += strmap_get(&judging->before, person->login) == STRMAP_NONE;
        verdict->moved += !person->keeps && holds;
        verdict->gone += !holds && works;
    }
}

static void word_refusal(const struct publish_question *question, struct publish_verdict *verdict)
{
    char people[TEXT_NUMBER_ROOM], moved[TEXT_NUMBER_ROOM], gone[TEXT_NUMBER_ROOM];
    char unknown[TEXT_NUMBER_ROOM], limit[TEXT_NUMBER_ROOM], known[64];
    text_number(verdict->people, people);
    text_number(verdict->moved, moved);
    text_number(verdict->gone, gone);
    text_number(verdict->limit, limit);
    snprintf(known, sizeof known, "does not know %s of them",
             text_number(verdict->unknown, unknown));
    const char *whom = verdict->unknown > 0 ? known : "knows all of them";
    if (verdict->empties) {
        snprintf(verdict->text, sizeof verdict->text,
                 "the list at %.300s has %s %s and would become empty; this store %s",
                 question->name, people, verdict->people == 1 ? "person" : "people", whom);
        return;
    }
    snprintf(verdict->text, sizeof verdict->text,
             "of the %s people on the list at %.200s, %s would get another number and %s would go "
             "(limit %s); this store %s",
             people, question->name, moved, gone, limit, whom);
}

void publish_judge(const struct publish_question *question, struct publish_verdict *verdict)
{
    struct judging judging = {.question = question, .arena = ARENA_INIT};
    strmap_init(&judging.by_login, 64);
    map_holders(question->before, &judging.before);
    map_holders(question->after, &judging.after);
    read_list(question->text, question->length, take_row, &judging);
    *verdict = (struct publish_verdict){.people = 0};
    count_people(&judging, verdict);

    const struct release_limit *limit = question->lifted ? question->lifted : &s_limit;
    verdict->empties = judging.after.count == 0 && verdict->people > 0;
    verdict->count = verdict->empties ? verdict->people : verdict->moved + verdict->gone;
    verdict->limit = (size_t)release_limit_allows(limit, (int64_t)verdict->people);
    verdict->refused = verdict->count > verdict->limit || (verdict->empties && !question->lifted);
    if (verdict->refused) {
        word_refusal(question, verdict);
    }
    strmap_release(&judging.by_login);
    strmap_release(&judging.before);
    strmap_release(&judging.after);
    free(judging.people);
    arena_release(&judging.arena);
}

enum err_code publish_guard_error(const struct publish_verdict *verdict, struct err *err)
{
    return verdict->refused
               ? err_set(err, ERR_GUARD, "the list is not published: %s", verdict->text)
               : ERR_OK;
}
