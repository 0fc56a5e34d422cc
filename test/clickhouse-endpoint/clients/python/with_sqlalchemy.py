"""Drives clickhouse-sqlalchemy with its defaults; prints a JSON array of each step's name and what it got."""

import datetime
import decimal
import json
import sys
from urllib.parse import urlsplit

from clickhouse_sqlalchemy import engines, types
from clickhouse_sqlalchemy.exceptions import DatabaseException
from sqlalchemy import Column, MetaData, Table, create_engine, func, inspect, select, text

url, user, password = sys.argv[1:4]
engine = create_engine(f"clickhouse+http://{user}:{password}@{urlsplit(url).netloc}/exectrail")


def step(name, value):
    print(json.dumps([name, value]), flush=True)


def ask(statement, **parameters):
    with engine.connect() as connection:
        return [list(row) for row in connection.execute(text(statement), parameters).fetchall()]


step("version", ask("SELECT version()")[0][0])
step(
    "types",
    [
        str(value)
        for value in ask(
            "SELECT toInt64(-9223372036854775808), toUInt64(18446744073709551615), toDecimal64('1.2345', 4),"
            " toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC'), CAST(NULL AS Nullable(Int8)), toLowCardinality('low'),"
            " toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')"
        )[0]
    ],
)
table = Table(
    "by_sqlalchemy",
    MetaData(),
    Column("id", types.UInt64, primary_key=True),
    Column("text", types.String),
    Column("amount", types.Decimal(18, 4)),
    Column("time", types.DateTime),
    engines.MergeTree(order_by=("id",)),
)
table.create(bind=engine)
rows = [
    {"id": n, "text": f"it's {n}", "amount": decimal.Decimal("1.5"), "time": datetime.datetime(2026, 1, 1)}
    for n in range(1000)
]
with engine.connect() as connection:
    connection.execute(table.insert(), rows)
    found = connection.execute(
        select(func.count(), func.sum(table.c.id), func.sum(table.c.amount)).where(table.c.text.like("it's%"))
    ).fetchone()
step("inserted", [str(value) for value in found])
step("parameters", ask("SELECT :text, :n", text="it's", n=7))
step("streamed", len(ask("SELECT number FROM numbers(100000)")))
step("clause", ask("SELECT number FROM numbers(9) SETTINGS limit = 2"))
try:
    ask("SELECT nope")
    step("error", None)
except DatabaseException as error:
    step("error", str(error.orig)[:9])
step("tables", "by_sqlalchemy" in inspect(engine).get_table_names())
step("columns", [column["name"] for column in inspect(engine).get_columns("by_sqlalchemy")])
step("reflected", "code_sha256" in Table("code_exec_logs", MetaData(), autoload_with=engine).columns)
