/** A name server on a free port of the loopback: answers with what it is given, or not at all. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { isIPv6 } from 'node:net'

/** What a name leads to, each time it is asked for; null: never answered. */
type Answers = (name: string) => readonly string[] | null

export interface NameServer extends AsyncDisposable {
  /** As `Resolver.setServers` takes it. */
  address: string
  /** Names asked for, in order, once a question. */
  asked: string[]
}

export async function startNameServer(answers: Answers): Promise<NameServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (question, { port, address }) => {
    const { name, type, end } = readQuestion(question)
    asked.push(name)
    const addresses = answers(name)
    if (addresses === null) return
    const records = addresses.filter((one) => isIPv6(one) === (type === 28)).map((one) => toRecord(one))
    const head = Buffer.from(question.subarray(0, 12))
    head.writeUInt16BE(addresses.length === 0 ? 0x8183 : 0x8180, 2)
    head.writeUInt16BE(records.length, 6)
    head.fill(0, 8)
    socket.send(Buffer.concat([head, question.subarray(12, end), ...records]), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async [Symbol.asyncDispose]() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

function readQuestion(packet: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = packet.readUInt8(at); length > 0; length = packet.readUInt8(at)) {
    labels.push(packet.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), type: packet.readUInt16BE(at + 1), end: at + 5 }
}

/** Name by reference, A or AAAA, IN, no time to live. */
function toRecord(address: string): Buffer {
  const bytes = isIPv6(address) ? toBytes(address) : address.split('.').map(Number)
  const head = Buffer.from([0xc0, 0x0c, 0, bytes.length === 16 ? 28 : 1, 0, 1, 0, 0, 0, 0, 0, bytes.length])
  return Buffer.concat([head, Buffer.from(bytes)])
}

/** Of an address whose `::`, if any, stands for all that is missing. */
function toBytes(address: string): number[] {
  const [head = '', tail = ''] = address.split('::')
  const list = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((part) => parseInt(part, 16))
  const zeros = Array.from({ length: 8 - list(head).length - list(tail).length }, () => 0)
  return [...list(head), ...zeros, ...list(tail)].flatMap((group) => [group >> 8, group & 255])
}
