/** Statements of many shapes, most of which try to reach a file, the network or another answer. */
import fc from 'fast-check'
import { definitions } from './sql-definitions.ts'
import { joined, quote, type Reach, type Text } from './sql-pieces.ts'

export interface FuzzedStatement {
  who: 'full' | 'caller' | 'read'
  sql: string
  format: string
  search: Record<string, string>
  method: 'POST' | 'GET'
}

const WRITTEN = {
  plain: (name: string) => name,
  upper: (name: string) => name.toUpperCase(),
  quoted: (name: string) => `\`${name}\``,
  double: (name: string) => `"${name}"`,
}

function callsOf({ file, functions, out, tableFunctions, url }: Reach): {
  value: Text
  table: Text
  name: Text
} {
  const name = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...functions) },
    { weight: 1, arbitrary: fc.constant('file') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('file', 'url', 'dictGet', 'hasColumnInTable', 'joinGet', 'getSetting'),
    },
  )
  const written = fc
    .tuple(name, fc.constantFrom<(keyof typeof WRITTEN)[]>('plain', 'upper', 'quoted', 'double'))
    .map(([text, how]) => WRITTEN[how](text))
  const argument = fc.constantFrom(
    quote(file),
    quote(url),
    quote(out),
    quote(`${file}*`),
    "'LineAsString'",
    "'default'",
    "'a String'",
    quote(`a String, b String ALIAS file(${quote(file)})`),
    quote(`a String DEFAULT file(${quote(file)})`),
    'number',
    '1',
    '-1',
    '[1, 2]',
    "('a', 1)",
    'NULL',
    '*',
    'x -> x',
    'file',
  )
  // What reads a file if it may, beside arguments of any kind.
  const aimed = fc.constantFrom(
    quote(file),
    `${quote(file)}, 'LineAsString'`,
    `${quote(url)}, 'LineAsString'`,
  )
  const drawn = fc.array(argument, { maxLength: 4 }).map((all) => all.join(', '))
  const list = fc.oneof(aimed, drawn)
  const table = fc.oneof(
    joined(fc.constantFrom('file', 'url', ...tableFunctions), '(', list, ')'),
    joined(fc.constantFrom('file', 'url'), '(', aimed, ')'),
    joined(
      fc.constantFrom('values', 'format', 'view', 'numbers', 'generateRandom', 'null', 'input'),
      '(',
      list,
      ')',
    ),
    fc.constantFrom(
      `default.\`${file}\``,
      `\`default\`."${file}"`,
      'system.one',
      'kept',
      'system.tables',
      'numbers(5)',
    ),
  )
  const value = fc.oneof(
    joined(written, '(', list, ')'),
    joined(written, '(1)(', list, ')'),
    joined('arrayMap(', written, `, [${quote(file)}])`),
    joined('arrayMap(x -> ', written, `(x), [${quote(file)}, ${quote(url)}])`),
    joined('arrayReduce(', name.map(quote), `, [${quote(file)}])`),
    joined('(SELECT * APPLY ', written, ` FROM (SELECT ${quote(file)}))`),
    joined('(SELECT * APPLY(x -> ', written, `(x)) FROM (SELECT ${quote(file)}))`),
    joined(
      '(SELECT any(b) FROM values(',
      written.map((call) => quote(`a String, b String ALIAS ${call}(a)`)),
      `, ${quote(file)}))`,
    ),
    joined('(SELECT count() FROM ', table, ')'),
    joined('(', argument, ' IN (SELECT 1 FROM ', table, '))'),
  )
  return { value, table, name: written }
}

