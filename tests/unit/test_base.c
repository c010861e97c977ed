/* The base: the clock, threads and signals, words, display of paths. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/path.h"
#include "base/status.h"
#include "base/threads.h"
#include "base/word.h"
#include "test.h"

START_TEST(clock_goes_forward)
{
    const double before = seconds_now();

    usleep(20000);
    ck_assert_double_ge(seconds_now() - before, 0.02);
    ck_assert_double_lt(seconds_now() - before, 60);
}
END_TEST

typedef struct shared_state {
    pthread_mutex_t lock;
    pthread_cond_t condition;
    bool ready;
} shared_state;

static void *make_ready(void *context)
{
    shared_state *s = context;
    pthread_mutex_lock(&s->lock);
    s->ready = true;
    pthread_cond_signal(&s->condition);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

START_TEST(condition_times_out_and_wakes)
{
    const double waits[] = {0.03, 1.01}; /* whole seconds carry over */
    shared_state s = {.lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread;

    ck_assert_int_eq(condition_create(&s.condition), 0);
    pthread_mutex_lock(&s.lock);
    for (int i = 0; i < 2; i++) {
        const double before = seconds_now();
        while (condition_wait(&s.condition, &s.lock, waits[i]))
            ;
        ck_assert_double_ge(seconds_now() - before, waits[i]);
        ck_assert_double_lt(seconds_now() - before, waits[i] + 60);
    }
    ck_assert_int_eq(thread_start(&thread, make_ready, &s), 0);
    while (!s.ready)
        ck_assert(condition_wait(&s.condition, &s.lock, 300));
    pthread_mutex_unlock(&s.lock);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(pthread_cond_destroy(&s.condition), 0);
}
END_TEST

static _Atomic long handled_in; /* the id of the thread that a signal was delivered to */

static void handle(int signal)
{
    (void)signal;
    handled_in = syscall(SYS_gettid);
}

typedef struct blocked_set {
    sigset_t blocked;
    pthread_barrier_t *reached; /* NULL: do not wait */
} blocked_set;

static void *ask_for_blocked(void *context)
{
    blocked_set *set = context;
    if (set->reached)
        (void)pthread_barrier_wait(set->reached);
    (void)pthread_sigmask(SIG_BLOCK, NULL, &set->blocked);
    if (set->reached)
        (void)pthread_barrier_wait(set->reached);
    return NULL;
}

/* Signals to the process reach the main thread alone, whose mask stays what it was. */
START_TEST(signals_stay_with_the_caller)
{
    const struct sigaction action = {.sa_handler = handle};
    pthread_barrier_t reached;
    blocked_set set = {.reached = &reached};
    sigset_t mask, before, after;
    pthread_t thread;

    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(pthread_barrier_init(&reached, NULL, 2), 0);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGUSR2);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &mask, NULL), 0);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &before), 0);
    ck_assert_int_eq(thread_start(&thread, ask_for_blocked, &set), 0);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &after), 0);
    for (int signal = 1; signal < NSIG; signal++)
        ck_assert_int_eq(sigismember(&before, signal), sigismember(&after, signal));
    (void)pthread_barrier_wait(&reached); /* the thread runs, and this one blocks the signal: it stays pending */
    ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
    (void)pthread_barrier_wait(&reached);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(handled_in, 0);
    ck_assert_int_eq(pthread_sigmask(SIG_UNBLOCK, &mask, NULL), 0);
    ck_assert_int_eq(handled_in, syscall(SYS_gettid));
    for (int signal = 1; signal < 32; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            ck_assert_msg(sigismember(&set.blocked, signal) == 1, "signal %d is not blocked", signal);
    ck_assert_int_eq(pthread_barrier_destroy(&reached), 0);
}
END_TEST

typedef struct crowd {
    pthread_mutex_t lock;
    pthread_t caller;
    int others, unblocked; /* threads but the caller; of those, that do not block SIGTERM */
} crowd;

