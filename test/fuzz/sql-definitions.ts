/** Statements at random that define or write something. */
import fc from 'fast-check'
import { joined, quote, type Reach, type Text } from './sql-pieces.ts'

/** What only writers may try. */
export function definitions(
  word: Text,
  expression: Text,
  { name, table }: { name: Text; table: Text },
  { out, file, url }: Reach,
): Text {
  const own = word.map(quote)
  return fc.oneof(
    joined('CREATE OR REPLACE TABLE made ENGINE = Memory AS SELECT ', own, ' AS w, ', expression, ' AS e'),
    joined('CREATE OR REPLACE VIEW seen AS SELECT ', own, ' AS w, ', expression, ' AS e'),
    joined('CREATE TABLE IF NOT EXISTS made2 (a String DEFAULT ', expression, ') ENGINE = Memory'),
    joined(
      'CREATE OR REPLACE TABLE made (a String) ENGINE = ',
      fc.constantFrom(
        `File(CSV, ${quote(out)})`,
        `URL(${quote(url)}, CSV)`,
        'Distributed(a, b, c)',
        `SQLite(${quote(out)})`,
        'Memory',
      ),
    ),
    joined(
      'CREATE OR REPLACE ',
      fc.constantFrom('FUNCTION', 'DICTIONARY', 'NAMED COLLECTION'),
      ' made AS (x) -> ',
      expression,
    ),
    fc.constant(
      `CREATE OR REPLACE DICTIONARY made (a String) PRIMARY KEY a SOURCE(HTTP(URL ${quote(url)} FORMAT 'CSV')) LAYOUT(FLAT()) LIFETIME(1)`,
    ),
    fc.constant(
      `CREATE OR REPLACE DICTIONARY made (a String) PRIMARY KEY a SOURCE(FILE(PATH ${quote(file)} FORMAT 'CSV')) LAYOUT(FLAT()) LIFETIME(1)`,
    ),
    joined('INSERT INTO kept SELECT toString(', expression, '), 1'),
    joined('INSERT INTO FUNCTION ', table, ' SELECT 1'),
    joined('INSERT INTO kept VALUES (', expression, ', 1)'),
    joined('ALTER TABLE kept UPDATE b = ', expression, ' WHERE 0'),
    joined('SELECT ', own, ` INTO OUTFILE ${quote(out)} FORMAT CSV`),
    joined('SELECT * FROM seen'),
    joined('SELECT ', name, ' FROM made'),
  )
}
