/** The files that an execution left in `/out`, each to download. */
import { Download } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import type { OutFile } from '../../../client/content.ts'
import { formatBytes, formatCount } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { LongText } from '../../components/long-text.tsx'
import { Answered } from '../../components/question.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import type { Ended } from '../../data/execution.ts'
import { visible } from '../../format/visible-text.ts'
import styles from './panel.module.css'

const SHOWN = 20
const MORE = 200

/** Nothing where it left none. */
export function FilesCard({ record }: { record: Ended }): ReactNode {
  const { filesBlob } = record
  const dropped = record.outFilesDropped ?? 0
  if (filesBlob === null && dropped === 0) return null
  return (
    <Card
      title="Files"
      note={dropped === 0 ? 'left in /out' : `left in /out; ${formatCount(dropped)} not kept`}
    >
      {filesBlob === null ? (
        <p className={styles['quiet']}>None of them was kept.</p>
      ) : (
        <KeptFiles record={record} />
      )}
    </Card>
  )
}

function KeptFiles({ record }: { record: Ended }): ReactNode {
  const question = useDirectQuestion('listOutFiles', { id: record.executionId })
  return (
    <Answered question={question} what="the files">
      {({ data }) => <FileList executionId={record.executionId} files={data} />}
    </Answered>
  )
}

function FileList({ executionId, files }: { executionId: string; files: readonly OutFile[] }): ReactNode {
  const [count, setCount] = useState(SHOWN)
  const left = files.length - count
  return (
    <>
      <ul className={styles['files']} aria-label="Files">
        {files.slice(0, count).map(({ path, bytes }) => (
          <li key={path}>
            <code className="untrusted">
              <LongText text={visible(path)} />
            </code>
            <span className={styles['quiet']}>{formatBytes(bytes)}</span>
            <a className={controls['button']} href={contentPath(executionId, path)}>
              <Download size={13} aria-hidden="true" />
              Download<span className="visually-hidden"> {visible(path)}</span>
            </a>
          </li>
        ))}
      </ul>
      {left > 0 && (
        <button type="button" className={controls['button']} onClick={() => setCount(count + MORE)}>
          Show {formatCount(Math.min(MORE, left))} of {formatCount(left)} more
        </button>
      )}
    </>
  )
}

/** `URLSearchParams` takes any text, `encodeURIComponent` does not. */
function contentPath(executionId: string, path: string): string {
  const query = new URLSearchParams({ path })
  return `/v1/executions/${encodeURIComponent(executionId)}/files/content?${query}`
}
