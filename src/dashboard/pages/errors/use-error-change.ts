/** Decides about groups of errors: shown at once, taken back where the service refuses, and undone on demand. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ErrorDecision, ErrorsReply, ProblemError } from '../../../client/index.ts'
import { notify } from '../../components/notices.tsx'
import { ask } from '../../data/queries.ts'
import { describeChange, inverseOf, withChange, type ErrorChange } from './groups.ts'

const ERRORS = { queryKey: ['getErrors'] }

/** A function that makes a change. */
export function useErrorChange(): (change: ErrorChange) => void {
  const queries = useQueryClient()
  const { mutate } = useMutation<ErrorDecision, ProblemError, ErrorChange, () => void>({
    mutationFn: ({ group, state, assignee }) =>
      ask('changeError', {
        fingerprint: group.fingerprint,
        organization: group.organizations[0],
        ...(state === undefined ? {} : { state }),
        ...(assignee === undefined ? {} : { assignee }),
      }),
    onMutate: async (change) => {
      await queries.cancelQueries(ERRORS)
      const before = queries.getQueriesData<ErrorsReply>(ERRORS)
      queries.setQueriesData<ErrorsReply>(ERRORS, (reply) =>
        reply === undefined ? reply : withChange(reply, change),
      )
      return () => {
        for (const [key, reply] of before) queries.setQueryData(key, reply)
      }
    },
    onError: (problem, change, rollBack) => {
      rollBack?.()
      const hint = problem.hint === undefined ? '' : ` ${problem.hint}`
      const text = `Not done: ${problem.message}.${hint}`
      notify({ text, tone: 'bad', action: { name: 'Try again', run: () => mutate(change) } })
    },
    onSuccess: (_, change) =>
      notify({
        text: describeChange(change),
        tone: 'good',
        action: { name: 'Undo', run: () => mutate(inverseOf(change)) },
      }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries(ERRORS),
        queries.invalidateQueries({ queryKey: ['listAudit'] }),
      ]),
  })
  return mutate
}
