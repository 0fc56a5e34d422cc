import { networkInterfaces } from 'node:os'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPublicAddress } from '../../src/runtimes/sandbox/egress/public-address.ts'

/** Both special-purpose registries of IANA, multicast, what is reserved, and what carries IPv4 or was once in use. */
const SPECIAL = `
  0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29
  192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24
  192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
  255.255.255.255/32 168.63.129.16/32 100.100.100.200/32 169.254.169.254/32
  ::1/128 ::/128 ::/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
  2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28
  2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
  fd00:ec2::254/128 4000::/3 6000::/3 8000::/3 a000::/3 c000::/3 e000::/4 200::/7 400::/6 800::/5 1000::/4
`
  .trim()
  .split(/\s+/)

const PUBLIC =
  '1.1.1.1 8.8.8.8 93.184.216.34 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 172.15.0.1 172.32.0.1 192.0.1.1 192.0.3.1 198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15 2606:4700::1111 2001:200:: 2001:4860:4860::8888 2a00:1450:4001::200e 2003:: 3fff:1000:: ::ffff:8.8.8.8 ::FFFF:808:808 64:ff9b::8.8.8.8'.split(
    ' ',
  )

/** Numbers of an address from its bits. */
function write(bits: bigint, version: 4 | 6): string {
  const size = version === 4 ? 8n : 16n
  const parts = Array.from({ length: version === 4 ? 4 : 8 }, (_, at) =>
    Number((bits >> (size * BigInt((version === 4 ? 3 : 7) - at))) & ((1n << size) - 1n)),
  )
  return version === 4 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':')
}

function read(address: string): { bits: bigint; version: 4 | 6 } {
  if (!address.includes(':'))
    return { bits: address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n), version: 4 }
  const [head = '', tail = ''] = address.split('::')
  const list = (text: string): string[] => (text === '' ? [] : text.split(':'))
  const zeros = Array.from({ length: 8 - list(head).length - list(tail).length }, () => '0')
  const groups = [...list(head), ...zeros, ...list(tail)]
  return { bits: groups.reduce((sum, part) => sum * 65_536n + BigInt(`0x${part}`), 0n), version: 6 }
}

describe('an address that a name leads to', () => {
  it.each(SPECIAL)('is refused anywhere in %s', (block) => {
    const [address = '', length = ''] = block.split('/')
    const { bits, version } = read(address)
    const free = BigInt((version === 4 ? 32 : 128) - Number(length))
    const last = (1n << free) - 1n
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(0n, last), fc.bigInt(0n, last)), (offset) => {
        const within = bits + offset
        expect(isPublicAddress(write(within, version))).toBe(false)
        if (version === 6) return
        for (const carrier of [
          '::ffff:0:0',
          '64:ff9b::',
          '::',
          '::ffff:0:0:0',
          '2002::',
          '2606:4700::5efe:0:0',
        ])
          expect(isPublicAddress(write(read(carrier).bits + within, 6))).toBe(false)
        expect(isPublicAddress(`::ffff:${write(within, 4)}`)).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  it.each(PUBLIC)('is taken at %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it.each(['2606:4700::5efe:808:808', '2606:4700::200:5efe:8.8.8.8', '2002:808:808::', '::8.8.8.8'])(
    'is refused where it is a tunnel of IPv4: %s',
    (address) => {
      expect(isPublicAddress(address)).toBe(false)
    },
  )

  it.each([
    'localhost',
    '0x7f.1',
    '2130706433',
    '127.1',
    '010.0.0.1',
    '2606:4700::1111%eth0',
    '[2606::1]',
    '',
    '1.1.1.1.',
  ])('is refused in a spelling that is none: %j', (text) => {
    expect(isPublicAddress(text)).toBe(false)
  })

  it('is refused on every interface of this machine', () => {
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
    expect(own.length).toBeGreaterThan(0)
    for (const { address } of own) expect(isPublicAddress(address)).toBe(false)
  })
})
