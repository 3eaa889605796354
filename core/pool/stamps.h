#ifndef CORE_POOL_STAMPS_H
#define CORE_POOL_STAMPS_H

/*
 * Which time a pool goes by, and which of its stamps can be believed.
 *
 * Nothing irreversible may hang on a clock that is wrong. A store that belongs to a service goes by
 * the service's time. A store that has only the machine's clock compares it with the last records
 * of its audit trail, which is in order whatever the clocks said:
 *
 *     behind   the clock is more than a day before the median of the last records. Stamps get the
 *              median, and no cool-down ends in this run.
 *     ahead    the clock is more than 31 days after the newest record. The plan says so; if nothing
 *              keeps the clock right, no cool-down ends in this run.
 *
 * A stamp that is more than a day ahead of the time in use is damage: a free number that bears one
 * cools until a repair has given it a new time.
 *
 * A store calls stamps_judge_host or stamps_judge_service once for every snapshot, when its slots
 * are in it and before it is shared. Everybody else asks pool_time_now_ms.
 */

#include "core/base/clock.h"
#include "core/pool/model.h"
#include "core/pool/policy.h"

#define STAMPS_RECORDS 21

/* What a store reads of its audit trail. */
struct trail_times {
    int64_t at_ms[STAMPS_RECORDS]; /* of the last records by sequence, the newest first */
    size_t n;
    const int64_t *doubtful_s; /* stamps that were written while the clock was behind */
    size_t n_doubtful;
};

/* The time in use now: for stamps, for records, for what ends. */
int64_t pool_time_now_ms(const struct pool_time *time, const struct clock *clock);
int64_t snapshot_now_s(const struct snapshot *snapshot, const struct clock *clock);

/* The moment up to which things have ended: records whose time is over may go, and so on. */
int64_t stamps_ended_by_s(const struct clock *clock, const struct trail_times *trail);

/* Sets snapshot->time and the `time` of every slot. */
void stamps_judge_host(struct snapshot *snapshot, const struct policy *policy,
                       const struct clock *clock, const struct trail_times *trail);
/* The same by a service's time; `name` says whose it is ("DynamoDB"). */
void stamps_judge_service(struct snapshot *snapshot, int64_t service_ms, const struct clock *clock,
                          const char *name);

#endif
