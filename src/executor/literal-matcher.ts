/** Many literals sought in a text at once, in one pass over it (Aho and Corasick): no text makes it slower. */

/** A part of a text: `[from, to)` in UTF-16 units. */
export type Span = readonly [from: number, to: number]

const UNITS = 65_536
const ASCII = 128

/** An automaton of literals, made once for any number of texts. Its size is their total length. */
export class LiteralMatcher {
  readonly #next = new Map<number, number>()
  readonly #fallback: Int32Array
  readonly #depth: Int32Array
  /** Of each state, the length of the longest literal that ends there; 0 for none. */
  readonly #longest: Int32Array

  /** Of each ASCII unit, 1 where a literal begins with it. */
  readonly #starts = new Uint8Array(ASCII)

  constructor(literals: readonly string[]) {
    const size = 1 + literals.reduce((sum, { length }) => sum + length, 0)
    this.#fallback = new Int32Array(size)
    this.#depth = new Int32Array(size)
    this.#longest = new Int32Array(size)
    this.#link(this.#grow(literals))
  }

  /** Every place where a literal stands; where several end together, the longest. */
  find(text: string): Span[] {
    const found: Span[] = []
    if (this.#next.size === 0) return found
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

  /** UTF-16 units of the longest beginning of a literal that `text` ends with. */
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

  /** Makes the states level by level, so that they are numbered by depth; gives the transition to each. */
  #grow(literals: readonly string[]): number[] {
    const edges: number[] = []
    let open = literals.map((literal) => ({ literal, state: 0 }))
    for (let depth = 0; open.length > 0; depth += 1) {
      for (const place of open) {
        const unit = place.literal.charCodeAt(depth)
        if (depth === 0 && unit < ASCII) this.#starts[unit] = 1
        place.state = this.#follow(place.state * UNITS + unit, edges)
        this.#depth[place.state] = depth + 1
        if (depth + 1 === place.literal.length) this.#longest[place.state] = depth + 1
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

  /** Gives each state the one of the longest shorter beginning it ends with. */
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
