#ifndef TUI_TERMINAL_CAPABILITY_H
#define TUI_TERMINAL_CAPABILITY_H

/* What terminfo says of the terminal that curses has opened. */

#include <stdbool.h>

/* NULL: it has none of that name. */
const char *capability(const char *name);
/* Whether tui/terminal/paint.h speaks its language; `colours`: also that for colours. */
bool capability_ecma48(bool colours);
/* The attributes of a theme that it has, and sets in the way of ECMA-48. */
unsigned capability_attributes(void);

#endif