/** An expression with others around it. */
function nested(value: Text): Text {
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      value,
      joined('toString(', tie('expression'), ')'),
      joined('if(1, ', tie('expression'), ", '')"),
      joined('[', tie('expression'), '][1]'),
      joined("map('k', ", tie('expression'), ")['k']"),
      joined('(SELECT ', tie('expression'), ')'),
      joined('(WITH ', tie('expression'), ' AS q SELECT q)'),
      joined('(WITH q AS (SELECT ', tie('expression'), ' AS c) SELECT any(c) FROM q)'),
      joined('(SELECT any(c) FROM view(SELECT ', tie('expression'), ' AS c))'),
      joined('CAST(', tie('expression'), ' AS Nullable(String))'),
      joined('arrayMap(x -> ', tie('expression'), ', [1])[1]'),
      joined('CASE WHEN 1 THEN ', tie('expression'), " ELSE 'x' END"),
      joined("/* ' */ ", tie('expression'), " -- '\n"),
    ),
  }))
  return expression
}

/** Questions with a word of their own in the answer. */
function questions(word: Text, expression: Text, { name, table }: { name: Text; table: Text }): Text {
  const own = word.map(quote)
  return fc.oneof(
    joined('SELECT ', own, ', ', expression),
    joined('SELECT ', own, ' AS ', name, ', ', expression, ' AS b'),
    joined('SELECT ', own, ', * FROM ', table),
    joined('SELECT ', own, ', a.* FROM ', table, ' AS ', name, ' CROSS JOIN kept AS a'),
    joined('SELECT ', own, ', a FROM kept WHERE ', expression, " != ''"),
    joined('SELECT ', own, ' FROM kept GROUP BY ', expression, ' ORDER BY ', expression),
    joined('SELECT ', own, ', sum(b) OVER (ORDER BY ', expression, ') FROM kept'),
    joined('WITH ', expression, ' AS q SELECT ', own, ', q UNION ALL SELECT ', own, ', q'),
    joined('FROM kept SELECT ', own, ', ', expression, ' SETTINGS max_threads = 1, readonly = 0'),
    joined('(SELECT ', own, ', ', expression, ') EXCEPT (SELECT 1, 2)'),
    joined(
      'SELECT ',
      own,
      ', number FROM numbers(200000) WHERE NOT throwIf(number = ',
      fc.nat(199_999).map(String),
      ')',
    ),
    joined('SELECT ', own, ", number, repeat('x', 50) FROM numbers(", fc.nat(300_000).map(String), ')'),
    joined('DESCRIBE (SELECT ', own, ' AS w, ', expression, ' AS e)'),
    joined('DESCRIBE TABLE ', table),
    joined('EXISTS TABLE ', table),
    joined('SHOW CREATE TABLE ', table),
    joined(
      'SHOW ',
      fc.constantFrom(
        'TABLES',
        'DATABASES',
        'COLUMNS FROM kept',
        "SETTINGS LIKE 'max%'",
        'FUNCTIONS',
        'GRANTS',
        'ACCESS',
      ),
    ),
    joined(
      'EXPLAIN ',
      fc.constantFrom('', 'AST ', 'SYNTAX ', 'QUERY TREE ', 'PIPELINE ', 'ESTIMATE '),
      'SELECT ',
      own,
      ', ',
      expression,
    ),
    joined('SELECT * FROM (EXPLAIN SELECT ', own, ', ', expression, ')'),
  )
}

/** A statement of any of these shapes that has `word` in its answer, if it has one. */
export function statements(reach: Reach, word: Text): fc.Arbitrary<FuzzedStatement> {
  const { name, table, value } = callsOf(reach)
  const expression = nested(value)
  const question = questions(word, expression, { name, table })
  const definition = definitions(word, expression, { name, table }, reach)
  return fc.record({
    who: fc.constantFrom('full', 'caller', 'read'),
    sql: fc.oneof({ weight: 5, arbitrary: question }, { weight: 1, arbitrary: definition }),
    format: fc.constantFrom(...reach.formats),
    search: fc.constantFrom<Record<string, string>[]>(
      {},
      { max_result_rows: '100' },
      { max_threads: '1' },
      { max_block_size: '10' },
      { max_memory_usage: '20000000' },
      { wait_end_of_query: '0' },
      { readonly: '1' },
    ),
    method: fc.constantFrom('POST', 'POST', 'POST', 'GET'),
  })
}
