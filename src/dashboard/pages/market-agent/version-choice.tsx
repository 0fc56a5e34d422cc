import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AgentView } from '../../../client/index.ts'
import controls from '../../components/controls.module.css'

/** Which version the page shows; it is in the address. */
export function VersionChoice({ agent, shown }: { agent: AgentView; shown: string }): ReactNode {
  const navigate = useNavigate()
  const choose = (version: string): void =>
    void navigate({
      to: '.',
      resetScroll: false,
      search: (now: Record<string, unknown>) => ({
        ...now,
        version: version === agent.version ? undefined : version,
      }),
    })
  return (
    <label className={controls['field']}>
      Version
      <select className={controls['select']} value={shown} onChange={({ target }) => choose(target.value)}>
        {agent.versions.toReversed().map(({ version, status }) => (
          <option key={version} value={version}>
            {[version, ...tagsAt(agent, version), ...(status === 'active' ? [] : [status])].join(' · ')}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The tags that stand at a version. */
export function tagsAt({ tags }: AgentView, version: string): string[] {
  return Object.entries(tags).flatMap(([tag, at]) => (at === version ? [tag] : []))
}
