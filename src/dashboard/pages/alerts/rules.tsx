/** The rules: switched on and off, tried over the past, with the history of the one that is chosen. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ProblemError } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'
import { Moment } from '../../components/moment.tsx'
import { notify } from '../../components/notices.tsx'
import { Answered } from '../../components/question.tsx'
import { ScrolledTable } from '../../components/scrolled-table.tsx'
import { Empty } from '../../components/states.tsx'
import { TableHead } from '../../components/table-head.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { useMay } from '../../data/session.ts'
import { visible } from '../../format/visible-text.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { useWindow } from '../../search/window.ts'
import styles from './alerts.module.css'
import { RuleForm } from './rule-form.tsx'
import { RuleHistory } from './rule-history.tsx'
import { describeCondition, type Rule } from './watches.ts'

export function Rules({ shownId }: { shownId: string | undefined }): React.ReactNode {
  const { organization } = useWindow()
  const mayEdit = useMay('write')
  const { watch } = usePageSearch()
  const [form, setForm] = useState<'shown' | 'closed'>(watch === undefined ? 'closed' : 'shown')
  const question = useDirectQuestion('listAlertRules', { organization })
  return (
    <Answered question={question} what="the rules">
      {({ data }) => {
        const shown = data.find(({ id }) => id === shownId)
        return (
          <div className={styles['cards']}>
            {form === 'shown' && <RuleForm onEnd={() => setForm('closed')} />}
            {mayEdit && form === 'closed' && (
              <p>
                <button type="button" className={controls['button']} onClick={() => setForm('shown')}>
                  New rule
                </button>
              </p>
            )}
            {shown !== undefined && <RuleHistory rule={shown} />}
            {data.length === 0 ? (
              <Empty title="There is no rule" command="exectrail alert apply -f alerts.yaml" />
            ) : (
              <RuleTable rules={data} mayEdit={mayEdit} />
            )}
          </div>
        )
      }}
    </Answered>
  )
}

function RuleTable({ rules, mayEdit }: { rules: readonly Rule[]; mayEdit: boolean }): React.ReactNode {
  return (
    <ScrolledTable label="Rules" caption="Alert rules by name" className={styles['table']}>
      <TableHead titles={['Rule', 'Watches', 'Of', 'Window', 'Next window ends', 'State']} />
      <tbody>
        {rules.map((rule) => (
          <Row key={rule.id} rule={rule} mayEdit={mayEdit} />
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function Row({ rule, mayEdit }: { rule: Rule; mayEdit: boolean }): React.ReactNode {
  const { id, name, condition, filter, windowSeconds, enabled, nextEnd, lastError } = rule
  return (
    <tr>
      <td className="untrusted">
        <Link to="/alerts" search={{ state: 'rules', rule: id }}>
          {visible(name)}
        </Link>
      </td>
      <td className={`untrusted ${styles['why'] ?? ''}`}>{visible(describeCondition(condition))}</td>
      <td className="untrusted">
        {filter.where.length === 0 ? 'all executions' : visible(filter.where.join(', '))}
      </td>
      <td>{windowSeconds / 60} min</td>
      <td>{enabled ? <Moment at={nextEnd} /> : '–'}</td>
      <td className="untrusted">
        {mayEdit ? <Switch rule={rule} /> : enabled ? 'on' : 'off'}
        {lastError !== null && <div className={styles['fault']}>{visible(lastError)}</div>}
      </td>
    </tr>
  )
}

function Switch({ rule: { id, name, enabled } }: { rule: Rule }): React.ReactNode {
  const queries = useQueryClient()
  const { mutate, isPending } = useMutation<Rule, ProblemError>({
    mutationFn: () => ask('changeAlertRule', { id, enabled: !enabled }),
    onSuccess: (changed) =>
      notify({ text: `${changed.enabled ? 'On' : 'Off'}: ${visible(name)}`, tone: 'good' }),
    onError: ({ message }) => notify({ text: `Not changed: ${message}`, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlertRules'] }),
  })
  return (
    <button
      type="button"
      role="switch"
      aria-checked={enabled}
      aria-label={`${visible(name)} is evaluated`}
      className={controls['button']}
      disabled={isPending}
      onClick={() => mutate()}
    >
      {enabled ? 'on' : 'off'}
    </button>
  )
}
