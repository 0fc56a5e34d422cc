/** A link to the whole of what a record holds in part. */
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ContentPart } from '../../record/content-parts.ts'
import type { ExecutionRecord } from '../../record/record.ts'
import controls from './controls.module.css'

interface WholeContentProps {
  record: Pick<ExecutionRecord, 'executionId' | `${ContentPart}Blob`>
  part: ContentPart
}

/** Nothing where the record holds all of it, or the whole was not kept. */
export function WholeContent({ record, part }: WholeContentProps): ReactNode {
  if (record[`${part}Blob`] === null) return null
  return (
    <a
      className={controls['button']}
      href={`/v1/executions/${encodeURIComponent(record.executionId)}/${part}?download=1`}
    >
      <Download size={13} aria-hidden="true" />
      Whole {part}
    </a>
  )
}
