/** Finds many literals in a text in one pass (Aho–Corasick), in linear time for any text. */

/** A range of a text: `[from, to)` in UTF-16 units. */
export type TextRange = readonly [from: number, to: number]

const UNITS = 65_536
const ASCII = 128
/** Beginnings that short are searched for much faster than the automaton steps, in linear time for any text. */
const PREFIX_LENGTH = 4
const PREFIXES_MAX = 4

/** An automaton that can search any number of texts. Its size is the total length of the literals. */
export class LiteralMatcher {
  readonly #next = new Map<number, number>()
  readonly #fallback: Int32Array
  readonly #depth: Int32Array
  /** For each state, the length of the longest literal that ends there; 0 for none. */
  readonly #longest: Int32Array

  /** Every literal begins with one of these; null where they are too many. */
  readonly #prefixes: readonly string[] | null

  /** For each ASCII unit, 1 when a literal begins with it. */
  readonly #starts = new Uint8Array(ASCII)

  constructor(literals: readonly string[]) {
    const prefixes = new Set(literals.map((literal) => literal.slice(0, PREFIX_LENGTH)))
    this.#prefixes = prefixes.size > PREFIXES_MAX ? null : [...prefixes]
    const size = 1 + literals.reduce((sum, { length }) => sum + length, 0)
    this.#fallback = new Int32Array(size)
    this.#depth = new Int32Array(size)
    this.#longest = new Int32Array(size)
    this.#link(this.#grow(literals))
  }

  /** All occurrences; when several literals end together, the longest. */
  find(text: string): TextRange[] {
    const found: TextRange[] = []
    if (this.#next.size === 0) return found
    if (this.#prefixes?.some((prefix) => text.includes(prefix)) === false) return found
    let state = 0
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      if (state === 0 && unit < ASCII && this.#starts[unit] === 0) continue
      state = this.#step(state, unit)
      const length = this.#longest[state] ?? 0
      if (length > 0) found.push([at + 1 - length, at + 1])
    }
    return found
  }

  /** Length of the longest prefix of a literal that is a suffix of `text`, in UTF-16 units. */
  overlap(text: string): number {
    let state = 0
    for (let at = 0; at < text.length; at += 1) state = this.#step(state, text.charCodeAt(at))
    return this.#depth[state] ?? 0
  }

  #step(from: number, unit: number): number {
    let state = from
    for (;;) {
      const next = this.#next.get(state * UNITS + unit)
      if (next !== undefined) return next
      if (state === 0) return 0
      state = this.#fallback[state] ?? 0
    }
  }

  /** Creates the states level by level, so that they are ordered by depth. Returns the transition to each. */
  #grow(literals: readonly string[]): number[] {
    const edges: number[] = []
    let open = literals.map((literal) => ({ literal, state: 0 }))
    for (let depth = 0; open.length > 0; depth += 1) {
      for (const entry of open) {
        const unit = entry.literal.charCodeAt(depth)
        if (depth === 0 && unit < ASCII) this.#starts[unit] = 1
        entry.state = this.#follow(entry.state * UNITS + unit, edges)
        this.#depth[entry.state] = depth + 1
        if (depth + 1 === entry.literal.length) this.#longest[entry.state] = depth + 1
      }
      if (open.some(({ literal }) => literal.length === depth + 1))
        open = open.filter(({ literal }) => literal.length > depth + 1)
    }
    return edges
  }

  #follow(edge: number, edges: number[]): number {
    const known = this.#next.get(edge)
    if (known !== undefined) return known
    const state = edges.push(edge)
    this.#next.set(edge, state)
    return state
  }

  /** Links each state to that of its longest proper suffix. */
  #link(edges: readonly number[]): void {
    for (const [index, edge] of edges.entries()) {
      const state = index + 1
      const parent = Math.floor(edge / UNITS)
      if (parent === 0) continue
      const fallback = this.#step(this.#fallback[parent] ?? 0, edge % UNITS)
      this.#fallback[state] = fallback
      if (this.#longest[state] === 0) this.#longest[state] = this.#longest[fallback] ?? 0
    }
  }
}
