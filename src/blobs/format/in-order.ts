/** Works on a few things at once and gives the results in order. */

/** One less than libuv has threads, which also read and write. */
const AT_ONCE = 3

/** Stops with the first error; results under way are then dropped. */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item, number: number) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = []
  let number = 0
  for await (const item of items) {
    const result = work(item, number)
    result.catch(() => undefined)
    underWay.push(result)
    number += 1
    if (underWay.length < AT_ONCE) continue
    const first = await underWay.shift()
    if (first !== undefined) yield first
  }
  for (const result of underWay) yield await result
}
