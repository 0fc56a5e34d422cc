/** A form for the usual rules; it is tried over the past before it is saved. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { ProblemError } from '../../../client/index.ts'
import { Card } from '../../components/card.tsx'
import { Choices } from '../../components/choices.tsx'
import { Form, listOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { TextField } from '../../components/text-field.tsx'
import { ask } from '../../data/queries.ts'
import { visible } from '../../format/visible-text.ts'
import { useWindow } from '../../search/window.ts'
import { DryRun } from './dry-run.tsx'
import { splitParts } from './matches.ts'
import { WATCH_NAMES, type WatchName } from '../../data/charts.ts'
import { useFilter } from '../../search/filter.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { isWatch, WATCHES, type Rule, type RuleInput } from './watches.ts'

interface Draft {
  name: string
  watch: WatchName
  warning: string
  critical: string
  minutes: string
  conditions: string
  channels: string
}

/** A link from a chart says what to watch of which executions. */
function startOf(watch: unknown, where: readonly string[]): Draft {
  const watched = isWatch(watch) ? watch : 'failures'
  const isShare = WATCHES[watched].unit === '%'
  const levels = isShare ? { warning: '10', critical: '25' } : { warning: '', critical: '' }
  return { name: '', watch: watched, ...levels, minutes: '5', conditions: where.join(', '), channels: '' }
}

export function RuleForm({ onEnd }: { onEnd: () => void }): ReactNode {
  const { watch } = usePageSearch()
  const { where } = useFilter()
  const [draft, setDraft] = useState(() => startOf(watch, where))
  const { mutate, error, isPending } = useCreateRule(onEnd)
  return (
    <Card title="New rule" note="other kinds: exectrail alert apply -f alerts.yaml">
      <Form
        label="New rule"
        submit="Save the rule"
        onSubmit={() => mutate(toRule(draft))}
        onCancel={onEnd}
        fault={error?.message ?? null}
        isPending={isPending}
      >
        <Fields draft={draft} onChange={(changes) => setDraft({ ...draft, ...changes })} />
      </Form>
      <DryRun rule={toRule(draft)} />
    </Card>
  )
}

function useCreateRule(onEnd: () => void) {
  const { organization } = useWindow()
  const queries = useQueryClient()
  return useMutation<Rule, ProblemError, RuleInput>({
    mutationFn: (rule) => ask('createAlertRule', { ...rule, organization }),
    onSuccess: ({ name }) => {
      notify({ text: `Made: ${visible(name)}`, tone: 'good' })
      onEnd()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['listAlertRules'] }),
  })
}

interface FieldsProps {
  draft: Draft
  onChange: (changes: Partial<Draft>) => void
}

function Fields({ draft, onChange }: FieldsProps): ReactNode {
  const { unit } = WATCHES[draft.watch]
  const text = (name: Exclude<keyof Draft, 'watch'>, label: string, placeholder?: string): ReactNode => (
    <TextField
      label={label}
      value={draft[name]}
      placeholder={placeholder}
      onChange={(value) => onChange({ [name]: value })}
    />
  )
  return (
    <>
      {text('name', 'Name')}
      <Choices
        label="Watch"
        value={draft.watch}
        names={WATCH_NAMES}
        nameOf={(name) => WATCHES[name].title}
        onChange={(watch) => onChange({ watch })}
      />
      {text('warning', `Warning from, ${unit}`)}
      {text('critical', `Critical from, ${unit}`)}
      {text('minutes', 'Window, minutes')}
      {text('conditions', 'Only executions with', 'codeAgentId=summer, runtime=vm2')}
      {text('channels', 'Channels', 'names, with commas')}
    </>
  )
}

/** What is no number is left to the service to refuse, which names every fault. */
function toRule({ name, watch, warning, critical, minutes, conditions, channels }: Draft): RuleInput {
  const { condition, toValue } = WATCHES[watch]
  const level = (text: string): number | undefined => (text.trim() === '' ? undefined : toValue(Number(text)))
  const [low, high] = [level(warning), level(critical)]
  return {
    name,
    condition: condition({
      ...(low === undefined ? {} : { warning: low }),
      ...(high === undefined ? {} : { critical: high }),
    }),
    windowSeconds: Math.round(Number(minutes) * 60),
    filter: { where: splitParts(conditions) },
    channels: listOf(channels),
  }
}
