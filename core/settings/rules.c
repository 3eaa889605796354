/* What settings have to keep to beyond each value by itself, and what is said if something is not
   set. */
#include "core/settings/settings.h"

#include <string.h>

#include "core/base/banned.h"

/* A doctor that only looks makes no plan. */
static enum err_code check_plan_out(const struct settings *settings, struct err *err)
{
    if (settings->plan_out && settings->action == ACTION_DOCTOR && !settings->fix) {
        err_set(err, ERR_USAGE, "--plan-out: --doctor alone makes no plan");
        err_hint(err, "extpool --doctor --fix --plan-out FILE keeps the plan of the repair");
        return ERR_USAGE;
    }
    return ERR_OK;
}

/* Results go to standard output: an export there must not be mixed with them. */
static enum err_code check_output(const struct settings *settings, struct err *err)
{
    if (!settings->export_to || strcmp(settings->export_to, "file:-") != 0) {
        return ERR_OK;
    }
    if (settings->action == ACTION_EXPORT && settings->json) {
        return err_set(err, ERR_USAGE,
                       "the export and --json both need standard output; leave one of them out");
    }
    if (settings->action == ACTION_SYNC && !settings->no_export) {
        err_set(err, ERR_USAGE,
                "a sync prints its plan on standard output, so the export cannot go there");
        err_hint(err, "Run extpool --sync --no-export, then extpool --export -");
        return ERR_USAGE;
    }
    return ERR_OK;
}

const char *settings_connect_directory(const struct settings *settings)
{
    for (size_t i = 0; i < settings->n_directories; i++) {
        if (location_rest(settings->directories[i].uri, "connect")) {
            return settings->directories[i].uri;
        }
    }
    return NULL;
}

/* What belongs to a team's places never gets a store of this machine only because nothing names
   one: AWS_TABLE misspelt, or another HOME under cron, would make a second pool. */
enum err_code settings_store_is_named(const struct settings *settings, const char *connect,
                                      const char *export_to, struct err *err)
{
    bool s3 = export_to && location_rest(export_to, "s3");
    if ((!connect && !s3) || settings->origins[OPT_STORE].kind > ORIGIN_DEFAULT) {
        return ERR_OK;
    }
    err_set(err, ERR_CONFIG, "no store is named, and the %s is %s (from %s)",
            connect ? "directory" : "export", connect ? connect : export_to,
            settings_origin(settings, connect ? OPT_DIRECTORY : OPT_EXPORT_TO));
    err_hint(err,
             "Name the store, " LOCATION_STORE_FORMS
             ": with --store, or as store = ... in %s%s%s;\n"
             "AWS_TABLE=TABLE names a DynamoDB table, sqlite: keeps the store on this machine",
             settings->context ? "[context " : "[defaults]",
             settings->context ? settings->context : "", settings->context ? "]" : "");
    return ERR_CONFIG;
}

enum err_code settings_judge(const struct settings *settings, struct err *err)
{
    enum err_code code = check_plan_out(settings, err);
    return code == ERR_OK ? check_output(settings, err) : code;
}

const char *settings_origin(const struct settings *settings, enum option_id id)
{
    const char *text = settings->origins[id].text;
    return text ? text : "not set";
}

enum err_code settings_no_directory(const struct settings *settings, struct err *err)
{
    err_set(err, ERR_CONFIG, "no directory is named, so it is not known who works here");
    err_hint(err,
             "Name it, " LOCATION_DIRECTORY_FORMS ": with --directory,\nor as directory = ... in "
             "%s%s%s",
             settings->context ? "[context " : "[defaults] of ",
             settings->context
                 ? settings->context
                 : (settings->config_path ? settings->config_path : "the configuration"),
             settings->context ? "]" : "");
    return ERR_CONFIG;
}

enum err_code settings_no_store(struct err *err)
{
    err_set(err, ERR_CONFIG, "no place for the store: neither XDG_DATA_HOME nor HOME is set");
    err_hint(err, "Name one with --store: " LOCATION_STORE_FORMS);
    return ERR_CONFIG;
}
