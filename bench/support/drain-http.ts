/** Reads a URL, drops what comes and prints how many bytes that was: `node drain-http.ts URL`. */
import { get, type IncomingMessage } from 'node:http'

const [url = ''] = process.argv.slice(2)
const response = await new Promise<IncomingMessage>((resolve, reject) => {
  get(url, resolve).on('error', reject)
})
let bytes = 0
for await (const piece of response) bytes += piece.length
process.stdout.write(String(bytes))
