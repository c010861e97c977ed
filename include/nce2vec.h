/* nce2vec.h - the public interface of libnce2vec: train word vectors with contrastive objectives, query them, and
 * read and write them in many formats.
 *
 * HowTo: from a text to a file of vectors.
 *     n2v_settings_create(&settings, N2V_FOR_TRAINING, NULL, &error);
 *     n2v_settings_set(settings, "dim", "200", &error);
 *     n2v_corpus_create(&corpus, settings, NULL, &error);
 *     n2v_corpus_add_file(corpus, "text.gz", &error);
 *     n2v_corpus_read(corpus, NULL, &error);
 *     n2v_trainer_create(&trainer, settings, corpus, &error);
 *     n2v_trainer_run(trainer, N2V_TO_END, 0, NULL, &error);
 *     n2v_vectors_save(n2v_trainer_vectors(trainer), "vectors.txt", NULL, NULL, &error);
 * Each call returns N2V_OK or says in `error` what to do. docs/examples/ has whole programs.
 *
 * Errors: a function that can fail returns an n2v_status and writes a sentence into the caller's n2v_error (NULL: not
 * wanted). Where a function hands out a handle, the handle is NULL after a failure.
 * NULL for what is needed is N2V_ERROR_ARGUMENT; functions without a status return what they return when there is
 * nothing (NULL, 0, N2V_NO_ID, NaN).
 * Ownership: X_create, X_load and X_open make a handle that the caller gives back to X_destroy. All destroy functions
 * accept NULL. A handle keeps no reference to the caller's strings and arrays, unless its function says so.
 * Threads: the library has no mutable global state. Different handles may be used by different threads. One handle
 * is used by one thread at a time, unless its functions say more. Threads that the library starts block all signals.
 * The library never prints, never exits and installs no signal handler.
 * Environment: N2V_KERNELS=scalar|avx2|avx512|avx512bf16 is the default of the setting `kernels`, read when a handle is
 * created that computes, a set of objectives among them; TMPDIR is the folder for temporary files.
 * Strings are UTF-8. Numbers in texts have a decimal point in every locale.
 * Growth: structures that the caller fills or hands over to be filled begin with `size`, which the caller sets to
 * sizeof of the structure. Members are only ever added at the end, and zero means what it meant without them, so that a
 * program runs with a later library. Small structures without a size never change: n2v_error, n2v_span, n2v_token,
 * n2v_query, n2v_neighbor, n2v_context, n2v_parameter, n2v_log_probability. */
#ifndef NCE2VEC_H
#define NCE2VEC_H

#include "nce2vec/corpus.h"
#include "nce2vec/likelihood.h"
#include "nce2vec/objective.h"
#include "nce2vec/observer.h"
#include "nce2vec/output.h"
#include "nce2vec/phrases.h"
#include "nce2vec/predict.h"
#include "nce2vec/queries.h"
#include "nce2vec/ranks.h"
#include "nce2vec/settings.h"
#include "nce2vec/trainer.h"
#include "nce2vec/vectors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- For clients ----------------------------------------------------------- */

/* The name in a list (NULL after the last) that is spelled most like text, or NULL when none is near. */
N2V_API const char *n2v_nearest_name(const char *text, const char *const *names);

/* Writes text as the inside of a JSON string: quotation marks, control characters and those that reorder bidirectional
 * text are escaped, malformed UTF-8 becomes U+FFFD. At most room bytes with the NUL; returns how many bytes the whole
 * needs without it. */
N2V_API size_t n2v_json_escape(char *out, size_t room, const char *text, size_t bytes);

/* Writes text for people, as on a terminal: control characters, those that reorder bidirectional text, and malformed
 * UTF-8 become '?'. Errors are such texts already. out may be text; room and the returned number are as above. */
N2V_API size_t n2v_display_text(char *out, size_t room, const char *text, size_t bytes);

#ifdef __cplusplus
}
#endif
#endif
