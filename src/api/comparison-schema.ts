/** Schemas of errors and comparisons for the OpenAPI document. */
import { z } from 'zod'
import { DECIDED_STATES } from '../metadata/error-states.ts'
import { ERROR_STATES } from '../store/error-state.ts'
import { figures } from './stats-schema.ts'
import { windowSchema } from './record-schema.ts'

const count = z.int().describe('Executions')
const time = z.string().describe('ISO 8601 UTC')
const affected = z.object({
  count: z.int().describe('Different values'),
  top: z.array(z.string()).describe('The most frequent'),
})

export const errorsSchema = z
  .object({
    window: windowSchema,
    data: z.array(
      z
        .object({
          fingerprint: z.string(),
          state: z.enum(ERROR_STATES).describe('`regressed`: seen again since it was resolved'),
          assignee: z.string().nullable(),
          stateSince: z.string().nullable().describe('When it was resolved, ignored or reopened'),
          errorType: z.string(),
          message: z.string().describe('Of the newest'),
          count,
          firstSeen: time,
          lastSeen: time,
          isNew: z.boolean().describe('Not seen in the 30 days before the window'),
          agents: affected,
          versions: affected,
          runtimes: affected,
          userCount: z.int(),
          organizations: z.array(z.string()).describe('At most five'),
          trend: z.array(z.int()).describe('Counts of 24 equal stretches of the window, oldest first'),
          executionIds: z.array(z.string()).describe('The newest, at most three'),
        })
        .meta({ id: 'ErrorGroup' }),
    ),
  })
  .meta({ id: 'Errors' })

export const errorDecisionSchema = z
  .object({
    organizationId: z.string(),
    workspaceId: z.string().nullable().describe('Null: decided for the whole organization'),
    fingerprint: z.string(),
    state: z.enum(DECIDED_STATES),
    assignee: z.string().nullable(),
    stateSince: time,
    changedBy: z.string().describe('Name of the key'),
  })
  .meta({ id: 'ErrorDecision' })

const share = z.number().describe('0 to 1')

export const differencesSchema = z
  .object({
    a: z.object({ window: windowSchema, count }),
    b: z.object({ window: windowSchema, count }),
    fields: z
      .array(
        z.object({
          field: z.string(),
          difference: share.describe('The greatest difference of a value, 0 to 1'),
          significant: z.boolean().describe('Whether chance hardly explains it'),
          values: z.array(
            z.object({
              value: z.string().nullable().describe('Of a measure, the power of two below it'),
              countA: count,
              countB: count,
              shareA: share,
              shareB: share,
              difference: z.number().describe('shareA − shareB'),
            }),
          ),
        }),
      )
      .describe('The most different fields first'),
  })
  .meta({ id: 'Differences' })

const interval = z
  .object({ estimate: z.number(), low: z.number(), high: z.number(), significant: z.boolean() })
  .nullable()
const version = z.object({ version: z.string(), ...figures })
const errors = z.array(
  z.object({
    fingerprint: z.string(),
    message: z.string(),
    countA: count,
    countB: count,
    executionId: z.string().describe('The newest with this error'),
  }),
)

export const versionComparisonSchema = z
  .object({
    agentId: z.string(),
    window: windowSchema,
    a: version,
    b: version,
    successRateDifference: interval.describe(
      'Success rate of b − that of a, with its 95 % interval (Newcombe)',
    ),
    durationRatio: interval.describe('Geometric mean of b / that of a, with its 95 % interval'),
    memoryRatio: interval,
    costRatio: interval,
    newErrors: errors.describe('Errors of b only'),
    goneErrors: errors.describe('Errors of a only'),
    commonErrors: errors,
  })
  .meta({ id: 'VersionComparison' })
