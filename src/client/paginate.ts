import type { CallOptions } from './transport.ts'

interface Page<Item> {
  data: readonly Item[]
  nextCursor: string | null
}

type List = (input: never, options?: CallOptions) => Promise<Page<unknown>>
type ItemOf<Of extends List> = Awaited<ReturnType<Of>>['data'][number]

/**
 * Every item of a list, page after page: `paginate(client.listExecutions, { codeAgentId: 'summer' })`. `limit` is the
 * length of a page. Items that arrive meanwhile are not in it: the first page fixes the window.
 */
export async function* paginate<Of extends List>(
  list: Of,
  input: NonNullable<Parameters<Of>[0]>,
  options?: CallOptions,
): AsyncGenerator<ItemOf<Of>, void, undefined> {
  const given: { cursor?: string | undefined } = input
  let next: string | null | undefined = given.cursor
  while (next !== null) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the input of the list itself, at another page
    const page = (await list({ ...given, cursor: next } as never, options)) as Page<ItemOf<Of>>
    yield* page.data
    next = page.nextCursor
  }
}
