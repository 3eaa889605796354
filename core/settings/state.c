#include "core/settings/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/banned.h"
#include "core/base/buf.h"
#include "core/base/digest.h"
#include "core/base/fileio.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/settings/location.h"

#define FILE_MAX (1u << 20) /* bytes of one file of preferences */
#define LOCK_TRIES 100      /* of 10 ms */

struct preference {
    char *key;
    char *value; /* NULL: removed */
    bool is_set; /* in this console, and not saved */
};

struct preferences {
    struct preference *items; /* sorted by key */
    size_t n, capacity;
    const char *path; /* NULL: in memory only */
};

struct state {
    struct arena arena;
    struct preferences scopes[STATE_SCOPES];
    const char *folder; /* of the place; NULL: nothing is kept */
};

/* ---- places ---------------------------------------------------------------------------------- */

/* A name for a file: what is not a letter, a digit or one of "-_" becomes %41. */
static void file_name(const char *name, char *out, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    size_t used = 0;
    for (; *name && used + 4 < size; name++) {
        if (strchr(plain, *name) || (*name == '.' && used > 0)) {
            out[used++] = *name;
        } else {
            used += (size_t)snprintf(out + used, size - used, "%%%02X", (unsigned char)*name);
        }
    }
    out[used] = '\0';
}

void state_place(const struct settings *settings, char out[STATE_PLACE_ROOM])
{
    char digest[DIGEST_ROOM];
    if (settings->action == ACTION_DEMO || (!settings->context && !settings->store)) {
        out[0] = '\0';
    } else if (settings->context) {
        snprintf(out, STATE_PLACE_ROOM, "context-%s", settings->context);
    } else {
        struct arena arena = ARENA_INIT;
        const char *store = location_identity(settings->store, &arena);
        digest_of(store, strlen(store), digest);
        snprintf(out, STATE_PLACE_ROOM, "store-%.16s", digest);
        arena_release(&arena);
    }
}

/* ---- preferences in memory -------------------------------------------------------------------- */

static bool is_key(const char *key)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t length = strlen(key);
    return length > 0 && length <= STATE_KEY_MAX && strspn(key, allowed) == length;
}

static bool is_value(const char *value)
{
    size_t length = strlen(value);
    return length <= STATE_VALUE_MAX && text_utf8_check(value, length) == length &&
           text_find_control(value, length) == TEXT_NO_CONTROL;
}

