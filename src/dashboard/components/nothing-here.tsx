/** What a page shows where its window has no execution: the filter is too narrow, the latest are older, or none ever ran. */
import type { ReactNode } from 'react'
import { useDirectQuestion } from '../data/queries.ts'
import { useFilter } from '../search/filter.ts'
import { useWindow } from '../search/window.ts'
import controls from './controls.module.css'
import { Moment } from './moment.tsx'
import { Answered } from './question.tsx'
import { Empty, NothingMatches } from './states.tsx'
import { useSetWindow } from './window-picker.tsx'

export const FIRST_COMMAND = "exectrail run --language python --agent my-agent -e 'print(1 + 1)'"
const BEGINNING = '1970-01-01T00:00:00Z'
const DAY_MS = 86_400_000

/** @param where the condition that the page itself adds, such as its agent */
export function NothingHere({ where }: { where?: string }): ReactNode {
  const filter = useFilter()
  if (filter.where.length > 0 || filter.q !== undefined)
    return <NothingMatches what="executions" onClear={filter.clear} />
  return <Latest where={where} />
}

function Latest({ where }: { where: string | undefined }): ReactNode {
  const { organization } = useWindow()
  const latest = useDirectQuestion('listExecutions', {
    from: BEGINNING,
    limit: 1,
    fields: ['startedAt'],
    where,
    organization,
  })
  return (
    <Answered question={latest} what="the latest execution">
      {({ data }) => {
        const at = data[0]?.startedAt
        return at === undefined ? (
          <Empty title="Nothing has run yet" command={FIRST_COMMAND}>
            <p>The first execution appears here within two seconds of its end.</p>
          </Empty>
        ) : (
          <Older at={at} />
        )
      }}
    </Answered>
  )
}

function Older({ at }: { at: string }): ReactNode {
  const setWindow = useSetWindow()
  const show = (): void => {
    const end = Date.parse(at) + 1000
    setWindow({ from: new Date(end - DAY_MS).toISOString(), to: new Date(end).toISOString() })
  }
  return (
    <Empty title="Nothing ran in this window">
      <p>
        The latest execution began at <Moment at={at} as="full" />.
      </p>
      <button type="button" className={`${controls['button']} ${controls['primary']}`} onClick={show}>
        Show the 24 hours up to it
      </button>
    </Empty>
  )
}
