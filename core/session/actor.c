#include "core/session/actor.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/environ.h"
#include "core/base/platform.h"
#include "core/base/text.h"
#include "core/pool/model.h"

#include "core/base/banned.h"

#define NAME_MAX 128 /* bytes of a name from outside */
#define HOST_ROOM 256
#define ANCESTORS_MAX 32

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

/* Without what could harm a terminal, and not longer than a name can be. */
static const char *clean(struct arena *arena, const char *text, size_t length)
{
    length = length < NAME_MAX ? length : NAME_MAX;
    return text_sanitise(arena, arena_strndup(arena, text, length));
}

static const char *host_name(struct arena *arena)
{
    char host[HOST_ROOM] = "";
    if (gethostname(host, sizeof host - 1) != 0 || !host[0]) {
        return "localhost";
    }
    return clean(arena, host, strlen(host));
}

const char *actor_of_machine(struct arena *arena)
{
    const char *host = host_name(arena);
    const char *user = user_name(arena, geteuid());
    const char *person = person_behind();
    const char *actor = person && strcmp(person, user) != 0
                            ? arena_printf(arena, "%s@%s as %s", person, host, user)
                            : arena_printf(arena, "%s@%s", user, host);
    const char *ssh = environment_get(&environment_system, "SSH_CONNECTION");
    return ssh ? arena_printf(arena, "%s from %s", actor, clean(arena, ssh, strcspn(ssh, " ")))
               : actor;
}

const char *actor_user(struct arena *arena, enum audit_via via)
{
    const char *function = environment_get(&environment_system, "AWS_LAMBDA_FUNCTION_NAME");
    if (via == VIA_LAMBDA) {
        return function ? arena_printf(arena, "%s@lambda", clean(arena, function, strlen(function)))
                        : "lambda";
    }
    const char *person = person_behind();
    return arena_printf(arena, "%s@%s", person ? person : user_name(arena, geteuid()),
                        host_name(arena));
}

/* ---- by hand or by a timer ----------------------------------------------------------------- */

static bool is_timer_program(const char *name)
{
    static const char *const programs[] = {"cron", "crond", "anacron", "fcron", "atd"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        if (strcmp(name, programs[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool descends_from_timer(void)
{
    char name[PLATFORM_NAME_ROOM];
    long parent = (long)getppid();
    for (int i = 0;
         i < ANCESTORS_MAX && parent > 0 && platform_process_parent(parent, name, &parent); i++) {
        if (is_timer_program(name)) {
            return true;
        }
    }
    return false;
}

static bool has_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) {
        close(fd);
    }
    return fd >= 0;
}

enum audit_via actor_via(void)
{
    if (has_terminal()) {
        return VIA_COMMAND;
    }
    bool of_unit = environment_get(&environment_system, "INVOCATION_ID") != NULL;
    return of_unit || descends_from_timer() ? VIA_TIMER : VIA_COMMAND;
}
