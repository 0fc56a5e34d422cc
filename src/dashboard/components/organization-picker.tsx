/** Narrows every page to one organization, for keys that see all of them. */
import { useNavigate } from '@tanstack/react-router'
import { useDirectQuestion } from '../data/queries.ts'
import { useSession } from '../data/session.ts'
import { firstCharacters, visible } from '../format/visible-text.ts'
import { useWindow } from '../search/window.ts'
import styles from './controls.module.css'

const LISTED = 100
const NAME_MAX = 60
const REFRESH_MS = 300_000

/** Nothing for a key of one organization, nor where there is but one. */
export function OrganizationPicker(): React.ReactNode {
  const { organization } = useWindow()
  const { scope, names } = useOrganizations()
  const navigate = useNavigate()
  const listed = organization === undefined || names.includes(organization) ? names : [organization, ...names]
  if (scope !== 'all' || (listed.length < 2 && organization === undefined)) return null
  const choose = (chosen: string): void =>
    void navigate({
      to: '.',
      search: ({ cursor: _cursor, ...rest }: Record<string, unknown>) => ({
        ...rest,
        organization: chosen === '' ? undefined : chosen,
      }),
    })
  return (
    <label className={styles['field']}>
      <span className="visually-hidden">Organization</span>
      <select
        className={`${styles['select'] ?? ''} ${styles['picker'] ?? ''}`}
        value={organization ?? ''}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">All organizations</option>
        {listed.map((name) => (
          <option key={name} value={name}>
            {visible(firstCharacters(name, NAME_MAX))}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The organizations of the last 30 days, those with most executions first. */
function useOrganizations(): { scope: 'all' | 'one'; names: readonly string[] } {
  const session = useSession()
  const scope = session?.key.organizationId === null ? 'all' : 'one'
  const question = useDirectQuestion(
    'getFacets',
    { fields: ['organizationId'], limit: LISTED },
    { state: scope === 'all' ? 'active' : 'paused', refreshMs: REFRESH_MS },
  )
  const values = question.data?.facets[0]?.values ?? []
  return { scope, names: values.flatMap(({ value }) => (value === null ? [] : [value])) }
}
