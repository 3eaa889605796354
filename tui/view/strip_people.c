#include "tui/view/strip_private.h"

#include <string.h>

#include "core/base/mem.h"
#include "tui/widget/filter.h"

#include "core/base/banned.h"

/* Who can be the answer: for a number those without one, for a swap those with another one. */
static bool fits(const struct strip *strip, const struct agent_row *row)
{
    if (strip->asks == STRIP_AGENT) {
        return row->state == AGENT_NEW;
    }
    return row->slot && strcmp(row->login, strip->login) != 0;
}

/* Whether login or name has every word of the text. */
static bool matches(const struct agent_row *row, const char *words)
{
    while (*(words += strspn(words, " "))) {
        char word[FIELD_MAX];
        size_t length = strcspn(words, " ");
        memcpy(word, words, length);
        word[length] = '\0';
        if (!filter_text_has(row->login, word) && !filter_text_has(row->name, word)) {
            return false;
        }
        words += length;
    }
    return true;
}

void strip_find_people(struct strip *strip, const struct shell *shell)
{
    const struct agent_rows *agents = &shell->data->agents;
    if (!strip->people.rows) {
        strip->people.rows = mem_array(agents->n_rows + 1, sizeof *strip->people.rows);
    }
    strip->people.n = 0;
    for (size_t i = 0; i < agents->n_rows; i++) {
        const struct agent_row *row = &agents->rows[i];
        if (fits(strip, row) && matches(row, strip->field.text)) {
            strip->people.rows[strip->people.n++] = (uint32_t)i;
        }
    }
}

const struct agent_row *strip_person(const struct strip *strip, const struct shell *shell,
                                     size_t place)
{
    return place < strip->people.n ? &shell->data->agents.rows[strip->people.rows[place]] : NULL;
}
