#ifndef CORE_DIST_PAPERS_H
#define CORE_DIST_PAPERS_H

#include "core/base/buf.h"

/* Appends the manual page extpool.conf(5), for roff. */
void conf_page(struct buf *out);

#endif
