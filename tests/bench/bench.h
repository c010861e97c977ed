/* bench.h - what the benchmarks in C share: a clock, medians, what this core can do at most.
 *
 * A benchmark is a program bench_SUBJECT.c; it prints Markdown tables. QUICK=1 in the
 * environment asks for fewer rounds. */
#ifndef N2V_BENCH_BENCH_H
#define N2V_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/status.h"

bool bench_quick(void);

/* Seconds of a clock: CLOCK_MONOTONIC, or CLOCK_PROCESS_CPUTIME_ID, which leaves out what other
 * programs take of the core, and adds up what threads take side by side. */
double bench_now(clockid_t clock);

/* Sorts the values. */
double bench_median(double *values, size_t count);

/* Seconds of one call: calls are repeated until they last some milliseconds together; the
 * median of several rounds of that. */
double bench_time(clockid_t clock, void (*work)(void *context), void *context);

/* 10^9 floating-point operations a second of independent FMAs in registers, with the widest
 * vectors that this core has: an FMA is two for every lane. */
double bench_fma_peak(void);

/* 10^9 bytes a second of one core that scales an array of so many bytes in place: what it
 * reads and what it writes. */
double bench_bandwidth(size_t bytes);

/* Ends the program with the error's text unless status is N2V_OK. */
void bench_require(n2v_status status, const n2v_error *error);

#endif
