#include "core/plan/audit_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/plan/audit_codec.h"

#include "core/base/banned.h"

/* ---- records ------------------------------------------------------------------------------- */

void audit_records_release(struct audit_records *records)
{
    arena_release(&records->arena);
    free(records->records);
    *records = (struct audit_records){.records = NULL};
}

static struct audit_record *room_for_one(struct audit_records *records)
{
    if (records->n == records->room) {
        records->room = records->room ? records->room * 2 : 16;
        records->records = mem_resize(records->records, records->room, sizeof *records->records);
    }
    return &records->records[records->n++];
}

void audit_records_add(struct audit_records *records, const struct audit_record *record)
{
    struct arena *arena = &records->arena;
    struct audit_record copy = *record;
    copy.action_id = arena_strdup(arena, record->action_id);
    copy.actor = arena_strdup(arena, record->actor);
    copy.action = arena_strdup(arena, record->action);
    copy.changes = arena_strdup(arena, record->changes);
    copy.origin.user = arena_strdup(arena, record->origin.user);
    copy.origin.ticket = arena_strdup(arena, record->origin.ticket);
    copy.origin.undoes = arena_strdup(arena, record->origin.undoes);
    copy.origin.plan_file = arena_strdup(arena, record->origin.plan_file);
    copy.place = arena_strdup(arena, record->place);
    *room_for_one(records) = copy;
}

/* ---- numbers ------------------------------------------------------------------------------- */

void numbers_add(struct numbers *numbers, const char *ext)
{
    if (numbers->n == numbers->room) {
        numbers->room = numbers->room ? numbers->room * 2 : 64;
        numbers->exts = mem_resize(numbers->exts, numbers->room, sizeof *numbers->exts);
    }
    snprintf(numbers->exts[numbers->n++], sizeof *numbers->exts, "%s", ext);
}

void numbers_add_agent(struct numbers *numbers, const char *agent)
{
    for (size_t i = 0; i < numbers->n_agents; i++) {
        if (strcmp(numbers->agents[i], agent) == 0) {
            return;
        }
    }
    numbers->agents = mem_resize(numbers->agents, numbers->n_agents + 1, sizeof(char *));
    numbers->agents[numbers->n_agents++] = mem_strdup(agent);
}

static int by_ext(const void *a, const void *b)
{
    return strcmp(a, b);
}

void numbers_seal(struct numbers *numbers)
{
    size_t kept = 0;
    if (numbers->n > 1) {
        qsort(numbers->exts, numbers->n, sizeof *numbers->exts, by_ext);
    }
    for (size_t i = 0; i < numbers->n; i++) {
        if (kept == 0 || strcmp(numbers->exts[kept - 1], numbers->exts[i]) != 0) {
            memmove(numbers->exts[kept++], numbers->exts[i], sizeof *numbers->exts);
        }
    }
    numbers->n = kept;
}

void numbers_release(struct numbers *numbers)
{
    for (size_t i = 0; i < numbers->n_agents; i++) {
        free(numbers->agents[i]);
    }
    free(numbers->agents);
    free(numbers->exts);
    *numbers = (struct numbers){.exts = NULL};
}

static void add_range(struct numbers *numbers, const char *from, const char *to)
{
    unsigned long last = strtoul(to, NULL, 10);
    for (unsigned long n = strtoul(from, NULL, 10); n <= last; n++) {
        char ext[EXT_ROOM];
        snprintf(ext, sizeof ext, "%0*lu", (int)strlen(from), n);
        numbers_add(numbers, ext);
    }
}

static bool add_change(struct numbers *numbers, const struct audit_change *change, size_t limit)
{
    bool exemption = change->kind == CHANGE_EXEMPT || change->kind == CHANGE_UNEXEMPT;
    if (numbers->n + numbers->n_agents + audit_change_numbers(change) > limit) {
        return false;
    }
    if (exemption && change->agent) {
        numbers_add_agent(numbers, change->agent);
    } else if (change->ext) {
        numbers_add(numbers, change->ext);
    } else if (change->kind == CHANGE_CREATE) {
        add_range(numbers, change->from, change->to);
    } else {
        return false; /* about a claim, or about the trail: it does not say what else moved */
    }
    if (change->kind == CHANGE_REASSIGN && change->from) {
        numbers_add(numbers, change->from);
    }
    return true;
}

bool numbers_add_record(struct numbers *numbers, const struct audit_record *record, size_t limit)
{
    struct arena scratch = ARENA_INIT;
    struct audit_change *changes = NULL;
    size_t n = 0;
    bool known = audit_decode(&scratch, record->changes, &changes, &n, NULL) == ERR_OK;
    for (size_t i = 0; known && i < n; i++) {
        known = add_change(numbers, &changes[i], limit);
    }
    free(changes);
    arena_release(&scratch);
    return known;
}
