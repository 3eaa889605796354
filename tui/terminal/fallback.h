#ifndef TUI_TERMINAL_FALLBACK_H
#define TUI_TERMINAL_FALLBACK_H

/*
 * Terminals that the terminfo of this machine may lack: SSH brings TERM along, and the entry of a
 * new terminal is on the desk, not on the server. Those that are known to understand what an older
 * one does can be used as that.
 */

#include <stddef.h>

#define FALLBACKS_MAX 3

/* What a terminal of that name can be taken for, best first; returns how many. 0: not known. */
size_t term_fallbacks(const char *term, const char *names[FALLBACKS_MAX]);

#endif
