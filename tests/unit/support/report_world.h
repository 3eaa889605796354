#ifndef TESTS_REPORT_WORLD_H
#define TESTS_REPORT_WORLD_H

/*
 * What tests of reports share: somewhere to write, and everything that there is to report, made of
 * small worlds.
 *
 *     struct paper paper;
 *     paper_init(&paper);
 *     report_text_error(&paper.report, &err);
 *     paper_expect(&paper, "on out", "on err");      begins anew
 *     paper_release(&paper);
 */

#include <stdio.h>

#include "core/headless/report.h"
#include "tests/unit/support/world.h"

struct paper {
    struct report report;
    char *out, *err;
    size_t out_length, err_length;
};

void paper_init(struct paper *paper);
void paper_expect(struct paper *paper, const char *out, const char *err);
void paper_release(struct paper *paper);

/* A sync in which one change is done, one is a conflict, one failed, and one agent got nothing:
   bob leaves 0002, which erin takes over; alice gets 0001; 0003 for carol is a conflict, 0004 for
   dave fails; frank finds the pool empty. */
struct sync_story {
    struct world world;
    struct plan *plan;
    struct outcome outcome;
    struct export_receipt receipt;
    struct guard_verdict guard;
    struct err err;
    struct action_report action;
};
void sync_story_init(struct sync_story *story);
void sync_story_release(struct sync_story *story);

/* Two actions: a sync that created numbers and assigned one, and a reassign. */
struct history *history_of_two(void);

#endif
