#include <jansson.h>

#include "core/headless/report_private.h"

#include "core/base/banned.h"

/* The document of --doctor. */

static json_t *checks_array(const struct checks *checks)
{
    static const char *const results[] = {
        [CHECK_OK] = "ok", [CHECK_WRONG] = "wrong", [CHECK_NOT_MADE] = "not_made"};
    json_t *array = json_array();
    for (size_t i = 0; i < checks->n_items; i++) {
        const struct check *check = &checks->items[i];
        json_t *object = json_object();
        json_object_set_new(object, "check", report_json_text(check->what));
        json_object_set_new(object, "subject", report_json_text(check->subject));
        json_object_set_new(object, "result", report_json_text(results[check->result]));
        json_object_set_new(object, "detail", report_json_text(check->detail));
        json_object_set_new(object, "action", report_json_text(check->action));
        json_object_set_new(object, "fix", report_json_text(check->fix));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *sources_array(const struct source_counts *sources)
{
    json_t *list = json_array();
    for (size_t i = 0; sources && i < sources->n; i++) {
        const struct source_count *source = &sources->items[i];
        json_t *object = json_object();
        json_object_set_new(object, "source", report_json_text(source->source));
        json_object_set_new(object, "numbers", json_integer((json_int_t)source->n_numbers));
        json_object_set_new(object, "here", json_boolean(source->here));
        json_array_append_new(list, object);
    }
    return list;
}

void report_json_doctor(const struct report *report, const struct doctor_report *doctor)
{
    json_t *document = json_object();
    json_t *problems = json_array();
    for (size_t i = 0; doctor->diagnosis && i < doctor->diagnosis->n_problems; i++) {
        const struct problem *problem = &doctor->diagnosis->problems[i];
        json_t *object = json_object();
        json_object_set_new(object, "kind", report_json_text(problem_kind_name(problem->kind)));
        json_object_set_new(object, "extension", report_json_text(problem->ext));
        json_object_set_new(object, "agent", report_json_text(problem->agent));
        json_object_set_new(object, "detail", report_json_text(problem->detail));
        json_object_set_new(object, "fix", report_json_text(problem->fix));
        json_object_set_new(object, "group",
                            report_json_text(report_problem_group(doctor, problem)));
        json_array_append_new(problems, object);
    }
    json_object_set_new(document, "checked",
                        doctor->diagnosis ? json_integer((json_int_t)doctor->diagnosis->checked)
                                          : json_null());
    json_object_set_new(document, "problems", problems);
    json_object_set_new(document, "fixed", json_integer((json_int_t)doctor->fixed));
    json_object_set_new(document, "sources", sources_array(doctor->sources));
    json_t *not_checked = json_array();
    if (doctor->directory_uri) {
        json_array_append_new(not_checked, report_json_text(doctor->directory_uri));
    }
    if (doctor->export_uri) {
        json_array_append_new(not_checked, report_json_text(doctor->export_uri));
    }
    json_object_set_new(document, "not_checked", not_checked);
    if (doctor->checks) {
        json_object_set_new(document, "checks", checks_array(doctor->checks));
    }
    if (!doctor->diagnosis) {
        json_object_set_new(document, "error", report_json_error_object(doctor->err));
    }
    if (doctor->repair) {
        json_object_set_new(document, "repair", report_json_action_object(doctor->repair));
    }
    json_object_set_new(document, "exit", json_integer(doctor->exit));
    report_json_write(report, document);
}
