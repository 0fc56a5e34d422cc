/** Bytes sent on a socket as they are, which no HTTP client would send. */
import { connect, type Socket } from 'node:net'

/** Sends the bytes; resolves to what came back when the other side closes, or when `timeoutMs` have passed. */
export async function sendRaw(
  url: string,
  bytes: Buffer | string,
  timeoutMs = 60_000,
): Promise<{ text: string; statuses: number[]; isClosed: boolean }> {
  const socket = openRaw(url)
  const pieces: Buffer[] = []
  socket.on('data', (piece: Buffer) => pieces.push(piece))
  const closed = new Promise<boolean>((resolve) => {
    socket.once('close', () => resolve(true))
    setTimeout(() => resolve(false), timeoutMs).unref()
  })
  socket.write(bytes)
  const isClosed = await closed
  socket.destroy()
  const text = Buffer.concat(pieces).toString('latin1')
  const statuses = [...text.matchAll(/HTTP\/1\.1 (?<status>\d{3}) /gu)].map((match) => Number(match[1]))
  return { text, statuses, isClosed }
}

/** A socket whose errors are no matter, as the other side may close it at any time. */
export function openRaw(url: string): Socket {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  return socket
}
