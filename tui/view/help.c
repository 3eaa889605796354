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
        "smith          some field contains it      ~smt     fuzzy, best match first\n"
        "ext:20         extension begins with 20    state:   ok new stale pinned, free\n"
        "login: name:   this field contains it               cooling reserved blocked\n"
        "!state:ok      the state is not ok         \"a b\"    with a space; all terms must match\n"
        "\n#Marks\n"
        "*  marked   >  the current row   NEW  no extension yet   STALE  left the directory\n"
        "PIN  no sync touches it   cooling  released a short while ago, assigned last\n"
        "\n#Every change is a plan first: nothing is written before you have seen it.\n"
        "To change a key, write [keys] sync = F9 in the configuration; the names are above.\n");
}

void help_open(struct shell *shell, unsigned place)
{
    page_open_rendered(shell, "HELP", place & PLACE_VIEWS ? place : PLACE_MAIN, render_help);
}
