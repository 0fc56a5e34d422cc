/** Alerts: what is firing, what has ended, the rules behind them, what is silent, and where notifications go. */
import { PageHeader } from '../../components/page-header.tsx'
import { Answered } from '../../components/question.tsx'
import { Empty } from '../../components/states.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { useDirectQuestion } from '../../data/queries.ts'
import { useSession, whyNot } from '../../data/session.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { useWindow } from '../../search/window.ts'
import { AlertTable } from './alert-table.tsx'
import { Channels } from './channels.tsx'
import { Rules } from './rules.tsx'
import { Silences } from './silences.tsx'

const TABS = [
  { value: 'open', title: 'Open', phases: ['firing', 'pending'] },
  { value: 'ended', title: 'Ended', phases: ['resolved'] },
  { value: 'rules', title: 'Rules', phases: [] },
  { value: 'silences', title: 'Silences', phases: [] },
  { value: 'channels', title: 'Channels', phases: [] },
] as const
type Tab = (typeof TABS)[number]

const REFRESH_MS = 10_000
const LIMIT = 200

export function Page(): React.ReactNode {
  const { state, rule } = usePageSearch()
  const session = useSession()
  const refused = whyNot(session, 'read', 'An alert')
  const ruleId = typeof rule === 'string' ? rule : undefined
  // A link of a notification names a rule alone.
  const tab = TABS.find(({ value }) => value === state) ?? (ruleId === undefined ? TABS[0] : TABS[2])
  return (
    <>
      <PageHeader title="Alerts" />
      <Tabs label="State" name="state" tabs={TABS} shown={tab.value} />
      {refused === null ? (
        <Shown tab={tab} ruleId={ruleId} />
      ) : (
        <Empty title={refused} command="exectrail up" />
      )}
    </>
  )
}

function Shown({ tab, ruleId }: { tab: Tab; ruleId: string | undefined }): React.ReactNode {
  if (tab.value === 'rules') return <Rules shownId={ruleId} />
  if (tab.value === 'silences') return <Silences />
  return tab.value === 'channels' ? <Channels /> : <Alerts tab={tab} />
}

function Alerts({ tab }: { tab: Tab }): React.ReactNode {
  const { organization } = useWindow()
  const input = { organization, phase: tab.phases, limit: LIMIT }
  const question = useDirectQuestion('listAlerts', input, { refreshMs: REFRESH_MS })
  return (
    <Answered question={question} what="the alerts">
      {({ data }) => {
        if (data.length > 0) return <AlertTable alerts={data} />
        if (tab.value === 'ended') return <Empty title="No alert has ended yet" />
        return (
          <Empty title="Nothing is firing" command="exectrail alert rules">
            <p>Five rules come with an installation and are off until you switch them on, under Rules.</p>
          </Empty>
        )
      }}
    </Answered>
  )
}
