/* time_left.h - how long work that goes on will take, from the speed of its recent past. */
#ifndef N2V_CLI_TIME_LEFT_H
#define N2V_CLI_TIME_LEFT_H

/* All zero: nothing has been measured. */
typedef struct cli_time_left {
    double done, seconds;               /* at the last measurement */
    double recent_done, recent_seconds; /* older work counts less */
} cli_time_left;

/* So much is done after so many seconds. At first the speed is the mean since the beginning. */
void time_left_measure(cli_time_left *t, double done, double seconds);

/* Units a second; 0: not known yet. */
double time_left_rate(const cli_time_left *t);

/* Seconds until `total` is done; NaN: not known. */
double time_left(const cli_time_left *t, double total);

#endif
