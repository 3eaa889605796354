#include "core/plan/audit_codec.h"

#include <string.h>

#include "core/base/banned.h"
#include "core/format/json_text.h"

/*
 * Writing the changes of a record, straight into the buffer. Members that are not set are left out,
 * and the text has no blanks: a record of DynamoDB has 400 KB at most, and a first sync records ten
 * thousand changes.
 */

static void put_time(struct buf *out, const char *name, int64_t at_s)
{
    if (at_s != 0) {
        json_text_number(out, name, at_s);
    }
}

/* What the slot was. The holder of an assigned one is the change's agent already. */
static void put_was_members(struct buf *out, const struct slot *before, const char *agent)
{
    if (before->state == SLOT_RESERVED) {
        json_text_member(out, "state", AUDIT_RESERVED);
    }
    put_time(out, "at", before->at_s);
    if (before->state != SLOT_ASSIGNED || !before->agent || !agent ||
        strcmp(before->agent, agent) != 0) {
        json_text_member(out, "agent", before->agent);
    }
    json_text_member(out, "note", before->note);
    json_text_member(out, "by", before->by);
    put_time(out, "given_back", before->given_back_s);
    json_text_member(out, "target", before->target);
    put_time(out, "until", before->until_s);
    if (before->own) {
        json_text_member(out, "arn", before->own->arn);
        json_text_member(out, "source", before->own->source);
        json_text_member(out, "fallback", before->own->fallback);
    }
}

/* Nothing if there is nothing to say. */
static void put_was(struct buf *out, const char *name, const struct slot *before, const char *agent)
{
    if (!before || before->state == SLOT_ABSENT) {
        return;
    }
    size_t start = out->length;
    json_text_name(out, name);
    buf_putc(out, '{');
    size_t empty = out->length;
    put_was_members(out, before, agent);
    if (out->length > empty) {
        buf_putc(out, '}');
    } else if (!buf_failed(out)) {
        out->length = start;
        out->data[start] = '\0';
    }
}

/* What an exemption was, if there was one. */
static void put_was_exempt(struct buf *out, const struct exempt *before)
{
    if (before) {
        const struct slot was = {
            .state = SLOT_FREE, .at_s = before->since_s, .note = before->note, .by = before->by};
        put_was(out, "was", &was, NULL);
    }
}

static const struct slot *before_of(const struct change *change, const char *ext)
{
    for (size_t i = 0; ext && i < change->n_steps; i++) {
        if (strcmp(change->steps[i].after.ext, ext) == 0) {
            return change->steps[i].before;
        }
    }
    return NULL;
}

/* Begins an element of the array. */
static void begin_element(struct buf *out, enum change_kind kind)
{
    if (out->length > 1) {
        buf_putc(out, ',');
    }
    buf_putc(out, '{');
    json_text_member(out, "change", change_kind_name(kind));
}

static void put_change(struct buf *out, const struct change *change)
{
    begin_element(out, change->kind);
    json_text_member(out, "extension", change->ext);
    json_text_member(out, "agent", change->agent);
    json_text_member(out, "from", change->from);
    json_text_member(out, "to", change->to);
    json_text_member(out, "why", change->why);
    if (change->group != 0) {
        json_text_number(out, "group", change->group);
    }
    const struct slot *calls = change_calls(change);
    if (calls) {
        json_text_member(out, "target", calls->target);
        put_time(out, "until", calls->until_s);
        json_text_member(out, "fallback", slot_fallback(calls));
    }
    if (change->kind == CHANGE_EXEMPT || change->kind == CHANGE_UNEXEMPT) {
        put_was_exempt(out, change->exempt ? change->exempt->before : NULL);
    }
    put_was(out, "was", before_of(change, change->ext), change->agent);
    if (change->kind == CHANGE_REASSIGN) {
        put_was(out, "from_was", before_of(change, change->from), change->agent);
    }
    buf_putc(out, '}');
}

static void put_range(struct buf *out, const char *first, const char *last)
{
    begin_element(out, CHANGE_CREATE);
    json_text_member(out, "from", first);
    json_text_member(out, "to", last);
    buf_putc(out, '}');
}

/* Whether `next` is the number right behind `ext`, in the same width. */
static bool follows(const char *ext, const char *next)
{
    char counted[EXT_ROOM];
    size_t width = strlen(ext);
    if (width >= sizeof counted || strlen(next) != width) {
        return false;
    }
    memcpy(counted, ext, width + 1);
    size_t i = width;
    while (i > 0 && counted[i - 1] == '9') {
        counted[--i] = '0';
    }
    if (i == 0) {
        return false;
    }
    counted[i - 1]++;
    return strcmp(counted, next) == 0;
}

size_t audit_encode(const struct plan *plan, size_t first, size_t n, bool planned_too,
                    struct buf *out)
{
    size_t n_elements = 0;
    const char *from = NULL; /* the range of new numbers that is being gathered */
    const char *to = NULL;
    buf_clear(out);
    buf_putc(out, '[');
    for (size_t i = first; i < first + n && i < plan->n_changes; i++) {
        const struct change *change = &plan->changes[i];
        bool planned = planned_too && change->result == RESULT_PLANNED && !change->left_out;
        if (change->result != RESULT_DONE && !planned) {
            continue;
        }
        bool create = change->kind == CHANGE_CREATE;
        if (from && !(create && follows(to, change->ext))) {
            put_range(out, from, to);
            n_elements++;
            from = NULL;
        }
        if (create) {
            from = from ? from : change->ext;
            to = change->ext;
        } else {
            put_change(out, change);
            n_elements++;
        }
    }
    if (from) {
        put_range(out, from, to);
        n_elements++;
    }
    buf_putc(out, ']');
    return n_elements;
}
