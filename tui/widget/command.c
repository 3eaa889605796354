#include "tui/widget/command.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/terminal/keys.h"

#include "core/base/banned.h"

static const struct command_info s_commands[COMMAND_COUNT] = {
#define X(command, name, keys, places, needs, hint, help)                                          \
    [command] = {name, keys, places, needs, hint, help},
    COMMAND_LIST(X)
#undef X
};

const struct command_info *command_info(enum command command)
{
    return &s_commands[command];
}

enum command command_find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, s_commands[i].name) == 0) {
            return (enum command)i;
        }
    }
    return CMD_NONE;
}

/* Reads "F9 s" into keys; false, with the word that is not a key. */
static bool parse_keys(const char *text, uint32_t keys[KEYS_PER_COMMAND], char word[K_TEXT_MAX])
{
    size_t n = 0;
    memset(keys, 0, KEYS_PER_COMMAND * sizeof keys[0]);
    while (*(text += strspn(text, " \t"))) {
        size_t length = strcspn(text, " \t");
        size_t copied = length < K_TEXT_MAX ? length : K_TEXT_MAX - 1;
        memcpy(word, text, copied);
        word[copied] = '\0';
        if (n == KEYS_PER_COMMAND || !key_parse(word, &keys[n++])) {
            return false;
        }
        text += length;
    }
    return true;
}

void bindings_default(struct bindings *bindings)
{
    char word[K_TEXT_MAX];
    memset(bindings, 0, sizeof *bindings);
    for (int i = 0; i < COMMAND_COUNT; i++) {
        (void)parse_keys(s_commands[i].keys, bindings->keys[i], word);
    }
}

static bool has_key(const struct bindings *bindings, int command, uint32_t key)
{
    for (int i = 0; i < KEYS_PER_COMMAND; i++) {
        if (bindings->keys[command][i] == key) {
            return true;
        }
    }
    return false;
}

static void drop_key(struct bindings *bindings, int command, uint32_t key)
{
    int kept = 0;
    for (int i = 0; i < KEYS_PER_COMMAND; i++) {
        uint32_t have = bindings->keys[command][i];
        if (have != key && have != K_NONE) {
            bindings->keys[command][kept++] = have;
        }
    }
    for (; kept < KEYS_PER_COMMAND; kept++) {
        bindings->keys[command][kept] = K_NONE;
    }
}

enum err_code bindings_set(struct bindings *bindings, const char *name, const char *keys,
                           struct err *err)
{
    uint32_t parsed[KEYS_PER_COMMAND];
    char word[K_TEXT_MAX] = "";
    enum command command = command_find(name);
    if (command == CMD_NONE) {
        return err_set(err, ERR_CONFIG, "no command is called '%s'", name);
    }
    if (!parse_keys(keys, parsed, word)) {
        return err_set(err, ERR_CONFIG, "%s: '%s' is not a key, or there are too many keys", name,
                       word);
    }
    for (int i = 0; i < KEYS_PER_COMMAND && parsed[i] != K_NONE; i++) {
        for (int other = 0; other < COMMAND_COUNT; other++) {
            if (other == (int)command || !has_key(bindings, other, parsed[i]) ||
                !(s_commands[other].places & s_commands[command].places)) {
                continue;
            }
            if (bindings->custom[other]) {
                char text[K_TEXT_MAX];
                key_format(parsed[i], text);
                return err_set(err, ERR_CONFIG, "the key %s is given to both %s and %s", text,
                               s_commands[other].name, name);
            }
            drop_key(bindings, other, parsed[i]);
        }
    }
    memcpy(bindings->keys[command], parsed, sizeof parsed);
    bindings->custom[command] = true;
    return ERR_OK;
}

enum command bindings_find(const struct bindings *bindings, unsigned place, uint32_t key)
{
    for (int i = 0; i < COMMAND_COUNT && key != K_NONE; i++) {
        if ((s_commands[i].places & place) && has_key(bindings, i, key)) {
            return (enum command)i;
        }
    }
    return CMD_NONE;
}

void bindings_key(const struct bindings *bindings, enum command command, char out[KEYS_TEXT_MAX])
{
    char text[K_TEXT_MAX] = "";
    if (bindings->keys[command][0] != K_NONE) {
        key_format(bindings->keys[command][0], text);
    }
    snprintf(out, KEYS_TEXT_MAX, "%s", text);
}

void bindings_keys(const struct bindings *bindings, enum command command, char out[KEYS_TEXT_MAX])
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < KEYS_PER_COMMAND && bindings->keys[command][i] != K_NONE; i++) {
        char text[K_TEXT_MAX];
        key_format(bindings->keys[command][i], text);
        used += (size_t)snprintf(out + used, KEYS_TEXT_MAX - used, "%s%s", i ? " " : "", text);
    }
}
