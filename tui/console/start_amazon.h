#ifndef TUI_CONSOLE_START_AMAZON_H
#define TUI_CONSOLE_START_AMAZON_H

/* Amazon in the form of the first start: profiles, then what the chosen one may list. UI thread. */

#include "tui/shell/shell.h"

/* Reads which profiles there are, and shows it in the form. */
void start_read_profiles(struct shell *shell);

/* The key A: asks for a profile, lists instances, tables and buckets, and asks for one of each. */
void start_amazon(struct shell *shell);

#endif
