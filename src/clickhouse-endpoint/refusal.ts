/** A statement refused before it reaches the engine. `code` is ClickHouse's error code. */
export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Access denied: code 497. */
export function denied(message: string): RefusedStatement {
  return new RefusedStatement(497, message)
}
