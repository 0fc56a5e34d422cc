/** Tools that show runs of workflows. */
import { z } from 'zod'
import type { Operations } from '../../client/index.ts'
import { fitting } from '../cut.ts'
import { toWindow, windowInput, windowSchema } from '../parameters.ts'
import { UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const NODES_CHARACTERS = 40_000
const MESSAGE_MAX = 300
const ATTEMPTS_SHOWN = 20

const attemptSchema = z.object({
  executionId: z.string(),
  attempt: z.number(),
  phase: z.enum(['ended', 'running', 'missing']),
  outcome: z.string().nullable(),
  errorMessage: z.string().nullable(),
  runtime: z.string(),
  language: z.string(),
  durationMs: z.number().nullable(),
  offsetMs: z.number().describe('Begin, from the begin of the run'),
})

const nodeSchema = z.object({
  nodeId: z.string().nullable(),
  state: z.string(),
  offsetMs: z.number(),
  elapsedMs: z.number().nullable(),
  attempts: z.array(attemptSchema),
})

export const getWorkflowExecution = defineTool({
  name: 'get_workflow_execution',
  title: 'Get one run of a workflow',
  kind: 'reads',
  description: `One run of a workflow: its state and totals, and each node with its attempts in order of their start. Says which node failed first and what was retried; get_execution shows an attempt in full. ${UNTRUSTED}`,
  input: z.strictObject({
    workflowExecutionId: z.string().min(1).max(256).describe('Id of the run of the workflow'),
    ...windowInput,
  }),
  output: z.object({
    workflowExecutionId: z.string(),
    window: windowSchema,
    state: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    elapsedMs: z.number().nullable().describe('From the first start to the last end'),
    executionCount: z.number(),
    failureCount: z.number(),
    retryCount: z.number(),
    runningCount: z.number(),
    missingCount: z.number().describe('Executions that began and whose record is overdue'),
    tokensUsed: z.number().nullable(),
    costRunNanoUsd: z.number().nullable(),
    nodes: z.array(nodeSchema),
    traces: z.array(z.object({ traceId: z.string(), url: z.string().nullable() })),
    note: z.string().optional().describe('What was left out, and how to get it'),
  }),
  async answer({ workflowExecutionId: id, ...window }, { client, signal }) {
    const run = await client.getWorkflowExecution({ id, ...toWindow(window) }, { signal })
    const all = run.nodes.map(toNode)
    const nodes = fitting(all, NODES_CHARACTERS)
    const cut =
      run.truncated.executions ||
      nodes.length < all.length ||
      run.nodes.some(({ attempts }) => attempts.length > ATTEMPTS_SHOWN)
    return {
      ...run,
      nodes,
      note: cut
        ? `${nodes.length} of ${all.length} nodes, the last ${ATTEMPTS_SHOWN} attempts of each; search_executions with workflowExecutionId has all of them.`
        : undefined,
    }
  },
})

type Node = Operations['getWorkflowExecution']['reply']['nodes'][number]

function toNode(node: Node): z.output<typeof nodeSchema> {
  return nodeSchema.parse({ ...node, attempts: node.attempts.slice(-ATTEMPTS_SHOWN).map(toAttempt) })
}

function toAttempt(attempt: Node['attempts'][number]): typeof attempt {
  return { ...attempt, errorMessage: attempt.errorMessage?.slice(0, MESSAGE_MAX) ?? null }
}
