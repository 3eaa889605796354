#include "tui/terminal/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/locale.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/terminal/capability.h"
#include "tui/terminal/fallback.h"
#include "tui/terminal/paint.h"

#include <term.h> /* makes macros of common words: after what uses them as names */

#include "core/base/banned.h"

#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"
#define COPY_MAX ((size_t)74994)
#define PAINT_MAX ((size_t)64 << 20)

static struct {
    SCREEN *screen;
    const char *entry; /* the name in terminfo that is used */
    bool started;
    bool ascii;  /* lines and marks */
    bool narrow; /* the locale has no more than ASCII, so names are shown with ? in them */
    bool colours;
    bool mouse;
    bool tmux;
    bool in_screen;
    bool stopped_by_us;
    struct canvas shown; /* what curses was told last */
    bool all;            /* tell it everything */
    bool cursor_on;
    int cursor_x, cursor_y; /* where it was shown last */
    bool paints;            /* changes are sent without curses, in fewer bytes */
    unsigned attributes;    /* then: those that the terminal has */
    struct theme theme;
    enum theme_depth depth;
    struct termios before;
    char restore[512]; /* ready bytes: a crash has no time to look anything up */
    size_t restore_length;
} s_term;

static void send(const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, length);
        if (n <= 0) {
            if (n < 0 && errno == EINTR) {
                continue;
            }
            return;
        }
        bytes += n;
        length -= (size_t)n;
    }
}

static void send_text(const char *text)
{
    send(text, strlen(text));
}

/* ---- when everything goes wrong ----------------------------------------------------------- */

static const int s_crashes[] = {SIGSEGV, SIGBUS,  SIGILL,  SIGFPE, SIGABRT,
                                SIGSYS,  SIGTRAP, SIGQUIT, SIGXCPU};
#define N_CRASHES (sizeof s_crashes / sizeof s_crashes[0])
static struct sigaction s_crash_before[N_CRASHES];

/* Async-signal-safe: write and tcsetattr only. */
static void give_back(void)
{
    if (s_term.started) {
        send(s_term.restore, s_term.restore_length);
        tcsetattr(STDIN_FILENO, TCSANOW, &s_term.before);
    }
}

void term_give_up(void)
{
    /* A terminal that takes nothing must not keep the process. */
    int flags = fcntl(STDOUT_FILENO, F_GETFL);
    fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
    give_back();
    fcntl(STDOUT_FILENO, F_SETFL, flags);
}

static void on_crash(int number)
{
    give_back();
    for (size_t i = 0; i < N_CRASHES; i++) {
        if (s_crashes[i] == number) {
            sigaction(number, &s_crash_before[i], NULL);
        }
    }
    raise(number); /* delivered when this handler returns: to whoever handled it before us */
}

static void watch_crashes(bool on)
{
    static char stack[65536]; /* a crash can be the end of the normal one */
    stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    if (on) {
        sigaltstack(&other, NULL);
    }
    for (size_t i = 0; i < N_CRASHES; i++) {
        if (on) {
            sigaction(s_crashes[i], &action, &s_crash_before[i]);
        } else {
            sigaction(s_crashes[i], &s_crash_before[i], NULL);
        }
    }
    mem_on_exhausted(on ? give_back : NULL);
}

/* Adds a capability without its padding marks ("$<5>"). */
static void add_restore(const char *bytes)
{
    for (; bytes && *bytes && s_term.restore_length < sizeof s_term.restore; bytes++) {
        if (bytes[0] == '$' && bytes[1] == '<') {
            const char *end = strchr(bytes, '>');
            if (end) {
                bytes = end;
                continue;
            }
        }
        s_term.restore[s_term.restore_length++] = *bytes;
    }
}

static void prepare_restore(void)
{
    s_term.restore_length = 0;
    add_restore(PASTE_OFF MOUSE_OFF);
    add_restore(capability("rmkx"));
    add_restore(capability("sgr0"));
    add_restore(capability("op"));
    add_restore(capability("cnorm"));
    add_restore(capability("rmcup"));
    add_restore("\r");
}

/* ---- start and stop ----------------------------------------------------------------------- */

/* Whether the terminal of that name can do what the console needs; `known`: whether it has an
   entry at all. */
static bool is_able(const char *term, bool *known)
{
    int status = 0;
    if (setupterm(term, STDOUT_FILENO, &status) != OK) {
        return false;
    }
    *known = true;
    bool able = capability("cup") && (capability("ed") || capability("clear"));
    del_curterm(cur_term); /* newterm makes its own */
    return able;
}

