#include "core/headless/grid.h"

#include "core/base/text.h"

#include "core/base/banned.h"

/*
 * One page of HTML that stands alone: no script, no picture, nothing from elsewhere, which its policy also
 * forbids (https://www.w3.org/TR/CSP3/). The colours follow the reader's screen, and have a contrast of at
 * least 7:1. On paper the heading of the table is on each sheet.
 */

static const char s_head[] =
    "<!doctype html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char s_style[] =
    "<style>\n"
    ":root { --text: #1a1a1a; --page: #ffffff; --soft: #4a4a4a; --line: #c8c8c8; --band: #f2f2f2; "
    "}\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  :root { --text: #e6e6e6; --page: #16181c; --soft: #b4b4b4; --line: #44484f; --band: "
    "#20242a; }\n"
    "}\n"
    "body { margin: 2rem; color: var(--text); background: var(--page);\n"
    "  font: 1rem/1.4 system-ui, sans-serif; }\n"
    "h1 { margin: 0 0 0.25rem; font-size: 1.5rem; }\n"
    "p { margin: 0 0 1rem; color: var(--soft); }\n"
    "div { overflow-x: auto; }\n"
    "table { border-collapse: collapse; }\n"
    "th, td { padding: 0.25rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left;\n"
    "  vertical-align: top; overflow-wrap: break-word; }\n"
    "th { position: sticky; top: 0; background: var(--page); white-space: nowrap; }\n"
    "tbody tr:nth-child(even) { background: var(--band); }\n"
    ".n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
    "@media print {\n"
    "  :root { --text: #000000; --page: #ffffff; --soft: #000000; --line: #808080; --band: "
    "#ffffff; }\n"
    "  body { margin: 0; font-size: 9pt; }\n"
    "  div { overflow: visible; }\n"
    "  thead { display: table-header-group; }\n"
    "  th { position: static; }\n"
    "  tr { break-inside: avoid; }\n"
    "}\n"
    "</style>\n";

static void put(FILE *out, const char *text)
{
    struct arena arena = ARENA_INIT;
    for (const char *c = text_sanitise(&arena, text); *c; c++) {
        switch (*c) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*c, out);
        }
    }
    arena_release(&arena);
}

static void put_cell(FILE *out, const char *tag, bool number, const char *text)
{
    fprintf(out, "<%s%s%s>", tag, tag[1] == 'h' ? " scope=\"col\"" : "",
            number ? " class=\"n\"" : "");
    put(out, text ? text : "");
    fprintf(out, "</%s>", tag);
}

/* "last_agent" as "last agent". */
static const char *heading_of(struct arena *arena, const char *name)
{
    char *heading = arena_strdup(arena, name);
    for (char *c = heading; *c; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    return heading;
}

void report_html_grid(const struct report *report, const struct grid *grid, const size_t *chosen,
                      size_t n_chosen)
{
    FILE *out = report->out;
    struct arena arena = ARENA_INIT;
    size_t n = 0;
    while (grid->names[n]) {
        n++;
    }
    fputs(s_head, out);
    fputs("<title>", out);
    put(out, grid->title);
    fputs("</title>\n", out);
    fputs(s_style, out);
    fputs("</head>\n<body>\n<h1>", out);
    put(out, grid->title);
    fputs("</h1>\n<p>", out);
    put(out, grid->about);
    fputs("</p>\n<div>\n<table>\n<thead>\n<tr>", out);
    for (size_t i = 0; i < n_chosen; i++) {
        bool number = (grid->numbers & (1u << chosen[i])) != 0;
        put_cell(out, "th", number, heading_of(&arena, grid->names[chosen[i]]));
    }
    fputs("</tr>\n</thead>\n<tbody>\n", out);
    for (size_t row = 0; row < grid->n_rows; row++) {
        fputs("<tr>", out);
        for (size_t i = 0; i < n_chosen; i++) {
            bool number = (grid->numbers & (1u << chosen[i])) != 0;
            put_cell(out, "td", number, grid->cells[row * n + chosen[i]]);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n</div>\n</body>\n</html>\n", out);
    arena_release(&arena);
}
