import type { ReactNode } from 'react'
import type { VersionView } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { visible } from '../../format/visible-text.ts'
import { checksOf, testedWith } from './checks.ts'
import styles from './market-agent.module.css'

/** What was found when the version was published. */
export function ChecksCard({ version }: { version: VersionView }): ReactNode {
  const checks = checksOf(version)
  const tests = testedWith(version)
  return (
    <Card title="Checks" note="when it was published">
      {checks === null ? (
        <p className={styles['quiet']}>
          {tests === null
            ? 'This version was published without checks.'
            : `Its examples ran in ${visible(tests)}; nothing was checked here.`}
        </p>
      ) : (
        <>
          <p>
            Syntax, policy, schemas and secrets were checked;{' '}
            {checks.isPassed
              ? `${examplesWords(checks.examples)} in a sandbox as it should.`
              : 'no example ran.'}
          </p>
          <ul className={styles['findings']} aria-label="Findings">
            {checks.findings.map(({ severity, path, line, message, hint }) => (
              <li key={`${path} ${message}`} data-severity={severity}>
                <code>
                  {visible(path)}
                  {line !== null && `:${line}`}
                </code>{' '}
                <span className="untrusted">
                  {visible(message)}. {visible(hint)}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}

function examplesWords(count: number): string {
  return count === 1 ? 'its example ran' : `its ${count} examples ran`
}
