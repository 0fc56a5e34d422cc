/** The words of a notification, by the templates of its channel. */
import type { NotificationContent } from '../notification.ts'

/** A notification as text, and where it leads. */
export interface Message {
  /** The same at each attempt. */
  id: string
  content: NotificationContent
  title: string
  body: string
  /** Page of the alert; null where the installation does not know its address. */
  alertUrl: string | null
  /** The executions that it is about. */
  executionsUrl: string | null
}

/** Names that a template may have between double braces. */
export const TEMPLATE_NAMES = [
  'ruleName',
  'description',
  'state',
  'severity',
  'group',
  'value',
  'reason',
  'firedAt',
  'from',
  'to',
  'organization',
  'alertUrl',
  'executionsUrl',
] as const
type TemplateName = (typeof TEMPLATE_NAMES)[number]

const TITLE = '[{{state}}] {{ruleName}}{{group}}'
const BODY = '{{reason}}'
const STATES: Readonly<Record<NotificationContent['kind'], string>> = {
  firing: 'firing',
  reminder: 'still firing',
  resolved: 'resolved',
  test: 'test',
}

/**
 * Fills the templates of a channel.
 * @param publicUrl of the dashboard, without trailing slash; null: no links
 */
export function toMessage(
  id: string,
  content: NotificationContent,
  { title = TITLE, body = BODY }: { title?: string | undefined; body?: string | undefined },
  publicUrl: string | null,
): Message {
  const links = {
    alertUrl: publicUrl === null ? null : `${publicUrl}${alertPath(content)}`,
    executionsUrl: publicUrl === null ? null : `${publicUrl}${executionsPath(content)}`,
  }
  const values: Readonly<Record<TemplateName, string>> = {
    ruleName: content.ruleName,
    description: content.description ?? '',
    state: content.kind === 'firing' ? content.severity : STATES[content.kind],
    severity: content.severity,
    group: describeGroup(content.group),
    value: content.value === null ? 'none' : String(content.value),
    reason: content.reason,
    firedAt: content.firedAt,
    from: content.window.from,
    to: content.window.to,
    organization: content.organizationId ?? 'all',
    alertUrl: links.alertUrl ?? '',
    executionsUrl: links.executionsUrl ?? '',
  }
  return { id, content, title: fill(title, values), body: fill(body, values), ...links }
}

/** Names that a template has and should not. */
export function unknownNames(template: string): string[] {
  const known: ReadonlySet<string> = new Set(TEMPLATE_NAMES)
  return [...template.matchAll(/\{\{\s*(\w+)\s*\}\}/gu)].flatMap(([, name = '']) =>
    known.has(name) ? [] : [name],
  )
}

/** Values are put in once; what they look like is text. */
function fill(template: string, values: Readonly<Record<TemplateName, string>>): string {
  const named = new Map<string, string>(Object.entries(values))
  return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/gu, (all, name: string) => named.get(name) ?? all)
}

function describeGroup(group: NotificationContent['group']): string {
  const parts = Object.entries(group).map(([field, value]) => `${field}=${value ?? '(none)'}`)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

function alertPath({ ruleId }: NotificationContent): string {
  return `/alerts?rule=${encodeURIComponent(ruleId)}`
}

/** The list of executions of the window, with the rule's conditions. */
export function executionsPath({
  where,
  q,
  window,
}: Pick<NotificationContent, 'where' | 'q' | 'window'>): string {
  const query = new URLSearchParams({ from: window.from, to: window.to })
  for (const condition of where) query.append('where', condition)
  if (q !== null) query.set('q', q)
  return `/executions?${query.toString()}`
}
