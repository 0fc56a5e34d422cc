/**
 * Which of ClickHouse's settings a client may send. `settings.tsv` has one reviewed line for each setting of the engine:
 * name, verdict, and for some a ceiling. A setting that has no line is unknown here, also one a newer engine brings.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedStatement } from './refusal.ts'

/**
 * `passed`: the engine gets it. `limited`: the engine gets it, never above its bound. `ignored`: accepted and dropped,
 * since it means nothing to one engine in one process. `closed`: refused, for it reaches files, the network, storage,
 * threads or other dialects.
 */
const VERDICTS = ['passed', 'limited', 'ignored', 'closed'] as const
export type SettingVerdict = (typeof VERDICTS)[number]

interface Rule {
  verdict: SettingVerdict
  /** What a client may lower and not lift; null where only the lane of the statement bounds it, or nothing. */
  ceiling: number | null
}

const RULES: ReadonlyMap<string, Rule> = readRules()

function readRules(): Map<string, Rule> {
  const text = readFileSync(join(import.meta.dirname, 'settings.tsv'), 'utf8')
  return new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [name = '', word, ceiling] = line.split('\t')
        const verdict = VERDICTS.find((known) => known === word)
        if (verdict === undefined) throw new Error(`settings.tsv: no such verdict: ${line}`)
        return [name, { verdict, ceiling: ceiling === undefined ? null : Number(ceiling) }]
      }),
  )
}

/**
 * What becomes of the setting `name`, wherever it stands.
 * @throws {RefusedStatement} code 115 for an unknown setting, 452 for a closed one
 */
export function judgeSetting(name: string): Exclude<SettingVerdict, 'closed'> {
  const verdict = RULES.get(name)?.verdict
  if (verdict === undefined)
    throw new RefusedStatement(
      115,
      `Setting ${name} is neither a builtin setting nor started with the prefix 'SQL_' registered for user-defined settings`,
    )
  if (verdict === 'closed')
    throw new RefusedStatement(452, `Setting ${name} should not be changed: it is closed to clients here`)
  return verdict
}

/** Whether the engine has a setting of this name. */
export function isSetting(name: string): boolean {
  return RULES.has(name)
}

/** Every name of the table with its verdict. */
export function settingVerdicts(): ReadonlyMap<string, SettingVerdict> {
  return new Map([...RULES].map(([name, { verdict }]) => [name, verdict]))
}

/**
 * The table as the engine's own constraints, a file of `users_config`: the engine refuses closed settings and values
 * above a ceiling also where a statement sets them, and `system.settings` shows clients what they may change.
 */
export function settingConstraints(): string {
  const constraints = [...RULES].flatMap(([name, { ceiling, verdict }]) => {
    if (verdict === 'closed') return [`<${name}><readonly/></${name}>`]
    return ceiling === null ? [] : [`<${name}><max>${ceiling}</max></${name}>`]
  })
  return `<clickhouse>
  <profiles><default><constraints>
    ${constraints.join('\n    ')}
  </constraints></default></profiles>
  <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default/></quotas>
</clickhouse>
`
}

/**
 * The value the engine gets for a setting a client asked for: of limits the lower of what is asked, the ceiling and
 * `bound`. In ClickHouse 0 lifts a limit; here it asks for the bound.
 * @throws {RefusedStatement} code 72 for a limit that is no number
 */
export function settleSetting(name: string, asked: string, bound: string | undefined): string {
  const bounds = [RULES.get(name)?.ceiling ?? 0, Number(bound ?? 0)].filter((limit) => limit > 0)
  const lowest = Math.min(...bounds)
  if (bounds.length === 0 || /^auto\b/u.test(asked)) return asked
  const value = readNumber(asked)
  if (value === null) throw new RefusedStatement(72, `Cannot parse ${JSON.stringify(asked)} as a limit`)
  return value === 0 || value > lowest ? String(lowest) : asked
}

const UNITS: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4, P: 5 }

/** A number as ClickHouse reads it, `1.5`, `1e6`, `10M` or `1Gi`; null for anything else, negative ones too. */
function readNumber(text: string): number | null {
  const groups = /^\+?(?<digits>\d{1,20}(?:\.\d{0,20})?(?:e\d{1,2})?)(?<unit>[KMGTP]?)(?<binary>i?)$/u.exec(
    text,
  )?.groups
  if (groups === undefined) return null
  const base = groups['binary'] === 'i' ? 1024 : 1000
  return Number(groups['digits']) * base ** (UNITS[groups['unit'] ?? ''] ?? 0)
}
