/* search_handle.h - what a program's n2v_search points to. */
#ifndef N2V_API_SEARCH_HANDLE_H
#define N2V_API_SEARCH_HANDLE_H

#include "nce2vec.h"
#include "query/search.h"

struct n2v_search {
    Search search;
};

#endif
