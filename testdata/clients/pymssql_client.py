"""pymssql, which has a FreeTDS of its own: see checks.py."""

import re

import pymssql

import checks
from checks import equal


class PyMSSQL(checks.Client):
    errors = (pymssql.Error, pymssql._mssql.MSSQLException)
    # db-lib tells nothing of the type that is in a variant.
    variants = [b"\x07\x00", b"x", None]
    # Its bulk load has no dates without times, cuts times to milliseconds, fails on 37 digits, and breaks its own
    # memory with money.
    bulk_omits = (
        "decimal(38,0)", "decimal(38,38)", "money", "smallmoney", "date", "time(0)", "time(6)", "datetime2(7)", "datetimeoffset(7)",
        "uniqueidentifier")

    def connect(self, autocommit=False, **changes):
        settings = {
            "server": self.host, "port": str(self.port), "user": "sa", "password": self.password,
            "database": self.database, "autocommit": autocommit, "login_timeout": 5, "timeout": 20,
        }
        return pymssql.connect(**(settings | changes))

    def number(self, error):
        arguments = error.args
        while arguments and isinstance(arguments[0], tuple):
            arguments = arguments[0]
        # A failed commit quotes the server's error.
        quoted = re.search(r"\((\d+), b", str(error))
        number = arguments[0] if arguments and isinstance(arguments[0], int) else int(quoted[1]) if quoted else 0
        # db-lib's own numbers: of the connection, not of the server.
        return 0 if 20000 <= number < 21000 else number

    def refusal(self, *numbers):
        return numbers + (0,)

    def words(self, error):
        return error.args[1].decode() if isinstance(error.args[1], bytes) else str(error)

    def drain(self, cursor):
        while True:
            if cursor.description:
                cursor.fetchall()
            if not cursor.nextset():
                return

    def read(self, declaration, value):
        return value

    def parameter(self, declaration, value):
        # Bytes that happen to be text would be sent as text, and a datetime without its microseconds.
        if isinstance(value, bytes):
            return bytearray(value)
        if declaration.startswith("datetime2"):
            return pymssql.datetime2(
                value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        return value

    def null(self, declaration):
        return None

    def forgiving_rollback(self, connection):
        try:
            connection.rollback()
        except self.errors as error:
            equal(self.number(error), 0)

    def can_load(self, declaration, value):
        # It makes NULL of '', and sends UTF-8 whatever the column's code page is.
        if value in ("", b""):
            return False
        return not declaration.startswith(("char", "varchar", "text")) or value.isascii()

    def load(self, connection, table, columns, rows):
        connection.bulk_copy(table, rows, batch_size=len(rows))


if __name__ == "__main__":
    checks.main(PyMSSQL)
