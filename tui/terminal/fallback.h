#ifndef TUI_TERMINAL_FALLBACK_H
#define TUI_TERMINAL_FALLBACK_H

/*
 * Terminals that the terminfo of this machine may lack: SSH passes TERM on, but the entry of a new
 * terminal may be missing on the server. A terminal that understands what an older one does can be
 * used as the older one.
 */

#include <stddef.h>

#define FALLBACKS_MAX 3

/* What a terminal of that name can be taken for, best first; returns how many. 0: not known. */
size_t term_fallbacks(const char *term, const char *names[FALLBACKS_MAX]);

#endif
