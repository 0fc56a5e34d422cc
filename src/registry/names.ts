/** Names of namespaces, code agents, versions and tags. All are ASCII, so none looks like another. */
import { parse, validRange } from 'semver'

export const NAME_PART_MAX = 40
export const VERSION_MAX = 64
export const TAG_MAX = 40

/** One part of a name: lower-case letters and digits, in words that single hyphens join. */
export const NAME_PART = /^[a-z0-9](?:-?[a-z0-9])*$/
const TAG = /^[a-z](?:-?[a-z0-9])*$/
/** A part that would read as a version: `1`, `v2`, `1-2-0`. */
const LIKE_VERSION = /^v?\d+(?:-\d+)*$|^x$/

/** The tag that moves to the newest version by itself. */
export const LATEST = 'latest'
/** Words that are tags by custom, so that `acme/latest` cannot be a code agent. */
const LIKE_TAG: ReadonlySet<string> = new Set([
  LATEST,
  'stable',
  'next',
  'beta',
  'alpha',
  'canary',
  'dev',
  'nightly',
  'preview',
  'rc',
])

/**
 * The namespace of the agents that come with exectrail. No key and no execution is of its organization: their names have at
 * least one character.
 */
export const BUILT_IN = { namespace: 'exectrail', organizationId: '' } as const

/** What is wrong with one part of a name, or null. */
export function namePartIssue(part: string): string | null {
  if (part.length > NAME_PART_MAX) return `at most ${NAME_PART_MAX} characters`
  if (!NAME_PART.test(part)) return 'lower-case letters a–z and digits, in words that single hyphens join'
  if (LIKE_VERSION.test(part)) return 'a name that does not read as a version'
  return LIKE_TAG.has(part) ? `a name that is not a tag: ${[...LIKE_TAG].join(', ')} are` : null
}

/** What is wrong with `namespace/name`, or null. */
export function agentNameIssue(name: string): string | null {
  // Only as much as matters is read of a text that is too long.
  const parts = name.slice(0, 3 * NAME_PART_MAX).split('/')
  const [namespace, rest] = parts
  if (namespace === undefined || rest === undefined || parts.length !== 2)
    return 'a namespace and a name with a slash between, such as acme/summer'
  const issues = [
    ['before', namePartIssue(namespace)],
    ['after', namePartIssue(rest)],
  ] as const
  const found = issues.find(([, issue]) => issue !== null)
  return found === undefined ? null : `${found[0]} the slash: ${found[1]}`
}

/** What is wrong with the version of a definition, or null. */
export function versionIssue(version: string): string | null {
  if (version.length > VERSION_MAX) return `at most ${VERSION_MAX} characters`
  const parsed = parse(version)
  // The parser takes spaces around a version, and a `v` before it.
  if (parsed === null || parsed.version !== version.split('+', 1)[0])
    return 'a semantic version, such as 1.2.0 or 2.0.0-beta.1'
  return parsed.build.length > 0
    ? 'a version without build metadata (+…): versions that differ in it are equal'
    : null
}

/** What is wrong with the name of a tag, or null. */
export function tagIssue(tag: string): string | null {
  if (tag.length > TAG_MAX) return `at most ${TAG_MAX} characters`
  if (!TAG.test(tag)) return 'a letter a–z, then letters, digits and single hyphens'
  return validRange(tag) === null ? null : 'a name that does not read as a version or range'
}
