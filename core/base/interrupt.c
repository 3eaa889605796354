#include "core/base/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>

#include "core/base/banned.h"

#define LOOK_UP_MS 200

static volatile sig_atomic_t s_signals;
static struct sigaction s_old[3];
static const int s_numbers[3] = {SIGINT, SIGTERM, SIGHUP};

/* Async-signal-safe: a counter, and for the second time the default action. */
static void on_signal(int number)
{
    s_signals++;
    if (s_signals > 1) {
        signal(number, SIG_DFL);
        raise(number);
    }
}

void interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    s_signals = 0;
    for (size_t i = 0; i < 3; i++) {
        sigaction(s_numbers[i], NULL, &s_old[i]);
        if (s_old[i].sa_handler != SIG_IGN) { /* nohup stays in force */
            sigaction(s_numbers[i], &action, NULL);
        }
    }
}

void interrupt_restore(void)
{
    for (size_t i = 0; i < 3; i++) {
        sigaction(s_numbers[i], &s_old[i], NULL);
    }
}

enum cancel interrupt_state(void)
{
    return s_signals > 0 ? CANCEL_SOFT : CANCEL_NO;
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
