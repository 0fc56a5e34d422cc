/** Limits, costs, validation and ids of an execution. */
import { Fragment, type ReactNode } from 'react'
import { Card } from '../../components/card.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { LongText } from '../../components/long-text.tsx'
import type { FieldName } from '../../../record/record.ts'
import type { Ended } from '../../data/execution.ts'
import { useDirectQuestion } from '../../data/queries.ts'
import { labelOf } from '../../format/fields.ts'
import { visible } from '../../format/visible-text.ts'
import { costsOf } from './costs.ts'
import { limitsOf, memberOf } from './limits.ts'
import styles from './panel.module.css'

const NEAR = 0.8

export function LimitsCard({ record }: { record: Ended }): ReactNode {
  return (
    <Card title="Limits and use" note={`isolation: ${record.isolation}`}>
      <ul className={styles['limits']}>
        {limitsOf(record).map(({ name, used, limit, share, note }) => (
          <li key={name}>
            <span>{name}</span>
            <span className={styles['use']}>
              <span>
                {used} {note !== undefined && <span className={styles['quiet']}>{note}</span>}
              </span>
              <span className={styles['quiet']}>{limit === null ? 'default limit' : `of ${limit}`}</span>
            </span>
            {share !== null && (
              <span className={styles['bar']} aria-hidden="true">
                <i
                  style={{ width: `${Math.min(1, share) * 100}%` }}
                  data-level={share >= 1 ? 'over' : share >= NEAR ? 'near' : undefined}
                />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

export function CostCard({ record }: { record: Ended }): ReactNode {
  const { priceId } = record
  const prices = useDirectQuestion('listPrices', {}, { state: priceId === null ? 'paused' : 'active' })
  return (
    <Card title="Cost" note={priceId === null ? undefined : <>price: {visible(priceId)}</>}>
      <dl className={styles['facts']}>
        {costsOf(record, prices.data).map(({ name, amount, formula }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              {amount}
              <span className={styles['formula']}>{formula}</span>
            </dd>
          </Fragment>
        ))}
      </dl>
    </Card>
  )
}

export function ValidationCard({ record }: { record: Ended }): ReactNode {
  const { validationPassed, request, errorType } = record
  const schemas = [
    memberOf(request, 'inputSchema') === null ? null : 'the input',
    memberOf(request, 'outputSchema') === null ? null : 'the result',
  ].filter((one) => one !== null)
  return (
    <Card title="Validation">
      <p>
        {validationPassed === null && 'The request has no schema: there was nothing to validate.'}
        {validationPassed === true && `Passed: ${schemas.join(' and ') || 'input and result'} matched.`}
        {validationPassed === false &&
          (errorType === 'validation_input'
            ? 'Failed: the input does not match its schema.'
            : 'Failed: the result does not match its schema.')}
      </p>
    </Card>
  )
}

const IDS = [
  'executionId',
  'organizationId',
  'workspaceId',
  'userId',
  'codeAgentId',
  'codeAgentVersion',
  'workflowExecutionId',
  'nodeId',
  'toolCallId',
  'conversationId',
  'replayOf',
  'model',
  'traceId',
  'spanId',
  'sandboxId',
  'executorId',
  'errorFingerprint',
  'codeSha256',
] as const satisfies readonly FieldName[]

export function IdsCard({ record }: { record: Ended }): ReactNode {
  return (
    <Card title="Ids">
      <dl className={styles['facts']}>
        {IDS.map((name) => {
          const value = record[name]
          if (value === null || value === '') return null
          return (
            <Fragment key={name}>
              <dt>{labelOf(name)}</dt>
              <dd className={styles['idValue']}>
                <code className="untrusted">
                  <LongText text={visible(value)} max={200} />
                </code>
                <CopyButton text={value} what={labelOf(name).toLowerCase()} />
              </dd>
            </Fragment>
          )
        })}
      </dl>
    </Card>
  )
}
