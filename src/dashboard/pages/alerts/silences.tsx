/** Silences: times in which alerts are evaluated and not sent. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operations, ProblemError } from '../../../client/index.ts'
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
import { describeMatches } from './matches.ts'
import { SilenceForm } from './silence-form.tsx'
import type { Rule } from './watches.ts'

type Silence = Operations['listAlertSilences']['reply']['data'][number]
const REFRESH_MS = 15_000

/** A link from an alert says which alerts to silence. */
export function Silences(): React.ReactNode {
  const { organization } = useWindow()
  const { match } = usePageSearch()
  const mayEdit = useMay('write')
  const [form, setForm] = useState<'shown' | 'closed'>(match === undefined ? 'closed' : 'shown')
  const question = useDirectQuestion('listAlertSilences', { organization }, { refreshMs: REFRESH_MS })
  const rules = useDirectQuestion('listAlertRules', { organization }).data?.data ?? []
  return (
    <div className={styles['cards']}>
      {mayEdit && form === 'shown' && <SilenceForm rules={rules} onEnd={() => setForm('closed')} />}
      {mayEdit && form === 'closed' && (
        <p>
          <button type="button" className={controls['button']} onClick={() => setForm('shown')}>
            New silence
          </button>
        </p>
      )}
      <Answered question={question} what="the silences">
        {({ data }) =>
          data.length === 0 ? (
            <Empty
              title="Nothing is silenced"
              command="exectrail alert silence --for 2h --match codeAgentId=summer"
            />
          ) : (
            <SilenceTable silences={data} rules={rules} mayEdit={mayEdit} />
          )
        }
      </Answered>
    </div>
  )
}

interface TableProps {
  silences: readonly Silence[]
  rules: readonly Rule[]
  mayEdit: boolean
}

function SilenceTable({ silences, rules, mayEdit }: TableProps): React.ReactNode {
  return (
    <ScrolledTable label="Silences" caption="Silences, the first to end first" className={styles['table']}>
      <TableHead titles={['Rule', 'Group', 'Why', 'From', 'Until', 'Made by']} acts="End" />
      <tbody>
        {silences.map((silence) => (
          <tr key={silence.id}>
            <td className="untrusted">{nameOf(silence, rules)}</td>
            <td className="untrusted">{describeMatches(silence.matches)}</td>
            <td className={`untrusted ${styles['why'] ?? ''}`}>{visible(silence.comment) || '–'}</td>
            <td>
              <Moment at={silence.startsAt} />
            </td>
            <td>
              <Moment at={silence.endsAt} />
            </td>
            <td className="untrusted">{visible(silence.createdBy)}</td>
            <td data-align="right">{mayEdit && <End silence={silence} />}</td>
          </tr>
        ))}
      </tbody>
    </ScrolledTable>
  )
}

function nameOf({ ruleId }: Silence, rules: readonly Rule[]): string {
  if (ruleId === null) return 'every rule'
  return visible(rules.find(({ id }) => id === ruleId)?.name ?? ruleId)
}

function End({ silence: { id } }: { silence: Silence }): React.ReactNode {
  const { organization } = useWindow()
  const queries = useQueryClient()
  const { mutate, isPending } = useMutation<Silence, ProblemError>({
    mutationFn: () => ask('endAlertSilence', { id, organization }),
    onSuccess: () => notify({ text: 'The silence has ended', tone: 'good' }),
    onError: ({ message }) => notify({ text: `Not ended: ${message}`, tone: 'bad' }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlertSilences'] }),
  })
  return (
    <button type="button" className={controls['button']} disabled={isPending} onClick={() => mutate()}>
      End now
    </button>
  )
}
