#ifndef CORE_PLAN_PLAN_FILE_H
#define CORE_PLAN_PLAN_FILE_H

/*
 * Plan files: a plan, with all that it saw, as JSON text. One person plans, another one applies
 * exactly that. A basket that is kept on disk has the same format, with its wishes.
 *
 *     {"extpool":"plan","format":1,"made_at":"2026-11-25T14:30:00Z","maker":"kim@desk7",
 *      "store":"dynamodb:cc-ext","action":"basket","ticket":"CHG-4711",
 *      "guard":{"people":2,"holders":2457,"text":"2 people change (typed count above 5)"},
 *      "changes":[{"change":"reassign","extension":"0401","agent":"a.berg","from":"0013",
 *                  "steps":[{"before":{...},"after":{...}}, ...]}, ...],
 *      "wishes":[{"change":"reassign","agent":"a.berg","at":...,"seen":[...]}, ...],
 *      "digest":"0123456789abcdef-1234"}
 *
 * The digest is over everything else, so a file that is laid out anew is still the same plan. It
 * guards against accidents, and its short form is there to be compared by voice.
 *
 *     plan_file_write(&content, &text, digest, &err);
 *
 *     plan_file_read(&file, text, name, &err);          damaged, not a plan file, of a newer version
 *     plan_file_check(&file, store, place, now_s, &err);   of another store, too old
 *     struct plan *plan = plan_file_plan(&file, &input);
 *     plan_file_release(&file);
 *
 * Pure but for the two functions at the end. Members that this version does not know are passed over.
 */

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/plan/basket.h"
#include "core/plan/guard.h"

#define PLAN_FILE_FORMAT 1
#define PLAN_FILE_KEEP_S (7 * CLOCK_DAY_S) /* an older one is not applied any more */
#define PLAN_FILE_MAX (256u << 20)         /* bytes */

/* What is written into a plan file. */
struct plan_file_content {
    const char *store; /* its URI */
    const char *place; /* the account and the region that it is in; NULL: not known, or a file */
    const char *maker; /* who planned it: the person, at their host */
    int64_t made_at_s;
    const char *action;
    const char *ticket;                /* NULL: none */
    const struct guard_verdict *guard; /* when it was planned; NULL: nothing was judged */
    const struct plan *plan;           /* its rows that are to be applied; NULL: none */
    const struct basket *basket;       /* its wishes; NULL: none */
};

struct plan_file {
    struct arena arena;
    char digest[DIGEST_ROOM];
    char spoken[12];  /* the short form: "0123-4567" */
    const char *name; /* of the file, for messages */
    const char *store, *place, *maker, *action, *ticket, *guard_text;
    const char *undoes; /* the action that the plan takes back; NULL: it is no undo */
    int64_t made_at_s, people, holders;
    bool derived;
    struct change *changes; /* in the order of the plan, none left out */
    size_t n_changes;
    struct wish *wishes;
    size_t n_wishes;
};

/* ERR_INPUT if a text is not UTF-8 or all is too long. `digest` may be NULL. */
enum err_code plan_file_write(const struct plan_file_content *content, struct buf *out,
                              char digest[DIGEST_ROOM], struct err *err) ERR_CHECK;

/* Reads a whole file; `name` is for messages. ERR_INPUT: it is no plan file, damaged, or of a newer
   version. plan_file_release is fine after an error. */
enum err_code plan_file_read(struct plan_file *file, const struct buf *text, const char *name,
                             struct err *err) ERR_CHECK;
void plan_file_release(struct plan_file *file);

/* ERR_INPUT if it was made for another store, or for one of that name in another place (if both places
   are known), or more than PLAN_FILE_KEEP_S before or a day after that time. */
enum err_code plan_file_check(const struct plan_file *file, const char *store, const char *place,
                              int64_t now_s, struct err *err) ERR_CHECK;

/* The plan, on what is there now: each change on the condition of what was seen when it was planned. */
struct plan *plan_file_plan(const struct plan_file *file, const struct plan_input *input);

/* The wishes, added to the basket, with the ticket. */
void plan_file_gather(const struct plan_file *file, struct basket *basket);

/* The short form of a digest: its first eight digits, "0123-4567". */
void plan_file_speak(const char *digest, char out[12]);

/* ---- files ---------------------------------------------------------------------------------- */

/* plan_file_read of a path. */
enum err_code plan_file_load(struct plan_file *file, const char *path, struct err *err) ERR_CHECK;
/* plan_file_write into a new or existing file (mode 0600). */
enum err_code plan_file_save(const char *path, const struct plan_file_content *content,
                             char digest[DIGEST_ROOM], struct err *err) ERR_CHECK;

#endif
