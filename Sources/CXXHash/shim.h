#ifndef PROOFLOAD_CXXHASH_H
#define PROOFLOAD_CXXHASH_H
#include <xxhash.h>
#endif
