#include "tui/view/strip_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tui/shell/gather.h"

#include "core/base/banned.h"

/* ---- the plan in one line ---------------------------------------------------------------------- */

/* " plan: ~ reassign  0012>0013 a.bennett   ~ reassign  0013>0012 a.berg"; without the names of the
   changes if `brief`. */
static void format_rows(const struct plan *plan, bool brief, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, " plan:");
    for (size_t i = 0; i < plan->n_changes && used < size; i++) {
        const struct change *change = &plan->changes[i];
        char ext[2 * EXT_ROOM];
        judged_ext(change, ext, sizeof ext);
        used += (size_t)snprintf(out + used, size - used, "%s%c %s%s%s%s%s", i ? "   " : " ",
                                 change_kind_mark(change->kind),
                                 brief ? "" : change_kind_name(change->kind), brief ? "" : "  ",
                                 ext, change->agent ? " " : "", change->agent ? change->agent : "");
    }
}

/* Takes off what follows the last "; " of the reason, as long as the line is too wide. */
static void shorten(char *line, char *reason, int columns)
{
    char *end = strrchr(reason, ';');
    while (end && canvas_columns(line) > columns) {
        *end = '\0';
        end = strrchr(reason, ';');
    }
}

/* Adds the reason to `line`: all of it, or as much as `columns` hold. Who presses the key knows that
   it was asked for; what else the reason says follows. Somebody who is released and still works here
   gets a number at the next sync, unless they become exempt: that is said first. */
static void add_reason(const struct plan *plan, const struct roster *roster, int columns,
                       char *line, size_t size)
{
    const struct change *change = &plan->changes[0];
    bool exempts = plan->counts[CHANGE_EXEMPT] > 0;
    size_t used = strlen(line);
    size_t asked = strlen(PLAN_ASKED_FOR);
    const char *why = change->why ? change->why : "";
    bool works_here =
        change->kind == CHANGE_RELEASE && !exempts && roster && roster_find(roster, change->agent);
    const char *first =
        works_here ? "; works here: the next sync gives one again, exempt prevents it" : "";
    if (strncmp(why, PLAN_ASKED_FOR, asked) == 0) {
        why += asked;
        why += strspn(why, ",; ");
    }
    snprintf(line + used, size - used, "%s%s%s", first, *why ? "; " : "", why);
    if (works_here && canvas_columns(line) > columns) {
        snprintf(line + used, size - used, "; a sync gives one again%s%s", *why ? "; " : "", why);
    }
    shorten(line, line + used, columns);
}

bool strip_plan_text(const struct strip *strip, int columns, char *out, size_t size)
{
    const struct plan *plan = strip->plan;
    bool few = plan->n_changes <= 2;
    format_rows(plan, false, out, size);
    bool whole = few && canvas_columns(out) <= columns;
    if (!whole) {
        format_rows(plan, true, out, size);
        whole = few && canvas_columns(out) <= columns;
    }
    size_t used = strlen(out);
    if (whole && plan->n_changes == 1 && used < size) {
        add_reason(plan, plan->roster, columns, out, size);
    }
    return whole;
}

/* ---- what Enter and Esc do --------------------------------------------------------------------- */

#define ESC_LEAVES "   Esc leaves all as it is"

