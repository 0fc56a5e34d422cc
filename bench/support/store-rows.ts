/**
 * Rows of `code_exec_logs` as a busy installation has them, made by the engine from their number: the same number gives
 * the same row. They come in the order of their start.
 *
 * One organization has half of all rows, one agent of it a tenth; organizations, agents and users follow Zipf's law. Rows
 * come in daily waves over twelve months. 3 % fail, most of them in bursts. A tenth has code, input, output and result of
 * 1 to 5 KB.
 */

/** A part of the rows: those from number `first` on. */
export interface Part {
  first: number
  count: number
  /** All rows of the twelve months. */
  total: number
  /** End of the twelve months, ms since the epoch. */
  endMs: number
}

export const LARGE_ORGANIZATION = 'org-000'
export const LARGE_AGENT = 'agent-000'
export const DAYS = 365

const DAY_NS = 86_400_000_000_000
const random = (salt: string): string => `(cityHash64(number, '${salt}') / 18446744073709551616.)`
const hash = (of: string, salt: string, modulus: number): string =>
  `cityHash64(${of}, '${salt}') % ${modulus}`
/** Zipf's law with exponent 1 over 1 to `n`. */
const zipf = (n: string, salt: string): string => `toUInt32(floor(exp(${random(salt)} * log(${n}))))`
const oneOf = (values: readonly string[], index: string): string =>
  `[${values.map((value) => `'${value}'`).join(', ')}][${index} % ${values.length} + 1]`

const LINES = [
  'import json, math, statistics',
  'from collections import defaultdict',
  'def load_rows(path):',
  '    with open(path, encoding="utf-8") as source:',
  '        return [json.loads(line) for line in source]',
  'totals = defaultdict(float)',
  'for row in input["rows"]:',
  '    totals[row["customer"]] += row["amount"] * rates[row["currency"]]',
  '    if row["amount"] > threshold: flagged.append(row["id"])',
  'print(f"customer {name}: {total:.2f} over {count} orders")',
  'result = {"mean": statistics.mean(values), "max": max(values)}',
  '    raise ValueError(f"no rate for {currency} on {day}")',
]

/** `count` lines of text that differ by `seed`, as code and logs do. */
function textOf(seed: string, count: string): string {
  const line = `concat(${oneOf(LINES, `cityHash64(${seed}, i)`)}, ' # ', toString(cityHash64(i, ${seed}) % 100000))`
  return `arrayStringConcat(arrayMap(i -> ${line}, range(toUInt32(${count}))), '\\n')`
}

const HEX = "lower(leftPad(hex(toUInt64(intDiv(started_ns, 1000000))), 12, '0'))"
const ID_HASH = "lower(hex(sipHash128(number, 'id')))"

/** Who and when. */
const WHO = `SELECT number,
    ((number + ${random('time')}) / {total:UInt64}) * ${DAYS} AS at_day, at_day - floor(at_day) AS of_day,
    toInt64({endMs:UInt64}) * 1000000 - ${DAYS} * ${DAY_NS}
      + toInt64((floor(at_day) + of_day + 0.7 * sin(2 * pi() * of_day) / (2 * pi())) * ${DAY_NS}) AS started_ns,
    if(cityHash64(number, 'org') % 2 = 0, 0, ${zipf('49', 'organization')}) AS organization,
    concat('org-', leftPad(toString(organization), 3, '0')) AS organization_id,
    multiIf(organization > 0, ${zipf('40', 'agent')}, ${hash('number', 'large', 5)} = 0, 0, ${zipf('400', 'agent')}) AS agent,
    concat('agent-', leftPad(toString(agent), 3, '0')) AS code_agent_id,
    cityHash64(organization, agent) AS own,
    intDiv(started_ns, 3600000000000) AS hour, ${hash('own, hour', 'burst', 50)} = 0 AS in_burst,
    ${random('fails')} < if(in_burst, 0.8, 0.0145) AS failed,
    cityHash64(own, if(in_burst, hour % 200, ${hash('number', 'kind', 3)}), 'error') AS error,
    ${hash('number', 'body', 10)} = 0 AS has_body, cityHash64(own, ${hash('number', 'code', 20)}) AS program
  FROM numbers({first:UInt64}, {count:UInt64})`

