/** What a rule would have done over the past, by the code that evaluates it. */
import { useMutation } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Operations, ProblemError } from '../../../client/index.ts'
import { formatCount } from '../../../format.ts'
import { SeriesChart } from '../../charts/series-chart.tsx'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { Failed } from '../../components/states.tsx'
import { ask } from '../../data/queries.ts'
import { useWindow } from '../../search/window.ts'
import styles from './alerts.module.css'
import { unitOf, type RuleInput } from './watches.ts'

type Tried = Operations['dryRunAlertRule']['reply']
const RANGES = { '24h': '24 hours', '30d': '30 days' } as const
type Range = keyof typeof RANGES

export function DryRun({ rule }: { rule: RuleInput }): React.ReactNode {
  const { organization } = useWindow()
  const { mutate, data, error, isPending } = useMutation<Tried, ProblemError, Range>({
    mutationFn: (range) => ask('dryRunAlertRule', { rule, range, organization }),
  })
  const buttons = (
    <span className={styles['buttons']}>
      {(['24h', '30d'] as const).map((range) => (
        <button
          key={range}
          type="button"
          className={controls['button']}
          disabled={isPending}
          onClick={() => mutate(range)}
        >
          Try over {RANGES[range]}
        </button>
      ))}
    </span>
  )
  return (
    <Card title="Dry run" note="nothing is sent" actions={buttons}>
      {error !== null && <Failed error={error} />}
      {data !== undefined && <Result tried={data} rule={rule} />}
      {data === undefined && error === null && <p>What the rule would have done before now.</p>}
    </Card>
  )
}

function Result({ tried, rule }: { tried: Tried; rule: RuleInput }): React.ReactNode {
  const buckets = useMemo(() => bucketsOf(tried), [tried])
  const series = useMemo(() => seriesOf(tried, rule.condition), [tried, rule.condition])
  const { windows, firing, unknown, notifications, alertCount } = tried
  return (
    <>
      <p>
        Of {formatCount(windows)} windows {formatCount(firing)} would have fired and {formatCount(unknown)}{' '}
        had too few executions to say: {formatCount(alertCount)} alerts, {formatCount(notifications)}{' '}
        notifications.
      </p>
      <SeriesChart
        label="Values of the rule"
        unit={unitOf(rule.condition)}
        kind="lines"
        buckets={buckets}
        series={series}
      />
    </>
  )
}

function bucketsOf({ points, everySeconds }: Tried): { from: string; to: string; complete: boolean }[] {
  return points.map(({ at }) => ({
    from: new Date(Date.parse(at) - everySeconds * 1000).toISOString(),
    to: at,
    complete: true,
  }))
}

/** The values, and each level as a line. */
function seriesOf({ points }: Tried, condition: RuleInput['condition']) {
  const levels = (['warning', 'critical'] as const).flatMap((severity) => {
    const level = 'warning' in condition || 'critical' in condition ? condition[severity] : undefined
    if (level === undefined) return []
    const colour = severity === 'critical' ? '--bad' : '--series-3'
    return [{ name: severity, values: points.map(() => level), colour }]
  })
  return [{ name: 'value', values: points.map(({ value }) => value), colour: '--series-1' }, ...levels]
}
