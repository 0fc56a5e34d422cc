import { buffer } from 'node:stream/consumers'
import { zstdCompressSync } from 'node:zlib'
import { assert, asyncProperty, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cityHash128 } from '../../src/clickhouse-endpoint/compression/city-hash.ts'
import { readBytes } from '../../src/clickhouse-endpoint/compression/byte-reader.ts'
import {
  compressBlock,
  compressFrame,
  decompressFrames,
} from '../../src/clickhouse-endpoint/compression/lz4.ts'
import { block, inBlocks, outOfBlocks, pieces } from '../support/compressed-blocks.ts'

/** Length, and the hash of the bytes (7i + length) mod 256 as another implementation has it. */
const HASHES: readonly (readonly [number, string])[] = [
  [0, '2b9ac064fc9df03d291ee592c340b53c'],
  [1, '6c3f2b804fab035a1ae9318a3c8aa858'],
  [3, '8669a11d6bfa08312d6150c2f01b3032'],
  [4, '34a39aa99b22362b758d40f652c0e125'],
  [7, 'e32446bce155694dd09b4c5f018c2e25'],
  [8, '985ae3e86c34eb9fbad8455518f1f9f2'],
  [9, 'f2779da90850888088ef4ae84f365408'],
  [15, 'ffc7a10a47b64314594c685a8398f970'],
  [16, '3d930c8990287e4ec7770444d611659b'],
  [17, '4ef4c7b104ede9f0ae31544dd0c6178a'],
  [23, '0236082d8fe8cf17013add74aef540e6'],
  [24, 'bbcf5e236b08343a8f05e6ac8050b60c'],
  [31, '7ecda92a1185f199288950f0ed6227d4'],
  [32, 'c9a6465f93dff0adfcb2f7829d06c645'],
  [33, '11ffe63b615e068a46a80c8146255435'],
  [48, '4139a04a5eb7d897ed193e1ca2022882'],
  [127, '2c7d14dc18cd84242e0163390cb41e46'],
  [128, '901c915690f7bf519f1b9cbcf997a828'],
  [129, 'c7f893aa79e7ac00c827d9bf4652fd7d'],
  [143, '26d3b014d4b40623956851eb41bd80e9'],
  [144, '227fbc9d0276a19b08a16461a4ae9ca9'],
  [145, '1adfb6aebd2142592527e0ec8ba6b49e'],
  [159, 'a5bb5cdd4e2496f38e6ec545913d837b'],
  [176, '613648e6c85d706e518ea297861984e6'],
  [255, 'ea27faf43760b432ae9bd25659aaa10d'],
  [256, '456fefd0bb69e1ea3fd87c92321540d4'],
  [271, '2fe89e5a912d03533ecf87b93a400b74'],
  [272, '0933d0de8406b248c29112ef6d3f1610'],
  [300, '1c08189ada619b3c7b5c95315c97d9f9'],
  [1000, '24448d65900ddd99c08c302cd54ef570'],
  [4113, '5f5f6518945db6d2f0293667b1c0fa09'],
]

describe('the checksum', () => {
  it.each(HASHES)('of %i bytes is that of ClickHouse', (length, expected) => {
    const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 7 + length) % 256))
    expect(cityHash128(bytes).toString('hex')).toBe(expected)
  })
})

describe('blocks', () => {
  it('and frames of LZ4 give back what was packed, however it is cut', async () => {
    await assert(
      asyncProperty(uint8Array({ maxLength: 3000 }), async (bytes) => {
        expect(await outOfBlocks(await inBlocks(bytes))).toEqual(Buffer.from(bytes))
        const frame = await buffer(compressFrame(pieces(bytes)))
        expect(await buffer(decompressFrames(readBytes(pieces(frame, 7))))).toEqual(Buffer.from(bytes))
      }),
      { numRuns: 100 },
    )
  })

  it('are no larger than the text where it repeats, and hold more than one block', async () => {
    const bytes = Buffer.from('some text '.repeat(200_000))
    const packed = await inBlocks(bytes)
    expect(packed.length).toBeLessThan(bytes.length / 50)
    expect((await outOfBlocks(packed)).equals(bytes)).toBe(true)
  })

  it.each([
    ['a wrong checksum', (good: Buffer) => Buffer.concat([Buffer.alloc(16), good.subarray(16)]), /Checksum/u],
    ['an end in between', (good: Buffer) => good.subarray(0, -1), /in the middle/u],
    ['a length of four gigabytes', () => block(0x82, Buffer.alloc(4), 0xffffffff), /Too large/u],
    ['a method that is not taken', () => block(0x91, Buffer.alloc(4), 4), /Unknown compression method/u],
    ['less than it says', () => block(0x82, compressBlock(Buffer.from('abc')), 4000), /Cannot decompress/u],
    [
      'more than it says, LZ4',
      () => block(0x82, compressBlock(Buffer.alloc(1 << 20)), 10),
      /Cannot decompress/u,
    ],
    [
      'more than it says, ZSTD',
      () => block(0x90, zstdCompressSync(Buffer.alloc(1 << 20)), 10),
      /Cannot decomp/u,
    ],
    ['nonsense', () => block(0x82, Buffer.from('ffffffffffffffffff', 'hex'), 100), /Cannot decompress/u],
  ])('with %s are refused', async (_, make, words) => {
    await expect(outOfBlocks(make(await inBlocks(Buffer.from('a text'))))).rejects.toThrow(words)
  })

  it('with any byte changed are refused or give the same', async () => {
    const good = await inBlocks(Buffer.from('some text, some text, some text'))
    for (let at = 0; at < good.length; at += 1) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] ?? 0) ^ 0x41
      await expect(outOfBlocks(bad)).rejects.toThrow(/\S/u)
    }
  })
})
