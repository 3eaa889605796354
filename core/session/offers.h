#ifndef CORE_SESSION_OFFERS_H
#define CORE_SESSION_OFFERS_H

/*
 * Agents and extensions that begin as somebody types them, from what is on this machine: the embedded
 * store, and directory files that are not large. Asks no service, writes nothing, and is silent about
 * what cannot be read.
 */

#include "core/embedded/store_sqlite_names.h"
#include "core/session/session.h"

#define OFFERS_FILE_MAX ((int64_t)4 << 20) /* bytes of a directory file that is still read */

void offers_agents(const struct session_options *options, const char *begin,
                   const struct store_names *names);
void offers_extensions(const struct session_options *options, const char *begin, bool free,
                       const struct store_names *names);

#endif