/* The entry to use: the terminal's own, or that of a terminal which it understands. */
static enum err_code choose_entry(const char *term, const char **entry, struct err *err)
{
    const char *others[FALLBACKS_MAX];
    bool known = false;
    *entry = term;
    if (is_able(term, &known)) {
        return ERR_OK;
    }
    if (known) {
        return err_set(err, ERR_USAGE, "the terminal '%s' cannot place its cursor (TERM)", term);
    }
    size_t n = term_fallbacks(term, others);
    for (size_t i = 0; i < n; i++) {
        if (is_able(others[i], &known)) {
            *entry = others[i];
            return ERR_OK;
        }
    }
    return err_set(err, ERR_USAGE, "the terminal '%s' is not known here (TERM)", term);
}

static enum err_code check(const struct term_options *options, const char **entry, struct err *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        err_set(err, ERR_USAGE, "the console needs a terminal for its input and its output");
        err_hint(err, "without a screen there are the actions: extpool --status, --sync, --list "
                      "agents, --help");
        return ERR_USAGE;
    }
    enum err_code code =
        options->term && *options->term
            ? choose_entry(options->term, entry, err)
            : err_set(err, ERR_USAGE, "the console needs to know the terminal: TERM is not set");
    if (code != ERR_OK) {
        err_hint(err, "most terminals understand this: TERM=xterm-256color extpool. Without a "
                      "screen there are the actions: extpool --status, --sync, --list agents, "
                      "--help");
    }
    return code;
}

static void start_colours(const struct term_options *options)
{
    s_term.colours = has_colors() && !options->no_colours && start_color() == OK && COLORS >= 8 &&
                     COLOR_PAIRS > STYLE_COUNT;
    if (s_term.colours && use_default_colors() != OK) {
        assume_default_colors(COLOR_WHITE, COLOR_BLACK);
    }
    /* Above 256 colours a number is red, green and blue, except for the first eight. */
    s_term.depth = COLORS > 256    ? DEPTH_8
                   : COLORS == 256 ? DEPTH_256
                   : COLORS >= 16  ? DEPTH_16
                                   : DEPTH_8;
}

enum err_code term_start(const struct term_options *options, struct err *err)
{
    const char *entry = NULL;
    memset(&s_term, 0, sizeof s_term);
    enum err_code code = check(options, &entry, err);
    if (code != ERR_OK) {
        return code;
    }
    tcgetattr(STDIN_FILENO, &s_term.before);
    s_term.screen = newterm(entry, stdout, stdin);
    s_term.entry = entry;
    if (!s_term.screen) {
        return err_set(err, ERR_USAGE, "the terminal '%s' cannot show the console", options->term);
    }
    s_term.narrow = locale_narrow() != NULL;
    s_term.ascii = options->ascii || s_term.narrow;
    s_term.tmux = options->tmux && *options->tmux;
    s_term.in_screen = !s_term.tmux && strncmp(options->term, "screen", 6) == 0;
    raw();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    typeahead(-1);
    keypad(stdscr, TRUE);
    start_colours(options);
    s_term.paints = !s_term.narrow && capability_ecma48(s_term.colours);
    s_term.attributes = capability_attributes();
    curs_set(0);
    leaveok(stdscr, TRUE);
    theme_plain(&s_term.theme);
    canvas_init(&s_term.shown, COLS, LINES);
    s_term.all = true;
    prepare_restore();
    send_text(PASTE_ON);
    s_term.started = true;
    watch_crashes(true);
    return ERR_OK;
}

void term_stop(void)
{
    if (!s_term.started) {
        return;
    }
    watch_crashes(false);
    s_term.started = false;
    send_text(s_term.mouse ? PASTE_OFF MOUSE_OFF : PASTE_OFF);
    endwin();
    delscreen(s_term.screen);
    canvas_release(&s_term.shown);
}

void term_size(int *width, int *height)
{
    struct winsize size;
    *width = COLS;
    *height = LINES;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *width = size.ws_col;
        *height = size.ws_row;
    }
}

const char *term_entry(void)
{
    return s_term.entry;
}

bool term_ascii(void)
{
    return s_term.ascii;
}

bool term_has_colours(void)
{
    return s_term.colours;
}

unsigned term_baud(void)
{
    static const struct {
        speed_t speed;
        unsigned baud;
    } slow[] = {{B50, 50},   {B75, 75},   {B110, 110}, {B134, 134},  {B150, 150},
                {B200, 200}, {B300, 300}, {B600, 600}, {B1200, 1200}};
    for (size_t i = 0; i < sizeof slow / sizeof slow[0]; i++) {
        if (cfgetospeed(&s_term.before) == slow[i].speed) {
            return slow[i].baud;
        }
    }
    return 0;
}

