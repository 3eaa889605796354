#ifndef CORE_POOL_TARGET_H
#define CORE_POOL_TARGET_H

/*
 * Where a call goes that reaches a reserved number, or that an agent does not take:
 *
 *     queue:ARN        an Amazon Connect queue, by ARN or id
 *     phone:+44...     a number in E.164
 *     agent:LOGIN      an agent, whoever has that login when the call comes
 *     ext:NNNN         the holder of that extension when the call comes
 *
 * Source of the number's form: ITU-T E.164 (a '+' and at most 15 digits).
 */

#include <stdbool.h>

#include "core/base/err.h"

#define TARGET_MAX 512 /* bytes */

/* kind, scheme */
#define TARGET_KINDS(X)                                                                            \
    X(TARGET_QUEUE, "queue")                                                                       \
    X(TARGET_PHONE, "phone")                                                                       \
    X(TARGET_AGENT, "agent")                                                                       \
    X(TARGET_EXT, "ext")

enum target_kind {
#define X(kind, scheme) kind,
    TARGET_KINDS(X)
#undef X
};

const char *target_kind_name(enum target_kind kind);

/* Whether it begins with the scheme of a target. */
bool target_has_scheme(const char *text);

/* Splits `text`; *bare points into it. ERR_INPUT names the forms, or what is wrong with the part
   behind the scheme. `width` is that of the pool's extensions. */
enum err_code target_parse(const char *text, int width, enum target_kind *kind, const char **bare,
                           struct err *err) ERR_CHECK;

#endif
