import type { ReactNode } from 'react'
import { Breakdown } from '../../components/breakdown.tsx'
import { Card } from '../../components/card.tsx'
import { Answered } from '../../components/question.tsx'
import { groupRows } from '../../data/figures.ts'
import { useQuestion, type Question } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'

const GROUPS = 8

/** Statistics of the page by one field, with the period before. */
export function useByField(field: 'runtime' | 'language'): Question<'getStats'> {
  const { where, q } = useFilter()
  return useQuestion('getStats', { where, q, groupBy: field, compare: 'previous', limit: GROUPS })
}

export function ByField({
  title,
  field,
  words,
}: {
  title: string
  field: 'runtime' | 'language'
  words: string
}): ReactNode {
  const { where } = useFilter()
  const stats = useByField(field)
  return (
    <Card title={`By ${field}`} note={words}>
      <Answered question={stats} what={`statistics by ${field}`}>
        {(answer) => <Breakdown title={title} field={field} rows={groupRows(answer, field)} where={where} />}
      </Answered>
    </Card>
  )
}