/* ---- drawing ------------------------------------------------------------------------------ */

void term_theme(const struct theme *theme)
{
    s_term.theme = *theme;
    for (int i = 0; s_term.colours && i < STYLE_COUNT; i++) {
        const struct look *look = &theme->looks[i];
        init_pair((short)(i + 1), look->foreground[s_term.depth], look->background[s_term.depth]);
    }
    s_term.all = true; /* attributes may differ if colours do not */
}

static attr_t attributes_of(const struct look *look)
{
    unsigned wanted = look->attributes;
    attr_t attributes = A_NORMAL;
    if (s_term.colours && s_term.depth == DEPTH_8) {
        wanted |= look->attributes_8;
    }
    attributes |= wanted & ATTRIBUTE_BOLD ? A_BOLD : 0;
    attributes |= wanted & ATTRIBUTE_DIM ? A_DIM : 0;
    attributes |= wanted & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0;
    attributes |= wanted & ATTRIBUTE_REVERSE ? A_REVERSE : 0;
    attributes |= wanted & ATTRIBUTE_ITALIC ? A_ITALIC : 0;
    attributes |= wanted & ATTRIBUTE_BLINK ? A_BLINK : 0;
    return attributes;
}

static void put_cell(int x, int y, const struct cell *cell)
{
    wchar_t text[CELL_CODES + 1] = {L' '};
    cchar_t glyph;
    if (cell->width == 0) {
        return; /* its left half fills it */
    }
    for (int i = 0; i < CELL_CODES && cell->codes[i]; i++) {
        text[i] = cell->codes[i] < 0x80 || !s_term.narrow ? (wchar_t)cell->codes[i] : L'?';
    }
    if (s_term.narrow && cell->codes[0] >= 0x80) {
        text[1] = L'\0';
    }
    short pair = s_term.colours ? (short)(cell->style + 1) : 0;
    attr_t attributes = attributes_of(&s_term.theme.looks[cell->style]);
    attributes |= cell->found ? A_BOLD | A_UNDERLINE : 0;
    setcchar(&glyph, text, attributes, pair, NULL);
    mvadd_wch(y, x, &glyph);
    if (s_term.narrow && cell->width == 2) {
        mvadd_wch(y, x + 1, &glyph);
    }
}

static void fit(const struct canvas *canvas)
{
    if (canvas->width != s_term.shown.width || canvas->height != s_term.shown.height ||
        canvas->width != COLS || canvas->height != LINES) {
        resize_term(canvas->height, canvas->width);
        canvas_resize(&s_term.shown, canvas->width, canvas->height);
        s_term.all = true;
        clearok(curscr, TRUE); /* the terminal may have moved its lines about */
    }
}

/* Tells curses what differs, or everything; whether anything did. */
static bool tell_curses(const struct canvas *canvas)
{
    bool changed = s_term.all;
    for (int y = 0; y < canvas->height; y++) {
        for (int x = 0; x < canvas->width; x++) {
            const struct cell *cell = canvas_at(canvas, x, y);
            struct cell *shown = canvas_at(&s_term.shown, x, y);
            if (cell && shown && (s_term.all || !cell_equal(cell, shown))) {
                put_cell(x, y, cell);
                *shown = *cell;
                changed = true;
            }
        }
    }
    s_term.all = false;
    return changed;
}

static void show_with_curses(const struct canvas *canvas, int cursor_x, int cursor_y)
{
    bool changed = tell_curses(canvas);
    bool cursor_on = cursor_x >= 0 && cursor_y >= 0;
    if (cursor_on != s_term.cursor_on) {
        leaveok(stdscr, !cursor_on);
        curs_set(cursor_on);
        s_term.cursor_on = cursor_on;
        changed = true;
    }
    if (cursor_on) {
        int x;
        int y;
        move(cursor_y, cursor_x);
        getyx(curscr, y, x);
        changed = changed || x != cursor_x || y != cursor_y;
    }
    if (changed) {
        wnoutrefresh(stdscr);
        doupdate();
    }
}

