#include "core/session/actor.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/environ.h"
#include "core/pool/model.h"

#include "core/base/banned.h"

/* Whether it can be a login of this machine: a variable can hold anything. */
static bool is_user_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.@$-";
    size_t length = name ? strlen(name) : 0;
    return length > 0 && length <= LOGIN_MAX && strspn(name, allowed) == length;
}

static const char *user_name(struct arena *arena, uid_t uid)
{
    char room[1024];
    struct passwd entry;
    struct passwd *found = NULL;
    bool known = getpwuid_r(uid, &entry, room, sizeof room, &found) == 0 && found;
    return known ? arena_strdup(arena, entry.pw_name)
                 : arena_printf(arena, "uid%lu", (unsigned long)uid);
}

/* Who became this user by sudo or doas, NULL if nobody did. */
static const char *person_behind(void)
{
    static const char *const variables[] = {"SUDO_USER", "DOAS_USER"};
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const char *name = environment_get(&environment_system, variables[i]);
        if (is_user_name(name)) {
            return name;
        }
    }
    return NULL;
}

const char *actor_of_machine(struct arena *arena)
{
    char host[256] = "localhost";
    if (gethostname(host, sizeof host - 1) != 0) {
        snprintf(host, sizeof host, "localhost");
    }
    const char *user = user_name(arena, geteuid());
    const char *person = person_behind();
    const char *actor = person && strcmp(person, user) != 0
                            ? arena_printf(arena, "%s@%s as %s", person, host, user)
                            : arena_printf(arena, "%s@%s", user, host);
    const char *ssh = environment_get(&environment_system, "SSH_CONNECTION");
    return ssh ? arena_printf(arena, "%s from %.*s", actor, (int)strcspn(ssh, " "), ssh) : actor;
}
