#include "core/headless/version.h"

#include <jansson.h>
#include <stdlib.h>

#include "core/base/platform.h"

#include "core/base/banned.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The Makefile says which of the compiler's protections it found. */
#ifndef EXTPOOL_PROTECTIONS
#define EXTPOOL_PROTECTIONS ""
#endif

static void print_text(const struct report *report, const struct library *libraries, size_t n)
{
    fprintf(report->out, "extpool " EXTPOOL_VERSION "\n");
    if (!report->verbose) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        fprintf(report->out, "  %-9s%s\n", libraries[i].name, libraries[i].version);
    }
    fprintf(report->out, "  %-9s%s\n", "jansson", jansson_version_str());
    fprintf(report->out, "  %-9s%s\n", "libc", platform_libc_version());
    fprintf(report->out, "  %-9s%s\n", "compiler", COMPILER);
    fprintf(report->out, "  %-9s%s\n", "flags", EXTPOOL_PROTECTIONS);
}

static void print_json(const struct report *report, const struct library *libraries, size_t n)
{
    json_t *document = json_pack("{ss}", "version", EXTPOOL_VERSION);
    if (report->verbose) {
        json_t *versions = json_object();
        for (size_t i = 0; i < n; i++) {
            json_object_set_new(versions, libraries[i].name, json_string(libraries[i].version));
        }
        json_object_set_new(versions, "jansson", json_string(jansson_version_str()));
        json_object_set_new(versions, "libc", json_string(platform_libc_version()));
        json_object_set_new(document, "libraries", versions);
        json_object_set_new(document, "compiler", json_string(COMPILER));
        json_object_set_new(document, "flags", json_string(EXTPOOL_PROTECTIONS));
    }
    json_dumpf(document, report->out, JSON_COMPACT | JSON_PRESERVE_ORDER);
    fputc('\n', report->out);
    json_decref(document);
}

void report_version(const struct report *report, const struct library *libraries, size_t n)
{
    if (report->json) {
        print_json(report, libraries, n);
    } else {
        print_text(report, libraries, n);
    }
}
