#ifndef TESTS_SITES_H
#define TESTS_SITES_H

/*
 * Worlds of several sites (world.h): directories with names, groups.
 *
 *     sites_directories(&w, "leeds: alice bob/Sales\nconnect:i-1: carol/?\nyork!: dave\n");
 *
 * A line is a directory: a named file, or an instance of Connect. A '!' behind the name: it was read only
 * in part. "-" is a file without a name. Behind a login and a '/' stands the routing profile; '?' says
 * that it was not read.
 *
 *     sites_groups(&w, "leeds 2000-2009 Leeds* cooldown=0 on_move=renumber max_release=2\n"
 *                      "others 9000-9009\n");
 *
 * A line is a group: its ranges, separated by commas, and the pattern of the routing profiles, or
 * "login:PATTERN" or "directory:NAME". "others" is the pool for those of no group. The ranges of the world
 * are then those of these lines.
 */

#include "tests/unit/support/world.h"

void sites_directories(struct world *world, const char *lines); /* instead of what was there */
void sites_groups(struct world *world, const char *lines);
/* After a change of the groups or of the directories. Called by both. */
void sites_match(struct world *world);

#endif
