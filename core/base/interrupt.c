#include "core/base/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "core/base/stop.h"

#include "core/base/banned.h"

#define LOOK_UP_MS 200

#define ENDS_WITHIN_S 5  /* after the first signal */
#define ENDS_AT_ONCE_S 1 /* after the second */

static struct stop s_stop;
static volatile sig_atomic_t s_signals;
static volatile sig_atomic_t s_first; /* the number of the first one */
static const int s_numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGALRM};
#define N_NUMBERS (sizeof s_numbers / sizeof s_numbers[0])
static struct sigaction s_old[N_NUMBERS];

static void end_by(int number)
{
    static const char text[] =
        "\nextpool: stopped in the middle: the last write may or may not have been accepted\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    signal(number, SIG_DFL);
    raise(number);
}

/* Async-signal-safe. The alarm is for what does not listen: a disk, a name that is looked up. */
static void on_signal(int number)
{
    if (number == SIGALRM) {
        end_by(s_first);
        return;
    }
    s_first = s_signals == 0 ? number : s_first;
    s_signals++;
    if (s_signals > 2) {
        end_by(number);
        return;
    }
    stop_ask(&s_stop);
    alarm(s_signals == 1 ? ENDS_WITHIN_S : ENDS_AT_ONCE_S);
}

void interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    s_signals = 0;
    stop_init(&s_stop);
    for (size_t i = 0; i < N_NUMBERS; i++) {
        sigaction(s_numbers[i], NULL, &s_old[i]);
        if (s_old[i].sa_handler != SIG_IGN || s_numbers[i] == SIGALRM) { /* nohup stays in force */
            sigaction(s_numbers[i], &action, NULL);
        }
    }
}

void interrupt_restore(void)
{
    alarm(0);
    for (size_t i = 0; i < N_NUMBERS; i++) {
        sigaction(s_numbers[i], &s_old[i], NULL);
    }
}

enum cancel interrupt_state(void)
{
    return stop_level(&s_stop);
}

/* The time-out is for the signal that comes between the look at it and the poll. */
bool interrupt_wait_input(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (interrupt_state() == CANCEL_NO) {
        if (poll(&ready, 1, LOOK_UP_MS) > 0) {
            return true;
        }
    }
    return false;
}
