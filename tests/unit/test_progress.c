/* What an observer is given: progress, questions whether to stop, the ends of epochs; all from the calling thread. */
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "test.h"
#include "toy.h"

typedef struct watcher {
    pthread_t thread;
    Trainer *trainer;
    n2v_progress last;
    size_t calls, asked, stop_after; /* stop_after 0: never */
    double loss;                     /* summed over the pairs that were reported */
    uint64_t pairs;
    n2v_epoch epoch; /* the last one */
    size_t epochs;
    bool stops_at_epochs;
} watcher;

static void watch(void *context, const n2v_progress *p)
{
    watcher *w = context;
    const TrainOptions *options = trainer_options(w->trainer);

    require(pthread_equal(pthread_self(), w->thread), "progress comes from another thread");
    require(p->words >= w->last.words && p->words <= p->words_total, "words %llu after %llu of %llu",
            (unsigned long long)p->words, (unsigned long long)w->last.words, (unsigned long long)p->words_total);
    require(p->words_total == trainer_words_total(w->trainer), "words in all");
    require(p->epoch >= 1 && p->epoch >= w->last.epoch && p->epoch <= options->epochs && p->epochs == options->epochs,
            "epoch %zu of %zu after %zu", p->epoch, p->epochs, w->last.epoch);
    require(p->learning_rate <= options->learning_rate && p->learning_rate >= options->learning_rate * 0.99e-4 &&
                (w->calls == 0 || p->learning_rate <= w->last.learning_rate),
            "learning rate %g after %g", p->learning_rate, w->last.learning_rate);
    require(p->seconds >= w->last.seconds && p->seconds < 600, "%g seconds", p->seconds);
    require(p->pairs ? p->loss > 0 : isnan(p->loss), "loss %g of %llu pairs", p->loss, (unsigned long long)p->pairs);
    w->loss += p->pairs ? p->loss * (double)p->pairs : 0;
    w->pairs += p->pairs;
    w->last = *p;
    w->calls++;
}

static int is_stopped(void *context)
{
    watcher *w = context;

    require(pthread_equal(pthread_self(), w->thread), "the stop is asked in another thread");
    w->asked++;
    return w->stop_after && w->asked >= w->stop_after;
}

static void hear_epoch(void *context, const n2v_epoch *epoch)
{
    watcher *w = context;

    require(pthread_equal(pthread_self(), w->thread), "the end of an epoch comes from another thread");
    require(epoch->epoch == w->epochs + 1 && epoch->epochs == trainer_options(w->trainer)->epochs,
            "epoch %zu of %zu after %zu", epoch->epoch, epoch->epochs, w->epochs);
    require(epoch->words * epoch->epochs == epoch->epoch * trainer_words_total(w->trainer), "epoch %zu: %llu words",
            epoch->epoch, (unsigned long long)epoch->words);
    require(epoch->loss > 0, "epoch %zu: loss %g", epoch->epoch, epoch->loss);
    require(epoch->seconds >= w->epoch.seconds && epoch->seconds < 600, "%g seconds", epoch->seconds);
    require(epoch->seconds == trainer_state(w->trainer)->seconds, "seconds of the epoch and of the state");
    w->epoch = *epoch;
    w->epochs++;
    if (w->stops_at_epochs)
        trainer_stop(w->trainer);
}

static watcher new_watcher(Trainer *trainer)
{
    return (watcher){.thread = pthread_self(), .trainer = trainer};
}

static n2v_observer observer_of(watcher *w)
{
    return (n2v_observer){
        .size = sizeof(n2v_observer), .context = w, .stop = is_stopped, .progress = watch, .epoch = hear_epoch};
}

START_TEST(stops_when_asked)
{
    toy t = make_toy(10000);

    for (size_t threads = 1; threads <= 3; threads += 2) {
        TrainOptions options = training_options("sgns", threads);
        Trainer *trainer;
        watcher w;
        n2v_observer observer;
        n2v_error error = {.text = ""};

        options.epochs = 100000; /* hours */
        trainer = new_trainer(t.text, &options);
        w = new_watcher(trainer);
        w.stop_after = 3;
        observer = observer_of(&w);
        observer.epoch = NULL;
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, &error), N2V_ERROR_INTERRUPTED);
        ck_assert_int_eq(error.status, N2V_ERROR_INTERRUPTED);
        ck_assert_str_ne(error.text, "");
        ck_assert_uint_ge(w.asked, 3);
        ck_assert_uint_ge(w.calls, 3);
        ck_assert_uint_gt(w.last.words, 0);
        ck_assert_uint_eq(w.last.words, trainer_state(trainer)->words);
        require(w.last.seconds < 60, "stopped after %g seconds", w.last.seconds);
        w.stop_after = w.asked + 2; /* and may run on */
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, &error), N2V_ERROR_INTERRUPTED);
        ck_assert_uint_gt(w.last.words, 0);
        ck_assert_uint_lt(w.last.words, w.last.words_total);
        trainer_destroy(trainer);
    }
    free_text(t.text);
}
END_TEST

