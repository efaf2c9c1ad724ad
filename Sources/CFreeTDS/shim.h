#ifndef PROOFLOAD_CFREETDS_H
#define PROOFLOAD_CFREETDS_H
#include <sybfront.h>
#include <sybdb.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A file in memory that a program which this one starts does not inherit; -1 and errno on failure. glibc's
   memfd_create is declared for _GNU_SOURCE only, and Swift does not see it. */
static inline int proofload_memory_file(const char *name) {
  return (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
}
#endif
