/** The tool that gives a verdict. */
import { z } from 'zod'
import type { Operations } from '../../client/index.ts'
import { SEVERITIES, VERDICTS } from '../../service/health-figures.ts'
import { filterInput, toFilter, windowSchema } from '../parameters.ts'
import { UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const MESSAGE_MAX = 300
const ERRORS_SHOWN = 10

const period = z.object({ count: z.number(), successCount: z.number(), durationP95Ms: z.number().nullable() })
const compared = { agentId: z.string().nullable(), now: period, before: period }
const error = z.object({
  fingerprint: z.string(),
  message: z.string(),
  count: z.number(),
  executionId: z.string(),
})

type Report = Operations['getHealthReport']['reply']

export const getHealthReport = defineTool({
  name: 'get_health_report',
  title: 'Health report',
  kind: 'reads',
  description: `A verdict in words on the last day against the week before, with the figures behind it: agents that got worse beyond chance and why, new errors, the slowest agents, whether records arrive. Begin here when asked how things are. ${UNTRUSTED}`,
  input: z.strictObject({
    ...filterInput,
    since: filterInput.since.describe('Looks this far back from now: 6h, 1d, 1w. Default: 1d'),
  }),
  output: z.object({
    verdict: z.enum(VERDICTS),
    summary: z.string(),
    findings: z
      .array(z.object({ severity: z.enum(SEVERITIES), text: z.string() }))
      .describe('The worst first'),
    window: windowSchema,
    baseline: windowSchema,
    total: z.object(compared),
    worseAgents: z.array(
      z.object({
        ...compared,
        reasons: z.array(z.string()),
        errors: z.array(error),
        differingFields: z.array(z.string()),
      }),
    ),
    slowestAgents: z.array(z.object(compared)),
    newErrors: z.array(error).describe(`At most ${ERRORS_SHOWN}; list_errors has all`),
    pipelineReady: z.boolean().describe('Whether new records arrive'),
  }),
  async answer(given, { client, signal }) {
    const found = await client.getHealthReport(toFilter(given), { signal })
    return {
      ...found,
      worseAgents: found.worseAgents.map((agent) => ({
        ...agent,
        errors: agent.errors.map(toError),
        differingFields: agent.differences.map(({ field }) => field),
      })),
      newErrors: found.newErrors.slice(0, ERRORS_SHOWN).map(toError),
      pipelineReady: found.pipeline.ready,
    }
  },
})

function toError(found: Report['newErrors'][number]): z.input<typeof error> {
  const [executionId = ''] = found.executionIds
  return { ...found, message: found.message.slice(0, MESSAGE_MAX), executionId }
}
