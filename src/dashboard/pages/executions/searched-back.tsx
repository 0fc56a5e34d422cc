/** How far a search has looked before it stopped, and the button that lets it go on. */
import type { ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { Empty, Failed, Loading } from '../../components/states.tsx'
import type { ListState } from './execution-list.ts'

export function SearchedBack({ to, onNext }: { to: string; onNext: () => void }): ReactNode {
  return (
    <>
      Searched back to <Moment at={to} as="full" />.{' '}
      <button type="button" className={controls['button']} onClick={onNext}>
        Search on
      </button>
    </>
  )
}

/** In place of rows, while a part of the window has not been searched. */
export function NothingYet({ state, onNext }: { state: ListState; onNext: () => void }): ReactNode {
  const { next, searchedFrom } = state
  if (next === 'failed') return <Failed error={new Error('The search could not go on.')} onRetry={onNext} />
  if (next === 'busy' || searchedFrom === null) return <Loading what="executions" />
  return (
    <Empty title="No executions match so far">
      <p>
        <SearchedBack to={searchedFrom} onNext={onNext} />
      </p>
    </Empty>
  )
}
