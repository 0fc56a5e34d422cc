/** The versions of an agent beside each other, and two of them compared in words. */
import { Link, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import { Breakdown } from '../../components/breakdown.tsx'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { Answered } from '../../components/question.tsx'
import type { GroupRow } from '../../data/figures.ts'
import { useQuestion } from '../../data/queries.ts'
import { toOneLine } from '../../format/fields.ts'
import styles from './agent.module.css'
import type { AgentPart } from './part.ts'
import { comparedVersions } from './compared-versions.ts'
import { versionSentences } from './version-words.ts'
import { AddressNow, usePageSearch } from '../../search/page-address.ts'

export function Versions({ rows, ...part }: AgentPart & { rows: readonly GroupRow[] }): ReactNode {
  const { a, b } = usePageSearch()
  const names = rows.flatMap(({ value }) => (value === null ? [] : [value]))
  const compared = comparedVersions(names, a, b)
  return (
    <Card title="Versions" note={part.words}>
      <Breakdown title="Version" field="codeAgentVersion" rows={rows} where={part.where} />
      {compared !== null && <Compared part={part} names={names} {...compared} />}
    </Card>
  )
}

interface ComparedProps {
  part: AgentPart
  names: readonly string[]
  a: string
  b: string
}

function Compared({ part, names, a, b }: ComparedProps): ReactNode {
  return (
    <div className={styles['compared']}>
      <p className={styles['choice']}>
        <AddressNow>
          <VersionSelect label="How" side="b" shown={b} names={names} />
          <VersionSelect label="differs from" side="a" shown={a} names={names} />
        </AddressNow>
      </p>
      {canStandInPath(part.agentId) ? (
        <Comparison agentId={part.agentId} a={a} b={b} />
      ) : (
        <p className={styles['note']}>
          The service compares versions only of agents whose id can stand in a path; the table has their
          figures.
        </p>
      )}
    </div>
  )
}

function canStandInPath(agentId: string | null): agentId is string {
  return agentId !== null && agentId !== '' && agentId !== '.' && agentId !== '..'
}

function VersionSelect({
  label,
  side,
  shown,
  names,
}: {
  label: string
  side: 'a' | 'b'
  shown: string
  names: readonly string[]
}): ReactNode {
  const given = usePageSearch()[side]
  const chosen = names.find((name) => name === given) ?? shown
  const navigate = useNavigate()
  const choose = (version: string): void =>
    void navigate({
      to: '.',
      resetScroll: false,
      search: (now: Record<string, unknown>) => ({ ...now, [side]: version }),
    })
  return (
    <label className={controls['field']}>
      {label}
      <select className={controls['select']} value={chosen} onChange={({ target }) => choose(target.value)}>
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Comparison({ agentId, a, b }: { agentId: string; a: string; b: string }): ReactNode {
  const comparison = useQuestion('compareVersions', { id: agentId, a, b })
  return (
    <Answered question={comparison} what="the comparison">
      {(answer) => (
        <>
          <ul className={styles['sentences']}>
            {versionSentences(answer).map(({ text, tone }) => (
              <li key={text} data-tone={tone} className="untrusted">
                {text}
              </li>
            ))}
          </ul>
          <VersionErrors title={`Errors of ${b} alone`} errors={answer.newErrors} side="countB" />
          <VersionErrors title={`Errors of ${a} alone`} errors={answer.goneErrors} side="countA" />
        </>
      )}
    </Answered>
  )
}

const ERRORS_SHOWN = 4

function VersionErrors({
  title,
  errors,
  side,
}: {
  title: string
  errors: readonly { fingerprint: string; message: string; countA: number; countB: number }[]
  side: 'countA' | 'countB'
}): ReactNode {
  if (errors.length === 0) return null
  return (
    <>
      <h3 className="untrusted">{title}</h3>
      <ul className={styles['sentences']}>
        {errors.slice(0, ERRORS_SHOWN).map(({ fingerprint, message, [side]: count }) => (
          <li key={fingerprint}>
            {formatCount(count)}×{' '}
            <Link to="/errors/$id" params={{ id: fingerprint }} className="untrusted">
              {toOneLine(message)}
            </Link>
          </li>
        ))}
        {errors.length > ERRORS_SHOWN && <li>and {errors.length - ERRORS_SHOWN} more</li>}
      </ul>
    </>
  )
}
