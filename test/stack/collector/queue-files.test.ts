import { copyFile, mkdir, open, readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { setAsideBroken } from '../../../src/stack/collector/queue-files.ts'
import { readCollectorMetrics } from '../../../src/stack/collector/metrics.ts'
import { startTestCollector } from '../../support/collector.ts'
import { temporaryDirectory } from '../../support/directory.ts'
import { completedRecord, sendLogs } from '../../support/otlp-records.ts'

const FILE = 'exporter_clickhouse_completed_logs'

/** A queue file the real Collector wrote, with a hundred records waiting in it. */
async function fillQueue(directory: string): Promise<string> {
  const collector = await startTestCollector(directory)
  await sendLogs(
    collector.otlpHttp,
    Array.from({ length: 100 }, () => completedRecord()),
  )
  await collector.stop()
  return join(directory, 'queue', FILE)
}

async function overwrite(path: string, at: number, bytes: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Buffer.alloc(bytes, 0xab), 0, bytes, at)
  await file.close()
}

describe('a queue file', () => {
  it('that is intact, or empty, is left alone', async () => {
    await using directory = await temporaryDirectory()
    await fillQueue(directory.path)
    await writeFile(join(directory.path, 'queue', 'exporter_new_logs'), '')
    expect(await setAsideBroken(join(directory.path, 'queue'))).toEqual([])
  })

  it('with one of its two headers broken is left alone, for the other serves', async () => {
    await using directory = await temporaryDirectory()
    const path = await fillQueue(directory.path)
    await overwrite(path, 0, 512)
    expect(await setAsideBroken(join(directory.path, 'queue'))).toEqual([])
  })

  it('whose headers are broken or whose end is missing is set aside, and said so', async () => {
    await using directory = await temporaryDirectory()
    const path = await fillQueue(directory.path)
    const damaged = join(directory.path, 'damaged')
    await mkdir(damaged)
    await copyFile(path, join(damaged, 'exporter_a'))
    await overwrite(join(damaged, 'exporter_a'), 0, 8192)
    await copyFile(path, join(damaged, 'exporter_b'))
    await truncate(join(damaged, 'exporter_b'), 12_000)
    await writeFile(join(damaged, 'exporter_c'), 'no queue at all')
    const said = await setAsideBroken(damaged)
    expect(said).toHaveLength(3)
    expect(said.join('\n')).toMatch(/exporter_a is corrupt \(its header is broken\).*set aside as/)
    expect(said.join('\n')).toMatch(/exporter_b is corrupt \(it ends at byte 12000, but holds \d+\)/)
    const names = await readdir(damaged)
    expect(names.every((name) => name.endsWith('.backup'))).toBe(true)
  })

  it('with any stretch overwritten does not keep the Collector from starting', async () => {
    await using directory = await temporaryDirectory()
    const path = await fillQueue(directory.path)
    const { size } = await stat(path)
    // Both headers, each page of the tree for itself, then a stretch of everything after the headers.
    const pages = Array.from({ length: Math.min(8, size / 4096 - 2) }, (_, page) => [(page + 2) * 4096, 4096])
    for (const [at = 0, bytes = 0] of [[0, 8192], ...pages, [8192, size / 2]]) {
      await using copy = await temporaryDirectory()
      await mkdir(join(copy.path, 'queue'))
      await copyFile(path, join(copy.path, 'queue', FILE))
      await overwrite(join(copy.path, 'queue', FILE), at, bytes)
      const collector = await startTestCollector(copy.path)
      await sendLogs(collector.otlpHttp, [completedRecord()])
      const { accepted } = await readCollectorMetrics(collector.metricsUrl)
      await collector.stop()
      expect({ at, accepted, restarts: collector.restarts() }).toEqual({ at, accepted: 1, restarts: 0 })
    }
  })

  it('that is damaged is named when the Collector starts without it', async () => {
    await using directory = await temporaryDirectory()
    await overwrite(await fillQueue(directory.path), 0, 8192)
    const collector = await startTestCollector(directory.path)
    await collector.stop()
    expect(collector.said).toEqual([
      expect.stringMatching(
        /^Collector: the queue file .*completed_logs is corrupt .*set aside as .*\.backup$/,
      ),
    ])
  })
})
