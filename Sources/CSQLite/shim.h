#ifndef PROOFLOAD_CSQLITE_H
#define PROOFLOAD_CSQLITE_H
#include <sqlite3.h>

/* SQLITE_STATIC is a cast macro, which Swift cannot import. */
static inline int proofload_sqlite_bind_text_static(sqlite3_stmt *statement, int index, const char *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, index, bytes, count, SQLITE_STATIC, SQLITE_UTF8);
}
static inline int proofload_sqlite_bind_blob_static(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}
/* SQLITE_TRANSIENT: the library copies the bytes. */
static inline int proofload_sqlite_bind_text_copied(sqlite3_stmt *statement, int index, const char *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(statement, index, bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}
#endif
