import type { ReactNode } from 'react'

interface TableHeadProps {
  titles: readonly string[]
  /** Columns of numbers, behind the others. */
  numbers?: readonly string[]
  /** What the buttons of the last column do, for those who do not see them. */
  acts?: string
  /** Further columns. */
  children?: ReactNode
}

/** The row of headings of a table. */
export function TableHead({ titles, numbers, acts, children }: TableHeadProps): ReactNode {
  return (
    <thead>
      <tr>
        {titles.map((title) => (
          <th key={title} scope="col">
            {title}
          </th>
        ))}
        {numbers?.map((title) => (
          <th key={title} scope="col" data-align="right">
            {title}
          </th>
        ))}
        {children}
        {acts !== undefined && (
          <th scope="col">
            <span className="visually-hidden">{acts}</span>
          </th>
        )}
      </tr>
    </thead>
  )
}