static enum style say(enum style style, char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static enum style say(enum style style, char *out, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(out, size, format, args);
    va_end(args);
    return style;
}

/* Nothing can be applied: why, and what would help. */
static enum style nothing_yet(const struct strip *strip, const struct shell *shell, char *out,
                              size_t size)
{
    enum style style = strip->nagged ? STYLE_WARN : STYLE_PROMPT;
    if (strip->problem[0]) {
        return say(STYLE_WARN, out, size, "%s" ESC_LEAVES, strip->problem);
    }
    if (strip->taken) {
        const struct taken taken = strip_taken(strip, shell);
        return taken.slot->note
                   ? say(STYLE_WARN, out, size,
                         "pinned to %s: unpin first, or %s takes the nearest free one",
                         taken.slot->agent, frame_key(shell, CMD_TAKE_NEAREST))
                   : say(style, out, size, "taken: %s, %s or %s; Esc leaves all as it is",
                         frame_key(shell, CMD_TAKE_SWAP), frame_key(shell, CMD_TAKE_OVER),
                         frame_key(shell, CMD_TAKE_NEAREST));
    }
    return say(style, out, size,
               strip->asks == STRIP_PARTNER ? "type with whom, or choose with Down" ESC_LEAVES
                                            : "type to whom, or choose with Down" ESC_LEAVES);
}

/* A part of a number: Enter fills in the rest. */
static enum style fills_in(const struct strip *strip, bool gathers, char *out, size_t size)
{
    enum candidate_class class = CANDIDATE_FREE;
    const struct slot *slot = candidates_at(&strip->candidates, strip->choice, &class);
    if (class == CANDIDATE_HELD) {
        return say(STYLE_PROMPT, out, size, "Enter fills in %s, which is held%s", slot->ext,
                   ESC_LEAVES);
    }
    if (strip->problem[0]) {
        return say(STYLE_WARN, out, size, "%s" ESC_LEAVES, strip->problem);
    }
    return say(STYLE_PROMPT, out, size,
               "Enter fills in %s, Enter again %s it   Esc leaves, nothing kept", slot->ext,
               gathers ? "adds" : "applies");
}

static enum style last_line(const struct strip *strip, const struct shell *shell, char *out,
                            size_t size)
{
    bool fills = strip->asks == STRIP_NUMBER && strip_chooses(strip, shell) &&
                 strip->choice != STRIP_NO_CHOICE;
    if (strip->applying) {
        return say(STYLE_INFO, out, size, "being written; %s stops it",
                   frame_key(shell, CMD_CANCEL));
    }
    if (strip->early) {
        return say(STYLE_WARN, out, size,
                   "Enter came before this was shown: Enter again   Esc leaves all as it is");
    }
    if (fills) {
        return fills_in(strip, gather_is_on(shell), out, size);
    }
    if (strip->n_about > 1) {
        return say(STYLE_PROMPT, out, size,
                   gather_is_on(shell) ? "Enter adds %s rows to the basket" ESC_LEAVES
                                       : "Enter shows the plan of %s rows" ESC_LEAVES,
                   frame_count(strip->n_about));
    }
    if (!strip->plan) {
        return nothing_yet(strip, shell, out, size);
    }
    if (gather_is_on(shell)) {
        size_t n = gather_count(shell);
        return n == 0 ? say(STYLE_PROMPT, out, size, "Enter adds it to the basket" ESC_LEAVES)
                      : say(STYLE_PROMPT, out, size,
                            "%s row%s in the basket: Enter adds this one, %s then applies all",
                            frame_count(n), n == 1 ? " is" : "s are", frame_key(shell, CMD_BASKET));
    }
    if (!strip_applies(strip, shell)) {
        return say(STYLE_PROMPT, out, size, "Enter shows the full plan" ESC_LEAVES);
    }
    return say(STYLE_PROMPT, out, size,
               strip->plan->counts[CHANGE_RELEASE] > 0 ? "Enter releases now" ESC_LEAVES
                                                       : "Enter applies this now" ESC_LEAVES);
}

/* Takes the words out, if they are there. */
static void leave_out(char *text, const char *words)
{
    char *found = strstr(text, words);
    if (found) {
        const char *rest = found + strlen(words);
        memmove(found, rest, strlen(rest) + 1);
    }
}

/* What a narrow screen has no room for goes; what Enter and Esc do stays. */
enum style strip_last_line(const struct strip *strip, const struct shell *shell, int columns,
                           char *out, size_t size)
{
    static const char *const spare[] = {" all as it is",         ", nothing kept",
                                        ", which is held",       ", Enter again applies it",
                                        ", Enter again adds it", " then applies all"};
    enum style style = last_line(strip, shell, out, size);
    for (size_t i = 0; i < sizeof spare / sizeof spare[0] && canvas_columns(out) > columns; i++) {
        leave_out(out, spare[i]);
    }
    return style;
}

/* ---- the footer ---------------------------------------------------------------------------------- */

static const char *confirm_hint(const struct strip *strip, const struct shell *shell)
{
    if (strip->asks == STRIP_NUMBER && strip_chooses(strip, shell) &&
        strip->choice != STRIP_NO_CHOICE) {
        return "Fill in";
    }
    if (strip->n_about > 1) {
        return "Plan";
    }
    if (strip->plan && gather_is_on(shell)) {
        return shell->gathering.adds;
    }
    return !strip->plan ? "" : strip_applies(strip, shell) ? "Apply" : "Plan";
}

const char *strip_hint(const struct view *view, const struct shell *shell, enum command command)
{
    const struct strip *strip = (const struct strip *)view;
    if (strip->applying) {
        return command == CMD_CANCEL ? "Stop" : "";
    }
    switch ((int)command) {
    case CMD_CONFIRM:
        return confirm_hint(strip, shell);
    case CMD_TAKE_SWAP:
    case CMD_TAKE_OVER:
    case CMD_TAKE_NEAREST: {
        const enum taking taking = (enum taking)(command - CMD_TAKE_SWAP);
        const struct taken taken = strip_taken(strip, shell);
        return strip->taken && !taking_fault(taking, &taken) ? command_info(command)->hint : "";
    }
    case CMD_HELP:
    case CMD_BACK:
        return command_info(command)->hint;
    default:
        return "";
    }
}
