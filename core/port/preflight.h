#ifndef CORE_PORT_PREFLIGHT_H
#define CORE_PORT_PREFLIGHT_H

/*
 * What `--doctor --all` found of the places and of the way to them: a line for each look, with what is
 * wrong, the permission that is missing and the command that mends it.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"

enum check_result { CHECK_OK, CHECK_WRONG, CHECK_NOT_MADE };

struct check {
    const char *what;    /* "credentials", "table", "backups" */
    const char *subject; /* "dynamodb:cc-ext"; NULL */
    enum check_result result;
    enum err_code code; /* of what is wrong */
    const char *detail; /* what was found, or what is wrong */
    const char *action; /* the IAM action that is missing; NULL */
    const char *fix;    /* a command or a sentence; NULL */
};

struct checks {
    struct arena arena;
    struct check *items;
    size_t n_items;
};

void checks_init(struct checks *checks);
/* Copies the texts. */
void checks_add(struct checks *checks, const struct check *check);
size_t checks_wrong(const struct checks *checks);
void checks_release(struct checks *checks);

#endif
