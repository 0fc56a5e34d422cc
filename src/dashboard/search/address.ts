/** The address's query as the API writes its own: a list repeats its name, and nothing is JSON. */

export type Search = Record<string, string | readonly string[] | undefined>

/** One value of a name is a text, several are a list. */
export function parseSearch(text: string): Search {
  const found: Search = {}
  const given = new URLSearchParams(text)
  for (const name of new Set(given.keys())) {
    const values = given.getAll(name)
    found[name] = values.length === 1 ? values[0] : values
  }
  return found
}

/** Values that are neither text nor number are left out. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    for (const one of [value].flat())
      if (typeof one === 'string' || typeof one === 'number') given.append(name, String(one))
  return given.size === 0 ? '' : `?${given.toString()}`
}
