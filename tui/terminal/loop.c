#include "tui/terminal/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/clock.h"

#include "core/base/banned.h"

static const struct {
    int number;
    unsigned bit;
} s_signals[] = {{SIGWINCH, WOKEN_RESIZE}, {SIGCONT, WOKEN_CONTINUE}, {SIGTSTP, WOKEN_SUSPEND},
                 {SIGHUP, WOKEN_END},      {SIGTERM, WOKEN_END},      {SIGINT, WOKEN_END},
                 {SIGALRM, WOKEN_END}};

#define N_SIGNALS (sizeof s_signals / sizeof s_signals[0])

static int s_pipe[2] = {-1, -1};
static struct sigaction s_before[N_SIGNALS];
static void (*s_at_once)(int number);
static volatile sig_atomic_t s_end; /* the first signal that asked for the end */
static volatile int64_t s_end_at_ms;

/* A shell and the kernel both send SIGHUP when a terminal is closed, and a service manager sends it
   behind SIGTERM: together they are one request. */
#define SAME_REQUEST_MS 1000

static bool asks_for_the_end(int number)
{
    return number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGALRM;
}

static void on_end(int number)
{
    if (s_end == 0) {
        s_end = number;
        s_end_at_ms = clock_ticks_ms();
        alarm(LOOP_END_MS / 1000);
    } else if (number != SIGHUP || clock_ticks_ms() - s_end_at_ms > SAME_REQUEST_MS) {
        s_at_once(s_end);
    }
}

static void on_signal(int number)
{
    int saved = errno;
    if (asks_for_the_end(number)) {
        on_end(number);
    }
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(s_pipe[1], &byte, 1); /* full: a byte like it is waiting already */
    (void)written;
    errno = saved;
}

enum err_code loop_start(void (*at_once)(int number), struct err *err)
{
    s_at_once = at_once;
    s_end = 0;
    if (pipe(s_pipe) != 0) {
        return err_set_errno(err, ERR_IO, errno, "a pipe for signals");
    }
    for (int i = 0; i < 2; i++) {
        fcntl(s_pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(s_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < N_SIGNALS; i++) {
        sigaction(s_signals[i].number, &action, &s_before[i]);
    }
    return ERR_OK;
}

int loop_end_signal(void)
{
    return s_end;
}

void loop_stop(void)
{
    if (s_pipe[0] < 0) {
        return;
    }
    alarm(0);
    for (size_t i = 0; i < N_SIGNALS; i++) {
        sigaction(s_signals[i].number, &s_before[i], NULL);
    }
    close(s_pipe[0]);
    close(s_pipe[1]);
    s_pipe[0] = s_pipe[1] = -1;
}

static unsigned take_signals(void)
{
    unsigned woken = 0;
    unsigned char bytes[64];
    ssize_t n;
    while ((n = read(s_pipe[0], bytes, sizeof bytes)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            for (size_t k = 0; k < N_SIGNALS; k++) {
                woken |= s_signals[k].number == bytes[i] ? s_signals[k].bit : 0;
            }
        }
    }
    return woken;
}

unsigned loop_wait(int input_fd, int worker_fd, int64_t until_ms)
{
    struct pollfd fds[3] = {{.fd = s_pipe[0], .events = POLLIN},
                            {.fd = input_fd, .events = POLLIN},
                            {.fd = worker_fd, .events = POLLIN}};
    for (;;) {
        int timeout_ms = -1;
        if (until_ms != LOOP_FOREVER) {
            int64_t left_ms = until_ms - clock_ticks_ms();
            timeout_ms = left_ms < 0 ? 0 : left_ms > INT_MAX ? INT_MAX : (int)left_ms;
        }
        int ready = poll(fds, 3, timeout_ms);
        if (ready < 0 && errno != EINTR) {
            return WOKEN_HANGUP;
        }
        unsigned woken = take_signals();
        if (ready > 0) {
            if (fds[1].revents & POLLIN) {
                woken |= WOKEN_INPUT;
            } else if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
                woken |= WOKEN_HANGUP;
            }
            woken |= fds[2].revents ? WOKEN_WORKER : 0;
        }
        if (until_ms != LOOP_FOREVER && clock_ticks_ms() >= until_ms) {
            woken |= WOKEN_TIME;
        }
        if (woken) {
            return woken;
        }
    }
}
