/** Tabs that are places: each has its address, so that a link leads to it and *back* leaves it. */
import { Link } from '@tanstack/react-router'
import type { Search } from '../search/address.ts'
import styles from './tabs.module.css'

interface TabsProps {
  /** What the tabs choose, for those who do not see them. */
  label: string
  /** The name in the address's query. */
  name: string
  /** The first is shown where the address has none. */
  tabs: readonly { value: string; title: string }[]
  shown: string
}

export function Tabs({ label, name, tabs, shown }: TabsProps): React.ReactNode {
  return (
    <nav className={styles['tabs']} aria-label={label}>
      {tabs.map(({ value, title }, index) => (
        <Link
          key={value}
          to="."
          search={({ cursor: _cursor, ...rest }: Search) => ({
            ...rest,
            [name]: index === 0 ? undefined : value,
          })}
          className={styles['tab']}
          activeOptions={{ exact: true, includeSearch: true }}
          data-shown={value === shown}
        >
          {title}
        </Link>
      ))}
    </nav>
  )
}