static void *count_heads(void *context)
{
    crowd *c = context;
    sigset_t blocked;

    (void)pthread_sigmask(SIG_BLOCK, NULL, &blocked);
    pthread_mutex_lock(&c->lock);
    if (!pthread_equal(pthread_self(), c->caller)) {
        c->others++;
        c->unblocked += !sigismember(&blocked, SIGTERM);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

START_TEST(many_threads_block_signals)
{
    crowd c = {.lock = PTHREAD_MUTEX_INITIALIZER, .caller = pthread_self()};

    in_threads(4, count_heads, &c);
    ck_assert_int_eq(c.others, 3);
    ck_assert_int_eq(c.unblocked, 0);
}
END_TEST

START_TEST(words)
{
    static const struct {
        const char *word, *fault; /* NULL: it is a word */
    } rows[] = {
        {"a", NULL},
        {"don't", NULL},
        {"\u00e9t\u00e9", NULL},
        {"\U0001F600", NULL},
        {"\u200b", NULL}, /* zero width: no white space in the sense of Unicode */
        {"", "is empty"},
        {"a b", "white space"},
        {"a\tb", "white space"},
        {"a\n", "white space"},
        {"\x01", "control character"},
        {"\x7f", "control character"},
        {"a\xc2\x85", "control character"}, /* C1 */
        {"a\u00a0b", "white space"},
        {"\u1680", "white space"},
        {"\u2003x", "white space"},
        {"x\u2028", "white space"},
        {"\u3000", "white space"},
        {"\xff", "UTF-8"},
        {"a\xe2\x82", "UTF-8"},   /* cut */
        {"\xc0\x80", "UTF-8"},    /* overlong */
        {"\xed\xa0\x80", "UTF-8"} /* a surrogate */
    };
    char longest[MAX_TOKEN_BYTES + 1];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *fault = word_fault(rows[i].word, strlen(rows[i].word));
        if (rows[i].fault)
            ck_assert_msg(fault && strstr(fault, rows[i].fault), "row %zu: %s", i, fault ? fault : "accepted");
        else
            ck_assert_msg(!fault, "row %zu: %s", i, fault);
    }
    ck_assert_ptr_nonnull(strstr(word_fault("a\0b", 3), "control character"));
    memset(longest, 'x', sizeof longest);
    ck_assert_ptr_null(word_fault(longest, MAX_TOKEN_BYTES));
    ck_assert_str_eq(word_fault(longest, MAX_TOKEN_BYTES + 1), "is longer than 1024 bytes");
    ck_assert_str_eq(word_fault(NULL, 0), "is empty");
    ck_assert_str_eq(word_printable("a\0\xff b", 5, longest, sizeof longest), "a?? b");
    ck_assert_str_eq(word_printable("abcdef", 6, longest, 4), "abc");
}
END_TEST

START_TEST(paths)
{
    ck_assert(path_is_standard("-"));
    ck_assert(!path_is_standard("-a"));
    ck_assert(!path_is_standard(""));
    ck_assert_str_eq(path_input_name("-"), "standard input");
    ck_assert_str_eq(path_input_name("a/b"), "a/b");
    ck_assert(path_same_file("/proc/self/stat", "/proc//self/stat"));
    ck_assert(!path_same_file("/proc/self/stat", "/proc/self/status"));
    ck_assert(!path_same_file("/proc", "/proc")); /* not a regular file */
    ck_assert(!path_same_file("-", "-"));
    ck_assert(!path_same_file("/no/such", "/no/such"));
}
END_TEST

/* An error is one line of UTF-8, whatever it quotes, and keeps the place of a setting's name. */
START_TEST(errors)
{
    n2v_error error;
    char long_text[2000];

    ck_assert_int_eq(error_set(&error, N2V_ERROR_IO, "%s: " SETTING("dim") " is wrong", "a\nb\tc\x7f"), N2V_ERROR_IO);
    ck_assert_str_eq(error.text, "a?b?c?: dim is wrong");
    ck_assert_uint_eq(error.settings[0].at, 8);
    ck_assert_uint_eq(error.settings[0].bytes, 3);
    ck_assert_uint_eq(error.settings[1].bytes, 0);
    ck_assert_int_eq(
        error_set(&error, N2V_ERROR_IO, "%s: " SETTING("dim") " and \1%s\2 %s", "\1lr\2", "l\2\1r", "\1x\2"),
        N2V_ERROR_IO); /* of what is quoted nothing is a setting */
    ck_assert_str_eq(error.text, "?lr?: dim and l??r ?x?");
    ck_assert_uint_eq(error.settings[0].at, 6);
    ck_assert_uint_eq(error.settings[0].bytes, 3);
    ck_assert_uint_eq(error.settings[1].at, 14);
    ck_assert_uint_eq(error.settings[1].bytes, 4);
    ck_assert_uint_eq(error.settings[2].bytes, 0);
    for (size_t before = 0; before < 4; before++) { /* of the last character the end is missing, or nothing */
        memset(long_text, 'x', before);
        for (size_t at = before; at + 3 < sizeof long_text; at += 3)
            memcpy(long_text + at, "\xe2\x82\xac", 4);
        ck_assert_int_eq(error_set(&error, N2V_ERROR_IO, "%s", long_text), N2V_ERROR_IO);
        ck_assert_uint_ge(strlen(error.text), sizeof error.text - 1 - 3);
        ck_assert_uint_eq((strlen(error.text) - before) % 3, 0);
    }
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    ck_assert_int_eq(error_set(&error, N2V_ERROR_IO, "%s", long_text), N2V_ERROR_IO);
    ck_assert_uint_eq(strlen(error.text), sizeof error.text - 1);
    ck_assert_int_eq(error_set(NULL, N2V_ERROR_IO, "x"), N2V_ERROR_IO);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    add_test(suite, "clock goes forward", clock_goes_forward);
    add_test(suite, "condition times out and wakes", condition_times_out_and_wakes);
    add_test(suite, "signals stay with the caller", signals_stay_with_the_caller);
    add_test(suite, "many threads block signals", many_threads_block_signals);
    add_test(suite, "words", words);
    add_test(suite, "paths", paths);
    add_test(suite, "errors", errors);
    return run_suite(suite);
}
