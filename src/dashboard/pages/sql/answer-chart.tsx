import { SeriesChart } from '../../charts/series-chart.tsx'
import { formatCount } from '../../../format.ts'
import { firstCharacters, visible } from '../../format/visible-text.ts'
import type { Chart } from './chart.ts'
import styles from './sql.module.css'

const NAME_MAX = 80

/** The tab beside it has the same numbers as a table, with all their digits. */
export function AnswerChart({ chart }: { chart: Chart }): React.ReactNode {
  if (chart.is === 'series') {
    const series = chart.series.map(({ name, ...rest }) => ({ ...rest, name: shownName(name) }))
    return (
      <SeriesChart
        label="The answer over time"
        kind="lines"
        unit="count"
        height={260}
        buckets={chart.buckets}
        series={series}
      />
    )
  }
  const most = Math.max(...chart.bars.map(({ value }) => Math.abs(value)), Number.MIN_VALUE)
  return (
    <figure aria-label={`${shownName(chart.value)} by name`}>
      <ul className={styles['bars']}>
        {chart.bars.map(({ name, value }, place) => (
          // oxlint-disable-next-line react/no-array-index-key -- names may repeat
          <li key={place}>
            <span className="untrusted">{shownName(name)}</span>
            <i style={{ width: `${(Math.abs(value) / most) * 100}%` }} data-negative={value < 0} />
            <b>{formatCount(value)}</b>
          </li>
        ))}
      </ul>
      {chart.left > 0 && <figcaption>The table has {formatCount(chart.left)} more.</figcaption>}
    </figure>
  )
}

function shownName(name: string): string {
  return name === '' ? '(empty)' : visible(firstCharacters(name, NAME_MAX))
}
