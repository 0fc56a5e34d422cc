/** What the organization or workspace has installed, and what there is to update. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { InstallView, ProblemError } from '../../../client/index.ts'
import { StatusBadge } from '../../components/agent-badges.tsx'
import { ConfirmedButton } from '../../components/confirmed-button.tsx'
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
import { marketAddress, splitName } from '../../search/market-address.ts'
import { useWindow } from '../../search/window.ts'
import styles from './marketplace.module.css'

export function Installed(): ReactNode {
  const { organization } = useWindow()
  const question = useDirectQuestion('listInstalledAgents', { organization })
  return (
    <Answered question={question} what="the installed agents">
      {({ data }) =>
        data.length === 0 ? (
          <Empty title="Nothing is installed yet" command="exectrail agent install acme/summer@^1.0">
            <p>
              An agent that is installed runs by its name, keeps to the versions you allow, and says here when
              there is a newer one.
            </p>
            <Link to="/marketplace" className={controls['button']}>
              Browse agents
            </Link>
          </Empty>
        ) : (
          <InstallTable installs={data} />
        )
      }
    </Answered>
  )
}

function InstallTable({ installs }: { installs: readonly InstallView[] }): ReactNode {
  const mayChange = useMay('write')
  const updates = installs.filter(({ update }) => update !== null).length
  const warned = installs.filter(({ status }) => status !== 'active').length
  return (
    <>
      <output className={styles['count']}>
        {updates === 0
          ? 'All stand at what their references allow.'
          : `${updates} can be updated within what their references allow.`}
        {warned > 0 &&
          ` ${warned} ${warned === 1 ? 'needs' : 'need'} a look: deprecated, yanked or not shown any more.`}
      </output>
      <ScrolledTable label="Installed agents" className={styles['table']}>
        <TableHead titles={['Agent', 'Allowed', 'Stands at', 'Update', 'For', 'Installed']} acts="Act" />
        <tbody>
          {installs.map((install) => (
            <Row
              key={`${install.workspaceId ?? ''} ${install.name}`}
              install={install}
              acts={mayChange ? <Actions install={install} /> : null}
            />
          ))}
        </tbody>
      </ScrolledTable>
    </>
  )
}

function Row({ install, acts }: { install: InstallView; acts: ReactNode }): ReactNode {
  return (
    <tr>
      <td>
        <Link {...marketAddress(install.name)} className="untrusted">
          {install.name}
        </Link>
      </td>
      <td>
        <code>{install.reference}</code>
      </td>
      <td>
        {install.version} <StatusBadge status={install.status} reason={install.statusReason} />
        {install.warnings.map((warning) => (
          <p key={warning} className={`untrusted ${styles['warning'] ?? ''}`}>
            {visible(warning)}
          </p>
        ))}
      </td>
      <td>{newerOf(install)}</td>
      <td className="untrusted">{visible(install.workspaceId ?? install.organizationId)}</td>
      <td>
        <Moment at={install.installedAt} />
      </td>
      <td>{acts}</td>
    </tr>
  )
}

function newerOf({ update, instead, newest, reference }: InstallView): ReactNode {
  if (update !== null) return <strong>{update}</strong>
  if (instead !== null)
    return (
      <>
        {instead}, older: {reference} stands for it now
      </>
    )
  if (newest === null) return <span className={styles['quiet']}>none</span>
  return (
    <span className={styles['quiet']}>
      {newest}, which {reference} leaves out
    </span>
  )
}

function Actions({ install }: { install: InstallView }): ReactNode {
  const { name, reference, update, instead } = install
  const to = update ?? instead
  const act = update === null ? 'Go back' : 'Update'
  const { mutate, isPending } = useInstalling()
  return (
    <span className={styles['buttons']}>
      {to !== null && (
        <button
          type="button"
          className={`${controls['button'] ?? ''} ${controls['primary'] ?? ''}`}
          aria-label={update === null ? `Go back to ${to} of ${name}` : `Update ${name} to ${to}`}
          disabled={isPending}
          onClick={() => mutate({ name, agent: reference === '*' ? name : `${name}@${reference}` })}
        >
          {act}
        </button>
      )}
      <ConfirmedButton
        act="Remove"
        of={name}
        warning="What runs it by name stops working."
        confirm="Remove it"
        isPending={isPending}
        onConfirm={() => mutate({ name, agent: null })}
      />
    </span>
  )
}

interface Change {
  /** `namespace/name` */
  name: string
  /** Null: it is removed. */
  agent: string | null
}

/** Installs, moves or removes an agent of the page's organization. */
export function useInstalling() {
  const { organization } = useWindow()
  const queries = useQueryClient()
  return useMutation<{ version: string }, ProblemError, Change>({
    mutationFn: ({ name, agent }) =>
      agent === null
        ? ask('uninstallAgent', { ...splitName(name), organization })
        : ask('installAgent', { agent, organization }),
    onSuccess: ({ version }, { name, agent }) =>
      notify({ text: agent === null ? `Removed: ${name}` : `Installed: ${name} ${version}`, tone: 'good' }),
    onError: ({ message }) => notify({ text: message, tone: 'bad' }),
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['listInstalledAgents'] }),
        queries.invalidateQueries({ queryKey: ['getAgent'] }),
      ]),
  })
}
