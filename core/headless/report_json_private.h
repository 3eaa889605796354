#ifndef CORE_HEADLESS_REPORT_JSON_PRIVATE_H
#define CORE_HEADLESS_REPORT_JSON_PRIVATE_H

/*
 * Private to report_json*.c: what their documents have in common.
 */

#include <jansson.h>

#include "core/headless/report_private.h"

/* RFC 3339, or null for an unknown time. */
json_t *report_json_moment(int64_t at_s);

/* What a change of a plan and one of the audit trail have in common. */
json_t *report_json_change(enum change_kind kind, const char *ext, const char *agent,
                           const char *from, const char *to, const char *why);
/* Where calls go from then on; of a reservation only if it says so. */
void report_json_calls(json_t *object, enum change_kind kind, const struct slot *calls);

#endif
