#ifndef CORE_POOL_REQUEST_H
#define CORE_POOL_REQUEST_H

/*
 * What may happen to an extension, and what an operator asks for.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/pool/until.h"

/* kind, name in JSON and in the audit trail, mark on the screen */
#define CHANGE_KINDS(X)                                                                            \
    X(CHANGE_CREATE, "create", '.')                                                                \
    X(CHANGE_ASSIGN, "assign", '+')                                                                \
    X(CHANGE_RELEASE, "release", '-')                                                              \
    X(CHANGE_REASSIGN, "reassign", '~')                                                            \
    X(CHANGE_RESERVE, "reserve", 'r')                                                              \
    X(CHANGE_UNRESERVE, "unreserve", 'u')                                                          \
    X(CHANGE_PIN, "pin", 'p')                                                                      \
    X(CHANGE_UNPIN, "unpin", 'n')                                                                  \
    X(CHANGE_EXEMPT, "exempt", 'e')     /* an agent needs no number */                             \
    X(CHANGE_UNEXEMPT, "unexempt", 'i') /* ... and needs one again */                              \
    X(CHANGE_SET, "set", 's')           /* target, until or fallback; nobody's number */           \
    X(CHANGE_ADOPT, "adopt", '=')                                                                  \
    X(CHANGE_REPAIR, "repair", '!')

enum change_kind {
#define X(kind, name, mark) kind,
    CHANGE_KINDS(X)
#undef X
        CHANGE_KIND_COUNT
};

const char *change_kind_name(enum change_kind kind);
bool change_kind_parse(const char *name, enum change_kind *kind);
char change_kind_mark(enum change_kind kind);

/* One thing that an operator asks for, by keys, on the command line or in a row of a CSV. */
struct request {
    enum change_kind kind; /* not create, adopt, repair */
    bool swap;             /* with kind reassign: `agent` and `other` change places */
    bool as_fits;          /* with kind assign: reassign if the agent already holds one */
    const char *agent;     /* login, or NULL */
    const char *other;     /* swap: the other login */
    const char *ext;       /* NULL: the lowest free one / the one that the agent holds */
    const char *kept;      /* without ext: the number that was chosen for it before, and that it
                              keeps while that is free; NULL: none */
    const char *note;      /* of the pin, the reservation or the exemption; otherwise the reason */
    const char *target;    /* reserve: where calls go; set: the agent's fallback. NULL: not said,
                              "": none from now on */
    struct until until;    /* reserve */
    size_t line;           /* of the CSV; 0: not from a file */
};

#endif
