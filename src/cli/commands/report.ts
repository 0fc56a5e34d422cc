/** `exectrail report`: the verdict on the last day against the week before, from the running service. */
import { loadConfig } from '../../config.ts'
import { formatCount, formatRate, formatTime } from '../../format.ts'
import type { Finding, HealthReport, Verdict, WorseAgent } from '../../service/health-figures.ts'
import { escapeControls, escapeLine, toJson } from '../escape-controls.ts'
import { toFilterQuery, type FilterOptions } from '../filter-options.ts'
import { findService } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'

export interface ReportOptions extends FilterOptions {
  json?: true
}

const MESSAGE_MAX = 80
const VALUE_MAX = 40
const EXIT_CODES: Readonly<Record<Verdict, number>> = {
  broken: 1,
  degraded: 1,
  watch: 0,
  healthy: 0,
  quiet: 0,
}

/** Prints the report. Resolves to 1 where the verdict is `broken` or `degraded`. */
export async function report(options: ReportOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const found = await service.get<HealthReport>('/v1/health-report', toFilterQuery(options, Date.now()))
  if (options.json) await terminal.data(toJson(found))
  else await terminal.data(renderReport(found, terminal))
  if (!options.json && found.verdict === 'quiet')
    terminal.say('Look further back with --since 7d, or run some: exectrail run hello.py --agent <agent>')
  return EXIT_CODES[found.verdict]
}

function renderReport(found: HealthReport, terminal: Terminal): string {
  const { verdict, summary, window, baseline, findings, worseAgents } = found
  const days = Math.round((Date.parse(baseline.to) - Date.parse(baseline.from)) / 86_400_000)
  const heading = terminal.paint('bold', `${verdict}: ${escapeControls(summary)}`, 'stdout')
  const compared = `${formatTime(window.from)} to ${formatTime(window.to)} UTC, compared with the ${days} days before`
  return [
    heading,
    compared,
    '',
    ...findings.map((finding) => renderFinding(finding, terminal)),
    ...worseAgents.flatMap((agent) => explainAgent(agent, terminal)),
    ...nextCommands(found, days),
  ].join('\n')
}

const MARKS = {
  bad: ['red', '✖'],
  warning: ['yellow', '!'],
  good: ['green', '✔'],
  unknown: ['dim', '·'],
} as const

function renderFinding({ severity, text }: Finding, terminal: Terminal): string {
  const [style, mark] = MARKS[severity]
  return `${terminal.paint(style, mark, 'stdout')} ${escapeControls(text).replaceAll('\n', ' ')}`
}

function explainAgent({ agentId, errors, differences }: WorseAgent, terminal: Terminal): string[] {
  return [
    '',
    terminal.paint('bold', `why ${nameOf(agentId)}`, 'stdout'),
    ...errors.map(
      ({ count, isNew, message, executionIds }) =>
        `  ${formatCount(count)} × ${isNew ? 'new: ' : ''}${escapeLine(message, MESSAGE_MAX)}  ${executionIds[0] ?? ''}`,
    ),
    ...differences.flatMap(({ field, values }) => {
      const [value] = values
      if (value === undefined) return []
      const shown = escapeLine(value.value ?? '(none)', VALUE_MAX)
      return [`  ${field} ${shown}: ${formatRate(value.shareA)} now, ${formatRate(value.shareB)} before`]
    }),
  ]
}

function nameOf(agentId: string | null): string {
  return agentId === null ? '(no agent)' : escapeLine(agentId, VALUE_MAX)
}

/** The commands that lead on. */
function nextCommands({ worseAgents, newErrors, verdict, window }: HealthReport, days: number): string[] {
  if (verdict === 'broken') return ['', 'next: exectrail doctor']
  const hours = Math.max(1, Math.round((Date.parse(window.to) - Date.parse(window.from)) / 3_600_000))
  const agentId = worseAgents.find((agent) => agent.agentId !== null)?.agentId
  if (agentId === undefined || agentId === null)
    return newErrors.length > 0 ? ['', `next: exectrail errors --since ${hours}h --order firstSeen`] : []
  const which = `--agent ${quote(agentId)} --since ${hours}h`
  return ['', `next: exectrail errors ${which}`, `      exectrail compare ${which} --before ${days}d`]
}

/** As one word for a shell. */
function quote(text: string): string {
  return /^[\w.:@/-]+$/u.test(text) ? text : `'${escapeControls(text).replaceAll("'", String.raw`'\''`)}'`
}
