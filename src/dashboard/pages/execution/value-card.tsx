/** A JSON value of a record as a tree, to copy and to download. */
import { Download } from 'lucide-react'
import { useMemo, type ReactNode } from 'react'
import type { Json } from '../../../execution.ts'
import { formatBytes } from '../../../format.ts'
import { Card } from '../../components/card.tsx'
import controls from '../../components/controls.module.css'
import { CopyButton } from '../../components/copy-button.tsx'
import { download } from '../../components/download.ts'
import { JsonTree } from '../../components/json-tree.tsx'
import { toJsonText } from '../../components/json-values.ts'
import styles from './panel.module.css'

interface ValueCardProps {
  title: string
  value: Json
  whenNull: string
  /** Of the file, without its extension. */
  name: string
  /** Beside copy and download. */
  more?: ReactNode
}

export function ValueCard({ title, value, whenNull, name, more }: ValueCardProps): ReactNode {
  const text = useMemo(() => (value === null ? null : toJsonText(value)), [value])
  if (value === null)
    return (
      <Card title={title}>
        <p className={styles['quiet']}>{whenNull}</p>
      </Card>
    )
  const what = title.toLowerCase()
  return (
    <Card
      title={title}
      note={text === null ? 'nested too deeply to be copied' : `${formatBytes(text.length)} of JSON`}
      actions={
        text !== null && (
          <>
            {more}
            <CopyButton text={text} what={`the ${what}`} />
            <button
              type="button"
              className={controls['button']}
              onClick={() => download(`${name}.${what}.json`, text)}
            >
              <Download size={13} aria-hidden="true" />
              Download
            </button>
          </>
        )
      }
    >
      <JsonTree label={title} value={value} />
    </Card>
  )
}
