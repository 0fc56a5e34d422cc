/** ClickHouse's `readonly`: with 1 and 2 a request only reads, and cannot change it. */
import { RefusedStatement } from './refusal.ts'

/** `0`: the request may write. */
export type ReadOnly = '0' | '1' | '2'

/**
 * The level of a request. `given` is that of its user and method; `asked` are the values of the URL.
 * @throws {RefusedStatement} code 164 when a request that only reads asks for another level, 72 for no level
 */
export function readOnlyOf(given: ReadOnly, asked: readonly string[]): ReadOnly {
  const levels = asked.map((value) => parseLevel(value))
  if (given === '0') return levels.find((level) => level !== '0') ?? '0'
  checkUnchanged(given, levels)
  return given
}

/**
 * Checks `readonly` in the SETTINGS of a statement.
 * @throws {RefusedStatement} code 164 when it changes that of a request which only reads, or writes though it says it reads
 */
export function checkReadOnly(
  level: ReadOnly,
  { kind, readOnly }: { kind: string; readOnly: readonly string[] },
): void {
  const asked = readOnly.map((value) => parseLevel(value))
  if (level !== '0') checkUnchanged(level, asked)
  else if (kind === 'write' && asked.some((value) => value !== '0'))
    throw new RefusedStatement(164, 'Cannot execute query in readonly mode')
}

function checkUnchanged(level: ReadOnly, asked: readonly ReadOnly[]): void {
  if (asked.some((value) => value !== level))
    throw new RefusedStatement(164, "Cannot modify 'readonly' setting in readonly mode")
}

function parseLevel(text: string): ReadOnly {
  if (text === '0' || text === '1' || text === '2') return text
  throw new RefusedStatement(
    72,
    `Cannot parse ${JSON.stringify(text.slice(0, 100))} as readonly: it is 0, 1 or 2`,
  )
}
