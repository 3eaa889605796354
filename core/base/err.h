#ifndef CORE_BASE_ERR_H
#define CORE_BASE_ERR_H

/*
 * Errors, the way the whole program passes them.
 *
 * A fallible function returns an `enum err_code` and takes a `struct err *err` as its last
 * argument. The caller owns it and initialises it with ERR_INIT; the first failure wins, a later
 * one never overwrites it. `err` may be NULL if the caller only wants the code.
 *
 *     struct err err = ERR_INIT;
 *     if (store_load(store, ..., &err) != ERR_OK) {
 *         cli_error(&err);
 *     }
 *
 * `text` is one line without a trailing full stop: what went wrong and with which file, line,
 * field or request. `hint` says what to do next; it may be empty and may have several lines.
 * Neither ever holds a secret; text from outside that goes in is sanitised here (err_set does it).
 */

#include <stdarg.h>
#include <stdbool.h>

/* code, name in JSON, exit status (README, "Exit codes") */
#define ERR_LIST(X)                                                                                \
    X(ERR_OK, "ok", 0)                                                                             \
    X(ERR_IO, "io", 1)       /* a file, a disk, a pipe */                                          \
    X(ERR_INPUT, "input", 1) /* what was read does not make sense: file, line, field */            \
    X(ERR_NOT_FOUND, "not_found", 1)                                                               \
    X(ERR_CONFLICT, "conflict", 3) /* what was seen is not what is there now */                    \
    X(ERR_PARTIAL, "partial", 3)   /* some of it was applied */                                    \
    X(ERR_GUARD, "guard", 4)       /* a guard refused the plan */                                  \
    X(ERR_POOL_EMPTY, "pool_empty", 5)                                                             \
    X(ERR_AUTH, "auth", 6)     /* credentials missing, expired or refused */                       \
    X(ERR_DENIED, "denied", 1) /* known caller, missing permission */                              \
    X(ERR_USAGE, "usage", 64)                                                                      \
    X(ERR_CONFIG, "config", 64) /* the configuration file or an environment variable */            \
    X(ERR_READ_ONLY, "read_only", 1)                                                               \
    X(ERR_BUSY, "busy", 1) /* somebody else holds the store */                                     \
    X(ERR_THROTTLED, "throttled", 1)                                                               \
    X(ERR_OFFLINE, "offline", 1) /* no answer from the network */                                  \
    X(ERR_SERVICE, "service", 1) /* a service answered with an error that is final */              \
    X(ERR_CANCELLED, "cancelled", 130)                                                             \
    X(ERR_NOMEM, "no_memory", 1)                                                                   \
    X(ERR_INTERNAL, "internal", 1)

enum err_code {
#define X(code, name, status) code,
    ERR_LIST(X)
#undef X
};

#define ERR_TEXT_MAX 1024
#define ERR_HINT_MAX 2048

struct err {
    enum err_code code;
    char text[ERR_TEXT_MAX];
    char hint[ERR_HINT_MAX];
};

/* The versions of clang-format lay out a braced macro in different ways. */
/* clang-format off */
#define ERR_INIT                                                                                   \
    {                                                                                              \
        .code = ERR_OK, .text = "", .hint = ""                                                     \
    }
/* clang-format on */

#ifdef __cppcheck__ /* does not know it behind a pointer to a function */
#define ERR_CHECK
#else
#define ERR_CHECK __attribute__((warn_unused_result))
#endif

/* Sets code and text if nothing is set yet. Returns the code that stands in `err` afterwards
   (or `code` if err is NULL), so that `return err_set(err, ERR_IO, "...")` is the usual form.
   Control characters, escapes and invalid UTF-8 in the formatted text are made visible. */
enum err_code err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
enum err_code err_vset(struct err *err, enum err_code code, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Like err_set, and appends ": " and the text of the errno value `number`. */
enum err_code err_set_errno(struct err *err, enum err_code code, int number, const char *format,
                            ...) __attribute__((format(printf, 4, 5)));

/* Sets the hint of an error that is set, unless it already has one. */
void err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before the text ("page 3: connection reset"). */
void err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *err);

/* "guard", "not_found", ... as `error.code` in JSON. */
const char *err_code_name(enum err_code code);

/* The exit status that belongs to the code. */
int err_exit_status(enum err_code code);

#endif
