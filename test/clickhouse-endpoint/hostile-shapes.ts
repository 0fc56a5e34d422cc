/** Malformed or oversized HTTP requests. */

export interface Target {
  url: () => string
  /** Path of a question, with room for more parameters. */
  path: string
  /** Path that takes a body, and one that it takes. */
  post: string
  body: string
  /** Credentials. */
  key: string
  /** Sends an ordinary request; resolves to whether it was answered right. */
  askAnother: () => Promise<boolean>
}

export const END = '\r\n\r\n'

export function get({ key, path }: Target, more: string, headers = ''): string {
  return `GET ${path}${more} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${key}${headers}${END}`
}

export function post({ body, key, post: path }: Target, headers: string, sent = body): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${key}\r\n${headers}${END}${sent}`
}

function chunked(target: Target, headers: string, extension = ''): string {
  const { body } = target
  const size = body.length.toString(16)
  return post(target, `Transfer-Encoding: chunked${headers}`, `${size}${extension}\r\n${body}\r\n0${END}`)
}

const MANY = 100_000
/** Every status that a case may end with; none is a fault of ours. */
const REFUSED = [400, 404, 405, 408, 411, 413, 414, 415, 417, 421, 422, 431, 501, 505]
const ANY = [200, 204, ...REFUSED]

export const SHAPES: readonly [
  name: string,
  make: (target: Target) => string | Buffer,
  statuses: readonly number[],
][] = [
  ['no HTTP', () => Buffer.from(Array.from({ length: 4096 }, (_, n) => n % 256)), REFUSED],
  ['lines without carriage returns', (t) => get(t, '').replaceAll('\r\n', '\n'), REFUSED],
  ['a version that is none', (t) => get(t, '').replace('HTTP/1.1', 'HTTP/3.7'), REFUSED],
  ['no host', (t) => get(t, '').replace('Host: localhost\r\n', ''), REFUSED],
  ['Transfer-Encoding twice', (t) => chunked(t, '\r\nTransfer-Encoding: identity'), REFUSED],
  ['Transfer-Encoding in a list', (t) => chunked(t, ', identity'), REFUSED],
  [
    'Transfer-Encoding with a blank before the colon',
    (t) => chunked(t, '').replace('Encoding:', 'Encoding :'),
    REFUSED,
  ],
  ['Transfer-Encoding and Content-Length', (t) => chunked(t, '\r\nContent-Length: 3'), REFUSED],
  ['Content-Length twice', (t) => post(t, 'Content-Length: 3\r\nContent-Length: 4'), REFUSED],
  ['a negative Content-Length', (t) => post(t, 'Content-Length: -3'), REFUSED],
  ['a Content-Length beyond numbers', (t) => post(t, `Content-Length: ${'9'.repeat(40)}`), REFUSED],
  ['a folded header', (t) => get(t, '', '\r\nX: a\r\n b'), REFUSED],
  ['a NUL in a header', (t) => get(t, '', '\r\nX: a\0b'), REFUSED],
  ['a NUL in the target', (t) => get(t, '&a=\0'), REFUSED],
  ['a negative chunk', (t) => post(t, 'Transfer-Encoding: chunked', `-8\r\n12345678\r\n0${END}`), REFUSED],
  ['a chunk beyond numbers', (t) => post(t, 'Transfer-Encoding: chunked', `${'f'.repeat(20)}\r\nx`), REFUSED],
  ['a long extension of a chunk', (t) => chunked(t, '', `;${'a'.repeat(500_000)}`), REFUSED],
  ['many trailers', (t) => `${chunked(t, '').slice(0, -2)}${'A: b\r\n'.repeat(MANY)}\r\n`, [...REFUSED, 200]],
  ['many headers', (t) => get(t, '', '\r\nA: b'.repeat(MANY)), [...REFUSED, 200]],
  ['a long header', (t) => get(t, '', `\r\nA: ${'b'.repeat(4_000_000)}`), REFUSED],
  ['a long target', (t) => get(t, `&${'a'.repeat(4_000_000)}`), REFUSED],
  ['an absolute target of another host', (t) => get(t, '').replace('GET /', 'GET http://example.com/'), ANY],
  ['a target with two slashes', (t) => get(t, '').replace('GET /', 'GET //example.com/'), ANY],
  ['a target that is no URL', (t) => get(t, '').replace(/GET \S+/u, 'GET http://['), REFUSED],
  ['a star', (t) => get(t, '').replace(/GET \S+/u, 'GET *'), REFUSED],
  [
    'an expectation that cannot be met',
    (t) => post(t, `Expect: 999\r\nContent-Length: ${t.body.length}`),
    REFUSED,
  ],
  ['percent signs that encode nothing', (t) => get(t, '&%zz=%&%u0041=%c3%28'), REFUSED],
  ['a parameter 60,000 times', (t) => get(t, '&limit=1'.repeat(60_000)), ANY],
  [
    '60,000 parameters',
    (t) => get(t, Array.from({ length: 60_000 }, (_, n) => `&param_x${n}=1`).join('')),
    REFUSED,
  ],
  ['a cookie of many', (t) => get(t, '', `\r\nCookie: ${'a=b; '.repeat(MANY)}`), ANY],
  ['many accepted encodings', (t) => get(t, '', `\r\nAccept-Encoding: ${'gzip;q=0.1, '.repeat(MANY)}x`), ANY],
  ['many forwarded hosts', (t) => get(t, '', `\r\nX-Forwarded-For: ${'1.1.1.1, '.repeat(MANY)}`), ANY],
  ['many ranges', (t) => get(t, '', `\r\nRange: bytes=${'0-1,'.repeat(MANY)}`), ANY],
  ['a form without a boundary', (t) => form(t, '', 'x'), REFUSED],
  ['a boundary of 100,000', (t) => form(t, `; boundary=${'a'.repeat(MANY)}`, 'x'), REFUSED],
  [
    '500,000 parts',
    (t) =>
      form(
        t,
        '; boundary=a',
        `${'--a\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n'.repeat(5 * MANY)}--a--\r\n`,
      ),
    REFUSED,
  ],
  [
    'a part with four million headers',
    (t) =>
      form(
        t,
        '; boundary=a',
        `--a\r\nContent-Disposition: form-data; name="query"\r\n${'X: y\r\n'.repeat(4_000_000)}\r\nSELECT 1\r\n--a--\r\n`,
      ),
    REFUSED,
  ],
  ['boundaries alone', (t) => form(t, '; boundary=a', '\r\n--a'.repeat(4_000_000)), REFUSED],
  ['a boundary that is a pattern', (t) => form(t, '; boundary=(a*)*$', 'x'), REFUSED],
]

function form(target: Target, parameters: string, body: string): string {
  const type = `Content-Type: multipart/form-data${parameters}\r\nContent-Length: ${body.length}`
  return post({ ...target, key: target.key.replace(/\r\nContent-Type.*/u, '') }, type, body)
}
