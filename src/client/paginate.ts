import type { CallOptions } from './transport.ts'

interface Page<Item> {
  data: readonly Item[]
  nextCursor: string | null
}

/**
 * Every item of a list, page after page: `paginate(client.listExecutions, { codeAgentId: 'summer' })`. `limit` is the
 * length of a page. Items that arrive meanwhile are not in it: the first page fixes the window.
 */
export async function* paginate<Input extends { cursor?: string | undefined }, Item>(
  list: (input: Input, options?: CallOptions) => Promise<Page<Item>>,
  input: Input,
  options?: CallOptions,
): AsyncGenerator<Item, void, undefined> {
  let next: string | null | undefined = input.cursor
  while (next !== null) {
    const page: Page<Item> = await list({ ...input, cursor: next }, options)
    yield* page.data
    next = page.nextCursor
  }
}
