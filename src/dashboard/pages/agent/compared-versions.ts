/**
 * The two versions to compare: those of the address, else the newer by its name against the other of the two most frequent.
 * @param names versions with executions, the most frequent first
 * @returns null where there are not two
 */
export function comparedVersions(
  names: readonly string[],
  a: unknown,
  b: unknown,
): { a: string; b: string } | null {
  const [first, second] = names
  if (first === undefined || second === undefined) return null
  const isNewer = first.localeCompare(second, 'en', { numeric: true }) > 0
  const [older, newer] = isNewer ? [second, first] : [first, second]
  const known = (given: unknown): string | undefined => names.find((name) => name === given)
  return { a: known(a) ?? older, b: known(b) ?? newer }
}
