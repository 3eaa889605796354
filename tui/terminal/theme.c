#include "tui/terminal/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fileio.h"
#include "core/format/ini.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/base/banned.h"

#define THEME_BYTES_MAX 65536
#define INHERIT_MAX 4

static const char *const s_slots[STYLE_COUNT] = {
#define X(slot, name, meaning) [slot] = name,
    STYLE_LIST(X)
#undef X
};

static const char *const s_attributes[] = {
#define X(attribute, name) name,
    ATTRIBUTE_LIST(X)
#undef X
};

static const char *const s_colours[] = {"black", "red",     "green", "yellow",
                                        "blue",  "magenta", "cyan",  "white"};

/* ---- colours ------------------------------------------------------------------------------ */

struct rgb {
    int r, g, b;
};

/* xterm's palette; the first 16 as most terminals have them. */
static struct rgb palette(int colour)
{
    static const struct rgb low[16] = {
        {0, 0, 0},     {205, 0, 0},     {0, 205, 0},     {205, 205, 0},  {0, 0, 238}, {205, 0, 205},
        {0, 205, 205}, {229, 229, 229}, {127, 127, 127}, {255, 0, 0},    {0, 255, 0}, {255, 255, 0},
        {92, 92, 255}, {255, 0, 255},   {0, 255, 255},   {255, 255, 255}};
    static const int levels[6] = {0, 95, 135, 175, 215, 255};
    if (colour < 16) {
        return low[colour];
    }
    if (colour < 232) {
        int cube = colour - 16;
        return (struct rgb){levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6]};
    }
    int grey = 8 + (colour - 232) * 10;
    return (struct rgb){grey, grey, grey};
}

int theme_nearest_16(int colour)
{
    struct rgb wanted = palette(colour);
    int best = 0;
    long best_distance = 0;
    for (int i = 0; i < 16; i++) {
        struct rgb have = palette(i);
        long r = wanted.r - have.r;
        long g = wanted.g - have.g;
        long b = wanted.b - have.b;
        long distance = 3 * r * r + 4 * g * g + 2 * b * b; /* the eye sees green best */
        if (i == 0 || distance < best_distance) {
            best = i;
            best_distance = distance;
        }
    }
    return best;
}

/* One colour name or number; false if it is neither. */
static bool colour_parse(const char *word, int *colour)
{
    static const char bright[] = "bright-";
    if (text_equal_nocase(word, "default")) {
        *colour = COLOUR_DEFAULT;
        return true;
    }
    int base = 0;
    if (strncmp(word, bright, sizeof bright - 1) == 0) {
        word += sizeof bright - 1;
        base = 8;
    }
    for (int i = 0; i < 8; i++) {
        if (text_equal_nocase(word, s_colours[i])) {
            *colour = base + i;
            return true;
        }
    }
    int64_t number;
    if (base || !text_to_int64(word, 0, 255, &number)) {
        return false;
    }
    *colour = (int)number;
    return true;
}

/* "214/bright-yellow/yellow" into the three depths. */
static bool colours_parse(const char *word, int16_t out[DEPTH_COUNT], bool *was_bright)
{
    int given[DEPTH_COUNT];
    int n = 0;
    char part[32];
    *was_bright = false;
    for (const char *at = word; n < DEPTH_COUNT; at++) {
        size_t length = strcspn(at, "/");
        if (length == 0 || length >= sizeof part) {
            return false;
        }
        memcpy(part, at, length);
        part[length] = '\0';
        if (!colour_parse(part, &given[n++])) {
            return false;
        }
        at += length;
        if (!*at) {
            break;
        }
        if (n == DEPTH_COUNT) {
            return false;
        }
    }
    int colour = given[0];
    out[DEPTH_256] = (int16_t)colour;
    colour = n > 1 ? given[1] : colour;
    out[DEPTH_16] = (int16_t)(colour > 15 ? theme_nearest_16(colour) : colour);
    colour = n > 2 ? given[2] : out[DEPTH_16];
    colour = colour > 15 ? theme_nearest_16(colour) : colour;
    *was_bright = n <= 2 && colour > 7;
    out[DEPTH_8] = (int16_t)(colour > 7 ? colour - 8 : colour);
    return true;
}

/* ---- slots -------------------------------------------------------------------------------- */

static bool attribute_parse(const char *word, uint8_t *attributes)
{
    for (size_t i = 0; i < sizeof s_attributes / sizeof s_attributes[0]; i++) {
        if (text_equal_nocase(word, s_attributes[i])) {
            *attributes |= (uint8_t)(1u << i);
            return true;
        }
    }
    return false;
}

static struct look plain_look(void)
{
    struct look look = {.attributes = 0};
    for (int i = 0; i < DEPTH_COUNT; i++) {
        look.foreground[i] = COLOUR_DEFAULT;
        look.background[i] = COLOUR_DEFAULT;
    }
    return look;
}

