/**
 * Copies a file to the disk, as `cp` and `sync` of the copy do, and prints the milliseconds it took:
 * `node plain-copy.ts FROM TO BYTES`, in pieces of so many bytes. A process of its own, so that what it leaves to the
 * collector is not counted as memory of the blob path.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

const [from = '', to = '', bytes] = process.argv.slice(2)
const since = performance.now()
await pipeline(
  createReadStream(from, { highWaterMark: Number(bytes) }),
  createWriteStream(to, { flush: true }),
)
process.stdout.write(String(performance.now() - since))
