/** Runs each example in a sandbox and compares what it returns. */
import { isExectrailError } from '../../errors.ts'
import type { ExecutionResult, RuntimeName } from '../../execution.ts'
import { canonicalJson, findJsonIssues } from '../canonical-json.ts'
import type { AgentDefinition } from '../definition.ts'
import { runForCheck, type CheckRun } from './check-run.ts'
import { finding, type Finding } from './finding.ts'
import { readyRuntimes } from './runtimes.ts'

/** ms one example may take, whatever the definition allows. */
export const EXAMPLE_MAX_MS = 30_000
const EXAMPLE_DEFAULT_MS = 10_000
/** Examples that run at the same time. */
const PARALLEL = 2
/** Characters of JSON; no output of an example is longer, so a longer result differs. */
const COMPARED_MAX = 1_048_576
const SHOWN_MAX = 120

type Example = AgentDefinition['examples'][number]

/** One run: an example by its place, on a runtime. */
interface Trial {
  at: number
  example: Example
  runtime: RuntimeName
}

/** All on the first runtime that is ready, and the first on each of the others. */
export async function checkExamples(definition: AgentDefinition, run: CheckRun): Promise<Finding[]> {
  const [first, ...others] = readyRuntimes(definition, run)
  const trials = definition.examples.flatMap((example, at): Trial[] => {
    const on = [...(first === undefined ? [] : [first]), ...(at === 0 ? others : [])]
    return on.map((runtime) => ({ at, example, runtime }))
  })
  const found: Finding[][] = []
  const next = trials.entries()
  const work = async (): Promise<void> => {
    for (const [index, trial] of next) found[index] = await runTrial(trial, definition, run)
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return found.flat()
}

async function runTrial(trial: Trial, definition: AgentDefinition, run: CheckRun): Promise<Finding[]> {
  const { at, example, runtime } = trial
  const place = { check: 'examples', severity: 'error', path: `examples.${at}` } as const
  const name = `${example.name} on ${runtime}`
  try {
    const problem = run.signal.aborted ? null : problemOf(await execute(trial, definition, run), example)
    if (run.signal.aborted) return [finding({ ...place, message: `${name}: ${LATE}`, hint: LATE_HINT })]
    return problem === null ? [] : [finding({ ...place, message: `${name}: ${problem}`, hint: HINT })]
  } catch (error) {
    if (!isExectrailError(error)) throw error
    const hint = error.hint ?? 'Publish it again later.'
    return [finding({ ...place, message: `${name}: not run: ${error.message}`, hint })]
  }
}

const LATE = 'not run to its end, because all checks together took too long'
const LATE_HINT = 'Give fewer or faster examples.'
const HINT = 'Correct the code or the example: run it with the same input to see its output.'

function execute(
  { example, runtime }: Trial,
  definition: AgentDefinition,
  run: CheckRun,
): Promise<ExecutionResult> {
  const { language, code, files, limits, network, policy, inputSchema, outputSchema } = definition
  const timeoutMs = Math.min(limits?.timeoutMs ?? EXAMPLE_DEFAULT_MS, EXAMPLE_MAX_MS)
  return runForCheck(run, {
    runtime,
    language,
    code,
    files,
    network,
    policy,
    inputSchema,
    outputSchema,
    limits: { ...limits, timeoutMs },
    ...(example.input !== undefined && { input: example.input }),
  })
}

/** What is wrong with a run of the example, or null. */
function problemOf(result: ExecutionResult, { output }: Example): string | null {
  const { outcome, errorType, errorMessage } = result
  if (outcome !== 'success') return `${outcome} (${errorType}): ${errorMessage}`
  if (output === undefined) return null
  const expected = canonicalJson(output)
  const text = result.resultText ?? 'null'
  if (text.length > COMPARED_MAX || findJsonIssues(result.result).length > 0)
    return `returned more than can be compared, expected ${shown(expected)}`
  const returned = canonicalJson(result.result)
  return returned === expected ? null : `returned ${shown(returned)}, expected ${shown(expected)}`
}

function shown(json: string): string {
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}…` : json
}
