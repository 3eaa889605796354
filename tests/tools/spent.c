/*
 * Runs a program and says what it spent: `spent FILE PROGRAM ARGUMENTS...` writes "SECONDS
 * KILOBYTES STATUS" into FILE. It exists because the peak that wait4 tells of a child begins with
 * the size of whoever forked it, and this program is small where a Python one is not.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char *argv[])
{
    if (argc < 3) {
        fputs("usage: spent FILE PROGRAM [ARGUMENT...]\n", stderr);
        return 64;
    }
    double start_s = now_s();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        fprintf(stderr, "spent: %s: %s\n", argv[2], strerror(errno));
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        fprintf(stderr, "spent: %s\n", strerror(errno));
        return 1;
    }
    double took_s = now_s() - start_s;
    int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    FILE *out = fopen(argv[1], "w");
    if (!out) {
        fprintf(stderr, "spent: %s: %s\n", argv[1], strerror(errno));
        return 1;
    }
    fprintf(out, "%.6f %ld %d\n", took_s, usage.ru_maxrss, exit_status);
    return fclose(out) == 0 ? 0 : 1;
}
