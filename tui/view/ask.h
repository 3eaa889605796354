#ifndef TUI_VIEW_ASK_H
#define TUI_VIEW_ASK_H

/*
 * The dialogs that ask for what a command still needs. Each ends in a plan or a job, or in nothing.
 */

#include "core/plan/plan.h"
#include "tui/shell/shell.h"

/* Which extension for this agent: digits, with the free ones offered; Enter alone takes the
   lowest free one. `holds`: what a reassign moves away from. */
void ask_extension(struct shell *shell, enum change_kind kind, const char *login,
                   const char *holds);
/* Who gets this extension: those without one are offered. */
void ask_agent(struct shell *shell, const char *ext);
/* Why: for pin and reserve. The requests are copied. */
void ask_note(struct shell *shell, const char *action, const struct request *requests,
              size_t n_requests);
void ask_export(struct shell *shell);
void ask_import(struct shell *shell);

#endif
