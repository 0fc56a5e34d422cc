/** References to code agents, `namespace/name@selector`, and the version that one stands for. */
import { Range, SemVer, validRange } from 'semver'
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import { agentNameIssue, LATEST, tagIssue, versionIssue } from './names.ts'

export const REFERENCE_MAX = 256
const RANGE_MAX = 128

/** What stands after the `@`; `any` where nothing does. */
export type Selector =
  | { kind: 'any' }
  | { kind: 'version'; version: string }
  | { kind: 'range'; range: string }
  | { kind: 'tag'; tag: string }

export interface AgentReference {
  /** `namespace/name` */
  name: string
  selector: Selector
}

export const VERSION_STATUSES = ['active', 'deprecated', 'yanked'] as const
export type VersionStatus = (typeof VERSION_STATUSES)[number]

/** A published version, as far as choosing among versions needs it. */
export interface ListedVersion {
  version: string
  status: VersionStatus
  /** Why it is deprecated or yanked. */
  reason: string | null
}

/** The version chosen, with what whoever uses it has to know; null where there is nothing. */
export interface ChosenVersion {
  version: string
  warning: string | null
}

/**
 * Reads `acme/summer`, `acme/summer@1.2.0`, `acme/summer@^1.2` or `acme/summer@stable`.
 * @throws {InvalidRequestError} naming `path`, by default the whole input
 */
export function parseReference(text: string, path = ''): AgentReference {
  const fail = (message: string): never => {
    throw new InvalidRequestError(
      [{ path, message }],
      'Write namespace/name, namespace/name@1.2.0, namespace/name@^1.2 or namespace/name@tag.',
    )
  }
  if (text.length > REFERENCE_MAX) return fail(`at most ${REFERENCE_MAX} characters`)
  const at = text.indexOf('@')
  const name = at < 0 ? text : text.slice(0, at)
  const issue = agentNameIssue(name)
  if (issue !== null) return fail(issue)
  const selector = at < 0 ? { kind: 'any' as const } : readSelector(text.slice(at + 1))
  return selector === null
    ? fail('after the @ stands a version (1.2.0), a range (^1.2) or a tag (stable)')
    : { name, selector }
}

/** The selector that a text is; null where it is none. */
export function readSelector(text: string): Selector | null {
  if (versionIssue(text) === null) return { kind: 'version', version: text }
  if (tagIssue(text) === null) return { kind: 'tag', tag: text }
  if (text.trim() === '' || text.length > RANGE_MAX || validRange(text) === null) return null
  // `raw` has single spaces where the text may have line breaks.
  return { kind: 'range', range: new Range(text).raw }
}

/** The reference as text; the same reference reads back from it. */
export function formatReference({ name, selector }: AgentReference): string {
  if (selector.kind === 'any') return name
  if (selector.kind === 'version') return `${name}@${selector.version}`
  return `${name}@${selector.kind === 'range' ? selector.range : selector.tag}`
}

interface Published {
  versions: readonly ListedVersion[]
  /** Version of each tag but `latest`, which follows from the versions. */
  tags?: ReadonlyMap<string, string>
  /** Where the caller has installed it: this version also runs when it is yanked. */
  installed?: string | null
}

/**
 * The version a reference stands for. Ranges and references without a selector take no yanked version, no prerelease
 * unless the range names one, and a deprecated one only where nothing else fits.
 * @throws {ExectrailError} `not_found` where none fits, `conflict` where the one that fits is yanked
 */
export function chooseVersion(reference: AgentReference, published: Published): ChosenVersion {
  const { selector } = reference
  if (selector.kind === 'version') return pinned(reference, selector.version, published)
  if (selector.kind === 'tag') return pinned(reference, versionOfTag(selector.tag, published), published)
  const newest = newestOf(published.versions, selector.kind === 'any' ? '*' : selector.range)
  return newest === null ? missing(reference, published) : warned(reference, newest)
}

function versionOfTag(tag: string, { versions, tags }: Published): string | null {
  return tag === LATEST ? latestVersion(versions) : (tags?.get(tag) ?? null)
}

/** The newest version that `range` takes; null where there is none. Reads each version once. */
export function newestOf(versions: readonly ListedVersion[], range = '*'): ListedVersion | null {
  const parsed = new Range(range)
  let best: { listed: ListedVersion; version: SemVer } | null = null
  for (const listed of versions) {
    if (listed.status === 'yanked') continue
    const version = new SemVer(listed.version)
    if (!parsed.test(version)) continue
    const isBetter =
      best === null ||
      (listed.status === best.listed.status
        ? version.compare(best.version) > 0
        : best.listed.status === 'deprecated')
    if (isBetter) best = { listed, version }
  }
  return best?.listed ?? null
}

/** Where the tag `latest` stands: at the newest version that is no prerelease and not yanked; null without one. */
export function latestVersion(versions: readonly ListedVersion[]): string | null {
  const usable = versions.map((listed): ListedVersion => ({
    ...listed,
    status: listed.status === 'yanked' ? 'yanked' : 'active',
  }))
  return newestOf(usable)?.version ?? null
}

function pinned(reference: AgentReference, version: string | null, published: Published): ChosenVersion {
  const listed = published.versions.find((one) => one.version === version)
  if (listed === undefined) return missing(reference, published)
  if (listed.status !== 'yanked' || published.installed === version) return warned(reference, listed)
  const pin = `${reference.name}@${listed.version}`
  throw new ExectrailError('conflict', `${pin} is yanked: ${reasonOf(listed)}`, {
    hint: `Use another version, such as ${reference.name}@${newestOf(published.versions)?.version ?? LATEST}.`,
  })
}

function warned({ name }: AgentReference, listed: ListedVersion): ChosenVersion {
  const { version, status } = listed
  const warning = status === 'active' ? null : `${name}@${version} is ${status}: ${reasonOf(listed)}`
  return { version, warning }
}

function reasonOf({ reason }: ListedVersion): string {
  return reason ?? 'its owner gives no reason'
}

const LISTED_MAX = 10

function missing(reference: AgentReference, { versions, tags }: Published): never {
  const known = versions
    .filter(({ status }) => status !== 'yanked')
    .map(({ version }) => version)
    .slice(-LISTED_MAX)
  throw new ExectrailError(
    'not_found',
    `no version of ${reference.name} fits ${formatReference(reference)}`,
    {
      hint:
        known.length === 0
          ? 'It has no version that can be used.'
          : `Versions are ${known.join(', ')}.${reference.selector.kind === 'tag' ? tagWords(tags) : ''}`,
    },
  )
}

function tagWords(tags: Published['tags']): string {
  return ` Tags are ${[LATEST, ...(tags?.keys() ?? [])].slice(0, LISTED_MAX).join(', ')}.`
}