/** The values of columns, in an order that lets one use those before. */
const VALUES: Readonly<Record<string, string>> = {
  execution_id: `concat(substring(${HEX}, 1, 8), '-', substring(${HEX}, 9, 4), '-7', substring(${ID_HASH}, 1, 3), '-8',
    substring(${ID_HASH}, 4, 3), '-', substring(${ID_HASH}, 7, 12))`,
  organization_id: 'organization_id',
  workspace_id: `concat('w', toString(${hash('number', 'workspace', 4)}))`,
  user_id: `concat('user-', toString(${zipf('5000', 'user')}))`,
  code_agent_id: 'code_agent_id',
  code_agent_version: "concat('1.', toString(intDiv(hour - own % 700, 700)))",
  workflow_execution_id: `if(${hash('number', 'workflow', 10)} < 3, concat('wf-', organization_id, '-', toString(intDiv(number, 40))), NULL)`,
  node_id: `if(workflow_execution_id IS NULL, NULL, concat('node-', toString(${hash('number', 'node', 8)})))`,
  attempt: `if(${hash('number', 'attempt', 50)} = 0, 2, 1)`,
  runtime: `if(${hash('number', 'runtime', 10)} = 0, ${oneOf(['vm2', 'wasmedge', 'e2b'], 'own')}, ${oneOf(['subprocess', 'subprocess', 'vm2', 'bacalhau'], 'own')})`,
  language: oneOf(['python', 'python', 'javascript', 'typescript', 'bash'], 'own'),
  isolation: "'namespace'",
  outcome: `if(failed, ${oneOf([...Array<string>(7).fill('failure'), 'timeout', 'limit', 'error'], 'error')}, 'success')`,
  success: 'NOT failed',
  exit_code: "multiIf(NOT failed, 0, outcome = 'failure', 1, NULL)",
  error_type:
    "multiIf(NOT failed, NULL, outcome = 'failure', 'exception', outcome = 'limit', 'memory_limit', outcome = 'error', 'runtime_error', 'timeout')",
  error_message:
    "if(failed, concat('ValueError: no rate for ', toString(error % 1000), ' on day ', toString(number % 365)), NULL)",
  error_stack: `if(failed, concat('Traceback (most recent call last)\\n', ${textOf('error', 'if(failed, 6, 0)')}), NULL)`,
  error_fingerprint: "if(failed, lower(leftPad(hex(error), 16, '0')), NULL)",
  validation_passed: `if(${hash('number', 'validation', 3)} = 0, NOT failed, NULL)`,
  duration_ms: `round(exp(3 + own % 5 + 0.8 * sqrt(-2 * log(1 - ${random('normal')})) * cos(2 * pi() * ${random('angle')})), 3)`,
  queue_ms: `round(0.1 + 20 * pow(${random('queue')}, 8), 3)`,
  startup_ms: `round(8 + 40 * pow(${random('startup')}, 3), 3)`,
  cpu_ms: 'round(duration_ms * 0.6, 3)',
  memory_peak_bytes: `toUInt64(20000000 + own % 300000000 * (0.8 + 0.4 * ${random('memory')}))`,
  memory_source: "'cgroup'",
  limit_timeout_ms: '30000',
  limit_memory_bytes: '536870912',
  tokens_used: 'input_tokens + output_tokens',
  input_tokens: `500 + ${hash('number', 'input', 4000)}`,
  output_tokens: `100 + ${hash('number', 'output', 1500)}`,
  model: oneOf(['model-large', 'model-small', 'model-small', 'model-fast'], 'own'),
  cost_run_nano_usd: 'toInt64(duration_ms * 25)',
  cost_allocated_nano_usd: 'toInt64(duration_ms * 40)',
  cost_tokens_nano_usd: 'toInt64(tokens_used) * 3000',
  price_id: "'2026-01'",
  code_sha256: 'lower(hex(SHA256(toString(program))))',
  code_bytes: '400 + program % 3000',
  code: `if(has_body, ${textOf('program', 'if(has_body, 8 + program % 50, 0)')}, NULL)`,
  input: `if(has_body, concat('{"rows":[', toString(number), ',', toString(cityHash64(number)), '],"day":"2026-01-01"}'), NULL)`,
  stdout: textOf('number', 'if(has_body, 4 + number % 20, 0)'),
  stderr: "if(failed AND has_body, assumeNotNull(error_stack), '')",
  stdout_bytes: 'if(has_body, length(stdout), 120)',
  stderr_bytes: 'length(stderr)',
  result: `if(has_body AND NOT failed, concat('{"mean":', toString(number % 977), ',"max":', toString(number % 5003), '}'), NULL)`,
  started_at: "fromUnixTimestamp64Nano(started_ns, 'UTC')",
  timestamp:
    "fromUnixTimestamp64Nano(started_ns + toInt64((queue_ms + startup_ms + duration_ms) * 1000000), 'UTC')",
  executor_id: "concat('executor-', toString(number % 12))",
  record_version: '2',
  inserted_at:
    "fromUnixTimestamp64Milli(toInt64(intDiv(started_ns, 1000000) + toInt64(duration_ms) + 1500), 'UTC')",
  trace_id: "lower(hex(sipHash128(number, 'trace')))",
  span_id: "lower(hex(cityHash64(number, 'span')))",
}

/** The columns that have values. */
export const COLUMNS: readonly string[] = Object.keys(VALUES)

/** The statement that selects the rows of a part. */
export function rowsOf(part: Part): { sql: string; parameters: Record<string, number> } {
  const values = Object.entries(VALUES).map(([name, sql]) => (sql === name ? name : `${sql} AS ${name}`))
  return { sql: `SELECT ${values.join(',\n  ')}\nFROM (${WHO})`, parameters: { ...part } }
}
