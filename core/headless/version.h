#ifndef CORE_HEADLESS_VERSION_H
#define CORE_HEADLESS_VERSION_H

/*
 * --version: one line. With --verbose also what a report about a fault has to say of the program: the
 * libraries that it runs with, the compiler and its protections.
 */

#include "core/headless/report.h"

/* What the program uses, as the library itself says at run time. */
struct library {
    const char *name;
    const char *version;
};

/* `libraries` are looked at only if report->verbose is set. */
void report_version(const struct report *report, const struct library *libraries, size_t n);

#endif
