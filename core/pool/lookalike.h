#ifndef CORE_POOL_LOOKALIKE_H
#define CORE_POOL_LOOKALIKE_H

/*
 * Logins that look like others, or like no login at all. Logins are compared exactly; this
 * only points out what a person may want to check before a plan is applied.
 */

#include <stdbool.h>

#include "core/base/fold.h"

/* In what two logins differ whose keys are the same. */
enum login_difference {
    LOGIN_DIFFERS_IN_CASE,
    LOGIN_DIFFERS_IN_FORM,  /* accents, composed or apart; full-width letters */
    LOGIN_DIFFERS_UNSEEN,   /* characters that nobody sees */
    LOGIN_DIFFERS_IN_ZEROS, /* 0042, 42, 42.0 */
    LOGIN_DIFFERS_IN_SEVERAL,
    LOGIN_DIFFERENCES
};

/* Logins that look alike have the same key: the login itself, or what is written to `out`. */
const char *login_key(const char *login, char out[FOLD_ROOM]);
enum login_difference login_difference(const char *a, const char *b);
const char *login_difference_text(enum login_difference difference); /* "only in case" */

/* What a login looks like that is hardly one. */
enum login_doubt {
    LOGIN_IS_FINE,
    LOGIN_IS_SPREADSHEET_ERROR, /* #N/A, #REF!, #WERT!, Err:502 */
    LOGIN_IS_REWRITTEN,    /* 1.23E+11, 1001.0, 1-Mar, TRUE: a spreadsheet's own idea of a cell */
    LOGIN_IS_NO_VALUE,     /* None, null, NaN */
    LOGIN_IS_NOT_CONNECTS, /* Amazon Connect has no such user name */
    LOGIN_DOUBTS
};

enum login_doubt login_doubt(const char *login);
const char *login_doubt_text(enum login_doubt doubt, bool several); /* "looks like ..." */

#endif
