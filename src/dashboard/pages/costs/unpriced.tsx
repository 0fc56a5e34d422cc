import type { ReactNode } from 'react'
import { formatCount } from '../../../format.ts'
import { CodeToCopy } from '../../components/code-to-copy.tsx'
import styles from './costs.module.css'
import type { CostFigures } from './fields.ts'

const COMMAND = 'exectrail reprice --since 90d --prices prices.json --apply'

/** How many executions are in no sum, and how that is changed. */
export function Unpriced({ total }: { total: CostFigures }): ReactNode {
  const { count, unpricedCount, tokensUnpricedCount } = total
  if (unpricedCount === 0 && tokensUnpricedCount === 0) return null
  const parts = [
    ...(unpricedCount > 0 ? [`the resources of ${formatCount(unpricedCount)}`] : []),
    ...(tokensUnpricedCount > 0 ? [`the tokens of ${formatCount(tokensUnpricedCount)}`] : []),
  ]
  return (
    <aside className={styles['unpriced']} aria-label="Unknown costs">
      <p>
        Of {formatCount(count)} executions, {parts.join(' and ')} have no known cost: no price is set, or
        nothing was measured. They are in no sum here, and not taken for free. Put prices into a file, name it
        in <code>EXECTRAIL_PRICES</code> for what comes, and price what is stored:
      </p>
      <CodeToCopy text={COMMAND} />
    </aside>
  )
}
