#ifndef CORE_DEMO_SITES_H
#define CORE_DEMO_SITES_H

/*
 * The sites of the made-up contact centre: London, Leeds and Berlin, each with numbers of its own. Leeds
 * has grown and has few numbers left.
 */

#include "core/pool/policy.h"

/* Divides the pool among the sites. The groups live as long as the program. */
void demo_sites(struct policy *policy);

/* Where the person with that index works, as the agent hierarchy writes it: "EMEA/London". */
const char *demo_site_of(size_t person);

#endif
