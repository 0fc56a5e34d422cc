/** The first query of clickhouse-go over HTTP, the driver of the Collector and of Grafana. */

const HANDSHAKE = /^\s*SELECT\s+displayName\(\),\s*version\(\),\s*revision\(\),\s*timezone\(\)\s*;?\s*$/iu
/** From these revisions on, Native blocks have a header and one byte per column. */
const BLOCK_INFO_REVISION = 51_903
const CUSTOM_SERIALIZATION_REVISION = 54_454

/**
 * The response to a driver's handshake in the framing that it expects; null for other statements. It reports revision 0,
 * because the engine writes later Native blocks without framing.
 */
export function answerHandshake(sql: string, clientRevision: number, version: string): Buffer | null {
  if (clientRevision === 0 || !HANDSHAKE.test(sql)) return null
  const marker = clientRevision >= CUSTOM_SERIALIZATION_REVISION ? Buffer.of(0) : Buffer.alloc(0)
  const column = (name: string, type: string, value: Buffer): Buffer =>
    Buffer.concat([text(name), text(type), marker, value])
  return Buffer.concat([
    clientRevision >= BLOCK_INFO_REVISION ? blockInfo() : Buffer.alloc(0),
    // Four columns, one row.
    Buffer.of(4, 1),
    column('displayName()', 'String', text('exectrail')),
    column('version()', 'String', text(version)),
    column('revision()', 'UInt32', Buffer.alloc(4)),
    column('timezone()', 'String', text('UTC')),
  ])
}

/** Field 1: no overflow rows; field 2: bucket -1; end. */
function blockInfo(): Buffer {
  return Buffer.of(1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0)
}

/** Length and UTF-8 bytes; lengths here need one byte. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.of(bytes.length), bytes])
}
