/** Refused before the engine saw it. `code` is ClickHouse's own number for the matter. */
export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Refused for want of rights: code 497. */
export function denied(message: string): RefusedStatement {
  return new RefusedStatement(497, message)
}
