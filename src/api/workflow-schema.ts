/** Schemas of workflow executions and traces for the OpenAPI document. */
import { z } from 'zod'
import { recordShape } from '../record/schema.ts'
import { ATTEMPT_FIELDS } from '../store/queries/workflow-attempts.ts'
import { WORKFLOW_STATES } from '../store/queries/workflow-executions.ts'
import { windowSchema } from './record-schema.ts'

const text = z.string()
const count = z.int().min(0)
const ms = z.number()
const nanoUsd = z.int().nullable()
const state = z
  .enum(WORKFLOW_STATES)
  .describe('`failed`: the last attempt of a node did not succeed; `incomplete`: a record is overdue')

const summaryShape = {
  organizationId: text,
  workflowExecutionId: text,
  state,
  executionCount: count.describe('Executions that have ended'),
  failureCount: count,
  retryCount: count.describe('Ended executions that were not the first attempt'),
  attemptMax: count,
  runningCount: count,
  missingCount: count.describe('Executions that began and whose record is overdue'),
  nodeCount: count,
  failedNodeCount: count,
  startedAt: text,
  endedAt: text.nullable(),
  elapsedMs: ms.nullable().describe('From the first start to the last end'),
  durationMs: ms.describe('All runs together'),
  tokensUsed: z.int().nullable(),
  costRunNanoUsd: nanoUsd,
  costAllocatedNanoUsd: nanoUsd,
  costTokensNanoUsd: nanoUsd,
}

export const workflowPageSchema = z
  .object({
    data: z.array(z.object(summaryShape).meta({ id: 'WorkflowExecutionSummary' })),
    nextCursor: text.nullable(),
    window: windowSchema,
  })
  .meta({ id: 'WorkflowExecutionPage' })

const attemptFields = ATTEMPT_FIELDS.map((name) => [name, recordShape[name].nullable()] as const)
const attemptShape = {
  ...Object.fromEntries(attemptFields),
  phase: z.enum(['ended', 'running', 'missing']),
}
const attemptSchema = z.object(attemptShape).meta({ id: 'Attempt' })

const spanSchema = z
  .object({
    traceId: text,
    spanId: text,
    parentSpanId: text.nullable(),
    name: text,
    kind: text,
    service: text,
    startedAt: text,
    durationMs: ms,
    status: text,
    statusMessage: text,
    executionId: text.nullable().describe('The execution it is the span of'),
    attributes: z.record(text, text),
    depth: count.describe('0 for a root; the spans are in the order of the tree, each before its children'),
    childCount: count,
    offsetMs: ms.describe('From the begin of the whole'),
  })
  .meta({ id: 'TreeSpan' })

export const workflowSchema = z
  .object({
    ...summaryShape,
    window: windowSchema,
    nodes: z.array(
      z.object({
        nodeId: text.nullable(),
        state,
        offsetMs: ms,
        elapsedMs: ms.nullable(),
        attempts: z.array(z.object({ ...attemptShape, offsetMs: ms })),
      }),
    ),
    spans: z.array(spanSchema),
    traces: z.array(z.object({ traceId: text, url: text.nullable().describe('In SigNoz') })),
    truncated: z.object({ executions: z.boolean(), spans: z.boolean(), traces: z.boolean() }),
  })
  .meta({ id: 'WorkflowExecution' })

export const traceSchema = z
  .object({
    traceId: text,
    window: windowSchema,
    url: text.nullable().describe('In SigNoz; null where SIGNOZ_URL is not set'),
    startedAt: text,
    spans: z.array(spanSchema),
    executions: z.array(attemptSchema),
    truncated: z.boolean(),
  })
  .meta({ id: 'Trace' })
