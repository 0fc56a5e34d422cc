/** What the same executions would have cost on another runtime. */
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Operations } from '../../../client/index.ts'
import { formatCount, formatUsd } from '../../../format.ts'
import { RUNTIMES, type RuntimeName } from '../../../record/values.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { Figure, Figures } from '../../components/figure.tsx'
import { Answered } from '../../components/question.tsx'
import { useQuestion } from '../../data/queries.ts'
import type { Search } from '../../search/address.ts'
import { useFilter } from '../../search/filter.ts'
import { usePageSearch } from '../../search/page-address.ts'
import styles from './costs.module.css'

const SIZES = [
  { value: '2x512', title: '2 vCPUs, 512 MiB', vcpus: 2, memoryMb: 512 },
  { value: '1x512', title: '1 vCPU, 512 MiB', vcpus: 1, memoryMb: 512 },
  { value: '2x1024', title: '2 vCPUs, 1 GiB', vcpus: 2, memoryMb: 1024 },
  { value: '4x4096', title: '4 vCPUs, 4 GiB', vcpus: 4, memoryMb: 4096 },
] as const

export function WhatIf({ words }: { words: string }): ReactNode {
  const { target, sandbox } = usePageSearch()
  const navigate = useNavigate()
  const choose = (part: Search): void =>
    void navigate({ to: '.', search: (rest: Search) => ({ ...rest, ...part }), replace: true })
  const { where, q } = useFilter()
  const runtime: RuntimeName = RUNTIMES.find((name) => name === target) ?? 'e2b'
  const size = SIZES.find(({ value }) => value === sandbox) ?? SIZES[0]
  const { vcpus, memoryMb } = size
  const question = useQuestion('getCostWhatIf', { where, q, target: runtime, vcpus, memoryMb })
  return (
    <Card title="What if" note={`${words}, the same executions on another runtime`}>
      <div className={styles['choices']}>
        <Choices
          label="Runtime"
          value={runtime}
          names={RUNTIMES}
          nameOf={(name) => name}
          onChange={(name) => choose({ target: name })}
        />
        <Choices
          label="Sandbox on e2b and bacalhau"
          value={size.value}
          names={SIZES.map(({ value }) => value)}
          nameOf={(name) => SIZES.find(({ value }) => value === name)?.title ?? name}
          onChange={(name) => choose({ sandbox: name })}
        />
      </div>
      <Answered question={question} what="the estimate">
        {(found) => <Estimate found={found} />}
      </Answered>
    </Card>
  )
}

function Estimate({ found }: { found: Operations['getCostWhatIf']['reply'] }): ReactNode {
  const { actual, estimate, count, runtime, assumptions } = found
  return (
    <>
      <Figures>
        <Figure
          label="Resources did cost"
          value={formatUsd(actual.costNanoUsd)}
          note={`${formatCount(count)} executions, ${formatCount(actual.unpricedCount)} of them unknown`}
        />
        <Figure
          label={`On ${runtime}`}
          value={formatUsd(estimate.costAllocatedNanoUsd)}
          note={
            estimate.costAllocatedNanoUsd === null
              ? 'no price is set for it'
              : `the runs alone ${formatUsd(estimate.costRunNanoUsd)}; ${estimate.priceId ?? 'no price'}`
          }
        />
      </Figures>
      <p className={styles['none']}>Assuming that</p>
      <ul className={styles['assumptions']}>
        {assumptions.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </>
  )
}
