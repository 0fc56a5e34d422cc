/** Two records side by side: figures with their ratio, texts as a diff. */
import { useMemo, type ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { LongText } from '../../components/long-text.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { TableHead } from '../../components/table-head.tsx'
import type { Ended } from '../../data/execution.ts'
import { labelOf } from '../../format/fields.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './comparison.module.css'
import { BODIES, bodyOf, comparedFields, type Body, type FieldPair } from './differences.ts'
import { TextDiff } from './text-diff.tsx'

interface ComparisonProps {
  a: Ended
  b: Ended
  /** @default the differences alone */
  show: 'differences' | 'all'
}

export function Comparison({ a, b, show }: ComparisonProps): ReactNode {
  const fields = useMemo(() => comparedFields(a, b, show), [a, b, show])
  const bodies = BODIES.filter((name) => show === 'all' || bodyOf(a, name) !== bodyOf(b, name))
  return (
    <div className={styles['comparison']}>
      {fields.length === 0 && bodies.length === 0 && <p>The two records differ only in ids and times.</p>}
      {fields.length > 0 && <Fields fields={fields} />}
      {bodies.map((name) => (
        <BodyCard key={name} name={name} a={a} b={b} />
      ))}
    </div>
  )
}

function Fields({ fields }: { fields: readonly FieldPair[] }): ReactNode {
  return (
    <ScrolledTable label="Fields of the two records" className={styles['fields']}>
      <TableHead titles={['Field', 'A', 'B', 'B to A']} />
      <tbody>
        {fields.map(({ name, a, b, ratio, state }) => (
          <tr key={name} data-state={state}>
            <th scope="row">{labelOf(name)}</th>
            <td className="untrusted">
              <LongText text={visible(a)} max={300} />
            </td>
            <td className="untrusted">
              <LongText text={visible(b)} max={300} />
            </td>
            <td className={styles['ratio']}>{ratio}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function BodyCard({ name, a, b }: { name: Body; a: Ended; b: Ended }): ReactNode {
  const [left, right] = [bodyOf(a, name), bodyOf(b, name)]
  return (
    <Card title={labelOf(name)} note={left === right ? 'the same in both' : '− only in A, + only in B'}>
      <TextDiff label={labelOf(name)} a={left} b={right} />
    </Card>
  )
}
