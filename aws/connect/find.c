#include "aws/connect/find.h"

#include "core/pool/login.h"

#include "core/base/banned.h"

static struct roster *make_roster(struct connect_people *people)
{
    struct roster *roster = roster_new();
    const struct connect_person *person = connect_people_find(people, people->only);
    if (person) {
        struct agent agent = {.login = person->login};
        agent.arn = person->arn && login_is_user_arn(person->arn) ? person->arn : NULL;
        connect_people_describe(people, person->id, &agent);
        roster_add(roster, &agent);
    }
    connect_people_tell(people, roster);
    roster->read_at_s = http_now_ms(client_http(people->search)) / 1000;
    return roster;
}

enum err_code connect_find(struct connect_people *people, struct roster **out, struct err *err)
{
    connect_people_start(people);
    enum err_code code = http_run(client_http(people->search), err);
    if (code == ERR_OK && people->err.code != ERR_OK) {
        code = people->err.code;
        if (err) {
            *err = people->err;
        }
    }
    if (code == ERR_OK) {
        *out = make_roster(people);
    }
    return code;
}
