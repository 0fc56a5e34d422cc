/** Settings of retention: how long executions stay in the store, and how long their content does. */
import { z } from 'zod'

const DAYS_MAX = 36_500

export const retentionVariables = {
  EXECTRAIL_RETENTION_DAYS: z
    .union(
      [z.literal('forever'), z.coerce.number().int().min(1).max(DAYS_MAX)],
      "write a whole number of days from 1 to 36500, or 'forever'",
    )
    .optional(),
  EXECTRAIL_RETENTION_CONTENT_DAYS: z.coerce
    .number('write a whole number of days')
    .int('write a whole number of days')
    .min(1)
    .max(DAYS_MAX)
    .optional(),
}

export interface RetentionConfig {
  /** Executions and spans go so many days after their start; 'forever' ends that; null: the tables stay as they are. */
  days: number | 'forever' | null
  /** Code, input, output and result go with the month that ended so many days ago; null: with their executions. */
  contentDays: number | null
}

/** The settings of validated variables. */
export function retentionConfig(value: z.infer<z.ZodObject<typeof retentionVariables>>): RetentionConfig {
  return {
    days: value.EXECTRAIL_RETENTION_DAYS ?? null,
    contentDays: value.EXECTRAIL_RETENTION_CONTENT_DAYS ?? null,
  }
}
