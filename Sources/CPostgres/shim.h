#ifndef PROOFLOAD_CPOSTGRES_H
#define PROOFLOAD_CPOSTGRES_H
#include <libpq-fe.h>

/* The PG_DIAG_* field codes are character literals, which Swift does not import. */
static const int proofload_pg_diag_severity = PG_DIAG_SEVERITY;
static const int proofload_pg_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int proofload_pg_diag_message_primary = PG_DIAG_MESSAGE_PRIMARY;
static const int proofload_pg_diag_message_detail = PG_DIAG_MESSAGE_DETAIL;
static const int proofload_pg_diag_message_hint = PG_DIAG_MESSAGE_HINT;
static const int proofload_pg_diag_context = PG_DIAG_CONTEXT;
static const int proofload_pg_diag_schema_name = PG_DIAG_SCHEMA_NAME;
static const int proofload_pg_diag_column_name = PG_DIAG_COLUMN_NAME;
#endif
