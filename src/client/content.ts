/** Shapes of whole content of executions. */
import type { ContentPart, OutFile } from '../record/content-parts.ts'

interface OfExecution {
  id: string
  organization?: string | undefined
}

/** A part of an execution as it was, however large. */
export interface ContentInput extends OfExecution {
  part: ContentPart
}

export interface OutFileInput extends OfExecution {
  path: string
}

/** One part, or one file of `/out`. */
export type ContentLinkInput = OfExecution & {
  /** @default 600, at most 3600 */
  expiresInSeconds?: number | undefined
} & ({ part: ContentPart; file?: undefined } | { file: string; part?: undefined })

export interface ContentLink {
  /** Whoever has it reads the content. */
  url: string
  /** ISO 8601 UTC */
  expiresAt: string
}

export interface ContentOperations {
  createContentLink: { input: ContentLinkInput; reply: ContentLink }
  /** Files of `/out` that were kept. */
  listOutFiles: { input: OfExecution; reply: { data: OutFile[] } }
}

export type { ContentPart, OutFile }