/* All three kinds of calls, about ten times a second or more. */
START_TEST(calls_come_often)
{
    toy t = make_toy(20000);
    TrainOptions options = training_options("sgns", 1);
    Trainer *trainer;
    watcher w;
    n2v_observer observer;
    struct timespec from, to;
    double seconds;

    options.epochs = 1000000;
    trainer = new_trainer(t.text, &options);
    w = new_watcher(trainer);
    w.stop_after = 10;
    observer = observer_of(&w);
    observer.epoch = NULL;
    (void)clock_gettime(CLOCK_MONOTONIC, &from);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_ERROR_INTERRUPTED);
    (void)clock_gettime(CLOCK_MONOTONIC, &to);
    seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    require(seconds > 0.5 && seconds < 30, "ten calls in %g seconds", seconds);
    ck_assert_double_eq_tol(trainer_state(trainer)->seconds, seconds, 0.1 * seconds + 0.05);
    trainer_destroy(trainer);
    free_text(t.text);
}
END_TEST

/* The calls' pieces add up to the whole, down to the last word. */
START_TEST(the_end_is_reported)
{
    toy t = make_toy(20000);

    for (size_t threads = 1; threads <= 3; threads += 2) {
        TrainOptions options = training_options("sgns", threads);
        Trainer *trainer;
        watcher w;
        n2v_observer observer;

        options.epochs = 1;
        trainer = new_trainer(t.text, &options);
        w = new_watcher(trainer);
        observer = observer_of(&w);
        ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_OK);
        ck_assert_uint_eq(w.last.words, w.last.words_total);
        ck_assert_uint_eq(trainer_state(trainer)->words, w.last.words);
        ck_assert(w.last.learning_rate == options.learning_rate * 1e-4);
        ck_assert_uint_gt(w.pairs, 0);
        require(fabs(w.loss / (double)w.pairs - last_loss(trainer)) < 1e-9 * last_loss(trainer), "%g, reported %g",
                w.loss / (double)w.pairs, last_loss(trainer));
        ck_assert_uint_eq(w.epochs, 1);
        ck_assert(w.epoch.loss == last_loss(trainer));
        trainer_destroy(trainer);
    }
    free_text(t.text);
}
END_TEST

/* A run that is over before anybody looks reports its loss all the same. */
START_TEST(the_last_call_has_a_loss)
{
    training_text *text = regular_text(100, 10, 20);
    const TrainOptions options = training_options("sgns", 1);
    Trainer *trainer = new_trainer(text, &options);
    watcher w = new_watcher(trainer);
    n2v_observer observer = observer_of(&w);

    observer.epoch = NULL;
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_OK);
    ck_assert_uint_eq(w.last.words, w.last.words_total);
    ck_assert_uint_gt(w.pairs, 0);
    require(w.last.pairs || w.last.seconds > 0.1, "the last call has no pair, after %g seconds", w.last.seconds);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* Each epoch ends once, in order; a stop there pauses the trainer at the next one's beginning. */
START_TEST(ends_of_epochs)
{
    toy t = make_toy(9000);

    for (size_t threads = 1; threads <= 3; threads += 2)
        for (int stops = 0; stops < 2; stops++) {
            const TrainOptions options = training_options("nce", threads);
            Trainer *trainer = new_trainer(t.text, &options);
            watcher w = new_watcher(trainer);
            const n2v_observer observer = observer_of(&w);
            n2v_status status;
            size_t runs = 0;

            w.stops_at_epochs = stops;
            do {
                status = trainer_run(trainer, N2V_TO_END, 0, &observer, NULL);
                runs++;
                ck_assert(status == N2V_OK || (stops && status == N2V_ERROR_INTERRUPTED));
                ck_assert_uint_eq(w.epochs, status == N2V_OK ? options.epochs : runs);
                ck_assert_uint_eq(trainer_state(trainer)->words, w.epoch.words);
            } while (status != N2V_OK);
            ck_assert_uint_eq(runs, stops ? options.epochs : 1);
            trainer_destroy(trainer);
        }
    free_text(t.text);
}
END_TEST

/* The sums do not depend on the number of threads; the loss does so little. */
START_TEST(threads_train_on_the_same)
{
    toy t = make_toy(20000);

    for (size_t i = FIRST_OBJECTIVE; registered_objective(i); i += OBJECTIVE_STEP) {
        TrainOptions options = default_options(i, 1);
        Trainer *one, *three;

        options.subsample = 0.02;
        options.dim = 8;
        options.noise = 5;
        options.epochs = 1;
        one = trained(t.text, &options);
        options.threads = 3;
        three = trained(t.text, &options);
        ck_assert_uint_eq(trainer_state(one)->words, trainer_words_total(one));
        ck_assert_uint_eq(trainer_state(three)->words, trainer_words_total(one));
        ck_assert_uint_eq(trainer_state(three)->pairs, trainer_state(one)->pairs);
        ck_assert_uint_eq(trainer_state(three)->steps, trainer_state(one)->steps);
        ck_assert_uint_eq(trainer_state(three)->epochs[0].pairs, trainer_state(one)->epochs[0].pairs);
        ck_assert_uint_eq(trainer_state(three)->blocks, trainer_state(one)->blocks);
        trainer_destroy(one);
        trainer_destroy(three);
    }
    free_text(t.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    add_test(suite, "stops when asked", stops_when_asked);
    add_test(suite, "calls come often", calls_come_often);
    add_test(suite, "the end is reported", the_end_is_reported);
    add_test(suite, "the last call has a loss", the_last_call_has_a_loss);
    add_test(suite, "ends of epochs", ends_of_epochs);
    add_test(suite, "threads train on the same", threads_train_on_the_same);
    return run_suite(suite);
}
