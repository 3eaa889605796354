#ifndef TUI_TERMINAL_LOOP_H
#define TUI_TERMINAL_LOOP_H

/*
 * The events that wake the console: input, a signal, the worker, or a time that was set. It sleeps
 * in poll() and nowhere else. If no time is set, nothing else wakes it.
 *
 *     if (loop_wait(term_input_fd(), worker_fd(worker), LOOP_FOREVER) & WOKEN_INPUT) { ... }
 *
 * Signals become bits: a handler writes one byte into a pipe and does nothing else.
 */

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

#define WOKEN_INPUT 0x01u
#define WOKEN_WORKER 0x02u
#define WOKEN_RESIZE 0x04u   /* SIGWINCH */
#define WOKEN_CONTINUE 0x08u /* SIGCONT: somebody stopped us without asking */
#define WOKEN_SUSPEND 0x10u  /* SIGTSTP from outside */
#define WOKEN_HANGUP 0x20u   /* the terminal is gone */
#define WOKEN_END 0x40u      /* SIGTERM, SIGHUP, SIGINT from outside: loop_end_signal */
#define WOKEN_TIME 0x80u

#define LOOP_FOREVER INT64_MAX

/* From the first signal that asks for the end there are LOOP_END_MS to end in. When they are over,
   and at the second such signal, `at_once` is called, in the signal handler, so it does only what
   is async-signal-safe, and ends the process. */
#define LOOP_END_MS 5000

enum err_code loop_start(void (*at_once)(int number), struct err *err) ERR_CHECK;
void loop_stop(void);

/* The first signal that asked for the end, 0: none. */
int loop_end_signal(void);

/* Waits until something happens, at the latest at `until_ms` (clock_ticks_ms). Descriptors of -1
   are not looked at. Returns WOKEN_... bits. */
unsigned loop_wait(int input_fd, int worker_fd, int64_t until_ms);

#endif
