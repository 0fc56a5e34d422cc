/** What a running execution has printed so far, and goes on to print. */
import type { ReactNode } from 'react'
import { formatBytes } from '../../format.ts'
import { useOutputStream, type LiveOutput as Output } from '../data/output-stream.ts'
import { OutputView } from './output-view.tsx'
import styles from './output-view.module.css'

export function LiveOutput({ id }: { id: string }): ReactNode {
  return <OutputSoFar id={id} output={useOutputStream(id)} />
}

export function OutputSoFar({ id, output }: { id: string; output: Output }): ReactNode {
  const { stdout, stderr, skippedBytes, state } = output
  return (
    <div className={styles['streams']}>
      {skippedBytes > 0 && (
        <p className={styles['nothing']}>{formatBytes(skippedBytes)} before this are not shown here.</p>
      )}
      {state === 'failed' && (
        <p className={styles['nothing']}>The output cannot be followed; the record has it after the end.</p>
      )}
      {stdout === '' && stderr === '' && state === 'open' && (
        <p className={styles['nothing']}>Nothing was printed so far.</p>
      )}
      {stdout !== '' && <OutputView stream="stdout" text={stdout} name={id} follow="end" />}
      {stderr !== '' && <OutputView stream="stderr" text={stderr} name={id} follow="end" />}
    </div>
  )
}
