import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Search } from '../search/address.ts'
import styles from './sort-heading.module.css'

interface SortHeadingProps {
  children: ReactNode
  /** What stands in the address as `order`; undefined for the order that needs no word. */
  order: string | undefined
  isChosen: boolean
  /** @default 'descending' */
  direction?: 'ascending' | 'descending'
  align?: 'right' | undefined
}

/** A heading of a column that orders its list; the order is in the address. */
export function SortHeading(props: SortHeadingProps): ReactNode {
  const { children, order, isChosen, direction = 'descending', align } = props
  const Icon = direction === 'ascending' ? ArrowUp : ArrowDown
  return (
    <th scope="col" aria-sort={isChosen ? direction : 'none'} data-align={align}>
      <Link
        to="."
        search={({ cursor: _cursor, ...rest }: Search) => ({ ...rest, order })}
        replace
        resetScroll={false}
        className={styles['sort']}
      >
        {children}
        {isChosen && <Icon size={12} aria-hidden="true" />}
      </Link>
    </th>
  )
}
