import { SeriesChart } from '../../charts/series-chart.tsx'
import { Card } from '../../components/card.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import { formatMs } from '../../../format.ts'
import { useTimeFormat } from '../../format/time.ts'

export function OverTime({ where }: { where: readonly string[] }): React.ReactNode {
  const time = useTimeFormat()
  const question = useQuestion('getTimeseries', { where })
  const { window, bucketSeconds = 0 } = question.data ?? {}
  const note =
    window === undefined ? null : `${time.span(window.from, window.to)}, by ${formatMs(bucketSeconds * 1000)}`
  return (
    <Card title="Times seen" note={note}>
      <Answered question={question} what="the counts">
        {({ buckets }) => (
          <SeriesChart
            label="Times seen"
            kind="bars"
            unit="count"
            buckets={buckets}
            series={[{ name: 'executions', colour: '--series-2', values: buckets.map(({ count }) => count) }]}
          />
        )}
      </Answered>
    </Card>
  )
}
