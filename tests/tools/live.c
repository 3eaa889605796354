/*
 * What agents do now, as the console asks for it: `live --directory URI [OPTION...]` reads the
 * directory, asks for its first agents, and prints "LOGIN PRESENCE WORD SINCE STATUS QUEUE" of each,
 * with tabs between; "-" for what is not known. On an error it prints that and ends with its status.
 */

#include <inttypes.h>
#include <stdio.h>

#include "aws/ports.h"
#include "core/session/session.h"
#include "core/settings/cmdline.h"
#include "core/settings/settings.h"

static enum err_code tell(struct session *session, struct err *err)
{
    struct roster *roster = NULL;
    struct live *live = NULL;
    enum err_code code = session_read_directory(session, NULL, &roster, err);
    if (code != ERR_OK) {
        return code;
    }
    struct live_wanted wanted = {
        roster->agents, roster->n_agents < LIVE_AGENTS_MAX ? roster->n_agents : LIVE_AGENTS_MAX};
    for (int round = 0; round < 2 && code == ERR_OK; round++) { /* what is remembered shows, too */
        live_free(live);
        live = NULL;
        code = session_read_live(session, &wanted, NULL, &live, err);
    }
    for (size_t i = 0; live && i < live->n_states; i++) {
        const struct live_state *state = &live->states[i];
        printf("%s\t%s\t%s\t%" PRId64 "\t%s\t%s\n", roster->agents[i].login,
               live_words(state->presence), live_word(state), state->since_s,
               state->status ? state->status : "-", state->queue ? state->queue : "-");
    }
    live_free(live);
    roster_unref(roster);
    return code;
}

static enum err_code run(const struct settings *settings, struct err *err)
{
    struct aws_options options = {.environment = &environment_system, .clock = &clock_system};
    struct aws *aws = aws_new(&options);
    struct port ports[AWS_PORTS + 4];
    size_t n = 0;
    for (; n < session_n_embedded_ports && n < 4; n++) {
        ports[n] = session_embedded_ports[n];
    }
    aws_ports(aws, ports + n);
    struct session_options how = {settings, ports, n + AWS_PORTS, &clock_system, VIA_COMMAND};
    struct session *session = NULL;
    enum err_code code = session_open(&how, &session, err);
    if (code == ERR_OK) {
        code = tell(session, err);
        session_close(session);
    }
    aws_free(aws);
    return code;
}

int main(int argc, char *argv[])
{
    struct err err = ERR_INIT;
    struct command_line line;
    struct settings settings;
    enum err_code code = command_line_parse(argc, argv, &line, &err);
    if (code == ERR_OK) {
        code = settings_resolve(&line, &environment_system, NULL, &settings, &err);
    }
    if (code == ERR_OK) {
        code = run(&settings, &err);
        settings_release(&settings);
    }
    if (code != ERR_OK) {
        printf("%s\n", err.text);
    }
    command_line_release(&line);
    return err_exit_status(code);
}
