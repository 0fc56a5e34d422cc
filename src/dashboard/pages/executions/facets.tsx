/** The most frequent values of fields under the filter, to include and to exclude. */
import { ListX } from 'lucide-react'
import { filterFieldOf } from '../../../record/conditions.ts'
import { memo, type ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import type { Facet } from '../../../store/queries/facets.ts'
import { Answered } from '../../components/question.tsx'
import { OutcomeLabel, isOutcome } from '../../components/outcome.tsx'
import { useQuestion } from '../../data/queries.ts'
import { labelOf, toOneLine } from '../../format/fields.ts'
import { hasValues, valuesOf } from '../../search/conditions.ts'
import { conditionOf, useFilter, type FilterControl } from '../../search/filter.ts'
import styles from './facets.module.css'

const VALUES = 8

export const Facets = memo(function Facets(): ReactNode {
  const filter = useFilter()
  const { where, q } = filter
  const question = useQuestion('getFacets', { where, q, limit: VALUES })
  return (
    <aside className={styles['facets']} aria-label="Frequent values">
      <Answered question={question} what="frequent values">
        {({ facets }) =>
          facets.map((facet) =>
            isNarrowed(where, facet) ? (
              <NarrowedFacet key={facet.field} facet={facet} filter={filter} />
            ) : (
              isTelling(facet) && <FacetGroup key={facet.field} facet={facet} filter={filter} />
            ),
          )
        }
      </Answered>
    </aside>
  )
})

/** False where every execution lacks the field. */
function isTelling({ values }: Facet): boolean {
  return values.some(({ value }) => value !== null)
}

function isNarrowed(where: readonly string[], { field }: Facet): boolean {
  return where.some((condition) => valuesOf(condition)?.name === field)
}

interface GroupProps {
  facet: Facet
  filter: FilterControl
}

/** Of a field whose values are chosen: how frequent all of them are, so that others can be chosen too. */
function NarrowedFacet({ facet, filter }: GroupProps): ReactNode {
  const { field } = facet
  const where = filter.where.filter((condition) => valuesOf(condition)?.name !== field)
  const { data } = useQuestion('getFacets', { where, q: filter.q, fields: [field], limit: VALUES })
  return <FacetGroup facet={data?.facets.find((own) => own.field === field) ?? facet} filter={filter} />
}

function FacetGroup({ facet, filter }: GroupProps): ReactNode {
  const { field, values, otherCount, distinct } = facet
  const total = values.reduce((sum, { count }) => sum + count, otherCount)
  return (
    <details open className={styles['group']}>
      <summary>{labelOf(field)}</summary>
      <ul aria-label={labelOf(field)}>
        {values.map((one) => (
          <FacetLine
            key={one.value ?? ''}
            facet={facet}
            one={one}
            share={one.count / total}
            filter={filter}
          />
        ))}
      </ul>
      {otherCount > 0 && (
        <p className={styles['other']}>
          {formatCount(distinct - values.length)} other values: {formatCount(otherCount)}
        </p>
      )}
    </details>
  )
}

interface LineProps {
  facet: Facet
  one: Facet['values'][number]
  /** 0–1, of all executions that match. */
  share: number
  filter: FilterControl
}

function FacetLine({ facet, one: { value, count }, share, filter }: LineProps): ReactNode {
  const field = filterFieldOf(facet.field)
  if (field === null) return null
  const wanted = conditionOf(field, value, '=')
  const excluded = conditionOf(field, value, '!=')
  const isExcluded = hasValues(filter.where, excluded)
  const words = `${labelOf(field)} ${value === null ? 'absent' : toOneLine(value)}`
  return (
    <li className={styles['line']} data-excluded={isExcluded || undefined}>
      <button
        type="button"
        className={styles['include']}
        aria-pressed={hasValues(filter.where, wanted)}
        onClick={() => filter.toggle(wanted)}
      >
        <i className={styles['share']} style={{ width: `${share * 100}%` }} />
        <span className={styles['name']} title={value ?? undefined}>
          {field === 'outcome' && isOutcome(value) ? (
            <OutcomeLabel outcome={value} />
          ) : (
            <FacetText value={value} />
          )}
        </span>
        <span className={styles['count']}>{formatCount(count)}</span>
      </button>
      <button
        type="button"
        className={styles['exclude']}
        aria-label={`Exclude ${words}`}
        title="Exclude"
        aria-pressed={isExcluded}
        onClick={() => filter.toggle(excluded)}
      >
        <ListX size={13} aria-hidden="true" />
      </button>
    </li>
  )
}

function FacetText({ value }: { value: string | null }): ReactNode {
  return value === null ? <em>absent</em> : <bdi>{toOneLine(value)}</bdi>
}
