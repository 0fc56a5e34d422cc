/** The directory this process writes to: delivered while it grows, and cleared of what is delivered. */
import { removeSegment } from '../outbox/reader.ts'
import type { OutboxWriter } from '../outbox/writer.ts'
import type { DirectorySender } from './directory-sender.ts'
import type { DeliveryContext } from './pending-batch.ts'

/** A delivered segment of this size is sealed, so that it can be removed. */
const REMOVABLE_BYTES = 1_048_576

/** Sends what this process writes and removes what is delivered; `need` says whether there is no room left. */
export async function sendOwn(
  sender: DirectorySender,
  { writer, need }: { writer: OutboxWriter; need: 'room' | 'none' },
  context: DeliveryContext,
): Promise<void> {
  const handling = {
    isActive: (segment: number): boolean => writer.isWriting(segment),
    async done(segment: number): Promise<void> {
      try {
        await removeDelivered(sender, writer, segment)
      } catch (error) {
        // No room to carry starts over: the segment stays until there is, or until they have completions.
        context.counters.lastError = `the outbox cannot be written: ${String(error)}`
      }
    },
  }
  await sender.send(context, handling)
  if (writer.activeBytes <= (need === 'room' ? 0 : REMOVABLE_BYTES)) return
  writer.seal()
  await sender.send(context, handling)
}

/** Gives up what this process wrote before `beforeMs` (epoch) and could not deliver. Returns the records lost. */
export async function expireOwn(
  sender: DirectorySender,
  writer: OutboxWriter,
  beforeMs: number,
): Promise<number> {
  if (writer.lastWriteMs < beforeMs) writer.seal()
  return sender.expire(beforeMs, async (segment) => {
    if (!writer.isWriting(segment)) await removeDelivered(sender, writer, segment)
  })
}

/** Removes a segment; starts that only it holds are written to the active one first. */
async function removeDelivered(
  sender: DirectorySender,
  writer: OutboxWriter,
  segment: number,
): Promise<void> {
  // Another process has adopted the directory: what lies there is its own.
  if (writer.directory !== sender.directory) return
  writer.carryOver(segment)
  await removeSegment(sender.directory, segment)
}
