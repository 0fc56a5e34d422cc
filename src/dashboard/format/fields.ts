/** Names and values of the record's fields as a reader sees them. */
import { formatBytes, formatCount, formatMs, formatUsd } from '../../format.ts'
import { FIELD_NAMES, fieldOf, type FieldName } from '../../record/record.ts'

/** A value of a field; undefined where a reply has no such field. */
export type FieldValue = string | number | boolean | null | undefined

/** Where the name in words would be clumsy. */
const LABELS: Readonly<Partial<Record<FieldName, string>>> = {
  executionId: 'Execution',
  codeAgentId: 'Agent',
  codeAgentVersion: 'Agent version',
  workflowExecutionId: 'Workflow run',
  nodeId: 'Node',
  organizationId: 'Organization',
  workspaceId: 'Workspace',
  userId: 'User',
  errorMessage: 'Error',
  durationMs: 'Duration',
  cpuMs: 'CPU',
  codeSha256: 'Code hash',
  startedAt: 'Started',
  timestamp: 'Ended',
  validationPassed: 'Validation',
  costRunNanoUsd: 'Cost of the run',
  costAllocatedNanoUsd: 'Cost allocated',
  costTokensNanoUsd: 'Cost of tokens',
}

/** `memoryPeakBytes` → Memory peak; the unit stands with the value. */
export function labelOf(name: FieldName): string {
  return LABELS[name] ?? inWords(name)
}

function inWords(name: string): string {
  const words = name
    .replace(/(?:Ms|Bytes|NanoUsd)$/u, '')
    .replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/ id$/u, ' id')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The unit in which a condition on the field is written; '' for none. */
export function unitOf(name: FieldName): string {
  const { unit, type } = fieldOf(name)
  return unit !== undefined && (type === 'integer' || type === 'double') && !unit.startsWith('≥') ? unit : ''
}

/** A value with its unit, on one line; times stay ISO 8601. */
export function formatValue(name: FieldName, value: FieldValue): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'number') return formatNumber(name, value)
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : toOneLine(value)
}

function formatNumber(name: FieldName, value: number): string {
  const { unit } = fieldOf(name)
  if (unit === 'ms') return formatMs(value)
  if (unit === 'bytes') return formatBytes(value)
  if (unit === '10⁻⁹ USD') return formatUsd(value)
  return unit === 'count' ? formatCount(value) : String(value)
}

/** Characters of a value that are shown on one line, at most. */
const LINE_MAX = 300

/** Untrusted text for one line: short, with control characters as their pictures. */
export function toOneLine(text: string, max: number = LINE_MAX): string {
  const shown = text.length > max ? `${text.slice(0, max).replace(/[\uD800-\uDBFF]$/u, '')}…` : text
  return shown.replaceAll(/\s+/gu, ' ').replaceAll(CONTROL, toPicture)
}

// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/gu

function toPicture(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code === 0x7f) return '␡'
  return code < 0x20 ? String.fromCodePoint(0x2400 + code) : '�'
}

export function isFieldName(name: string): name is FieldName {
  return FIELD_NAMES.some((known) => known === name)
}