static enum err_code look_parse(struct look *look, const char *value, struct err *err)
{
    bool want_background = false;
    bool has_foreground = false;
    bool bright;
    const char *at = value;
    *look = plain_look();
    while (*(at += strspn(at, " \t"))) {
        char word[64];
        size_t length = strcspn(at, " \t");
        if (length >= sizeof word) {
            return err_set(err, ERR_CONFIG, "a word is neither a colour nor an attribute");
        }
        memcpy(word, at, length);
        word[length] = '\0';
        at += length;
        if (want_background) {
            if (!colours_parse(word, look->background, &bright)) {
                return err_set(err, ERR_CONFIG, "'%s' is not a colour", word);
            }
            want_background = false;
        } else if (text_equal_nocase(word, "on")) {
            want_background = true;
        } else if (attribute_parse(word, &look->attributes)) {
            continue;
        } else if (!has_foreground && colours_parse(word, look->foreground, &bright)) {
            has_foreground = true;
            look->attributes_8 = bright ? ATTRIBUTE_BOLD : 0;
        } else {
            return err_set(err, ERR_CONFIG, "'%s' is not a colour or an attribute", word);
        }
    }
    if (want_background) {
        return err_set(err, ERR_CONFIG, "no colour after 'on'");
    }
    return ERR_OK;
}

void theme_plain(struct theme *theme)
{
    for (int i = 0; i < STYLE_COUNT; i++) {
        theme->looks[i] = plain_look();
    }
}

enum err_code theme_set(struct theme *theme, const char *slot, const char *value, struct err *err)
{
    for (int i = 0; i < STYLE_COUNT; i++) {
        if (strcmp(slot, s_slots[i]) == 0) {
            struct look look;
            enum err_code code = look_parse(&look, value, err);
            if (code == ERR_OK) {
                theme->looks[i] = look;
            }
            return code;
        }
    }
    const char *nearest = s_slots[0];
    for (int i = 1; i < STYLE_COUNT; i++) {
        if (text_distance(slot, s_slots[i]) < text_distance(slot, nearest)) {
            nearest = s_slots[i];
        }
    }
    return err_set(err, ERR_CONFIG, "no style is called '%s'; did you mean '%s'?", slot, nearest);
}

/* ---- files -------------------------------------------------------------------------------- */

static enum err_code load_built_in(struct theme *theme, const char *name, int depth,
                                   struct err *err);

/* The text of a theme; `file` is for messages. */
struct theme_text {
    const char *file;
    const char *text;
    size_t length;
};

/* `depth`: how many themes have inherited down to this one. */
static enum err_code parse(struct theme *theme, const struct theme_text *source, int depth,
                           struct err *err)
{
    struct ini ini;
    struct ini_event event;
    enum err_code code;
    bool first = true;
    ini_init(&ini, source->file, source->text, source->length);
    while ((code = ini_next(&ini, &event, err)) == ERR_OK && event.kind != INI_END) {
        struct err why = ERR_INIT;
        if (event.kind == INI_SECTION) {
            if (strcmp(event.section, "theme") != 0) {
                code = ini_error(&ini, &event, err, "a theme has one section, [theme]");
                break;
            }
            continue;
        }
        if (event.kind != INI_PROPERTY) {
            code = ini_error(&ini, &event, err, "an indented line means nothing in a theme");
        } else if (strcmp(event.name, "inherit") != 0) {
            if (theme_set(theme, event.name, event.value, &why) != ERR_OK) {
                code = ini_error(&ini, &event, err, "%s", why.text);
            }
        } else if (!first) {
            code = ini_error(&ini, &event, err, "inherit comes before everything else");
        } else if (depth >= INHERIT_MAX ||
                   load_built_in(theme, event.value, depth + 1, &why) != ERR_OK) {
            code = ini_error(&ini, &event, err, "%s",
                             why.code ? why.text : "themes that inherit from each other");
        }
        first = false;
        if (code != ERR_OK) {
            break;
        }
    }
    ini_release(&ini);
    return code;
}

static enum err_code load_built_in(struct theme *theme, const char *name, int depth,
                                   struct err *err)
{
    for (const struct theme_source *source = theme_sources; source->name; source++) {
        if (strcmp(source->name, name) == 0) {
            char file[64];
            snprintf(file, sizeof file, "themes/%s.theme", name);
            theme_plain(theme);
            const struct theme_text text = {file, source->text, strlen(source->text)};
            return parse(theme, &text, depth, err);
        }
    }
    struct buf names;
    buf_init(&names, 512);
    for (const struct theme_source *source = theme_sources; source->name; source++) {
        buf_printf(&names, "%s%s", source == theme_sources ? "" : " ", source->name);
    }
    enum err_code code =
        err_set(err, ERR_NOT_FOUND, "no theme is called '%s'; there are: %s", name, names.data);
    buf_release(&names);
    return code;
}

enum err_code theme_parse(struct theme *theme, const char *file, const char *text, size_t length,
                          struct err *err)
{
    struct theme fresh = *theme;
    enum err_code code = parse(&fresh, &(struct theme_text){file, text, length}, 0, err);
    if (code == ERR_OK) {
        *theme = fresh;
    }
    return code;
}

enum err_code theme_load(struct theme *theme, const char *folder, const char *name, struct err *err)
{
    struct theme fresh;
    enum err_code code = ERR_NOT_FOUND;
    theme_plain(&fresh);
    if (folder && *name && !strchr(name, '/')) {
        struct buf text;
        char *path = mem_printf("%s/%s.theme", folder, name);
        struct err why = ERR_INIT;
        buf_init(&text, THEME_BYTES_MAX);
        code = fileio_read(path, &text, &why);
        if (code == ERR_OK) {
            code = parse(&fresh, &(struct theme_text){path, text.data, text.length}, 0, err);
        } else if (code != ERR_NOT_FOUND) {
            err_set(err, code, "%s", why.text);
        }
        buf_release(&text);
        free(path);
    }
    if (code == ERR_NOT_FOUND) {
        code = load_built_in(&fresh, name, 0, err);
    }
    if (code == ERR_OK) {
        *theme = fresh;
    }
    return code;
}
