/**
 * Which of ClickHouse's settings a client may send. `settings.tsv` has one reviewed line for each setting of the engine:
 * name, policy, and for some a maximum. A setting without a line is unknown here, also one of a newer engine.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { RefusedStatement } from './refusal.ts'

/**
 * `passed`: the engine gets it. `limited`: the engine gets it, up to a maximum. `served`: the endpoint itself does what it
 * says. `ignored`: accepted without effect, because there is one engine in one process; the response names it. `closed`:
 * refused, because it reaches files, the network, storage, threads or other dialects.
 */
const POLICIES = ['passed', 'limited', 'served', 'ignored', 'closed'] as const
export type SettingPolicy = (typeof POLICIES)[number]

interface Rule {
  policy: SettingPolicy
  /** A client may set less, not more. Null when only the pool of the statement limits it, or nothing does. */
  max: number | null
}

const RULES: ReadonlyMap<string, Rule> = readRules()

function readRules(): Map<string, Rule> {
  const text = readFileSync(join(import.meta.dirname, 'settings.tsv'), 'utf8')
  return new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [name = '', word, max] = line.split('\t')
        const policy = POLICIES.find((known) => known === word)
        if (policy === undefined) throw new Error(`settings.tsv: no such policy: ${line}`)
        return [name, { policy, max: max === undefined ? null : Number(max) }]
      }),
  )
}

/**
 * How the setting `name` is handled, in a request or a statement.
 * @throws {RefusedStatement} code 115 for an unknown setting, 452 for a closed one, 180 for an unknown profile
 */
export function checkSetting(name: string, value: string): Exclude<SettingPolicy, 'closed'> {
  if (name === 'profile' && value !== 'default' && value !== 'DEFAULT')
    throw new RefusedStatement(
      180,
      `There is no profile ${JSON.stringify(value)}: here all users have default`,
    )
  const policy = RULES.get(name)?.policy
  if (policy === undefined)
    throw new RefusedStatement(
      115,
      `Setting ${name} is neither a builtin setting nor started with the prefix 'SQL_' registered for user-defined settings`,
    )
  if (policy === 'closed')
    throw new RefusedStatement(452, `Setting ${name} should not be changed: it is closed to clients here`)
  return policy
}

/** Whether the engine has a setting of this name. */
export function isSetting(name: string): boolean {
  return RULES.has(name)
}

export function settingPolicies(): ReadonlyMap<string, SettingPolicy> {
  return new Map([...RULES].map(([name, { policy }]) => [name, policy]))
}

/**
 * The table as the engine's constraints, a file of `users_config`. The engine then also refuses closed settings and values
 * above a maximum in a statement, and `system.settings` shows clients what they may change. `rowPolicies` are those of its user.
 */
export function settingConstraints(rowPolicies: string): string {
  const constraints = [...RULES].flatMap(([name, { max, policy }]) => {
    if (policy === 'closed') return [`<${name}><readonly/></${name}>`]
    return max === null ? [] : [`<${name}><max>${max}</max></${name}>`]
  })
  return `<clickhouse>
  <profiles><default><constraints>
    ${constraints.join('\n    ')}
  </constraints></default></profiles>
  <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>${rowPolicies}</default></users>
  <quotas><default/></quotas>
</clickhouse>
`
}

/**
 * The value that the engine gets for a requested setting. A limit is the lowest of the requested value, its maximum and
 * `poolLimit`. In ClickHouse 0 removes a limit; here it selects the lowest.
 * @throws {RefusedStatement} code 72 for a limit that is not a number
 */
export function clampSetting(name: string, requested: string, poolLimit: string | undefined): string {
  const bounds = [RULES.get(name)?.max ?? 0, Number(poolLimit ?? 0)].filter((limit) => limit > 0)
  const lowest = Math.min(...bounds)
  if (bounds.length === 0 || /^auto\b/u.test(requested)) return requested
  const value = readNumber(requested)
  if (value === null) throw new RefusedStatement(72, `Cannot parse ${JSON.stringify(requested)} as a limit`)
  return value === 0 || value > lowest ? String(lowest) : requested
}

const UNITS: Readonly<Record<string, number>> = { '': 0, K: 1, M: 2, G: 3, T: 4, P: 5 }

/** A non-negative number in ClickHouse's notation: `1.5`, `1e6`, `10M` or `1Gi`; null for other text. */
function readNumber(text: string): number | null {
  const groups = /^\+?(?<digits>\d{1,20}(?:\.\d{0,20})?(?:e\d{1,2})?)(?<unit>[KMGTP]?)(?<binary>i?)$/u.exec(
    text,
  )?.groups
  if (groups === undefined) return null
  const base = groups['binary'] === 'i' ? 1024 : 1000
  return Number(groups['digits']) * base ** (UNITS[groups['unit'] ?? ''] ?? 0)
}
