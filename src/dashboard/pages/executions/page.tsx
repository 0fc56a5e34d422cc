/** Executions: the list and, beside it, the one that is opened. */
import {
  useDeferredValue,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
  type RefObject,
} from 'react'
import { FilterBar } from '../../components/filter-bar.tsx'
import { NothingHere } from '../../components/nothing-here.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Failed, Loading } from '../../components/states.tsx'
import { columnsBeside, type Room } from './columns.ts'
import type { ExecutionList, ListState } from './execution-list.ts'
import { ExecutionSide } from './execution-side.tsx'
import { ExecutionTable } from './execution-table.tsx'
import { Facets } from './facets.tsx'
import { FacetsSwitch } from './facets-switch.tsx'
import { ListActions } from './list-actions.tsx'
import { NothingYet } from './searched-back.tsx'
import { useListAddress, type ListAddressControl } from './list-address.ts'
import { OutcomeHistogram } from './outcome-histogram.tsx'
import styles from './page.module.css'
import { useCursor, type Cursor } from './use-cursor.ts'
import { useExecutionList } from './use-execution-list.ts'
import { useFollow } from './use-follow.ts'
import { useListKeys } from './use-list-keys.ts'
import { WaitingRows } from './waiting-rows.tsx'

/** Where there is no room beside the list, its frequent values are closed at first. */
const ROOMY = '(width >= 1100px)'

export function Page(): ReactNode {
  const address = useListAddress()
  const list = useExecutionList(address)
  const state = useSyncExternalStore(list.subscribe, list.state)
  const cursor = useCursor(state.rows)
  const [facets, setFacets] = useState<'open' | 'closed'>(() =>
    window.matchMedia(ROOMY).matches ? 'open' : 'closed',
  )
  useListKeys({
    move: cursor.move,
    open: () => cursor.active !== null && cursor.open(cursor.active),
    mark: () => cursor.active !== null && address.mark(cursor.active),
    leave: cursor.leave,
  })
  // The row is marked at once; the room beside the list and what stands there follow, in the next paint.
  const opened = useDeferredValue(cursor.opened)
  return (
    <div className={styles['page']} data-opened={opened !== null || undefined}>
      <PageHeader title="Executions">
        <ListActions />
      </PageHeader>
      <FilterBar>
        <FacetsSwitch state={facets} onChange={setFacets} />
      </FilterBar>
      <div className={styles['body']}>
        {facets === 'open' && opened === null && <Facets />}
        <ListArea
          address={address}
          list={list}
          state={state}
          cursor={cursor}
          room={opened === null ? 'whole' : 'beside'}
        />
        {opened !== null && <ExecutionSide id={opened} cursor={cursor} />}
      </div>
    </div>
  )
}

interface AreaProps {
  address: ListAddressControl
  list: ExecutionList
  state: ListState
  cursor: Cursor
  room: Room
}

function ListArea(props: AreaProps): ReactNode {
  const { address, list, cursor } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isFree = cursor.active === null && cursor.opened === null
  useFollow(
    list,
    scroller,
    address.live === 'follow' && address.order === 'newest' && isFree ? 'wanted' : 'off',
  )
  return (
    <section className={styles['list']} aria-label="List">
      <OutcomeHistogram />
      <div className={styles['rows']}>
        <WaitingRows list={list} scroller={scroller} />
        <ListContent {...props} scroller={scroller} />
      </div>
    </section>
  )
}

/** One of the four screens, or the rows. */
function ListContent({
  address,
  list,
  state,
  cursor,
  room,
  scroller,
}: AreaProps & { scroller: RefObject<HTMLDivElement | null> }): ReactNode {
  const columns = useMemo(
    () => (room === 'whole' ? address.columns : columnsBeside(address.columns)),
    [room, address.columns],
  )
  if (state.phase === 'failed' && state.error !== null)
    return <Failed error={state.error} onRetry={list.reload} />
  if (state.rows.length === 0 && state.phase === 'busy') return <Loading what="executions" />
  if (state.rows.length === 0 && state.next !== 'none')
    return <NothingYet state={state} onNext={list.loadNext} />
  if (state.rows.length === 0) return <NothingHere />
  return (
    <ExecutionTable
      state={state}
      columns={columns}
      room={room}
      order={address.order}
      active={cursor.active}
      opened={cursor.opened}
      marked={address.marked}
      scroller={scroller}
      onOpen={cursor.open}
      onMark={address.mark}
      onNext={list.loadNext}
    />
  )
}
