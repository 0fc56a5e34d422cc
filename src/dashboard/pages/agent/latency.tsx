/** How long the agent's executions take, over time and in total; and what is otherwise in a part of that. */
import { useNavigate } from '@tanstack/react-router'
import { useCallback, type ReactNode } from 'react'
import { formatCount, formatMs } from '../../../format.ts'
import type { Region } from '../../charts/heat-cells.ts'
import { readRegion, writeRegion } from '../../charts/heat-cells.ts'
import { HeatMap } from '../../charts/heat-map.tsx'
import { Histogram } from '../../charts/histogram.tsx'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { ExecutionsLink } from '../../components/executions-link.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import { useTimeFormat } from '../../format/time.ts'
import styles from './agent.module.css'
import type { AgentPart } from './part.ts'
import { Differing } from './differing.tsx'
import { usePageSearch } from '../../search/page-address.ts'

export function Latency(part: AgentPart): ReactNode {
  const { where, q, words } = part
  const { region: given } = usePageSearch()
  const region = readRegion(given)
  const choose = useChooseRegion()
  const distribution = useQuestion('getDistribution', { where, q, measure: 'durationMs' })
  return (
    <Answered question={distribution} what="the distribution">
      {({ window, bucketSeconds, cells, bins }) => (
        <div className={styles['latency']}>
          <Card title="Duration over time" note={`${words}; drag over a region to see what differs there`}>
            <HeatMap
              label="How many executions took how long, over time"
              unit="ms"
              window={window}
              bucketSeconds={bucketSeconds}
              cells={cells}
              region={region}
              onChoose={choose}
            />
          </Card>
          <Card title="Distribution" note={`${words}, ${formatCount(countOf(bins))} executions`}>
            <Histogram
              label="How many executions took how long"
              unit="ms"
              bins={bins}
              field="durationMs"
              where={where}
            />
          </Card>
          {region !== null && <Chosen part={part} region={region} onClose={() => choose(null)} />}
        </div>
      )}
    </Answered>
  )
}

function countOf(bins: readonly { count: number }[]): number {
  return bins.reduce((sum, { count }) => sum + count, 0)
}

/** The region is in the address; each choice is a step in the browser's history. */
function useChooseRegion(): (region: Region | null) => void {
  const navigate = useNavigate()
  return useCallback(
    (region) =>
      void navigate({
        to: '.',
        resetScroll: false,
        search: ({ region: _region, ...rest }: Record<string, unknown>) => ({
          ...rest,
          ...(region === null ? {} : { region: writeRegion(region) }),
        }),
      }),
    [navigate],
  )
}

function Chosen({
  part,
  region,
  onClose,
}: {
  part: AgentPart
  region: Region
  onClose: () => void
}): ReactNode {
  const time = useTimeFormat()
  const inside = [`durationMs>=${region.low}`, `durationMs<${region.high}`]
  const { from, to } = region
  return (
    <div className={styles['chosen']}>
      <Card
        title="What differs there"
        note={`${time.span(from, to)}, ${formatMs(region.low)} to ${formatMs(region.high)}`}
        actions={
          <>
            <ExecutionsLink where={[...part.where, ...inside]} q={part.q} window={{ from, to }}>
              These executions
            </ExecutionsLink>
            <button type="button" className={controls['button']} onClick={onClose}>
              Clear the region
            </button>
          </>
        }
      >
        <Differing part={part} region={region} inside={inside} />
      </Card>
    </div>
  )
}
