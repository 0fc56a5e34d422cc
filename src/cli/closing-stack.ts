/** What has to be closed, in reverse order. Node 22 has no AsyncDisposableStack. */
export class ClosingStack {
  readonly #closings: (() => unknown)[] = []

  /** Returns `value`, which `close` closes later. */
  adopt<T>(value: T, close: (value: T) => unknown): T {
    this.#closings.push(() => close(value))
    return value
  }

  /** Closes everything, the last first. @throws what a closing threw, after the others have run */
  async close(): Promise<void> {
    const errors: unknown[] = []
    for (let close = this.#closings.pop(); close !== undefined; close = this.#closings.pop()) {
      try {
        await close()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 1) throw new AggregateError(errors, 'several parts could not be stopped')
    if (errors.length === 1) throw errors[0]
  }
}
