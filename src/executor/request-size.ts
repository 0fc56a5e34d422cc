/** Counts held against their limits before the request is looked at closely: a million wrong entries are one fault. */
import { InvalidRequestError, type Issue } from '../errors.ts'
import { MAX_ENV_NAMES, MAX_FILES, MAX_LIST } from './request-schema.ts'

/** Most entries of each part; whatever is more is refused whole. */
const MOST: readonly (readonly [path: readonly string[], most: number])[] = [
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

/** @throws {InvalidRequestError} where a part has more entries than any of its kind may have */
export function refuseOversized(request: object): void {
  const issues = findOversized(request)
  if (issues.length > 0) throw new InvalidRequestError(issues)
}

function findOversized(request: object): Issue[] {
  return MOST.flatMap(([path, most]) => {
    const part = path.reduce<unknown>(
      (holder, key) =>
        isObject(holder) && Object.hasOwn(holder, key) ? Reflect.get(holder, key) : undefined,
      request,
    )
    if (!isObject(part)) return []
    const count = Array.isArray(part) ? part.length : Object.keys(part).length
    return count <= most ? [] : [{ path: path.join('.'), message: `${count} entries; at most ${most}` }]
  })
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
