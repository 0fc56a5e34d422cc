/** Shows the answer of a question, or the screen for what it has instead. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failed, Loading } from './states.tsx'

interface QuestionProps<Answer> {
  question: UseQueryResult<Answer>
  /** Completes "Loading …". */
  what: string
  children: (answer: Answer) => ReactNode
}

/** An earlier answer stays while a new one is on its way. */
export function Answered<Answer>({ question, what, children }: QuestionProps<Answer>): ReactNode {
  if (question.data !== undefined && !question.isError)
    return <div aria-busy={question.isPlaceholderData}>{children(question.data)}</div>
  if (question.isError) return <Failed error={question.error} onRetry={() => void question.refetch()} />
  return <Loading what={what} />
}
