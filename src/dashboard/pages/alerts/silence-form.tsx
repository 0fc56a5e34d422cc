import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { Operations, ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import controls from '../../components/controls.module.css'
import { Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { useTimeFormat } from '../../format/time.ts'
import { visible } from '../../format/visible-text.ts'
import { usePreferences, type Preferences } from '../../preferences.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { useWindow } from '../../search/window.ts'
import { readMatches, splitParts } from './matches.ts'
import type { Rule } from './watches.ts'

type Input = Operations['silenceAlerts']['input']
type Silence = Operations['silenceAlerts']['reply']

const HOUR_MS = 3_600_000
const SPANS = { '1 hour': 1, '2 hours': 2, '8 hours': 8, '1 day': 24, '7 days': 168 } as const
const SPAN_NAMES = ['1 hour', '2 hours', '8 hours', '1 day', '7 days', 'until …'] as const
type SpanName = (typeof SPAN_NAMES)[number]

/** Silences alerts of a rule, or of every rule, whose group has the given values. */
export function SilenceForm({ rules, onEnd }: { rules: readonly Rule[]; onEnd: () => void }): ReactNode {
  const { rule, match } = usePageSearch()
  const { submit, fault, isPending } = useSilence(onEnd)
  const { zone } = usePreferences()
  const [span, setSpan] = useState<SpanName>('2 hours')
  const [ruleId, setRule] = useState(typeof rule === 'string' ? rule : '')
  return (
    <Card
      title="New silence"
      note="alerts are evaluated meanwhile; one that still fires afterwards is sent then"
    >
      <Form
        label="New silence"
        submit="Silence"
        onSubmit={(given) => submit(readForm(given, { ruleId, span, zone }))}
        onCancel={onEnd}
        fault={fault}
        isPending={isPending}
      >
        <RuleChoice rules={rules} value={ruleId} onChange={setRule} />
        <NamedField
          label="Only groups with"
          name="matches"
          maxLength={2000}
          placeholder="codeAgentId=summer, runtime=vm2"
          defaultValue={typeof match === 'string' ? match : undefined}
        />
        <Choices label="For" value={span} names={SPAN_NAMES} nameOf={(name) => name} onChange={setSpan} />
        {span === 'until …' && <Until />}
        <NamedField label="Why" name="comment" maxLength={500} placeholder="upgrade" />
      </Form>
    </Card>
  )
}

interface RuleChoiceProps {
  rules: readonly Rule[]
  /** '' for every rule. */
  value: string
  onChange: (id: string) => void
}

function RuleChoice({ rules, value, onChange }: RuleChoiceProps): ReactNode {
  return (
    <label>
      Rule
      <select
        className={`${controls['select'] ?? ''} ${controls['picker'] ?? ''}`}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">every rule</option>
        {rules.map(({ id, name }) => (
          <option key={id} value={id}>
            {visible(name)}
          </option>
        ))}
      </select>
    </label>
  )
}

function Until(): ReactNode {
  const { zone } = useTimeFormat()
  return <NamedField label={`Until, ${zone}`} name="until" type="datetime-local" required />
}

function useSilence(onEnd: () => void) {
  const { organization } = useWindow()
  const queries = useQueryClient()
  const [fault, setFault] = useState<string | null>(null)
  const { mutate, isPending } = useMutation<Silence, ProblemError, Input>({
    mutationFn: (input) => ask('silenceAlerts', { ...input, organization }),
    onSuccess: () => {
      notify({ text: 'Silenced', tone: 'good' })
      onEnd()
    },
    onError: ({ message }) => setFault(message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlertSilences'] }),
  })
  const submit = (input: Input | string): void => {
    if (typeof input === 'string') setFault(input)
    else mutate(input)
  }
  return { submit, fault, isPending }
}

interface Chosen {
  ruleId: string
  span: SpanName
  zone: Preferences['zone']
}

/** What was written, or what is wrong with it. */
function readForm(given: FormData, { ruleId, span, zone }: Chosen): Input | string {
  const matches = readMatches(splitParts(textOf(given, 'matches')))
  if (matches === null) return 'Write groups as field=value, such as codeAgentId=summer, runtime=vm2'
  const until = textOf(given, 'until')
  const end =
    span === 'until …'
      ? new Date(zone === 'utc' ? `${until}Z` : until)
      : new Date(Date.now() + SPANS[span] * HOUR_MS)
  if (Number.isNaN(end.getTime())) return 'Choose a day and a time for the end'
  const comment = textOf(given, 'comment')
  return { matches, comment, endsAt: end.toISOString(), ...(ruleId === '' ? {} : { ruleId }) }
}
