/* Trainers and threads: signals stay with the caller, nothing runs while the trainer is paused, and trainers do not
 * know of each other. Meant for ThreadSanitizer, too. */
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <string.h>
#include <time.h>

#include "test.h"
#include "training.h"

enum { BLOCKS = 4 };

/* ---- what happens in the workers ---- */

/* sgns, with a look at the thread that it is called from. */
typedef struct spy {
    n2v_objective objective; /* its user is this structure */
    const n2v_objective *original;
    pthread_t caller;
    atomic_uint_least64_t tiles, in_caller, open; /* calls; in the caller's thread; with a signal that is not blocked */
} spy;

/* Signals of errors of the thread itself may stay open. */
static bool has_open_signal(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM,
                                  SIGCHLD, SIGTSTP, SIGWINCH, SIGPROF, SIGIO};
    sigset_t blocked;

    if (pthread_sigmask(SIG_SETMASK, NULL, &blocked) != 0)
        return true;
    for (size_t s = 0; s < sizeof signals / sizeof *signals; s++)
        if (sigismember(&blocked, signals[s]) != 1)
            return true;
    return sigismember(&blocked, SIGRTMIN) != 1;
}

static void spy_loss_grad(const n2v_tile *tile, const float *parameters, const n2v_tile_gradient *gradient,
                          float *scratch, double *loss, void *user)
{
    spy *s = user;

    atomic_fetch_add(&s->tiles, 1);
    if (pthread_equal(pthread_self(), s->caller))
        atomic_fetch_add(&s->in_caller, 1);
    if (has_open_signal())
        atomic_fetch_add(&s->open, 1);
    s->original->loss_grad(tile, parameters, gradient, scratch, loss, s->original->user);
}

static TrainOptions spy_options(spy *s, size_t threads)
{
    TrainOptions options = training_options("sgns", threads);

    *s = (spy){.objective = *options.objective, .original = options.objective, .caller = pthread_self()};
    s->objective.loss_grad = spy_loss_grad;
    s->objective.user = s;
    options.objective = &s->objective;
    options.dim = 8;
    options.noise = 3;
    options.epochs = 2;
    return options;
}

START_TEST(signals_are_blocked)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40); /* with a held-out part */
    sigset_t before, after;

    ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &before), 0);
    for (size_t threads = 1; threads <= 3; threads++) {
        spy s;
        const TrainOptions options = spy_options(&s, threads);

        trainer_destroy(trained(text, &options));
        ck_assert_uint_gt(atomic_load(&s.tiles), 1000);
        ck_assert_uint_eq(atomic_load(&s.in_caller), 0);
        ck_assert_uint_eq(atomic_load(&s.open), 0);
    }
    ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, NULL, &after), 0);
    for (int s = 1; s < SIGRTMIN; s++) /* the caller's are as they were */
        ck_assert_int_eq(sigismember(&before, s), sigismember(&after, s));
    free_text(text);
}
END_TEST

static volatile sig_atomic_t caught;
static pthread_t catcher;
static Trainer *_Atomic handled; /* by the handler below */

static void catch_alarm(int number)
{
    (void)number;
    if (pthread_equal(pthread_self(), catcher))
        caught++;
    else
        caught = -1000;
    trainer_stop(handled);
}

/* A signal handler may stop a training; it runs in a thread of the program. */
START_TEST(a_signal_handler_stops)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    const struct sigaction action = {.sa_handler = catch_alarm};
    const struct itimerval soon = {.it_value = {.tv_usec = 50000}};
    TrainOptions options = training_options("sgns", 3);
    Trainer *trainer;

    options.epochs = 100000;
    trainer = new_trainer(text, &options);
    handled = trainer;
    catcher = pthread_self();
    ck_assert_int_eq(sigaction(SIGALRM, &action, NULL), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_ERROR_INTERRUPTED);
    ck_assert_int_eq(caught, 1);
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

/* ---- the pause at an epoch's end ---- */

typedef struct reader {
    Trainer *trainer;
    spy *spy;
    size_t epochs;
    double last; /* the sum of all parameters */
} reader;

/* Reads the whole model, twice: nothing changes it meanwhile. */
static void read_model(void *context, const n2v_epoch *epoch)
{
    reader *r = context;
    const struct timespec pause = {.tv_nsec = 20000000};
    const uint64_t tiles = atomic_load(&r->spy->tiles);
    const Model *model = trainer_model(r->trainer);
    Model copy = copy_parameters(model);
    double sum = 0;

    (void)nanosleep(&pause, NULL);
    require(same_parameters(model, &copy), "the model changes at the end of epoch %zu", epoch->epoch);
    require(atomic_load(&r->spy->tiles) == tiles, "a worker works at the end of epoch %zu", epoch->epoch);
    check_parameters(model, "at an epoch's end");
    for (size_t c = 0; c < model->words * model->stride; c++)
        sum += (double)copy.input[c];
    require(sum != r->last, "the model did not change in epoch %zu", epoch->epoch);
    r->last = sum;
    r->epochs++;
    free_copy(&copy);
}

/* As the kernels' update, and marks each row as written where ThreadSanitizer sees it. */
static const Kernels *true_kernels;

static void seen_update(float *const *x, const float *x_scale, size_t m, float *const *y, const float *y_scale,
                        size_t n, size_t stride, size_t moving, const float *g, float *scratch, Prefetch next)
{
    for (size_t i = 0; i < m; i++)
        ((volatile float *)x[i])[0] = x[i][0];
    for (size_t j = 0; j < n; j++)
        ((volatile float *)y[j])[0] = y[j][0];
    true_kernels->update(x, x_scale, m, y, y_scale, n, stride, moving, g, scratch, next);
}

