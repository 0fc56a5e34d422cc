/** Limits on the number of entries, checked before anything else, so that a million wrong entries are one issue. */
import { InvalidRequestError, type Issue } from '../errors.ts'
import { MAX_FILES, MAX_LIST } from '../request-parts.ts'
import { MAX_ENV_NAMES } from './request-schema.ts'

/** The maximum number of entries at each path. */
const ENTRIES_MAX: readonly (readonly [path: readonly string[], max: number])[] = [
  [[], 100],
  [['context'], 100],
  [['limits'], 100],
  [['usage'], 100],
  [['network'], 100],
  [['policy'], 100],
  [['env'], MAX_ENV_NAMES],
  [['files'], MAX_FILES],
  [['network', 'allow'], MAX_LIST],
  [['policy', 'denyModules'], MAX_LIST],
  [['policy', 'denyPatterns'], MAX_LIST],
]

/** @throws {InvalidRequestError} when a list or an object has too many entries */
export function rejectOversized(request: object): void {
  const issues = findOversized(request)
  if (issues.length > 0) throw new InvalidRequestError(issues)
}

function findOversized(request: object): Issue[] {
  return ENTRIES_MAX.flatMap(([path, max]) => {
    const value = path.reduce<unknown>(
      (parent, key) =>
        isObject(parent) && Object.hasOwn(parent, key) ? Reflect.get(parent, key) : undefined,
      request,
    )
    if (!isObject(value)) return []
    const count = Array.isArray(value) ? value.length : Object.keys(value).length
    return count <= max ? [] : [{ path: path.join('.'), message: `${count} entries; at most ${max}` }]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
