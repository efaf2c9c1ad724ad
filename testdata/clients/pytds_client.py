"""python-tds, a client in Python alone: see checks.py."""

import re

import pytds
from pytds import tds_types
from pytds.tds_base import Column

import checks
from checks import check, equal

TYPES = {
    "bit": tds_types.BitType, "tinyint": tds_types.TinyIntType, "smallint": tds_types.SmallIntType,
    "int": tds_types.IntType, "bigint": tds_types.BigIntType, "decimal": tds_types.DecimalType,
    "numeric": tds_types.DecimalType, "money": tds_types.MoneyType, "smallmoney": tds_types.SmallMoneyType,
    "float": tds_types.FloatType, "real": tds_types.RealType, "datetime": tds_types.DateTimeType,
    "smalldatetime": tds_types.SmallDateTimeType, "date": tds_types.DateType, "time": tds_types.TimeType,
    "datetime2": tds_types.DateTime2Type, "datetimeoffset": tds_types.DateTimeOffsetType,
    "char": tds_types.CharType, "varchar": tds_types.VarCharType, "varchar(max)": tds_types.VarCharMaxType,
    "nchar": tds_types.NCharType, "nvarchar": tds_types.NVarCharType, "nvarchar(max)": tds_types.NVarCharMaxType,
    "text": tds_types.TextType, "ntext": tds_types.NTextType, "binary": tds_types.BinaryType,
    "varbinary": tds_types.VarBinaryType, "varbinary(max)": tds_types.VarBinaryMaxType,
    "image": tds_types.ImageType, "uniqueidentifier": tds_types.UniqueIdentifierType, "xml": tds_types.XmlType,
}


def column_type(declaration):
    # Its binary cannot be loaded in bulk, and the server fills up a varbinary.
    declaration = declaration.replace("binary(4)", "varbinary(4)")
    if declaration in TYPES:
        return TYPES[declaration]()
    name, *numbers = re.findall(r"\w+", declaration)
    return TYPES[name](*map(int, numbers))


class PythonTDS(checks.Client):
    errors = (pytds.Error, pytds.tds_base.ClosedConnectionError, OSError, EOFError)
    variants = [7, "x", None]
    # It sends these without the table's name that belongs to their types.
    bulk_omits = ("text", "ntext", "image")

    def connect(self, autocommit=False, **changes):
        settings = {
            "dsn": self.host, "port": self.port, "user": "sa", "password": self.password,
            "database": self.database, "autocommit": autocommit, "disable_connect_retry": True, "timeout": 20,
        }
        return pytds.connect(**(settings | changes))

    def number(self, error):
        return getattr(error, "msg_no", 0)

    def refusal(self, *numbers):
        # Of several errors it shows the last one's number, which is the login's, and all words.
        return (*numbers, 18456)

    def words(self, error):
        return str(error)

    def drain(self, cursor):
        while True:
            if cursor.description:
                cursor.fetchall()
            if not cursor.nextset():
                return

    def read(self, declaration, value):
        return value

    def parameter(self, declaration, value):
        if isinstance(value, bytes):
            return pytds.Binary(value)
        return value

    def null(self, declaration):
        # A NULL without a type is an nvarchar, which is not for every column.
        if declaration.startswith(("binary", "varbinary", "image")):
            return Column(type=tds_types.VarBinaryMaxType(), value=None)
        return None

    def forgiving_rollback(self, connection):
        connection.rollback()

    def load(self, connection, table, columns, rows):
        definitions = [
            Column(name, type=column_type(declaration), flags=Column.fNullable) for name, declaration in columns]
        connection.cursor().copy_to(data=rows, table_or_view=table, columns=definitions)


@check("queries")
def output_parameters(client):
    """output parameters come back"""
    connection = client.connect()
    cursor = connection.cursor()
    values = cursor.callproc(
        "sp_executesql",
        ["SET @b = @a * 2; SET @c = N'out'", "@a int, @b int OUTPUT, @c nvarchar(20) OUTPUT", 21,
         pytds.output(param_type="int"), pytds.output(param_type="nvarchar(20)")])
    equal(list(values)[-2:], [42, "out"])


@check("errors")
def details(client):
    """an error has its severity, state and line"""
    connection = client.connect(autocommit=True)
    error = client.fails(50000, client.run, connection, "\n\nRAISERROR(N'x', 16, 7)")
    equal((error.severity, error.state), (16, 7))


@check("queries")
def versions(client):
    """TDS 7.1 to 7.4 are all spoken, packets of any size"""
    for version in (pytds.tds_base.TDS71, pytds.tds_base.TDS72, pytds.tds_base.TDS73A, pytds.tds_base.TDS74):
        for size in (512, 4096, 32767):
            connection = client.connect(tds_version=version, blocksize=size)
            text = "x\u00e9" * 1900
            equal(client.query(connection, "SELECT %s, 5", text), [(text, 5)])
            connection.close()


if __name__ == "__main__":
    checks.main(PythonTDS)
