"""Drives clickhouse-connect with its defaults; prints a JSON array of each step's name and what it got."""

import datetime
import decimal
import gzip
import json
import sys
import time
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from clickhouse_connect.driver.external import ExternalData

url, user, password, reader, reader_password = sys.argv[1:6]
where = urlsplit(url)

TYPES = """SELECT toInt64(-9223372036854775808), toUInt64(18446744073709551615), toInt128('170141183460469231731687303715884105727'),
 toDecimal64('1.2345', 4), toDecimal256('12345678901234567890.123456789', 9), toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC'),
 toDate32('2100-01-02'), toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), toIPv4('1.2.3.4'), toIPv6('::1'), [1, 2], map('a', 1),
 (1, 'x'), CAST(NULL AS Nullable(Int8)), toLowCardinality('low'), CAST('b' AS Enum8('a' = 1, 'b' = 2)), true, toFixedString('ab', 2)"""
HEAVY = "SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))"


def connect(**options):
    options = {"username": user, "password": password, "database": "exectrail", **options}
    return clickhouse_connect.get_client(host=where.hostname, port=where.port, **options)


def step(name, value):
    print(json.dumps([name, value]), flush=True)


def code_of(ask):
    try:
        ask()
    except DatabaseError as error:
        return int(str(error).split("code: ")[1].split(",")[0])
    return None


client = connect()
step("version", client.server_version)
step("types", [str(value) for value in client.query(TYPES).result_rows[0]])

client.command(
    "CREATE TABLE by_connect (id UInt64, text String, amount Decimal(18, 4), time DateTime64(6, 'UTC'),"
    " maybe Nullable(Int32), tags Array(String)) ENGINE = MergeTree ORDER BY id"
)
rows = [
    [n, f"it's {n}", decimal.Decimal("1.5"), datetime.datetime(2026, 1, 1), None if n % 2 else n, ["a", "b"]]
    for n in range(1000)
]
inserted = {}
for method in ("lz4", "zstd", "gzip", False):
    client.command("TRUNCATE TABLE by_connect")
    connect(compress=method).insert("by_connect", rows)
    inserted[str(method)] = client.query("SELECT count(), sum(id), sum(amount) FROM by_connect").result_rows[0]
step("inserted", {method: [str(value) for value in row] for method, row in inserted.items()})
packed = gzip.compress(b"2000\ttext\n")
client.raw_insert("by_connect", insert_block=packed, column_names=["id", "text"], fmt="TSV", compression="gzip")
step("raw", client.command("SELECT text FROM by_connect WHERE id = 2000"))

step("parameters", client.query("SELECT {text:String}, {n:UInt8}", parameters={"text": "it's", "n": 7}).result_rows)
with client.query_row_block_stream("SELECT number FROM numbers(1000000)") as blocks:
    step("streamed", sum(len(block) for block in blocks))
step("error", code_of(lambda: client.query("SELECT nope")))
step("denied", code_of(lambda: client.query("SELECT * FROM file('/etc/passwd')")))
step("setting", client.query("SELECT getSetting('session_timezone')", settings={"session_timezone": "Asia/Tokyo"}).result_rows)
step("clause", client.query("SELECT number FROM numbers(9) SETTINGS limit = 2, max_threads = 1").result_rows)
started = time.monotonic()
step("timeout", code_of(lambda: client.query(HEAVY, settings={"max_execution_time": 1})))
step("seconds", round(time.monotonic() - started))
# A client that gives up closes its connection.
impatient = connect(send_receive_timeout=1, query_retries=0)
try:
    impatient.query(HEAVY)
    step("gave up", False)
except OperationalError:
    step("gave up", True)
gave_up = time.monotonic()
running = "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%system.proc%'"
while client.command(running) > 0 and time.monotonic() - gave_up < 5:
    time.sleep(0.02)
step("ended", time.monotonic() - gave_up < 1)
external = ExternalData(file_name="ext", fmt="CSV", structure=["n UInt32", "s String"], data=b'1,"a"\n2,"b"\n')
step("external", client.query("SELECT sum(n) FROM ext", external_data=external).result_rows)
step("tables", "by_connect" in [name for (name,) in client.query("SHOW TABLES").result_rows])
step("columns", [row[0] for row in client.query("DESCRIBE TABLE by_connect").result_rows])
as_reader = connect(username=reader, password=reader_password)
step("reader", as_reader.query("SELECT count() FROM by_connect").result_rows)
step("reader writes", code_of(lambda: as_reader.command("TRUNCATE TABLE by_connect")))
