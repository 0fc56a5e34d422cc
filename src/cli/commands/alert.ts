/** `exectrail alert`: alerts of the running service. */
import type { AlertEvaluation, AlertSilence, AlertView } from '../../client/alerts.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatTime } from '../../format.ts'
import { spanMs } from '../../service/window.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface AlertOptions {
  org?: string
  json?: true
}

const REASON_MAX = 90

/** Prints the alerts, the newest first. */
export async function listAlerts(
  options: AlertOptions & { phase?: string; limit: string },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const query = { organization: options.org, phase: options.phase, limit: options.limit }
  const found = await service.get<{ data: AlertView[] }>('/v1/alerts', query)
  if (options.json) await terminal.data(toJson(found))
  else if (found.data.length === 0) terminal.say(noAlerts(options.phase))
  else
    await terminal.data(
      renderTable(
        ['state', 'since', 'rule', 'group', 'reason', 'id'].map((title) =>
          title === 'reason' ? { title, max: REASON_MAX } : { title },
        ),
        found.data.map((alert) => [
          describe(alert),
          formatTime(alert.since),
          alert.ruleName,
          Object.values(alert.group).join(', '),
          alert.reason,
          alert.id,
        ]),
      ),
    )
  return 0
}

function noAlerts(phase: string | undefined): string {
  if (phase !== undefined) return `No alerts are ${phase}; \`exectrail alert list\` shows all.`
  return 'No alerts yet. `exectrail alert export` shows the rules, `exectrail alert apply -f FILE` adds some.'
}

function describe({ phase, severity, acknowledgedBy, isNotified }: AlertView): string {
  if (phase !== 'firing') return phase
  const notes = [
    ...(acknowledgedBy === null ? [] : ['acknowledged']),
    ...(isNotified ? [] : ['not notified']),
  ]
  return [severity, ...notes].join(', ')
}

/** Acknowledges or ends an alert. */
export async function decideAlert(
  id: string,
  as: 'acknowledge' | 'resolve',
  options: AlertOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const path = `/v1/alerts/${encodeURIComponent(id)}/${as}`
  const alert = await service.post<AlertView>(path, {}, { query: { organization: options.org } })
  if (options.json) await terminal.data(toJson(alert))
  else
    terminal.say(
      escapeControls(`Alert of ${alert.ruleName} is ${as === 'resolve' ? 'resolved' : 'acknowledged'}.`),
    )
  return 0
}

/** Prints the windows of a rule that were evaluated. */
export async function ruleHistory(
  id: string,
  options: AlertOptions & { state?: string; limit: string },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const query = { organization: options.org, state: options.state, limit: options.limit }
  const path = `/v1/alerts/rules/${encodeURIComponent(id)}/evaluations`
  const found = await service.get<{ data: AlertEvaluation[] }>(path, query)
  if (options.json) await terminal.data(toJson(found))
  else
    await terminal.data(
      renderTable(
        [{ title: 'window until' }, { title: 'state' }, { title: 'why', max: REASON_MAX }],
        found.data.map(({ windowEnd, state, reason }) => [formatTime(windowEnd), state, reason]),
      ),
    )
  return 0
}

/** Silences alerts for a span. */
export async function silence(
  options: AlertOptions & { for: string; rule?: string; match?: readonly string[]; comment?: string },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const body = {
    ruleId: options.rule,
    matches: Object.fromEntries((options.match ?? []).map(parseMatch)),
    comment: options.comment ?? '',
    endsAt: new Date(Date.now() + spanMs(options.for, 'for')).toISOString(),
  }
  const made = await service.post<AlertSilence>('/v1/alerts/silences', body, {
    query: { organization: options.org },
  })
  if (options.json) await terminal.data(toJson(made))
  else terminal.say(`Silent until ${formatTime(made.endsAt)}: ${made.id}.`)
  return 0
}

function parseMatch(text: string): [string, string | null] {
  const [name = '', ...rest] = text.split('=')
  if (rest.length === 0)
    throw new InvalidRequestError([
      { path: 'match', message: `write field=value, not ${JSON.stringify(text)}` },
    ])
  return [name, rest.join('=') || null]
}