START_TEST(the_model_may_be_read_at_an_epochs_end)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40), *all = blocks_of_random_text(BLOCKS, 40);

    blocks_destroy(all->heldout);
    all->heldout = NULL;
    for (size_t threads = 1; threads <= 3; threads += 2)
        for (int held_out = 0; held_out < 2; held_out++) {
            spy s;
            TrainOptions options = spy_options(&s, threads);
            Kernels kernels = *options.kernels;
            Trainer *trainer;
            reader r = {.spy = &s};
            const n2v_observer observer = {.size = sizeof observer, .context = &r, .epoch = read_model};

            true_kernels = options.kernels;
            kernels.update = seen_update;
            if (threads == 1) /* several threads write without locks, and are meant to */
                options.kernels = &kernels;
            r.trainer = trainer = new_trainer(held_out ? text : all, &options);
            ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, &observer, NULL), N2V_OK);
            ck_assert_uint_eq(r.epochs, options.epochs);
            trainer_destroy(trainer);
        }
    free_text(text);
    free_text(all);
}
END_TEST

/* ---- trainers beside each other ---- */

enum { BESIDE = 4 };

typedef struct task {
    const training_text *text;
    TrainOptions options;
    Model model;      /* the copy that it ends with */
    double heldout;   /* the last loss */
    const char *fault; /* NULL: none */
} task;

/* Creates, runs in parts and destroys a trainer, all in this thread. No assertion: they are of the first thread. */
static void *work(void *context)
{
    task *t = context;
    const TrainText text = {.blocks = t->text->blocks, .heldout = t->text->heldout};
    Trainer *trainer;
    uint64_t words = 0;

    if (trainer_create(&trainer, t->text->vocabulary, &text, &t->options, NULL) != N2V_OK) {
        t->fault = "create";
        return NULL;
    }
    while (!trainer_finished(trainer) && !t->fault)
        if (trainer_run(trainer, N2V_TO_WORDS, words += 5000, NULL, NULL) != N2V_OK)
            t->fault = "run";
    t->model = copy_parameters(trainer_model(trainer));
    t->heldout = trainer_state(trainer)->heldout.loss;
    trainer_destroy(trainer);
    return NULL;
}

static task task_of(const training_text *text, size_t index)
{
    static const char *const objectives[BESIDE] = {"nce", "siglip", "alignuniform", "sgns"};
    task t = {.text = text, .options = training_options(objectives[index], 1)};

    t.options.learning_rate = t.options.objective->learning_rate;
    t.options.dim = 12;
    t.options.epochs = 2;
    t.options.seed = 1 + index;
    return t;
}

/* On the same text, with objectives, seeds and layouts of their own: each gives the bytes that it gives alone. */
START_TEST(trainers_beside_each_other)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    task alone[BESIDE], beside[BESIDE];
    pthread_t threads[BESIDE];

    for (size_t i = 0; i < BESIDE; i++) {
        alone[i] = task_of(text, i);
        beside[i] = task_of(text, i);
        (void)work(&alone[i]);
        ck_assert_ptr_null(alone[i].fault);
    }
    for (size_t i = 0; i < BESIDE; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, &beside[i]), 0);
    for (size_t i = 0; i < BESIDE; i++) {
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
        ck_assert_ptr_null(beside[i].fault);
        require(same_parameters(&alone[i].model, &beside[i].model), "%s gives other bytes",
                alone[i].options.objective->name);
        ck_assert(alone[i].heldout == beside[i].heldout);
        free_copy(&alone[i].model);
        free_copy(&beside[i].model);
    }
    free_text(text);
}
END_TEST

/* In turns in one thread. */
START_TEST(trainers_in_turns)
{
    training_text *text = blocks_of_random_text(BLOCKS, 40);
    Trainer *whole[2], *turns[2];

    for (size_t i = 0; i < 2; i++) {
        const task t = task_of(text, i);
        whole[i] = trained(text, &t.options);
        turns[i] = new_trainer(text, &t.options);
    }
    for (uint64_t words = 5000; !trainer_finished(turns[0]) || !trainer_finished(turns[1]); words += 5000)
        for (size_t i = 0; i < 2; i++)
            if (!trainer_finished(turns[i]))
                ck_assert_int_eq(trainer_run(turns[i], N2V_TO_WORDS, words, NULL, NULL), N2V_OK);
    for (size_t i = 0; i < 2; i++) {
        ck_assert(same_parameters(trainer_model(whole[i]), trainer_model(turns[i])));
        trainer_destroy(whole[i]);
        trainer_destroy(turns[i]);
    }
    free_text(text);
}
END_TEST

/* The trainer holds the vocabulary, and lets go of it. */
START_TEST(the_vocabulary_is_held)
{
    training_text *text = regular_text(10, 10, 10);
    const TrainOptions options = training_options("nce", 1);
    Trainer *trainer = new_trainer(text, &options);

    vocabulary_destroy(text->vocabulary);
    text->vocabulary = NULL;
    ck_assert_int_eq(trainer_run(trainer, N2V_TO_END, 0, NULL, NULL), N2V_OK);
    ck_assert_str_eq(vocabulary_word(trainer_model(trainer)->vocabulary, 3, NULL), "w00003");
    trainer_destroy(trainer);
    free_text(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    add_test(suite, "signals are blocked", signals_are_blocked);
    add_test(suite, "a signal handler stops", a_signal_handler_stops);
    add_test(suite, "the model may be read at an epoch's end", the_model_may_be_read_at_an_epochs_end);
    add_test(suite, "trainers beside each other", trainers_beside_each_other);
    add_test(suite, "trainers in turns", trainers_in_turns);
    add_test(suite, "the vocabulary is held", the_vocabulary_is_held);
    return run_suite(suite);
}
