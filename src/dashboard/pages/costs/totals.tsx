import type { ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { shareOf } from '../../../cost/money.ts'
import { formatCount, formatRate, formatUsd } from '../../../format.ts'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Figure, Figures } from '../../components/figure.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { describeChange } from '../../format/change.ts'
import { useFilter } from '../../search/filter.ts'
import { useWindow } from '../../search/window.ts'
import type { CostFigures } from './fields.ts'

type Report = Operations['getCosts']['reply']

/** What the window cost, what of it was lost on failures, and what the month is going to cost. */
export function Totals({ report: { total, previous } }: { report: Report }): ReactNode {
  return (
    <Figures>
      <Whole total={total} previous={previous?.total} />
      <Figure
        label="Of tokens"
        value={formatUsd(total.costTokensNanoUsd)}
        note={
          total.tokensUnpricedCount === 0
            ? 'by model'
            : `without ${formatCount(total.tokensUnpricedCount)} whose model has no price`
        }
      />
      <Figure
        label="Per success"
        value={formatUsd(total.perSuccessNanoUsd)}
        note={`${formatCount(total.successCount)} succeeded`}
      />
      <Lost label="Of failures" total={total} part={total.failures} condition="success=false" />
      <Lost label="Of time-outs" total={total} part={total.timeouts} condition="outcome=timeout" />
      <Forecast />
    </Figures>
  )
}

function Whole({ total, previous }: { total: CostFigures; previous: CostFigures | undefined }): ReactNode {
  const { where, q } = useFilter()
  const { count, unpricedCount, costNanoUsd: cost } = total
  const before = previous?.costNanoUsd ?? null
  const samples = Math.min(count, previous?.count ?? 0)
  return (
    <Figure
      label="Cost"
      value={
        <ExecutionsLink where={where} q={q}>
          {formatUsd(cost)}
        </ExecutionsLink>
      }
      note={`${formatCount(count - unpricedCount)} of ${formatCount(count)} executions have a price`}
      change={describeChange({ now: cost, before, better: 'neither', as: 'ratio', samples })}
      before={before === null ? undefined : `${formatUsd(before)} in the period before`}
    />
  )
}

interface LostProps {
  label: string
  total: CostFigures
  part: CostFigures['failures']
  /** Narrows to its executions. */
  condition: string
}

function Lost({ label, total, part, condition }: LostProps): ReactNode {
  const { where, q } = useFilter()
  const share = shareOf(part.costNanoUsd, total.costNanoUsd)
  return (
    <Figure
      label={label}
      value={
        <ExecutionsLink where={[...where, condition]} q={q}>
          {formatUsd(part.costNanoUsd)}
        </ExecutionsLink>
      }
      note={`${formatRate(share)} of the cost, ${formatCount(part.count)} of ${formatCount(total.count)}`}
    />
  )
}

function Forecast(): ReactNode {
  const { where, q } = useFilter()
  const { organization } = useWindow()
  const { data } = useDirectQuestion('getCostForecast', { where, q, organization })
  if (data === undefined) return <Figure label="This month" value="…" />
  const { spentNanoUsd, forecastNanoUsd, lowNanoUsd, highNanoUsd, historyDays, method } = data
  const spent = `${formatUsd(spentNanoUsd)} so far`
  if (forecastNanoUsd === null)
    return (
      <Figure
        label="This month (UTC)"
        value="–"
        note={`${spent}; no forecast, ${method.replace(/^none: /u, '')}`}
      />
    )
  return (
    <Figure
      label="This month (UTC)"
      value={formatUsd(forecastNanoUsd)}
      note={`${formatUsd(lowNanoUsd)} to ${formatUsd(highNanoUsd)} in four of five cases; ${spent}; from ${formatCount(historyDays)} days`}
    />
  )
}
