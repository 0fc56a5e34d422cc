/** Failures that are the same, as groups: which are new, which came back, and what is decided about them. */
import { useNavigate } from '@tanstack/react-router'
import controls from '../../components/controls.module.css'
import { FilterBar } from '../../components/filter-bar.tsx'
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty, NothingMatches } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useQuestion } from '../../data/queries.ts'
import { useFilter } from '../../search/filter.ts'
import { ErrorTable } from './error-table.tsx'
import { isOrder, ORDER_NAMES, ORDERS, readOrder, readTab, TABS, type Order, type Tab } from './groups.ts'
import { AddressNow, usePageSearch } from '../../search/page-address.ts'

const LIMIT = 200

export function Page(): React.ReactNode {
  const { state, order } = usePageSearch()
  const tab = readTab(state)
  return (
    <>
      <PageHeader title="Errors">
        <AddressNow>
          <OrderPicker />
        </AddressNow>
      </PageHeader>
      <Tabs label="State" name="state" tabs={TABS} shown={tab.value} />
      <FilterBar />
      <Groups tab={tab} order={readOrder(order)} />
    </>
  )
}

function Groups({ tab, order }: { tab: Tab; order: Order }): React.ReactNode {
  const { where, q, clear } = useFilter()
  const question = useQuestion('getErrors', { where, q, order, state: tab.states, limit: LIMIT })
  return (
    <Answered question={question} what="errors">
      {({ data, window }) => {
        if (data.length > 0) return <ErrorTable groups={data} window={window} most={LIMIT} order={order} />
        if (where.length > 0 || q !== undefined) return <NothingMatches what="errors" onClear={clear} />
        return <NoErrors tab={tab} />
      }}
    </Answered>
  )
}

function NoErrors({ tab }: { tab: Tab }): React.ReactNode {
  if (tab.value !== 'all' && tab.value !== 'unresolved')
    return <Empty title={`No error is ${tab.value} in this window`} />
  return (
    <Empty
      title="Nothing failed in this window"
      command={`exectrail run -l python -e 'raise ValueError("the first error")'`}
    >
      <p>Failures with the same cause are one group here. A longer window, at the top, shows older ones.</p>
    </Empty>
  )
}

function OrderPicker(): React.ReactNode {
  const order = readOrder(usePageSearch().order)
  const navigate = useNavigate()
  const choose = (chosen: string): void =>
    void navigate({
      to: '.',
      search: (rest: Record<string, unknown>) => ({
        ...rest,
        order: isOrder(chosen) && chosen !== 'count' ? chosen : undefined,
      }),
    })
  return (
    <label className={controls['field']}>
      <span>Order</span>
      <select className={controls['select']} value={order} onChange={({ target }) => choose(target.value)}>
        {ORDER_NAMES.map((name) => (
          <option key={name} value={name}>
            {ORDERS[name]}
          </option>
        ))}
      </select>
    </label>
  )
}