/* Where the key is, or where it belongs. */
static size_t place_of(const struct preferences *preferences, const char *key)
{
    size_t from = 0;
    size_t to = preferences->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(preferences->items[middle].key, key) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static struct preference *find(const struct preferences *preferences, const char *key)
{
    size_t place = place_of(preferences, key);
    bool found = place < preferences->n && strcmp(preferences->items[place].key, key) == 0;
    return found ? &preferences->items[place] : NULL;
}

static struct preference *put(struct preferences *preferences, const char *key, const char *value)
{
    struct preference *there = find(preferences, key);
    if (there) {
        char *old = there->value;
        there->value = mem_strdup(value);
        free(old);
        return there;
    }
    if (preferences->n == preferences->capacity) {
        preferences->capacity = preferences->capacity ? preferences->capacity * 2 : 16;
        preferences->items =
            mem_resize(preferences->items, preferences->capacity, sizeof *preferences->items);
    }
    size_t place = place_of(preferences, key);
    memmove(&preferences->items[place + 1], &preferences->items[place],
            (preferences->n - place) * sizeof *preferences->items);
    preferences->n++;
    preferences->items[place] =
        (struct preference){.key = mem_strdup(key), .value = mem_strdup(value)};
    return &preferences->items[place];
}

static void release(struct preferences *preferences)
{
    for (size_t i = 0; i < preferences->n; i++) {
        free(preferences->items[i].key);
        free(preferences->items[i].value);
    }
    free(preferences->items);
    preferences->items = NULL;
    preferences->n = preferences->capacity = 0;
}

const char *state_get(const struct state *state, enum state_scope scope, const char *key)
{
    const struct preference *found = find(&state->scopes[scope], key);
    return found ? found->value : NULL;
}

bool state_set(struct state *state, enum state_scope scope, const char *key, const char *value)
{
    const char *new = value &&value[0] ? value : NULL;
    if (!is_key(key) || (new && !is_value(new))) {
        return false;
    }
    const char *old = state_get(state, scope, key);
    bool same = old == new || (old && new &&strcmp(old, new) == 0);
    if (!same) {
        put(&state->scopes[scope], key, new)->is_set = true;
    }
    return true;
}

/* ---- files ------------------------------------------------------------------------------------ */

static bool has_changed(const struct preferences *preferences)
{
    for (size_t i = 0; i < preferences->n; i++) {
        if (preferences->items[i].is_set) {
            return true;
        }
    }
    return false;
}

bool state_is_changed(const struct state *state)
{
    return has_changed(&state->scopes[STATE_PERSON]) || has_changed(&state->scopes[STATE_PLACE]);
}

/* A line of "key = value"; false: it is something else. What was set here stays. */
static bool take_line(struct preferences *preferences, char *line)
{
    char *equals = strstr(line, " = ");
    if (line[0] == '\0' || line[0] == '#') {
        return true;
    }
    if (!equals) {
        return false;
    }
    *equals = '\0';
    const char *value = equals + strlen(" = ");
    if (!is_key(line) || !is_value(value)) {
        return false;
    }
    const struct preference *there = find(preferences, line);
    if (!there || !there->is_set) {
        put(preferences, line, value);
    }
    return true;
}

/* What others removed is gone; what was set here stays. */
static void forget_saved(struct preferences *preferences)
{
    size_t kept = 0;
    for (size_t i = 0; i < preferences->n; i++) {
        if (preferences->items[i].is_set) {
            preferences->items[kept++] = preferences->items[i];
        } else {
            free(preferences->items[i].key);
            free(preferences->items[i].value);
        }
    }
    preferences->n = kept;
}

/* Takes over what is in the file. A file that cannot be read changes nothing. */
static enum err_code read_file(struct preferences *preferences, struct err *err)
{
    struct buf text;
    struct err why = ERR_INIT;
    size_t number = 0;
    size_t damaged = 0; /* the first such line */
    buf_init(&text, FILE_MAX);
    enum err_code code = fileio_read(preferences->path, &text, &why);
    if (code == ERR_OK || code == ERR_NOT_FOUND) {
        forget_saved(preferences);
    }
    for (char *line = text.data, *next; code == ERR_OK && line; line = next) {
        next = strchr(line, '\n');
        if (next) {
            *next++ = '\0';
        }
        number++;
        if (!take_line(preferences, line) && damaged == 0) {
            damaged = number;
        }
    }
    buf_release(&text);
    if (code != ERR_OK && code != ERR_NOT_FOUND) {
        return err_set(err, code, "%s; what was kept there does not count", why.text);
    }
    if (damaged > 0) {
        return err_set(err, ERR_INPUT, "%s: line %zu is damaged and was passed over",
                       preferences->path, damaged);
    }
    return ERR_OK;
}

static enum err_code write_file(const struct preferences *preferences, struct err *err)
{
    struct buf text;
    buf_init(&text, FILE_MAX);
    buf_puts(&text, "# extpool writes this file; what it cannot read it passes over.\n");
    for (size_t i = 0; i < preferences->n; i++) {
        if (preferences->items[i].value) {
            buf_printf(&text, "%s = %s\n", preferences->items[i].key, preferences->items[i].value);
        }
    }
    enum err_code code =
        buf_failed(&text)
            ? err_set(err, ERR_INPUT, "%s: there is too much to keep", preferences->path)
            : fileio_replace(preferences->path, text.data, text.length, 0600, err);
    buf_release(&text);
    return code;
}

/* Keeps other consoles away until it is closed. -1: that is not possible here, or one of them does
   not go on; then the last writer wins. */
static int lock_beside(const char *path)
{
    char *name = mem_printf("%s.lock", path);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(name);
    for (int i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            return fd;
        }
        if (errno != EWOULDBLOCK && errno != EINTR) {
            break;
        }
        nanosleep(&(struct timespec){.tv_nsec = 10L * 1000 * 1000}, NULL);
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static enum err_code save_scope(struct preferences *preferences, struct err *err)
{
    if (!preferences->path || !has_changed(preferences)) {
        return ERR_OK;
    }
    enum err_code code = fileio_make_parents(preferences->path, err);
    if (code != ERR_OK) {
        return code;
    }
    int lock = lock_beside(preferences->path);
    struct err damage = ERR_INIT; /* it was said at the start, and is mended now */
    (void)!read_file(preferences, &damage);
    code = write_file(preferences, err);
    for (size_t i = 0; code == ERR_OK && i < preferences->n; i++) {
        preferences->items[i].is_set = false;
    }
    if (lock >= 0) {
        close(lock);
    }
    return code;
}

enum err_code state_save(struct state *state, struct err *err)
{
    for (int scope = 0; scope < STATE_SCOPES; scope++) {
        enum err_code code = save_scope(&state->scopes[scope], err);
        if (code != ERR_OK) {
            return code;
        }
    }
    return ERR_OK;
}

/* ---- on another thread ------------------------------------------------------------------------ */

struct state *state_fork(const struct state *state)
{
    struct state *fork = mem_alloc(sizeof *fork);
    for (int scope = 0; scope < STATE_SCOPES; scope++) {
        const struct preferences *from = &state->scopes[scope];
        fork->scopes[scope].path = arena_strdup(&fork->arena, from->path);
        for (size_t i = 0; i < from->n; i++) {
            put(&fork->scopes[scope], from->items[i].key, from->items[i].value)->is_set =
                from->items[i].is_set;
        }
    }
    fork->folder = arena_strdup(&fork->arena, state->folder);
    return fork;
}

static void join(struct preferences *into, const struct preferences *fork)
{
    for (size_t i = 0; i < into->n; i++) {
        struct preference *item = &into->items[i];
        const struct preference *saved = find(fork, item->key);
        if (saved && !saved->is_set && text_same(saved->value, item->value)) {
            item->is_set = false;
        }
    }
    forget_saved(into);
    for (size_t i = 0; i < fork->n; i++) {
        const struct preference *saved = &fork->items[i];
        if (!find(into, saved->key)) {
            put(into, saved->key, saved->value)->is_set = saved->is_set;
        }
    }
}

void state_join(struct state *state, struct state *fork)
{
    for (int scope = 0; scope < STATE_SCOPES; scope++) {
        join(&state->scopes[scope], &fork->scopes[scope]);
    }
    state_close(fork);
}

/* ---- open and close ---------------------------------------------------------------------------- */

struct state *state_open(const char *folder, const char *place, struct err *err)
{
    char name[3 * STATE_PLACE_ROOM];
    struct state *state = mem_alloc(sizeof *state);
    if (!folder || !place || !place[0]) {
        return state;
    }
    file_name(place, name, sizeof name);
    state->folder = arena_printf(&state->arena, "%s/%s", folder, name);
    state->scopes[STATE_PERSON].path = arena_printf(&state->arena, "%s/preferences", folder);
    state->scopes[STATE_PLACE].path = state_path(state, "preferences");
    for (int scope = 0; scope < STATE_SCOPES; scope++) {
        struct err later = ERR_INIT; /* the first message is enough */
        (void)!read_file(&state->scopes[scope], err->code == ERR_OK ? err : &later);
    }
    return state;
}

void state_close(struct state *state)
{
    if (!state) {
        return;
    }
    for (int scope = 0; scope < STATE_SCOPES; scope++) {
        release(&state->scopes[scope]);
    }
    arena_release(&state->arena);
    free(state);
}

const char *state_path(struct state *state, const char *name)
{
    return state->folder ? arena_printf(&state->arena, "%s/%s", state->folder, name) : NULL;
}
