/** Spans as a tree, in the order in which it is drawn: each span before its children, siblings by their start. */
import type { Span } from '../store/queries/spans.ts'

/** A span and its place in the tree. */
export interface TreeSpan extends Span {
  depth: number
  childCount: number
  /** From the begin of the tree, ms. */
  offsetMs: number
}

/**
 * Orders spans. One whose parent is not among them is a root; so is the first of spans that are each other's parents.
 * @param begin start of the time axis, ISO 8601
 */
export function toTree(spans: readonly Span[], begin: string): TreeSpan[] {
  const known = new Set(spans.map(keyOf))
  const children = Map.groupBy(spans, (span) => parentKey(span) ?? '')
  const hasParent = (span: Span): boolean => known.has(parentKey(span) ?? '')
  const seen = new Set<Span>()
  const ordered: TreeSpan[] = []
  const visit = (root: Span): void => {
    const open = [{ span: root, depth: 0 }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { span, depth } = next
      if (seen.has(span)) continue
      seen.add(span)
      const own = (children.get(keyOf(span)) ?? []).filter((child) => !seen.has(child))
      ordered.push({ ...span, depth, childCount: own.length, offsetMs: msBetween(begin, span.startedAt) })
      for (const child of own.toReversed()) open.push({ span: child, depth: depth + 1 })
    }
  }
  for (const span of spans) if (!hasParent(span)) visit(span)
  for (const span of spans) if (!seen.has(span)) visit(span)
  return ordered
}

function keyOf({ traceId, spanId }: Pick<Span, 'traceId' | 'spanId'>): string {
  return `${traceId} ${spanId}`
}

function parentKey({ traceId, parentSpanId }: Span): string | null {
  return parentSpanId === null ? null : `${traceId} ${parentSpanId}`
}

/** ms from one ISO 8601 time with up to nine fractional digits to another. */
export function msBetween(from: string, to: string): number {
  return secondsOf(to) - secondsOf(from) + (nanosOf(to) - nanosOf(from)) / 1e6
}

/** The whole seconds of a time, ms since the epoch. */
function secondsOf(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`)
}

function nanosOf(time: string): number {
  return Number((time.split('.')[1] ?? '').slice(0, -1).padEnd(9, '0'))
}
