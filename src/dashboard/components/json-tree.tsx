/** A JSON value as a tree that opens part by part, so that neither depth nor length costs before it is asked for. */
import { ChevronDown, ChevronRight } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import type { Json } from '../../execution.ts'
import { formatCount } from '../../format.ts'
import { visible } from '../format/visible-text.ts'
import controls from './controls.module.css'
import styles from './json-tree.module.css'
import { shapeOf, type Shape } from './json-values.ts'
import { LongText } from './long-text.tsx'

interface JsonTreeProps {
  /** What it is, such as "Result". */
  label: string
  value: Json
}

const STEP = 100
const TEXT_MAX = 500
/** Levels that are open from the start, where they are short. */
const OPEN_DEPTH = 2
const OPEN_ENTRIES = 50
/** Deeper levels are not indented further. */
const INDENT_MAX = 20

export function JsonTree({ label, value }: JsonTreeProps): ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable by keyboard
    <section className={styles['tree']} aria-label={label} tabIndex={0}>
      <Node value={value} depth={0} />
    </section>
  )
}

interface NodeProps {
  name?: string | undefined
  value: Json
  depth: number
}

function Node({ name, value, depth }: NodeProps): ReactNode {
  const shape = useMemo(() => shapeOf(value), [value])
  if (shape.kind === 'object' || shape.kind === 'array')
    return <Branch name={name} shape={shape} depth={depth} />
  return (
    <div className={styles['leaf']}>
      <Name name={name} />
      <span className={styles[shape.kind]}>
        {shape.kind === 'text' ? (
          <>
            “<LongText text={visible(shape.text)} max={TEXT_MAX} />”
          </>
        ) : (
          shape.text
        )}
      </span>
    </div>
  )
}

interface BranchProps {
  name: string | undefined
  shape: Extract<Shape, { kind: 'object' | 'array' }>
  depth: number
}

function Branch({ name, shape, depth }: BranchProps): ReactNode {
  const { length } = shape.entries
  const [open, setOpen] = useState(depth < OPEN_DEPTH && length <= OPEN_ENTRIES)
  const [count, setCount] = useState(STEP)
  const Icon = open ? ChevronDown : ChevronRight
  if (length === 0)
    return (
      <div className={styles['leaf']}>
        <Name name={name} />
        <span className={styles['count']}>{shape.kind === 'array' ? '[ ]' : '{ }'}</span>
      </div>
    )
  return (
    <div className={styles['branch']} data-indent={depth < INDENT_MAX ? '' : undefined}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon size={13} aria-hidden="true" />
        <Name name={name} />
        <span className={styles['count']}>
          {shape.kind === 'array' ? '[ ' : '{ '}
          {formatCount(length)} {nounOf(shape.kind, length)}
          {shape.kind === 'array' ? ' ]' : ' }'}
        </span>
      </button>
      {open && (
        <ul>
          {entriesOf(shape, count).map(([key, entry]) => (
            <li key={key}>
              <Node name={key} value={entry} depth={depth + 1} />
            </li>
          ))}
        </ul>
      )}
      {open && length > count && (
        <button type="button" className={controls['button']} onClick={() => setCount(count + STEP)}>
          Show {formatCount(Math.min(STEP, length - count))} of {formatCount(length - count)} more
        </button>
      )}
    </div>
  )
}

function Name({ name }: { name: string | undefined }): ReactNode {
  if (name === undefined) return null
  return (
    <span className={styles['name']}>
      <LongText text={visible(name)} max={TEXT_MAX} />:
    </span>
  )
}

function nounOf(kind: 'object' | 'array', count: number): string {
  if (kind === 'array') return count === 1 ? 'item' : 'items'
  return count === 1 ? 'member' : 'members'
}

function entriesOf(shape: BranchProps['shape'], count: number): (readonly [string, Json])[] {
  return shape.kind === 'object'
    ? shape.entries.slice(0, count)
    : shape.entries.slice(0, count).map((entry, index) => [String(index), entry] as const)
}
