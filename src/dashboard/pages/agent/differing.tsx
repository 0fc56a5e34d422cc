import type { ReactNode } from 'react'
import { formatCount, formatRate } from '../../../format.ts'
import type { Region } from '../../charts/heat-cells.ts'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import styles from './agent.module.css'
import type { AgentPart } from './part.ts'
import { regionDifferences, type RegionDifference } from './region-differences.ts'

const FIELDS_ASKED = 28

/** The fields in which the executions of a region differ from all others of the page. */
export function Differing({
  part,
  region,
  inside,
}: {
  part: AgentPart
  region: Region
  inside: readonly string[]
}): ReactNode {
  const differences = useQuestion('getDifferences', {
    where: part.where,
    q: part.q,
    a: inside,
    aFrom: region.from,
    aTo: region.to,
    limit: FIELDS_ASKED,
  })
  return (
    <Answered question={differences} what="the differences">
      {(reply) => (
        <>
          <p className={styles['note']}>
            {formatCount(reply.a.count)} executions in the region,{' '}
            {formatCount(reply.b.count - reply.a.count)} elsewhere in the window.
          </p>
          <Fields differences={regionDifferences(reply)} />
        </>
      )}
    </Answered>
  )
}

function Fields({ differences }: { differences: readonly RegionDifference[] }): ReactNode {
  if (differences.length === 0) return <p>Nothing else differs beyond chance.</p>
  return (
    <table className={styles['differences']}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Value</th>
          <th scope="col">In the region</th>
          <th scope="col">Elsewhere</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ field, label, values }) =>
          values.map(({ value, text, here, elsewhere }, index) => (
            <tr key={`${field} ${value}`}>
              <td>{index === 0 ? label : ''}</td>
              <td className="untrusted">{text}</td>
              <td>
                <Share share={here} of="here" />
              </td>
              <td>
                <Share share={elsewhere} of="elsewhere" />
              </td>
            </tr>
          )),
        )}
      </tbody>
    </table>
  )
}

function Share({ share, of }: { share: number; of: 'here' | 'elsewhere' }): ReactNode {
  return (
    <span className={styles['share']}>
      <i data-of={of} style={{ width: `${share * 100}px` }} />
      {formatRate(share)}
    </span>
  )
}
