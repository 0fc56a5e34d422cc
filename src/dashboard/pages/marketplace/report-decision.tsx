/** How an administrator of the installation ends a report: with or without a change of the version. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { AgentReport, ProblemError } from '../../../client/index.ts'
import { Choices } from '../../components/choices.tsx'
import { faultOf, Form, textOf } from '../../components/form.tsx'
import { notify } from '../../components/notices.tsx'
import { NamedField } from '../../components/text-field.tsx'
import { ask, useDirectQuestion } from '../../data/queries.ts'
import { splitName } from '../../search/market-address.ts'

const ACTS = ['none', 'deprecate', 'yank', 'refuse'] as const
type Act = (typeof ACTS)[number]
const OUTCOME = 'What came of it, for who reported it'
const REASON = 'Reason, for who reported it and all who use it'
/** What can be done to all versions at once. */
const OF_ALL: readonly Act[] = ['none', 'deprecate']
/** No version has this name. */
const ALL = ''

const WORDS = {
  none: 'close it, change nothing',
  deprecate: 'deprecate the version: its users are warned',
  yank: 'yank the version: it is not chosen any more',
  refuse: 'refuse its review: hide it from other organizations',
} as const satisfies Record<Act, string>

/** What the one who reports reads before the reason. */
const DONE = { none: 'No change', deprecate: 'Deprecated', yank: 'Yanked', refuse: 'Refused' } as const

export function ReportDecision({ report }: { report: AgentReport }): ReactNode {
  const { agent } = report
  const [act, setAct] = useState<Act>('none')
  const [chosen, setChosen] = useState(ALL)
  const version = report.version ?? (chosen === ALL ? null : chosen)
  const { mutate, error, isPending } = useDecision({ ...report, version })
  const choose = (name: string): void => {
    setChosen(name)
    if (name === ALL && !OF_ALL.includes(act)) setAct('none')
  }
  return (
    <Form
      label={`Decide the report of ${agent}`}
      submit={act === 'none' ? 'Close the report' : 'Do so and close the report'}
      onSubmit={(given) => mutate({ act, reason: textOf(given, 'reason') })}
      fault={faultOf(error)}
      isPending={isPending}
    >
      {report.version === null && <MeantVersion agent={agent} value={chosen} onChange={choose} />}
      <Choices
        label="Decision"
        value={act}
        names={version === null ? OF_ALL : ACTS}
        nameOf={(name) =>
          version === null && name === 'deprecate' ? 'deprecate all its versions' : WORDS[name]
        }
        onChange={setAct}
      />
      <NamedField label={act === 'none' ? OUTCOME : REASON} name="reason" required maxLength={900} />
    </Form>
  )
}

/** A report of no version leaves open which one is meant. */
function MeantVersion({
  agent,
  value,
  onChange,
}: {
  agent: string
  value: string
  onChange: (version: string) => void
}): ReactNode {
  const { data } = useDirectQuestion('getAgent', splitName(agent))
  const versions = data?.versions.map(({ version }) => version).toReversed() ?? []
  return (
    <Choices
      label="Version that is meant"
      value={value}
      names={[ALL, ...versions]}
      nameOf={(name) => (name === ALL ? 'no single one' : name)}
      onChange={onChange}
    />
  )
}

interface Decision {
  act: Act
  reason: string
}

/** The change comes first: a report does not end with a change that was refused. Both may be repeated. */
function useDecision({ id, agent, version }: AgentReport) {
  const queries = useQueryClient()
  const change = async ({ act, reason }: Decision): Promise<void> => {
    const at = { ...splitName(agent), version }
    if (act === 'refuse') await ask('reviewAgent', { ...at, decision: 'refused', reason })
    if (act === 'yank') await ask('changeAgentStatus', { ...at, status: 'yanked', reason })
    if (act === 'deprecate') await ask('changeAgentStatus', { ...at, status: 'deprecated', reason })
  }
  return useMutation<AgentReport, ProblemError, Decision>({
    mutationFn: async (decision) => {
      await change(decision)
      return ask('resolveAgentReport', { id, resolution: `${DONE[decision.act]}: ${decision.reason}` })
    },
    onSuccess: (_, { act }) => notify({ text: `${DONE[act]}; closed: the report of ${agent}`, tone: 'good' }),
    onSettled: () =>
      Promise.all(
        ['listAgentReports', 'getAgent', 'getAgentVersion', 'searchAgents', 'listAgentReviews'].map((name) =>
          queries.invalidateQueries({ queryKey: [name] }),
        ),
      ),
  })
}
