// Drives clickhouse-go over HTTP; prints a JSON array of each step's name and what it got.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

const types = `SELECT toInt64(-9223372036854775808), toUInt64(18446744073709551615), toDecimal64('1.2345', 4),
 toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC'), toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'), toIPv4('1.2.3.4'), [1, 2],
 map('a', 1), CAST(NULL AS Nullable(Int8)), toLowCardinality('low'), CAST('b' AS Enum8('a' = 1, 'b' = 2)), true`
const heavy = "SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))"

func step(name string, value any) {
	line, err := json.Marshal([]any{name, value})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func codeOf(err error) any {
	var exception *clickhouse.Exception
	if errors.As(err, &exception) {
		return exception.Code
	}
	return fmt.Sprint(err)
}

func open(user, password string, method clickhouse.CompressionMethod) *sql.DB {
	where, err := url.Parse(os.Args[1])
	must(err)
	return clickhouse.OpenDB(&clickhouse.Options{
		Addr:        []string{where.Host},
		Protocol:    clickhouse.HTTP,
		Auth:        clickhouse.Auth{Database: "exectrail", Username: user, Password: password},
		Compression: &clickhouse.Compression{Method: method},
	})
}

func main() {
	for name, method := range map[string]clickhouse.CompressionMethod{
		"none": clickhouse.CompressionNone, "lz4": clickhouse.CompressionLZ4, "zstd": clickhouse.CompressionZSTD,
		"gzip": clickhouse.CompressionGZIP, "deflate": clickhouse.CompressionDeflate, "br": clickhouse.CompressionBrotli,
	} {
		db := open(os.Args[2], os.Args[3], method)
		step("inserted "+name, insert(db, "by_go_"+name))
		must(db.Close())
	}
	db := open(os.Args[2], os.Args[3], clickhouse.CompressionLZ4)
	must(db.Ping())
	step("types", selectTypes(db))
	var text string
	must(db.QueryRow("SELECT {text:String}", clickhouse.Named("text", "it's")).Scan(&text))
	step("parameters", text)
	step("streamed", countRows(db, "SELECT number FROM numbers(1000000)"))
	step("error", codeOf(db.QueryRow("SELECT nope").Scan(&text)))
	settings := clickhouse.Context(context.Background(), clickhouse.WithSettings(clickhouse.Settings{"session_timezone": "Asia/Tokyo"}))
	must(db.QueryRowContext(settings, "SELECT getSetting('session_timezone') SETTINGS max_threads = 1").Scan(&text))
	step("setting", text)
	short, stop := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer stop()
	started := time.Now()
	err := db.QueryRowContext(short, heavy+" SETTINGS max_execution_time = 2").Scan(&text)
	step("cancelled", errors.Is(err, context.DeadlineExceeded) && time.Since(started) < 2*time.Second)
	step("cancelled in the engine", endsWithinASecond(db))
	step("columns", names(db, "SELECT name FROM system.columns WHERE database = currentDatabase() AND table = 'by_go_lz4' ORDER BY position"))
	grafana(open(os.Args[4], os.Args[5], clickhouse.CompressionGZIP))
}

// Whether a query whose context is cancelled is gone from the engine a second later.
func endsWithinASecond(db *sql.DB) bool {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(500*time.Millisecond, cancel)
	var count uint64
	err := db.QueryRowContext(ctx, heavy).Scan(&count)
	for began := time.Now(); time.Since(began) < time.Second; time.Sleep(20 * time.Millisecond) {
		must(db.QueryRow("SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%system.proc%'").Scan(&count))
		if count == 0 {
			return errors.Is(err, context.Canceled)
		}
	}
	return false
}

// What Grafana's datasource does: gzip, a reader, settings of its own, a SETTINGS clause, its queries for metadata.
func grafana(db *sql.DB) {
	must(db.Ping())
	ctx := clickhouse.Context(context.Background(), clickhouse.WithSettings(clickhouse.Settings{"limit": 3, "max_execution_time": 60}))
	rows, err := db.QueryContext(ctx, "SELECT number FROM numbers(10) SETTINGS max_threads = 1, max_execution_time = 10.5")
	must(err)
	count := 0
	for rows.Next() {
		count++
	}
	must(rows.Err())
	step("grafana limit", count)
	step("grafana tables", len(names(db, "SELECT name FROM system.tables WHERE database = 'exectrail' AND name = 'code_exec_logs'")))
	var text string
	step("grafana writes", codeOf(db.QueryRow("DROP TABLE by_go_lz4").Scan(&text)))
}

func insert(db *sql.DB, table string) any {
	_, err := db.Exec("CREATE TABLE " + table + " (id UInt64, text String, time DateTime64(6, 'UTC'), maybe Nullable(Int32), tags Array(String)) ENGINE = MergeTree ORDER BY id")
	must(err)
	batch, err := db.Begin()
	must(err)
	statement, err := batch.Prepare("INSERT INTO " + table)
	must(err)
	for n := range 1000 {
		_, err := statement.Exec(uint64(n), fmt.Sprint("it's ", n), time.Now(), (*int32)(nil), []string{"a", "b"})
		must(err)
	}
	must(batch.Commit())
	var count, sum uint64
	must(db.QueryRow("SELECT count(), sum(id) FROM "+table).Scan(&count, &sum))
	return []uint64{count, sum}
}

func selectTypes(db *sql.DB) []string {
	values := make([]any, 12)
	targets := make([]any, len(values))
	for index := range values {
		targets[index] = &values[index]
	}
	must(db.QueryRow(types).Scan(targets...))
	texts := make([]string, len(values))
	for index, value := range values {
		texts[index] = fmt.Sprint(value)
	}
	return texts
}

func countRows(db *sql.DB, query string) int {
	rows, err := db.Query(query)
	must(err)
	count := 0
	for rows.Next() {
		var number uint64
		must(rows.Scan(&number))
		count++
	}
	must(rows.Err())
	return count
}

func names(db *sql.DB, query string) []string {
	rows, err := db.Query(query)
	must(err)
	found := []string{}
	for rows.Next() {
		var name string
		must(rows.Scan(&name))
		found = append(found, name)
	}
	must(rows.Err())
	return found
}
