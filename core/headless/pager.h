#ifndef CORE_HEADLESS_PAGER_H
#define CORE_HEADLESS_PAGER_H

/*
 * What is taller than the terminal goes through a pager, as git does it: EXTPOOL_PAGER, else PAGER, else
 * less, which gets LESS=FRX unless LESS is set. "" and "cat" mean none. The command is split into words
 * as a shell does it, and no shell runs it.
 *
 *     struct pager pager;
 *     pager_begin(&pager, &report, rows, &environment_system);
 *     ... report.out is written to ...
 *     pager_end(&pager, &report);
 *
 * The exit status of the pager does not count, and one that is left early is no error. If it cannot be
 * started, the text is printed as it is.
 */

#include "core/base/environ.h"
#include "core/headless/report.h"

struct pager {
    FILE *terminal; /* what report.out was; NULL: nothing is gathered */
    char *text;
    size_t length;
    size_t rows;
    const struct environment *environment;
};

/* From now on report->out gathers, if there is a pager. `rows`: of the terminal that it is. */
void pager_begin(struct pager *pager, struct report *report, size_t rows,
                 const struct environment *environment);

/* Shows what was gathered, and waits until the reader has left. */
void pager_end(struct pager *pager, struct report *report);

#endif
