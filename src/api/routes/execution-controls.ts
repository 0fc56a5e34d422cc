import { Hono } from 'hono'
import { z } from 'zod'
import { InvalidRequestError } from '../../errors.ts'
import { mapNames } from '../../record/record.ts'
import { recordShape } from '../../record/schema.ts'
import { cancelExecution } from '../../service/cancel-execution.ts'
import { END_FIELDS, openOutput, parsePosition, type OutputPart } from '../../service/execution-output.ts'
import { ListenerLimit } from '../../service/listener-limit.ts'
import { encodeEvent } from '../../service/server-event.ts'
import { requireScope, scopeOf } from '../auth.ts'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { eventStream } from '../event-stream.ts'
import { organization, pathExecutionId, query } from '../parameters.ts'

const cancellationSchema = z
  .object({ executionId: recordShape.executionId, status: z.enum(['cancelling', 'cancelled']) })
  .meta({ id: 'Cancellation' })

const cancel = documentRoute({
  id: 'cancelExecution',
  summary: 'End an execution that waits or runs; asked again it answers the same',
  tag: 'executions',
  reply: cancellationSchema,
  description: 'It has ended as `cancelled`',
  also: { 202: { description: 'It is being ended', reply: cancellationSchema } },
  access: 'execute',
})

const output = documentRoute({
  id: 'streamOutput',
  summary: 'The output of an execution while it runs, as server-sent events',
  tag: 'executions',
  streams: true,
  reply: z.union([
    z.object({ text: z.string() }),
    z.object({ bytes: z.int() }),
    z.object(mapNames(END_FIELDS, (name) => recordShape[name])),
    z.strictObject({}),
  ]),
  description:
    'Events `stdout` and `stderr` with `text`, `skipped` with `bytes`, `restart`, and `end` with the outcome. Ids are resumable by `Last-Event-ID`',
  also: { 204: { description: '`Last-Event-ID` is that of the end' } },
  // Secrets are not masked in it, as in the reply to who runs the code.
  access: 'execute',
})

/** What can be done to one execution while it runs. */
export function controls({ store, executor }: AppDependencies): Hono<ApiEnv> {
  const readers = new ListenerLimit('the output of executions')
  return new Hono<ApiEnv>()
    .post('/:id/cancel', cancel, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      const cancellation = await cancelExecution({ store, scope, executor }, pathExecutionId(c))
      return c.json(cancellation, cancellation.status === 'cancelled' ? 200 : 202)
    })
    .get('/:id/output', output, query({ organization }), async (c) => {
      const scope = scopeOf(c, c.req.valid('query').organization)
      requireScope(c, 'read')
      const position = readPosition(c)
      if (position === 'end') return c.body(null, 204)
      const leave = readers.enter(scope)
      try {
        const parts = await openOutput({ store, scope, executor }, pathExecutionId(c), position)
        return eventStream(c, encodeParts(parts), leave)
      } catch (error) {
        leave()
        throw error
      }
    })
}

function readPosition(c: ApiContext) {
  const given = c.req.header('Last-Event-ID')
  if (given === undefined || given === '') return { of: 'log', place: 0 } as const
  const position = parsePosition(given)
  if (position !== null) return position
  throw new InvalidRequestError([
    { path: 'Last-Event-ID', message: 'not an id of this stream; send the last one received, or none' },
  ])
}

async function* encodeParts(parts: AsyncIterable<OutputPart>): AsyncGenerator<Uint8Array> {
  for await (const { kind, id, ...data } of parts)
    yield encodeEvent({ id, event: kind, data: 'end' in data ? data.end : data })
}
