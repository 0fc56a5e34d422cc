import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Drives clickhouse-jdbc with its defaults; prints a JSON array of each step's name and what it got. */
public class Smoke {
  static final String TYPES =
      "SELECT toInt64(-9223372036854775808), toUInt64(18446744073709551615), toDecimal64('1.2345', 4),"
          + " toDateTime64('2026-01-02 03:04:05.678', 3, 'UTC'), toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0'),"
          + " map('a', 1), CAST(NULL AS Nullable(Int8)), toLowCardinality('low'), CAST('b' AS Enum8('a' = 1, 'b' = 2)), true";
  static final String HEAVY = "SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))";

  public static void main(String[] arguments) throws Exception {
    for (String options : new String[] {"", "compress=0", "decompress=1", "client.use_http_compression=true"}) {
      try (Connection connection = open(arguments, 1, options)) {
        insert(connection, "by_jdbc_" + options.replaceAll("\\W", "_"));
        step("inserted " + options, rows(connection, "SELECT count(), sum(id) FROM by_jdbc_" + options.replaceAll("\\W", "_")));
        step("error " + options, codeOf(connection, "SELECT nope"));
      }
    }
    try (Connection connection = open(arguments, 1, "")) {
      step("version", connection.getMetaData().getDatabaseProductVersion());
      step("types", rows(connection, TYPES));
      try (PreparedStatement statement = connection.prepareStatement("SELECT ?, ?")) {
        statement.setString(1, "it's");
        statement.setInt(2, 7);
        step("parameters", rowsOf(statement.executeQuery()));
      }
      try (Statement statement = connection.createStatement()) {
        int count = 0;
        ResultSet found = statement.executeQuery("SELECT number FROM numbers(1000000)");
        while (found.next()) count++;
        step("streamed", count);
      }
      step("error", codeOf(connection, "SELECT nope"));
      step("denied", codeOf(connection, "SELECT * FROM file('/etc/passwd')"));
      step("clause", rows(connection, "SELECT number FROM numbers(9) SETTINGS limit = 2, max_threads = 1"));
      try (Statement statement = connection.createStatement()) {
        statement.setMaxRows(5);
        step("max rows", rowsOf(statement.executeQuery("SELECT number FROM numbers(100)")).size());
        statement.setQueryTimeout(1);
        long started = System.currentTimeMillis();
        try {
          statement.executeQuery(HEAVY + " SETTINGS max_execution_time = 2");
          step("cancelled", false);
        } catch (SQLException error) {
          step("cancelled", System.currentTimeMillis() - started < 3000);
        }
      }
      step("cancel()", cancel(connection));
      step("tables", column(connection.getMetaData().getTables(null, "exectrail", "code\\_exec\\_logs", null), "TABLE_NAME"));
      step("columns", column(connection.getMetaData().getColumns(null, "exectrail", "by_jdbc_", "%"), "COLUMN_NAME"));
    }
    try (Connection connection = open(arguments, 3, "")) {
      step("reader", rows(connection, "SELECT count() FROM by_jdbc_"));
      step("reader writes", codeOf(connection, "DROP TABLE by_jdbc_"));
    }
  }

  /** Whether a statement that another thread cancels ends within a second, here and in the engine. */
  static boolean cancel(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      long[] cancelled = new long[1];
      Thread thread = new Thread(() -> {
        try {
          Thread.sleep(1000);
          cancelled[0] = System.currentTimeMillis();
          statement.cancel();
        } catch (Exception error) {
          cancelled[0] = 0;
        }
      });
      thread.start();
      int code = 0;
      try {
        statement.executeQuery(HEAVY);
      } catch (SQLException error) {
        code = error.getErrorCode();
      }
      long took = System.currentTimeMillis() - cancelled[0];
      thread.join();
      String left = rows(connection, "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%system.proc%'").get(0).get(0);
      return code == 394 && took < 1000 && left.equals("0");
    }
  }

  static Connection open(String[] arguments, int user, String options) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", arguments[user]);
    properties.setProperty("password", arguments[user + 1]);
    return DriverManager.getConnection("jdbc:ch:" + arguments[0] + "/exectrail?" + options, properties);
  }

  static void insert(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE " + table + " (id UInt64, text String, time DateTime64(6, 'UTC')) ENGINE = MergeTree ORDER BY id");
    }
    try (PreparedStatement statement = connection.prepareStatement("INSERT INTO " + table + " (id, text, time) VALUES (?, ?, ?)")) {
      for (int n = 0; n < 1000; n++) {
        statement.setLong(1, n);
        statement.setString(2, "it's " + n);
        statement.setObject(3, LocalDateTime.of(2026, 1, 1, 0, 0));
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  static List<List<String>> rows(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return rowsOf(statement.executeQuery(query));
    }
  }

  static List<List<String>> rowsOf(ResultSet found) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    while (found.next()) {
      List<String> row = new ArrayList<>();
      for (int n = 1; n <= found.getMetaData().getColumnCount(); n++) row.add(String.valueOf(found.getObject(n)));
      rows.add(row);
    }
    return rows;
  }

  static List<String> column(ResultSet found, String name) throws SQLException {
    List<String> values = new ArrayList<>();
    while (found.next()) values.add(found.getString(name));
    return values;
  }

  static int codeOf(Connection connection, String query) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(query);
      return 0;
    } catch (SQLException error) {
      return error.getErrorCode();
    }
  }

  static void step(String name, Object value) {
    System.out.println("[" + json(name) + "," + json(value) + "]");
  }

  static String json(Object value) {
    if (value instanceof Number || value instanceof Boolean) return value.toString();
    if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Smoke::json).toList()) + "]";
    return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
