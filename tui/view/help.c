#include "tui/view/help.h"

#include "tui/panel/pages.h"

#include "core/base/banned.h"

static void help_line(struct buf *out, const struct shell *shell, enum command command)
{
    char keys[KEYS_TEXT_MAX];
    const char *why = shell_why_unusable(shell, command);
    bindings_keys(&shell->bindings, command, keys);
    buf_printf(out, "%-11s :%-15s %s%s%s%s\n", keys, command_info(command)->name,
               command_info(command)->help, why ? " [off: " : "", why ? why : "", why ? "]" : "");
}

static void render_help(const struct shell *shell, unsigned place, struct buf *out)
{
    buf_puts(out, "#Here\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        unsigned places = command_info((enum command)i)->places;
        if ((places & place) && (places & PLACE_VIEWS) != PLACE_VIEWS) {
            help_line(out, shell, (enum command)i);
        }
    }
    buf_puts(out, "\n#Everywhere\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if ((command_info((enum command)i)->places & PLACE_VIEWS) == PLACE_VIEWS) {
            help_line(out, shell, (enum command)i);
        }
    }
    buf_puts(
        out,
        "\n#Filter\n"
        "smith          login, name, number, state, profile or note contains it\n"
        "\"smith, j\"     a text with a blank          !smith    does not contain it\n"
        "smith night    both must match             a or b    one of them must match\n"
        "~smrn          these letters in this order; the best match comes first\n"
        "ext:20         numbers that begin with 20  ext:2000-2099   from, to\n"
        "state:new      new stale ok pinned exempt foreign, or of numbers:\n"
        "               free cooling assigned reserved blocked\n"
        "since:7d       the last 7 days (m h d w)   since:>90d      longer ago\n"
        "since:2026-11-20  that day                 2026-11-20..2026-11-30  from, to\n"
        "login: name: profile: group: by: note: target:    this field contains it\n"
        "live:call      at this moment              until:7d   ends within 7 days\n"
        "changed:*      changed since you looked    basket:*   in the basket\n"
        "note:*         has one                     note:-     has none\n"
        "state:new,stale   one of several           st:new     a field by its beginning\n"
        "action: actor: in the history, kind: in the doctor\n"
        "'1 state:new  '2 state:stale  '3 changed:*  '4 basket:*  '5 state:pinned\n"
        "\"x keeps the filter as x, 'x shows it again, '' the one before.\n"
        "Accents, upper case and the width of letters do not matter. Up Down move the list,\n"
        "Enter keeps the filter, Esc goes back, C-p C-n earlier filters. Alt with a key acts\n"
        "on the row under the cursor: M-a M-r M-x M-w M-p M-R M-y.\n"
        "\n#Marks\n"
        "*  marked   >  the current row   NEW  no extension yet   STALE  left the directory\n"
        "OTHER  a holder from another directory: no sync of this one touches them\n"
        "PIN  no sync touches it   cooling  released a short while ago, assigned last\n"
        "\n#Every change is a plan first: nothing is written before you have seen it.\n"
        "To change a key, write [keys] sync = F9 in the configuration; the names are above.\n");
}

void help_open(struct shell *shell, unsigned place)
{
    page_open_rendered(shell, "HELP", place & PLACE_VIEWS ? place : PLACE_MAIN, render_help);
}
