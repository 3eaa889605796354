#ifndef AWS_PREFLIGHT_QUESTIONS_H
#define AWS_PREFLIGHT_QUESTIONS_H

/*
 * Private to this room: the questions, and what an answer says. questions.c has the table and the bodies,
 * judge.c reads the answers, preflight.c asks.
 */

#include <jansson.h>

#include "aws/connect/connect.h"
#include "aws/preflight/preflight.h"

/* When a question can be asked. */
enum turn {
    TURN_FIRST,
    TURN_USER,   /* when ListUsers has named somebody */
    TURN_TABLE,  /* when the table is there */
    TURN_BACKUPS /* when it is known what the backups are set to */
};

/* What a question is about: it becomes the resource of a policy. */
enum about {
    ABOUT_INSTANCE,
    ABOUT_TABLE,
    ABOUT_INDEX,
    ABOUT_ALL,
    ABOUT_FUNCTION, /* these three have an ARN of their own */
    ABOUT_FLOW,
    ABOUT_KEY
};

struct preflight;
struct line;

struct question {
    const char *what;
    enum aws_service service;
    const char *operation;
    enum about about;
    enum turn turn;
    const char *serves; /* what does not work without it */
    /* The body, or NULL. For Connect the path too. */
    json_t *(*body)(const struct line *line);
    /* The error that only somebody gets who is allowed to; NULL: none. */
    const char *proof;
    /* Reads a good answer; sets the check. NULL: it is ok. */
    void (*judge)(struct line *line, const json_t *answer);
    bool writes; /* asked only if this session may write */
};

extern const struct question preflight_questions[];
extern const size_t preflight_n_questions;

/* One question to one place, on its way to a check. */
struct line {
    struct preflight *preflight;
    const struct question *question;
    const struct connect_instance *instance; /* of Connect, else NULL */
    const char *subject;
    const char *arn; /* of what the question is about, if the settings name it; else NULL */
    struct client *client;
    struct check check;
    bool asked;
};

#define PREFLIGHT_INSTANCES_MAX 64

struct preflight {
    struct preflight_options options;
    struct checks *checks; /* its arena has the texts */
    struct client *dynamodb, *sts;
    struct client *named[3]; /* of the function, the flow and the key */
    struct client *connect[PREFLIGHT_INSTANCES_MAX];
    struct connect_instance instances[PREFLIGHT_INSTANCES_MAX];
    size_t n_instances;
    const char *table; /* name or ARN; NULL: the store is elsewhere */
    struct line *lines;
    size_t n_lines;
    const char *caller; /* ARN; NULL: not known */
    const char *user[PREFLIGHT_INSTANCES_MAX];
    const char *region;
    int backup_days; /* of point-in-time recovery; 0: not said */
    bool table_there, backups_known, backups_on, expiry_known, expiry_on;
};

/* The path of a question to Connect, in the arena of the checks. */
const char *preflight_path(const struct line *line, const char **method);

/* Says what is wrong, in the words of the error. */
void preflight_fail(struct line *line, const char *message, const struct err *err);

/* The command that gives the caller this permission. */
const char *preflight_grant(struct preflight *preflight, const struct line *line,
                            const char *action);

/* Judges of single answers. */
void judge_users(struct line *line, const json_t *answer);
void judge_table(struct line *line, const json_t *answer);
void judge_backups(struct line *line, const json_t *answer);
void judge_expiry(struct line *line, const json_t *answer);
void judge_function(struct line *line, const json_t *answer);
void judge_flow(struct line *line, const json_t *answer);
void judge_key(struct line *line, const json_t *answer);

#endif