static void paint(const struct canvas *canvas, int cursor_x, int cursor_y)
{
    struct painter painter = {.theme = &s_term.theme,
                              .depth = s_term.depth,
                              .colours = s_term.colours,
                              .attributes = s_term.attributes};
    struct buf out;
    bool cursor_on = cursor_x >= 0 && cursor_y >= 0;
    buf_init(&out, PAINT_MAX);
    paint_changes(&painter, canvas, &s_term.shown, &out);
    bool moved = cursor_x != s_term.cursor_x || cursor_y != s_term.cursor_y;
    if (cursor_on && (out.length > 0 || moved)) {
        buf_printf(&out, "\033[%d;%dH", cursor_y + 1, cursor_x + 1);
    }
    if (cursor_on != s_term.cursor_on) {
        const char *shape = capability(cursor_on ? "cnorm" : "civis");
        buf_puts(&out, shape ? shape : "");
    }
    send(out.data, out.length);
    buf_release(&out);
    s_term.cursor_on = cursor_on;
    s_term.cursor_x = cursor_x;
    s_term.cursor_y = cursor_y;
}

void term_show(const struct canvas *canvas, int cursor_x, int cursor_y)
{
    fit(canvas);
    if (!s_term.paints) {
        show_with_curses(canvas, cursor_x, cursor_y);
        return;
    }
    if (s_term.all) { /* curses sends whole screens, and does not know what was painted since */
        clearok(curscr, TRUE);
        (void)tell_curses(canvas);
        wnoutrefresh(stdscr);
        doupdate();
        s_term.cursor_x = -1;
        s_term.cursor_on = cursor_x < 0 || cursor_y < 0; /* it is set in any case */
    }
    paint(canvas, cursor_x, cursor_y);
}

void term_redraw(void)
{
    clearok(curscr, TRUE);
    s_term.all = true;
}

/* ---- input -------------------------------------------------------------------------------- */

int term_input_fd(void)
{
    return STDIN_FILENO;
}

bool term_has_input(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

ssize_t term_read(void *bytes, size_t size)
{
    ssize_t n = read(STDIN_FILENO, bytes, size);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
        return 0;
    }
    return n > 0 ? n : -1;
}

void term_teach(struct key_reader *reader)
{
    static const struct {
        const char *capability;
        uint32_t key;
    } keys[] = {{"kcuu1", K_UP},
                {"kcud1", K_DOWN},
                {"kcub1", K_LEFT},
                {"kcuf1", K_RIGHT},
                {"khome", K_HOME},
                {"kend", K_END},
                {"kpp", K_PAGE_UP},
                {"knp", K_PAGE_DOWN},
                {"kdch1", K_DELETE},
                {"kich1", K_INSERT},
                {"kcbt", K_SHIFT | K_TAB},
                {"kf1", K_F1},
                {"kf2", K_F2},
                {"kf3", K_F3},
                {"kf4", K_F4},
                {"kf5", K_F5},
                {"kf6", K_F6},
                {"kf7", K_F7},
                {"kf8", K_F8},
                {"kf9", K_F9},
                {"kf10", K_F10},
                {"kf11", K_F11},
                {"kf12", K_F12}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *sequence = capability(keys[i].capability);
        if (sequence) {
            key_reader_learn(reader, sequence, keys[i].key);
        }
    }
}

/* ---- manners ------------------------------------------------------------------------------ */

static void come_back(void)
{
    send_text(s_term.mouse ? PASTE_ON MOUSE_ON : PASTE_ON);
    term_redraw();
}

void term_suspend(void)
{
    struct sigaction normal = {.sa_handler = SIG_DFL};
    struct sigaction ours;
    sigemptyset(&normal.sa_mask);
    send_text(s_term.mouse ? PASTE_OFF MOUSE_OFF : PASTE_OFF);
    endwin();
    sigaction(SIGTSTP, &normal, &ours);
    s_term.stopped_by_us = true;
    kill(0, SIGTSTP); /* the whole job, as the terminal does it */
    sigaction(SIGTSTP, &ours, NULL);
    come_back();
}

void term_resume(void)
{
    if (s_term.stopped_by_us) {
        s_term.stopped_by_us = false;
        return;
    }
    endwin();
    come_back();
}

void term_mouse(bool on)
{
    s_term.mouse = on;
    send_text(on ? MOUSE_ON : MOUSE_OFF);
}

enum err_code term_copy(const char *text, struct err *err)
{
    struct buf out;
    size_t length = strlen(text);
    if (length > COPY_MAX) {
        return err_set(err, ERR_INPUT, "%zu bytes are more than a terminal takes to its clipboard",
                       length);
    }
    buf_init(&out, 8 * COPY_MAX);
    term_copy_bytes(&out, text, s_term.tmux, s_term.in_screen);
    send(out.data, out.length);
    buf_release(&out);
    return ERR_OK;
}

const char *term_library_version(void)
{
    const char *text = curses_version(); /* "ncurses 6.4.20221231" */
    const char *blank = strchr(text, ' ');
    return blank ? blank + 1 : text;
}
