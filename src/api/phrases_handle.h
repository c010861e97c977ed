/* phrases_handle.h - what a program's n2v_phrases points to. */
#ifndef N2V_API_PHRASES_HANDLE_H
#define N2V_API_PHRASES_HANDLE_H

#include "nce2vec.h"
#include "phrases/find.h"

struct n2v_phrases {
    PhraseTable table;
    PassReport reports[MAX_PASSES]; /* all-zero unless they were found */
};

n2v_status phrases_create(n2v_phrases **phrases, n2v_error *error);

/* The observer's functions. stop is kept by reference. */
JoiningWatch joining_watch(const n2v_observer *observer, const Stop *stop);

#endif
