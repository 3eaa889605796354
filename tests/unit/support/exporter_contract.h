#ifndef SUPPORT_EXPORTER_CONTRACT_H
#define SUPPORT_EXPORTER_CONTRACT_H

/*
 * The contract of core/port/exporter.h as tests: what every exporter has to do. An exporter's own
 * test program says how to get one, and runs the suite.
 */

#include "core/port/exporter.h"

struct exporter_maker {
    const char *name;
    void *context;
    /* An exporter to a new place where nothing lies. */
    struct exporter *(*fresh)(void *context);
    /* Somebody else puts this text there. */
    void (*overwrite)(void *context, const char *text);
    /* The end of the place; the exporter is freed before. */
    void (*remove)(void *context);
};

/* Runs the suite; returns the number of tests that failed. */
int exporter_contract_run(const struct exporter_maker *maker);

#endif
