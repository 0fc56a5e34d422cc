/** What can be done with the list: its order, columns, live rows, export. */
import { useNavigate } from '@tanstack/react-router'
import { Columns3, Download, GitCompareArrows } from 'lucide-react'
import { Popover } from 'radix-ui'
import { memo, type ReactNode } from 'react'
import controls from '../../components/controls.module.css'
import { labelOf } from '../../format/fields.ts'
import { useFilter } from '../../search/filter.ts'
import { AddressNow } from '../../search/page-address.ts'
import { isEndless, toWindowInput, useWindow } from '../../search/window.ts'
import { COLUMN_NAMES, readColumns } from './columns.ts'
import { exportPath, EXPORTS } from './export-path.ts'
import styles from './list-actions.module.css'
import {
  LIVE_MODES,
  ORDER_WORDS,
  useListAddress,
  type ListAddressControl,
  type LiveMode,
} from './list-address.ts'

const LIVE_WORDS: Readonly<Record<LiveMode, string>> = {
  wait: 'Live: new rows wait',
  follow: 'Live: follow the newest',
  off: 'Live: off',
}

/** Does not change with the list. */
export const ListActions = memo(function ListActions(): ReactNode {
  return (
    <AddressNow>
      <Actions />
    </AddressNow>
  )
})

function Actions(): ReactNode {
  const address = useListAddress()
  const { order, live, set } = address
  const endless = isEndless(useWindow())
  return (
    <>
      <CompareButton marked={address.marked} />
      <Choice
        label="Live rows"
        value={endless ? live : 'off'}
        names={LIVE_MODES}
        words={LIVE_WORDS}
        state={endless ? 'active' : 'disabled'}
        onChange={(mode) => set({ live: mode })}
      />
      <Choice
        label="Order"
        value={order}
        names={ORDERS}
        words={ORDER_WORDS}
        onChange={(chosen) => set({ order: chosen })}
      />
      <ColumnPicker address={address} />
      <ExportMenu address={address} />
    </>
  )
}

const ORDERS = ['newest', 'duration', 'memory', 'cost'] as const

interface ChoiceProps<Name extends string> {
  label: string
  value: Name
  names: readonly Name[]
  words: Readonly<Record<Name, string>>
  state?: 'active' | 'disabled'
  onChange: (name: Name) => void
}

function Choice<Name extends string>(props: ChoiceProps<Name>): ReactNode {
  const { label, value, names, words, state, onChange } = props
  return (
    <label>
      <span className="visually-hidden">{label}</span>
      <select
        className={controls['select']}
        value={value}
        disabled={state === 'disabled'}
        title={state === 'disabled' ? 'The window has an end: nothing new comes' : undefined}
        onChange={({ target }) => {
          const chosen = names.find((name) => name === target.value)
          if (chosen !== undefined) onChange(chosen)
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {words[name]}
          </option>
        ))}
      </select>
    </label>
  )
}

function CompareButton({ marked }: { marked: readonly string[] }): ReactNode {
  const navigate = useNavigate()
  const [a, b] = marked
  if (a === undefined) return null
  return (
    <button
      type="button"
      className={controls['button']}
      disabled={b === undefined}
      title={b === undefined ? 'Mark a second execution (x)' : undefined}
      onClick={() => void navigate({ to: '/compare', search: { a, b } })}
    >
      <GitCompareArrows size={14} aria-hidden="true" />
      Compare {marked.length} of 2
    </button>
  )
}

function Menu({ icon, name, children }: { icon: ReactNode; name: string; children: ReactNode }): ReactNode {
  return (
    <Popover.Root>
      <Popover.Trigger className={controls['button']}>
        {icon}
        {name}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles['menu']} align="end" sideOffset={4} aria-label={name}>
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

function ColumnPicker({ address: { columns, set } }: { address: ListAddressControl }): ReactNode {
  return (
    <Menu icon={<Columns3 size={14} aria-hidden="true" />} name="Columns">
      <ul className={styles['columns']}>
        {COLUMN_NAMES.map((name) => (
          <li key={name}>
            <label>
              <input
                type="checkbox"
                checked={columns.includes(name)}
                onChange={({ target }) => {
                  const next = target.checked ? [...columns, name] : columns.filter((one) => one !== name)
                  set({ columns: readColumns(next.join(',')) ?? columns })
                }}
              />
              {labelOf(name)}
            </label>
          </li>
        ))}
      </ul>
    </Menu>
  )
}

/** The links hold the window and the filter of the page, so that the file has what the list has. */
function ExportMenu({ address: { columns } }: { address: ListAddressControl }): ReactNode {
  const window = toWindowInput(useWindow())
  const { where, q } = useFilter()
  const parts = [
    { name: 'Columns shown', fields: columns },
    { name: 'All fields, with code and output', fields: null },
  ]
  return (
    <Menu icon={<Download size={14} aria-hidden="true" />} name="Export">
      <p className={styles['note']}>Every execution of the window that the filter lets through.</p>
      {parts.map(({ name, fields }) => (
        <section key={name} className={styles['exports']}>
          <h3>{name}</h3>
          {EXPORTS.map(({ format, words }) => (
            <a key={format} href={exportPath({ window, filter: { where, q }, fields, format })} download>
              {words}
            </a>
          ))}
        </section>
      ))}
    </Menu>
  )
}
