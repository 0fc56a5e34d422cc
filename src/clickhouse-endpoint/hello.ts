/** The first question of clickhouse-go over HTTP, the driver of the Collector and of Grafana. */

const HELLO = /^\s*SELECT\s+displayName\(\),\s*version\(\),\s*revision\(\),\s*timezone\(\)\s*;?\s*$/iu
/** Native blocks carry a header and a byte per column from these revisions of the protocol on. */
const BLOCK_INFO_REVISION = 51_903
const CUSTOM_SERIALIZATION_REVISION = 54_454

/**
 * The answer to a driver's hello in the framing it expects; null for any other statement. It reports revision 0,
 * for the engine writes every later Native block without framing.
 */
export function answerHello(sql: string, clientRevision: number, version: string): Buffer | null {
  if (clientRevision === 0 || !HELLO.test(sql)) return null
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
