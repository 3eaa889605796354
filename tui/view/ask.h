#ifndef TUI_VIEW_ASK_H
#define TUI_VIEW_ASK_H

/*
 * The dialogs that ask for what a command still needs. Each ends in a plan, in a job, or with Esc.
 */

#include "core/plan/plan.h"
#include "tui/shell/shell.h"

/* Asks for the extension of this agent and offers the free ones; Enter alone takes the lowest.
   `holds`: the extension that a reassign replaces; NULL: none. */
void ask_extension(struct shell *shell, enum change_kind kind, const char *login,
                   const char *holds);
/* Asks who gets this extension and offers the agents without one. */
void ask_agent(struct shell *shell, const char *ext);
/* Asks for the reason, for pin and reserve. The requests are copied. */
void ask_note(struct shell *shell, const char *action, const struct request *requests,
              size_t n_requests);
void ask_export(struct shell *shell);
void ask_import(struct shell *shell);

#endif
