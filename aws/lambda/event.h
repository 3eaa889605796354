#ifndef AWS_LAMBDA_EVENT_H
#define AWS_LAMBDA_EVENT_H

/*
 * What an event asks for. Three kinds are known; everything else is an error that names what came,
 * and never a sync.
 *
 *   {"source":"aws.events","detail-type":"Scheduled Event",...}    a rule of EventBridge: a sync
 *   {"action":"sync","dry_run":true,"max_release":"5%"}            that action, from whoever sends it
 *   {"Name":"ContactFlowEvent","Details":{"Parameters":{"pk":"0042"}}}   a contact flow: a lookup
 *
 * Sources: Amazon Connect Administrator Guide, "Grant Amazon Connect access to your AWS Lambda
 * functions" (the flow's event); EventBridge User Guide, "Events from AWS services".
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/settings/options.h"

#define EVENT_MAX ((size_t)6 << 20) /* bytes: the most that Lambda hands over */

enum event_kind { EVENT_ACTION, EVENT_LOOKUP };

struct event {
    enum event_kind kind;
    enum action action; /* EVENT_ACTION: sync, status, export or doctor */
    bool dry_run;
    const char *max_release; /* as --max-release takes it; NULL: not given */
    const char *extension;   /* EVENT_LOOKUP: what was typed, as it came; NULL: not given */
    const char *agent;       /* EVENT_LOOKUP: a login; NULL: not given */
};

/* Strings go into `arena`. ERR_INPUT says what is wrong and what came instead. A flow that sends no
   usable parameter is a lookup of nothing, not an error: the caller is on the line. */
enum err_code event_parse(const char *text, size_t length, struct arena *arena, struct event *event,
                          struct err *err) ERR_CHECK;

#endif
