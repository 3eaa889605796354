#ifndef CORE_POOL_EXPORT_H
#define CORE_POOL_EXPORT_H

/*
 * The export: who has which extension, as CSV for the contact flow's readers and for people.
 *
 *     user,extension
 *     alice,0042
 *
 * One row per assigned extension, sorted by user (bytes) and then by extension, RFC 4180 with CRLF:
 * the same state gives the same bytes, so a reader can compare files. It can be imported again.
 */

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/pool/model.h"

#define EXPORT_MAX ((size_t)1 << 30) /* bytes: 10^8 extensions would not fit, a million do */
#define EXPORT_NAME "agent_extensions.csv"
#define EXPORT_TYPE "text/csv; charset=utf-8"

/* Appends to `out`, whose max bounds it (EXPORT_MAX); *rows (may be NULL) without the header. With
   `csv_safe`, logins that a spreadsheet would run get an apostrophe in front (core/format/csv.h).
   ERR_NOMEM if it does not fit. */
enum err_code export_build(const struct snapshot *snapshot, bool csv_safe, struct buf *out,
                           size_t *rows, struct err *err) ERR_CHECK;

#endif
