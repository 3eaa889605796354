#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

/*
 * What the benches in C share. They print rows for bench_programs.py, which shows them:
 *
 *     row <TAB> key <TAB> name <TAB> value <TAB> unit <TAB> limit
 *     ratio <TAB> key <TAB> name <TAB> limit <TAB> one ratio of each pair, by blanks
 */

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Milliseconds on the processor: what else the machine does counts for little. */
static inline double bench_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static inline int bench_by_size(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

/* Sorts them. */
static inline double bench_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, bench_by_size);
    return values[n / 2];
}

static inline void bench_row(const char *key, const char *name, double value, const char *unit,
                             double limit)
{
    printf("row\t%s\t%s\t%.4f\t%s\t%g\n", key, name, value, unit, limit);
}

/* The first is above the second in each pair; `limit` is what the ratio is at most. */
static inline void bench_ratio(const char *key, const char *name, double limit,
                               const double *ratios, size_t n)
{
    printf("ratio\t%s\t%s\t%g\t", key, name, limit);
    for (size_t i = 0; i < n; i++) {
        printf("%s%.4f", i > 0 ? " " : "", ratios[i]);
    }
    printf("\n");
}

#endif
