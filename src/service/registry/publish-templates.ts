/** Publishes the agents that come with exectrail, beside the running service. */
import type { Caller } from '../../metadata/audit-log.ts'
import type { Database } from '../../metadata/database.ts'
import { versionsIn } from '../../metadata/registry-versions.ts'
import { sha256Of } from '../../registry/canonical-hash.ts'
import type { AgentDefinition } from '../../registry/definition.ts'
import { BUILT_IN } from '../../registry/names.ts'
import { signVersion } from '../../registry/signature.ts'
import { readTemplates } from '../../registry/templates.ts'
import { repeat, type Repetition } from '../repeat.ts'
import { installationKey, signBuiltIn } from './installation-key.ts'
import { publish } from './publish.ts'
import { decideReview } from './review.ts'

/** After a failure. */
const AGAIN_MS = 60_000

const actor = { keyId: null, name: 'exectrail', address: null }
const PUBLISHER: Caller = { scope: { organizationId: BUILT_IN.organizationId }, actor }
const REVIEWER: Caller = { scope: 'all', actor }

/** What is kept of the checks: nothing ran in this installation. */
const TESTED = { testedWith: 'the tests of exectrail' }

interface Parts {
  database: Database
  /** One line for the operator. */
  log: (line: string) => void
}

/** Publishes in the background what is missing; after a failure it tries again. */
export function keepTemplates({ database, log }: Parts): Repetition {
  let isDone = false
  return repeat(
    async (signal) => {
      if (isDone) return
      await publishTemplates(database, await readTemplates(), signal)
      isDone = true
    },
    {
      everyMs: AGAIN_MS,
      log,
      failure: `The agents of ${BUILT_IN.namespace}/ are not published`,
      first: 'at once',
    },
  )
}

/**
 * Publishes versions that are not there, signed by the installation, and approves them for every organization. A version that is there stays as it is:
 * hidden, yanked or refused where an administrator decided so. Several services may do it at once.
 * @returns those that were published now, as `namespace/name@version`
 */
export async function publishTemplates(
  database: Database,
  templates: readonly AgentDefinition[],
  signal?: AbortSignal,
): Promise<string[]> {
  const key = await installationKey(database, { actor })
  const known = await versionsIn(database.queries, BUILT_IN.namespace)
  const added: string[] = []
  for (const definition of templates) {
    if (signal?.aborted === true) break
    const { name, version } = definition
    const versions = known.filter((one) => one.name === name)
    let review = versions.find((one) => one.version === version)?.review
    if (review === undefined) {
      const visibility = versions.length === 0 ? ('public' as const) : undefined
      const check = (): Promise<typeof TESTED> => Promise.resolve(TESTED)
      const signature = signVersion({ name, version, sha256: sha256Of(definition) }, key.privateKey)
      const request = { definition, visibility, signature }
      const made = await publish({ database, check }, PUBLISHER, request)
      if (made.isNew) added.push(`${name}@${version}`)
      review = made.version.review
    }
    // Also of a version whose process was killed before its review.
    if (review === 'pending')
      await decideReview(database, REVIEWER, { name, version, decision: 'approved', reason: null })
  }
  await signBuiltIn(database, { actor }, key)
  return added
}
