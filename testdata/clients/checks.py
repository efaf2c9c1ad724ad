"""What a client of SQL Server must see, whoever wrote it: the checks that python-tds and pymssql both pass.

A script with an adapter runs a group of them: SCRIPT HOST:PORT PASSWORD DATABASE GROUP. It prints a line of JSON
for each check, and exits with 0 only if there were any and all hold.
"""

import datetime
import decimal
import json
import sys
import threading
import time
import traceback
import uuid

D = decimal.Decimal
at = datetime.datetime
MICROSECOND = datetime.timedelta(microseconds=1)


class Failed(Exception):
    pass


def require(condition, *seen):
    if not condition:
        raise Failed(" ".join(repr(value) for value in seen) or "not so")


def equal(seen, expected, where=""):
    require(seen == expected, where, "saw", seen, "and not", expected)


class Client:
    """One client library. A subclass says how it connects, names errors and loads in bulk."""

    errors = Exception
    # Types whose values this library cannot write in bulk.
    bulk_omits = ()

    def __init__(self, address, password, database):
        self.host, port = address.rsplit(":", 1)
        self.port, self.password, self.database = int(port), password, database

    def connect(self, autocommit=False, **changes):
        raise NotImplementedError

    def number(self, error):
        """The server's number, as the library shows it; 0 for an error of the connection."""
        raise NotImplementedError

    def can_load(self, declaration, value):
        return True

    def load(self, connection, table, columns, rows):
        """Bulk load. Columns are pairs of a name and a type's declaration."""
        raise NotImplementedError

    def query(self, connection, text, *parameters):
        cursor = connection.cursor()
        cursor.execute(text, parameters or None) if parameters else cursor.execute(text)
        return [tuple(row) for row in cursor.fetchall()]

    def run(self, connection, text, *parameters):
        cursor = connection.cursor()
        cursor.execute(text, parameters) if parameters else cursor.execute(text)
        return cursor

    def fails(self, number, body, *arguments):
        """The error of something that must fail, with one of these numbers."""
        numbers = number if isinstance(number, tuple) else (number,)
        try:
            seen = body(*arguments)
        except self.errors as error:
            require(self.number(error) in numbers, "error", self.number(error), str(error), "and not", number)
            return error
        raise Failed(f"no error where {number} was due, but {seen!r}")

    def breaks(self, body, *arguments):
        """Something during which the connection ends: an error that has no number of the server's."""
        return self.fails(0, body, *arguments)


groups = {}


def check(group):
    def add(body):
        groups.setdefault(group, []).append(body)
        return body

    return add


def main(make):
    address, password, database, group = sys.argv[1:5]
    failures = 0
    for body in groups.get(group, []):
        line = {"check": body.__doc__ or body.__name__, "ok": True}
        try:
            client = make(address, password, database)
            body(client)
        except Exception:
            failures += 1
            line.update(ok=False, error=traceback.format_exc(limit=-4))
        print(json.dumps(line), flush=True)
    sys.exit(0 if group in groups and failures == 0 else 1)


# --- logins ---------------------------------------------------------------------------------------------------------


@check("login")
def logs_in(client):
    """it logs in, and is in the database that it asked for"""
    with_name = client.query(client.connect(), "SELECT DB_NAME(), SUSER_SNAME(), @@SPID")[0]
    equal(with_name[:2], (client.database, "sa"))
    require(with_name[2] > 50, with_name)


@check("login")
def wrong_password(client):
    """a wrong password is refused with 18456"""
    client.fails(client.refusal(18456), lambda: client.connect(password="wrong"))


@check("login")
def wrong_user(client):
    """an unknown name is refused with 18456"""
    client.fails(client.refusal(18456), lambda: client.connect(user="nobody"))


@check("login")
def unknown_database(client):
    """an unknown database is refused with 4060 or the 18456 that follows it"""
    client.fails(client.refusal(4060, 18456, 911), lambda: client.connect(database="nowhere"))


@check("login")
def many_connections(client):
    """sixteen connections at once are sixteen sessions"""
    connections = [client.connect() for _ in range(16)]
    sessions = {client.query(connection, "SELECT @@SPID")[0][0] for connection in connections}
    equal(len(sessions), 16)
    for connection in connections:
        connection.close()


# --- values ---------------------------------------------------------------------------------------------------------

WORDS = "h\u00e9llo \u4e16\u754c \U0001f600"


def zone(hours):
    return datetime.timezone(datetime.timedelta(hours=hours))


