/** The thread that answers one slow question about a caller's schema or policy; whoever asked ends it in time. */
import { parentPort, workerData } from 'node:worker_threads'
import type { CodePolicy, Language } from '../execution.ts'
import { readBreaches } from './policy.ts'
import { checkText, findSchemaFault } from './validation.ts'

/** What can be asked; the answer says what is wrong, null that nothing is. */
export type Question =
  | { about: 'policy'; code: string; language: Language; policy: CodePolicy }
  | { about: 'schema'; schema: string }
  | { about: 'value'; schema: string; text: string }

function answer(question: Question): string | null {
  if (question.about === 'policy') return readBreaches(question.code, question.language, question.policy)
  const schema: unknown = JSON.parse(question.schema)
  return question.about === 'schema' ? findSchemaFault(schema) : checkText(schema, question.text)
}

/* oxlint-disable unicorn/require-post-message-target-origin -- a thread's port, no window's */
parentPort?.postMessage({ begun: true })
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `askThread` gives nothing else
parentPort?.postMessage({ answer: answer(workerData as Question) })
