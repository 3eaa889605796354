#ifndef CORE_SETTINGS_ROFF_H
#define CORE_SETTINGS_ROFF_H

/*
 * Texts of a manual page, in the man macros of roff (man-pages(7), groff_man(7)). The page of the
 * program is in core/settings/help.c, that of the configuration file in core/dist/conf_page.c.
 */

#include "core/base/buf.h"

/* Appends the text as it is: '-' stays a minus that can be searched for, and no line is taken for a
   request. */
void roff_text(struct buf *out, const char *text);

/* Begins a section: "sync" as "SYNC". */
void roff_heading(struct buf *out, const char *name);

/* Appends paragraphs, with empty lines between them. Lines that are indented are an example, which
   is shown unchanged. */
void roff_paragraphs(struct buf *out, const char *text);

#endif