def samples():
    """Type, and pairs of T-SQL's literal and the value that the client must make of it. The pair's value written by
    the client must be the literal's on the server."""
    yield "bit", [("0", False), ("1", True)]
    yield "tinyint", [("0", 0), ("255", 255)]
    yield "smallint", [("-32768", -32768), ("32767", 32767)]
    yield "int", [("-2147483648", -(2**31)), ("2147483647", 2**31 - 1)]
    yield "bigint", [("-9223372036854775808", -(2**63)), ("9223372036854775807", 2**63 - 1), ("0", 0)]
    yield "decimal(38,0)", [("9" * 38, D("9" * 38)), ("-" + "9" * 38, D("-" + "9" * 38)), ("0", D(0))]
    yield "decimal(38,38)", [("0." + "0" * 37 + "1", D("0." + "0" * 37 + "1")), ("-0." + "9" * 38, D("-0." + "9" * 38))]
    yield "numeric(9,4)", [("12345.6789", D("12345.6789")), ("-99999.9999", D("-99999.9999")), ("1.5", D("1.5"))]
    yield "money", [("922337203685477.5807", D("922337203685477.5807")), ("-922337203685477.5808", D("-922337203685477.5808"))]
    yield "smallmoney", [("214748.3647", D("214748.3647")), ("-214748.3648", D("-214748.3648"))]
    yield "float", [("1.7976931348623157E+308", sys.float_info.max), ("-2.2250738585072014E-308", -sys.float_info.min), ("0E0", 0.0), ("1E-1", 0.1)]
    yield "real", [("3.4028234663852886E+38", 3.4028234663852886e38), ("-1.25E0", -1.25)]
    yield "datetime", [("'1753-01-01T00:00:00'", at(1753, 1, 1)), ("'9999-12-31T23:59:59.997'", at(9999, 12, 31, 23, 59, 59, 997000)), ("'2010-02-28T12:30:00.003'", at(2010, 2, 28, 12, 30, 0, 3000))]
    yield "smalldatetime", [("'1900-01-01T00:00:00'", at(1900, 1, 1)), ("'2079-06-06T23:59:00'", at(2079, 6, 6, 23, 59))]
    yield "date", [("'0001-01-01'", datetime.date(1, 1, 1)), ("'9999-12-31'", datetime.date(9999, 12, 31)), ("'2012-02-29'", datetime.date(2012, 2, 29))]
    yield "time(0)", [("'00:00:00'", datetime.time()), ("'23:59:59'", datetime.time(23, 59, 59))]
    yield "time(6)", [("'23:59:59.999999'", datetime.time(23, 59, 59, 999999)), ("'00:00:00.000001'", datetime.time(0, 0, 0, 1))]
    yield "datetime2(0)", [("'9999-12-31T23:59:59'", at(9999, 12, 31, 23, 59, 59))]
    yield "datetime2(3)", [("'2010-01-01T00:00:00.123'", at(2010, 1, 1, 0, 0, 0, 123000))]
    yield "datetime2(7)", [("'0001-01-01T00:00:00'", at(1, 1, 1)), ("'9999-12-31T23:59:59.9999990'", at(9999, 12, 31, 23, 59, 59, 999999))]
    yield "datetimeoffset(7)", [("'2010-01-02T03:04:05.123456+14:00'", at(2010, 1, 2, 3, 4, 5, 123456, zone(14))), ("'2010-01-02T03:04:05-05:30'", at(2010, 1, 2, 3, 4, 5, 0, zone(-5.5)))]
    yield "char(5)", [("'ab'", "ab   "), ("'abcde'", "abcde")]
    yield "varchar(20)", [("''", ""), ("N'na\u00efve \u20ac'", "na\u00efve \u20ac")]
    yield "varchar(max)", [("REPLICATE(CAST('x' AS varchar(max)), 20000)", "x" * 20000), ("''", "")]
    yield "nchar(4)", [("N'\u00e9'", "\u00e9   ")]
    yield "nvarchar(30)", [(f"N'{WORDS}'", WORDS), ("N''", ""), ("N'it''s %d {0}'", "it's %d {0}")]
    yield "nvarchar(max)", [("REPLICATE(CAST(N'\U0001f600' AS nvarchar(max)), 9000)", "\U0001f600" * 9000), ("N''", "")]
    yield "text", [("'caf\u00e9'", "caf\u00e9")]
    yield "ntext", [(f"N'{WORDS}'", WORDS)]
    yield "binary(4)", [("0x0102", b"\x01\x02\x00\x00")]
    yield "varbinary(300)", [("0x", b""), ("0x" + bytes(range(256)).hex(), bytes(range(256)))]
    yield "varbinary(max)", [("CAST(REPLICATE(CAST('z' AS varchar(max)), 20000) AS varbinary(max))", b"z" * 20000)]
    yield "image", [("0x00FF", b"\x00\xff")]
    yield "uniqueidentifier", [("'6F9619FF-8B86-D011-B42D-00C04FC964FF'", uuid.UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff"))]
    yield "xml", [(f"N'<a b=\"1\">{WORDS}</a>'", f'<a b="1">{WORDS}</a>')]


def binary_form(declaration):
    """An expression by which two values of the type are compared byte by byte."""
    if declaration == "text":
        return "CAST(CAST(v AS varchar(max)) AS varbinary(max))"
    if declaration in ("ntext", "xml"):
        return "CAST(CAST(v AS nvarchar(max)) AS varbinary(max))"
    if declaration.startswith(("char", "varchar", "nchar", "nvarchar", "image")):
        return "CAST(v AS varbinary(max))"
    if declaration.startswith("datetimeoffset"):
        return "CONVERT(varchar(40), v, 121)"
    return "v"


def each_type(client, body):
    connection = client.connect(autocommit=True)
    problems = []
    for declaration, pairs in samples():
        try:
            client.run(connection, f"CREATE TABLE #v (id int PRIMARY KEY, v {declaration} NULL)")
            for literal, value in pairs:
                client.run(connection, "TRUNCATE TABLE #v")
                body(connection, declaration, literal, value)
            client.run(connection, "DROP TABLE #v")
        except Exception as error:
            problems.append(f"{declaration}: {type(error).__name__}: {error}"[:600])
            connection = client.connect(autocommit=True)
    require(not problems, *problems)


@check("values")
def reads(client):
    """it reads every type's extremes, and NULL, as the server has them"""

    def body(connection, declaration, literal, value):
        client.run(connection, f"INSERT INTO #v VALUES (1, {literal}), (2, NULL)")
        rows = client.query(connection, "SELECT id, v FROM #v ORDER BY id")
        seen = client.read(declaration, rows[0][1])
        equal(seen, value, declaration)
        equal(type(seen), type(value), declaration)
        equal(rows[1], (2, None), declaration)

    each_type(client, body)


@check("values")
def writes(client):
    """what it writes as a parameter is on the server what T-SQL's literal is, NULL included"""

    def body(connection, declaration, literal, value):
        client.run(connection, f"INSERT INTO #v VALUES (1, {literal})")
        client.run(connection, "INSERT INTO #v VALUES (2, %s)", client.parameter(declaration, value))
        client.run(connection, "INSERT INTO #v VALUES (3, %s)", client.null(declaration))
        compare(client, connection, declaration)

    each_type(client, body)


@check("bulk")
def loads_types(client):
    """what it loads in bulk is on the server what T-SQL's literal is, NULL included"""

    def body(connection, declaration, literal, value):
        if declaration in client.bulk_omits or not client.can_load(declaration, value):
            return
        client.run(connection, f"CREATE TABLE loaded (id int PRIMARY KEY, v {declaration} NULL)")
        try:
            client.run(connection, f"INSERT INTO loaded VALUES (1, {literal})")
            rows = [(2, value), (3, None)]
            client.load(connection, "loaded", [("id", "int"), ("v", declaration)], rows)
            compare(client, connection, declaration, "loaded")
        finally:
            client.run(client.connect(autocommit=True), "DROP TABLE loaded")

    each_type(client, body)


def compare(client, connection, declaration, table="#v"):
    form = binary_form(declaration)
    text = f"SELECT id, {form} AS form FROM {table}"
    same = client.query(
        connection, f"SELECT COUNT(*) FROM ({text}) a JOIN ({text}) b ON a.form = b.form WHERE a.id = 1 AND b.id = 2")
    if same != [(1,)]:
        raise Failed(f"{declaration}: {client.query(connection, text)}"[:500])
    equal(client.query(connection, f"SELECT id FROM {table} WHERE v IS NULL"), [(3,)], declaration)


@check("values")
def other_types(client):
    """rowversion, sql_variant and names of columns arrive"""
    connection = client.connect(autocommit=True)
    client.run(connection, "CREATE TABLE #r (id int, [a b] sql_variant, r rowversion)")
    for number, value in enumerate(("CAST(7 AS smallint)", "N'x'", "NULL"), start=1):
        client.run(connection, f"INSERT INTO #r (id, [a b]) VALUES ({number}, {value})")
    cursor = client.run(connection, "SELECT id, [a b], r FROM #r ORDER BY id")
    equal([column[0] for column in cursor.description], ["id", "a b", "r"])
    rows = cursor.fetchall()
    equal([row[1] for row in rows], client.variants)
    versions = [bytes(row[2]) for row in rows]
    require(sorted(set(versions)) == versions and {len(version) for version in versions} == {8}, versions)


@check("values")
def big_values(client):
    """values of two megabytes come and go whole"""
    connection = client.connect(autocommit=True)
    text = "".join(chr(0x20 + number % 0x5000) for number in range(10_000)) * 100
    text = text.replace("'", "_").replace("%", "_")
    client.run(connection, "CREATE TABLE #big (t nvarchar(max), b varbinary(max))")
    data = bytes(range(256)) * 8_000
    client.run(connection, "INSERT INTO #big VALUES (%s, %s)", text, client.parameter("varbinary(max)", data))
    row = client.query(connection, "SELECT t, b, DATALENGTH(t), DATALENGTH(b) FROM #big")[0]
    equal(row[2:], (2 * len(text), len(data)))
    require(row[0] == text and bytes(row[1]) == data)


# --- queries --------------------------------------------------------------------------------------------------------


@check("queries")
def several_results(client):
    """several results come one after the other, and counts between them do not disturb"""
    connection = client.connect()
    cursor = client.run(
        connection,
        "CREATE TABLE #s (i int); SELECT 1 AS a, 2 AS b; INSERT INTO #s VALUES (1), (2); SELECT i FROM #s ORDER BY i;"
        " PRINT 'between'; SELECT 'x' WHERE 1 = 0; SELECT N'last'")
    seen = []
    while True:
        if cursor.description:
            seen.append([tuple(row) for row in cursor.fetchall()])
        if not cursor.nextset():
            break
    # An INSERT's count is a result without rows to one client, and none to another.
    equal([rows for rows in seen if rows], [[(1, 2)], [(1,), (2,)], [("last",)]])


@check("queries")
def parameters(client):
    """parameters are values whatever they contain"""
    connection = client.connect()
    evil = "'; DROP TABLE t; -- %s @P1 \" \\ \n\r\t"
    row = client.query(connection, "SELECT %s, %s, %s, %s", evil, -5, None, 2.5)[0]
    equal(row, (evil, -5, None, 2.5))
    client.run(connection, "CREATE TABLE #p (a int, b nvarchar(50))")
    cursor = connection.cursor()
    cursor.executemany("INSERT INTO #p VALUES (%s, %s)", [(number, f"name {number}") for number in range(50)])
    equal(client.query(connection, "SELECT COUNT(*), SUM(a), MAX(b) FROM #p"), [(50, 1225, "name 9")])
    equal(client.query(connection, "SELECT b FROM #p WHERE a = %s AND b LIKE %s", 7, "%7"), [("name 7",)])


@check("queries")
def counts(client):
    """the count of rows is the statement's, and NOCOUNT takes it away"""
    connection = client.connect()
    client.run(connection, "CREATE TABLE #c (a int)")
    equal(client.run(connection, "INSERT INTO #c VALUES (1), (2), (3)").rowcount, 3)
    equal(client.run(connection, "UPDATE #c SET a = a + 1 WHERE a > 1").rowcount, 2)
    equal(client.run(connection, "DELETE FROM #c WHERE a = 1").rowcount, 1)
    equal(client.query(connection, "SET NOCOUNT ON; DELETE FROM #c; SELECT @@ROWCOUNT"), [(2,)])


@check("queries")
def many_rows(client):
    """ten thousand rows come in order, and a reader may stop in the middle"""
    connection = client.connect()
    client.run(connection, "CREATE TABLE #d (n int); INSERT INTO #d VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)")
    text = (
        "SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n, N'row' FROM #d a CROSS JOIN #d b CROSS JOIN #d c"
        " CROSS JOIN #d d ORDER BY n")
    equal([row[0] for row in client.query(connection, text)], list(range(10_000)))
    cursor = client.run(connection, text)
    equal([cursor.fetchone()[0] for _ in range(10)], list(range(10)))
    cursor.close()
    equal(client.query(connection, "SELECT 1"), [(1,)])


@check("queries")
def procedures(client):
    """a procedure of the server is called with its parameters"""
    connection = client.connect()
    cursor = connection.cursor()
    cursor.callproc("sp_executesql", ("SELECT @a + 1, @b", "@a int, @b nvarchar(10)", 41, "x"))
    equal([tuple(row) for row in cursor.fetchall()], [(42, "x")])
    cursor.close()


# --- transactions ---------------------------------------------------------------------------------------------------


def table(client, name, rows=0):
    connection = client.connect(autocommit=True)
    client.run(connection, f"DROP TABLE IF EXISTS {name}; CREATE TABLE {name} (id int PRIMARY KEY, v int NOT NULL)")
    for number in range(rows):
        client.run(connection, f"INSERT INTO {name} VALUES ({number + 1}, 0)")
    connection.close()


def content(client, name):
    connection = client.connect(autocommit=True)
    rows = client.query(connection, f"SELECT id, v FROM {name} ORDER BY id")
    connection.close()
    return rows


@check("transactions")
def commits(client):
    """what is committed others see, what is rolled back nobody"""
    table(client, "committed")
    connection = client.connect()
    client.run(connection, "INSERT INTO committed VALUES (1, 1)")
    connection.commit()
    client.run(connection, "INSERT INTO committed VALUES (2, 2)")
    equal(client.query(connection, "SELECT COUNT(*), @@TRANCOUNT FROM committed"), [(2, 1)])
    connection.rollback()
    client.run(connection, "INSERT INTO committed VALUES (3, 3)")
    connection.close()
    equal(content(client, "committed"), [(1, 1)])


@check("transactions")
def savepoints(client):
    """a savepoint takes back what came after it, and nothing else"""
    table(client, "saved")
    connection = client.connect()
    client.run(connection, "INSERT INTO saved VALUES (1, 1)")
    client.run(connection, "SAVE TRANSACTION here")
    client.run(connection, "INSERT INTO saved VALUES (2, 2)")
    client.run(connection, "ROLLBACK TRANSACTION here")
    client.run(connection, "INSERT INTO saved VALUES (3, 3)")
    connection.commit()
    equal(content(client, "saved"), [(1, 1), (3, 3)])


@check("transactions")
def failed_statement(client):
    """a failed statement takes itself back, and the transaction goes on; with XACT_ABORT it does not"""
    table(client, "failing")
    connection = client.connect()
    client.run(connection, "INSERT INTO failing VALUES (1, 1)")
    client.fails(2627, client.run, connection, "INSERT INTO failing VALUES (2, 2), (1, 1)")
    client.run(connection, "INSERT INTO failing VALUES (3, 3)")
    connection.commit()
    equal(content(client, "failing"), [(1, 1), (3, 3)])
    client.run(connection, "SET XACT_ABORT ON")
    client.run(connection, "INSERT INTO failing VALUES (4, 4)")
    client.fails(2627, client.run, connection, "INSERT INTO failing VALUES (1, 1)")
    client.forgiving_rollback(connection)
    equal(content(client, "failing"), [(1, 1), (3, 3)])


@check("transactions")
def deadlock(client):
    """of two that wait for each other one is the victim of 1205, and the other goes on"""
    table(client, "fought", rows=2)
    both = threading.Barrier(2)
    outcomes = {}

    def fight(name, first, second):
        connection = client.connect()
        try:
            client.run(connection, f"UPDATE fought SET v = v + 1 WHERE id = {first}")
            both.wait(10)
            client.run(connection, f"UPDATE fought SET v = v + 1 WHERE id = {second}")
            connection.commit()
            outcomes[name] = "done"
        except client.errors as error:
            outcomes[name] = client.number(error)
            client.forgiving_rollback(connection)

    threads = [threading.Thread(target=fight, args=(0, 1, 2)), threading.Thread(target=fight, args=(1, 2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    equal(sorted(map(str, outcomes.values())), ["1205", "done"])
    equal(content(client, "fought"), [(1, 1), (2, 1)])


@check("transactions")
def lock_timeout(client):
    """who waits for a lock longer than LOCK_TIMEOUT gets 1222"""
    table(client, "held", rows=1)
    holder, waiter = client.connect(), client.connect(autocommit=True)
    client.run(holder, "UPDATE held SET v = 1")
    client.run(waiter, "SET LOCK_TIMEOUT 100")
    client.fails(1222, client.query, waiter, "SELECT v FROM held")
    equal(client.query(waiter, "SELECT v FROM held WITH (NOLOCK)"), [(1,)])
    holder.rollback()
    equal(client.query(waiter, "SELECT v FROM held"), [(0,)])


@check("transactions")
def snapshot(client):
    """a snapshot does not move, and writing over what has changed since is 3960"""
    table(client, "shot", rows=1)
    reader, writer = client.connect(autocommit=True), client.connect(autocommit=True)
    client.run(reader, "SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
    client.run(reader, "BEGIN TRANSACTION")
    equal(client.query(reader, "SELECT v FROM shot"), [(0,)])
    client.run(writer, "UPDATE shot SET v = 5")
    equal(client.query(reader, "SELECT v FROM shot"), [(0,)])
    client.fails(3960, client.run, reader, "UPDATE shot SET v = v + 1")
    equal(client.query(reader, "SELECT @@TRANCOUNT, v FROM shot"), [(0, 5)])


# --- errors ---------------------------------------------------------------------------------------------------------


@check("errors")
def numbers(client):
    """every error has its number, and the connection goes on after it"""
    connection = client.connect(autocommit=True)
    client.run(
        connection,
        "CREATE TABLE e (id int PRIMARY KEY, u int CONSTRAINT UQ_e UNIQUE, s varchar(3), c int CHECK (c > 0),"
        " n int NOT NULL DEFAULT 1, t tinyint)")
    client.run(connection, "CREATE UNIQUE INDEX IX_e ON e (s) WHERE s IS NOT NULL; CREATE TABLE f (id int REFERENCES e (id))")
    client.run(connection, "INSERT INTO e (id, u, s) VALUES (1, 1, 'a')")
    for number, text in [
        (2627, "INSERT INTO e (id, u) VALUES (1, 2)"),
        (2627, "INSERT INTO e (id, u) VALUES (2, 1)"),
        (2601, "INSERT INTO e (id, u, s) VALUES (2, 2, 'a')"),
        (515, "INSERT INTO e (id, u, n) VALUES (2, 2, NULL)"),
        (547, "INSERT INTO e (id, u, c) VALUES (2, 2, 0)"),
        (547, "INSERT INTO f VALUES (5)"),
        ((2628, 8152), "INSERT INTO e (id, u, s) VALUES (2, 2, 'long')"),
        (220, "INSERT INTO e (id, u, t) VALUES (2, 2, 256)"),
        (8134, "SELECT 1 / 0"),
        (8115, "SELECT CAST(1000 AS decimal(2, 0))"),
        (245, "SELECT CAST('x' AS int)"),
        (8114, "SELECT CAST('x' AS decimal(5, 2))"),
        (241, "SELECT CAST('x' AS datetime)"),
        (208, "SELECT * FROM nowhere"),
        (207, "SELECT nothing FROM e"),
        (156, "SELECT FROM WHERE"),
        (102, "SELECT 1 )"),
        (2812, "EXEC no_such_procedure"),
        (137, "SELECT @undeclared"),
        (50000, "RAISERROR(N'raised %d', 16, 1, 5)"),
        (51234, "THROW 51234, N'thrown', 1"),
        (3701, "DROP TABLE nowhere"),
        (2714, "CREATE TABLE e (id int)"),
        (40514, "CREATE SEQUENCE s"),
    ]:
        if number == 40514:
            number = (102, 40514)
        error = client.fails(number, lambda: client.drain(client.run(connection, text)))
        require(len(str(error)) > 10, error)
        equal(client.query(connection, "SELECT 1"), [(1,)], text)
    equal(client.query(connection, "SELECT COUNT(*) FROM e"), [(1,)])


@check("errors")
def texts(client):
    """an error's words are the server's"""
    connection = client.connect(autocommit=True)
    error = client.fails(50000, lambda: client.drain(client.run(connection, "RAISERROR(N'raised %d by \u00e9', 16, 3, 5)")))
    require("raised 5 by \u00e9" in client.words(error), client.words(error))


@check("errors")
def caught(client):
    """TRY and CATCH keep an error from the client"""
    connection = client.connect(autocommit=True)
    rows = client.query(
        connection,
        "BEGIN TRY SELECT 1 / 0 AS a; END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS n, ERROR_SEVERITY() AS s; END CATCH")
    if rows == []:
        raise Failed("the rows of CATCH are the second result of this client")
    equal(rows, [(8134, 16)])


# --- bulk load ------------------------------------------------------------------------------------------------------


@check("bulk")
def loads_many(client):
    """ten thousand rows arrive once and whole"""
    connection = client.connect(autocommit=True)
    client.run(connection, "CREATE TABLE many (id int PRIMARY KEY, name nvarchar(50), d decimal(18, 4), n int NULL)")
    rows = [(n, f"n\u00e4me {n}", D(n) / 4, None if n % 3 else n) for n in range(10_000)]
    client.load(
        connection, "many", [("id", "int"), ("name", "nvarchar(50)"), ("d", "decimal(18,4)"), ("n", "int")], rows)
    seen = client.query(connection, "SELECT COUNT(*), SUM(d), COUNT(n), MIN(name) FROM many")
    equal(seen, [(10_000, sum(row[2] for row in rows), 3334, "n\u00e4me 0")])


@check("bulk")
def bulk_duplicate(client):
    """a duplicate key in a bulk load is 2627, and none of the load's rows stay"""
    table(client, "doubled", rows=1)
    connection = client.connect(autocommit=True)
    rows = [(5, 5), (6, 6), (1, 1), (7, 7)]
    client.fails(2627, client.load, connection, "doubled", [("id", "int"), ("v", "int")], rows)
    equal(content(client, "doubled"), [(1, 0)])


@check("bulk")
def bulk_null(client):
    """a NULL where there may be none is 515 in a bulk load"""
    table(client, "nullless")
    connection = client.connect(autocommit=True)
    client.fails(515, client.load, connection, "nullless", [("id", "int"), ("v", "int")], [(1, 1), (2, None)])
    equal(content(client, "nullless"), [])


@check("bulk")
def bulk_transaction(client):
    """a bulk load belongs to the transaction"""
    table(client, "undone")
    connection = client.connect()
    client.load(connection, "undone", [("id", "int"), ("v", "int")], [(1, 1), (2, 2)])
    equal(client.query(connection, "SELECT COUNT(*) FROM undone"), [(2,)])
    connection.rollback()
    equal(content(client, "undone"), [])
    client.load(connection, "undone", [("id", "int"), ("v", "int")], [(1, 1), (2, 2)])
    connection.commit()
    equal(content(client, "undone"), [(1, 1), (2, 2)])


# --- faults ---------------------------------------------------------------------------------------------------------


# Numbers after which the connection is lost.
ENDING = (10928, 10929, 40197, 40501, 40613, 49918)


def arm(client, options):
    connection = client.connect(autocommit=True)
    client.run(connection, f"EXEC sp_proofload_fault {options}")
    connection.close()


def disarm(client):
    arm(client, "@moment = 'never'")


@check("faults")
def before_rows(client):
    """each armed number is the statement's error before its first row, and ends the connection or does not"""
    table(client, "struck", rows=3)
    for number in (1205, 1222, 3906, 3960, 8115, 10928, 10929, 40197, 40501, 40613, 49918, 12345):
        connection = client.connect(autocommit=True)
        arm(client, f"@error = {number}, @statement = N'FROM struck'")
        client.fails(number, client.query, connection, "SELECT v FROM struck")
        if number in ENDING:
            client.breaks(client.query, connection, "SELECT v FROM struck")
        else:
            equal(len(client.query(connection, "SELECT v FROM struck")), 3, number)
            connection.close()


@check("faults")
def ending_session(client):
    """596 and 6005 end the session"""
    table(client, "ended", rows=1)
    for number in (596, 6005):
        connection = client.connect(autocommit=True)
        arm(client, f"@error = {number}, @statement = N'FROM ended'")
        client.fails((number, 0), client.query, connection, "SELECT v FROM ended")
        client.breaks(client.query, connection, "SELECT v FROM ended")
        equal(len(content(client, "ended")), 1)


@check("faults")
def after_rows(client):
    """rows, then 1205: the rows come, and then the error, and never an end of rows"""
    table(client, "long", rows=0)
    client.load(
        client.connect(autocommit=True), "long", [("id", "int"), ("v", "int")], [(n, n) for n in range(5000)])
    for number, rows in ((1205, 1), (1205, 1000), (8115, 4999), (40197, 2500), (1205, 5000), (1205, 6000)):
        connection = client.connect(autocommit=True)
        arm(client, f"@error = {number}, @statement = N'FROM long', @rows = {rows}")
        seen = []

        def read():
            cursor = client.run(connection, "SELECT id FROM long ORDER BY id")
            while (row := cursor.fetchone()) is not None:
                seen.append(row[0])

        client.fails(number, read)
        equal(seen, list(range(min(rows, 5000))), rows)
        if number not in ENDING:
            equal(client.query(connection, "SELECT COUNT(*) FROM long"), [(5000,)])


@check("faults")
def cut_after_rows(client):
    """rows, then a reset or an end of the connection: an error, and never an end of rows"""
    table(client, "severed", rows=0)
    client.load(
        client.connect(autocommit=True), "severed", [("id", "int"), ("v", "int")], [(n, n) for n in range(5000)])
    for action in ("reset", "close"):
        for rows in (0, 1, 4999, 5000):
            connection = client.connect(autocommit=True)
            arm(client, f"@action = '{action}', @statement = N'FROM severed', @rows = {rows}")
            seen = []

            def read():
                cursor = client.run(connection, "SELECT id FROM severed ORDER BY id")
                while (row := cursor.fetchone()) is not None:
                    seen.append(row[0])

            client.breaks(read)
            require(seen == list(range(len(seen))) and len(seen) <= rows, action, rows, len(seen))


@check("faults")
def nth_and_times(client):
    """the nth matching statement is struck, as often as was said"""
    table(client, "counted")
    arm(client, "@error = 1222, @statement = N'INSERT INTO counted', @nth = 3, @times = 2")
    connection = client.connect(autocommit=True)
    outcomes = []
    for number in range(6):
        try:
            client.run(connection, f"INSERT INTO counted VALUES ({number}, 0)")
            outcomes.append(0)
        except client.errors as error:
            outcomes.append(client.number(error))
    equal(outcomes, [0, 0, 1222, 1222, 0, 0])
    equal([row[0] for row in content(client, "counted")], [0, 1, 4, 5])


@check("faults")
def deadlock_rolls_back(client):
    """an armed 1205 takes the whole transaction, 1222 only the statement"""
    table(client, "taken")
    connection = client.connect()
    client.run(connection, "INSERT INTO taken VALUES (1, 1)")
    arm(client, "@error = 1205, @statement = N'INSERT INTO taken'")
    client.fails(1205, client.run, connection, "INSERT INTO taken VALUES (2, 2)")
    client.forgiving_rollback(connection)
    equal(content(client, "taken"), [])
    client.run(connection, "INSERT INTO taken VALUES (3, 3)")
    arm(client, "@error = 1222, @statement = N'INSERT INTO taken'")
    client.fails(1222, client.run, connection, "INSERT INTO taken VALUES (4, 4)")
    connection.commit()
    equal(content(client, "taken"), [(3, 3)])


@check("faults")
def at_commit(client):
    """a commit that fails is not done"""
    table(client, "uncommitted")
    for number in (1205, 40197, 40613):
        connection = client.connect()
        client.run(connection, "INSERT INTO uncommitted VALUES (1, 1)")
        arm(client, f"@error = {number}, @moment = 'commit'")
        client.fails(number, connection.commit)
        client.forgiving_rollback(connection)
        connection.close()
        equal(content(client, "uncommitted"), [], number)


@check("faults")
def lost_commit(client):
    """a commit whose answer is lost is done, and the client sees the connection end"""
    table(client, "unanswered")
    for number, action in enumerate(("reset", "close")):
        connection = client.connect()
        client.run(connection, f"INSERT INTO unanswered VALUES ({number}, 0)")
        arm(client, f"@action = '{action}', @moment = 'after commit'")
        client.breaks(connection.commit)
        equal(len(content(client, "unanswered")), number + 1, action)


@check("faults")
def connection_ends(client):
    """a connection that is reset or closed is an error, and its transaction is rolled back"""
    table(client, "gone")
    for action in ("reset", "close"):
        connection = client.connect()
        client.run(connection, "INSERT INTO gone VALUES (1, 1)")
        arm(client, f"@action = '{action}', @statement = N'INSERT INTO gone'")
        client.breaks(client.run, connection, "INSERT INTO gone VALUES (2, 2)")
        equal(content(client, "gone"), [], action)


@check("faults")
def bulk_fault(client):
    """a bulk load that is struck after some rows fails, and leaves none of them"""
    table(client, "bulked")
    rows = [(n, n) for n in range(3000)]
    for options, number in (
        ("@error = 1205, @rows = 100", 1205), ("@error = 8115, @rows = 2999", 8115), ("@error = 40197", 40197),
        ("@error = 1205, @rows = 3000", 1205), ("@error = 8115, @rows = 5000", 8115),
        ("@action = 'reset', @rows = 100", 0), ("@action = 'close', @rows = 2000", 0),
    ):
        connection = client.connect(autocommit=True)
        arm(client, f"{options}, @statement = N'INSERT BULK'")
        client.fails(number, client.load, connection, "bulked", [("id", "int"), ("v", "int")], rows)
        disarm(client)
        equal(len(content(client, "bulked")), 0, options)
    client.load(client.connect(autocommit=True), "bulked", [("id", "int"), ("v", "int")], rows)
    equal(content(client, "bulked"), rows)


@check("failover")
def failover(client):
    """a failover ends connections, refuses logins, is read-only for a while, and loses only what was not committed"""
    table(client, "survived", rows=1)
    open_one, caller = client.connect(), client.connect(autocommit=True)
    client.run(open_one, "INSERT INTO survived VALUES (2, 2)")
    client.breaks(client.run, caller, "EXEC sp_proofload_failover @refuse_ms = 700, @read_only_ms = 1500")
    started = time.monotonic()
    client.fails((0, 596), client.run, open_one, "INSERT INTO survived VALUES (3, 3)")
    client.fails(client.refusal(40613), client.connect)
    while True:
        try:
            connection = client.connect(autocommit=True)
            break
        except client.errors as error:
            require(client.number(error) in client.refusal(40613), error)
            require(time.monotonic() - started < 10, "logins are refused for ever")
            time.sleep(0.05)
    require(time.monotonic() - started >= 0.5, "logins were let in too early")
    equal(client.query(connection, "SELECT id FROM survived"), [(1,)])
    client.fails(3906, client.run, connection, "INSERT INTO survived VALUES (4, 4)")
    while True:
        try:
            client.run(connection, "INSERT INTO survived VALUES (5, 5)")
            break
        except client.errors as error:
            equal(client.number(error), 3906)
            require(time.monotonic() - started < 10, "it stays read-only")
            time.sleep(0.05)
    equal(content(client, "survived"), [(1, 0), (5, 5)])
