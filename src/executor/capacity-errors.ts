/** Why an execution cannot begin now, and when to come again. */
import { CapacityError } from '../errors.ts'
import type { AdmissionOptions } from './admission.ts'

export function organizationFull(held: number, queueLimit: number): CapacityError {
  return new CapacityError(
    `${held} executions of this organization run and ${queueLimit} may wait; its queue is full`,
    {
      retryAfterMs: 1000,
      hint: 'Try again later, or raise EXECTRAIL_ORG_QUEUE or EXECTRAIL_ORG_CONCURRENCY of the service.',
    },
  )
}

export function queueFull({ concurrency, queueLimit }: AdmissionOptions): CapacityError {
  return new CapacityError(`${concurrency} executions run and ${queueLimit} wait; the queue is full`, {
    retryAfterMs: 1000,
    hint: 'Try again later, or raise `concurrency` or `queueLimit` of the executor.',
  })
}

export function waitedTooLong(options: AdmissionOptions): CapacityError {
  return new CapacityError(
    `no permit became free within ${options.queueTimeoutMs} ms (${options.concurrency} run at once)`,
    {
      retryAfterMs: options.queueTimeoutMs,
      hint: 'Try again later, or raise `concurrency` or `queueTimeoutMs` of the executor.',
    },
  )
}
