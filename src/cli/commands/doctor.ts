/** `exectrail doctor`: checks the chain from an execution to its row. */
import { loadConfig } from '../../config.ts'
import { createExecutor } from '../../executor/executor.ts'
import { listRuntimes } from '../../service/list-runtimes.ts'
import { diagnose, type Finding } from '../../service/doctor/diagnose.ts'
import { describeRuntimes } from '../runtime-table.ts'
import { openStore } from '../open-store.ts'
import { clientFor } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'
import { toJson, escapeControls } from '../escape-controls.ts'

const BROKEN = 1
const DELIVERY_MS = 500

export interface DoctorOptions {
  json?: true
}

/** Prints the runtimes and one finding per link. Resolves to 1 when a link is broken. */
export async function doctor(options: DoctorOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const executor = await createExecutor({ config })
  const store = await openStore(config)
  try {
    const show = async (finding: Finding): Promise<void> => {
      if (!options.json) await terminal.data(renderFinding(finding, terminal))
    }
    const runtimes = await listRuntimes(executor)
    if (!options.json) await terminal.data(`${describeRuntimes(runtimes, terminal)}\n`)
    const findings = await diagnose({ config, executor, runtimes, store, getFromService }, show)
    const broken = findings.filter((finding) => finding.state === 'broken')
    if (options.json) await terminal.data(toJson({ healthy: broken.length === 0, runtimes, findings }))
    else
      terminal.say(
        broken.length === 0 ? 'The chain holds.' : `Broken: ${broken.map(({ link }) => link).join(', ')}.`,
      )
    return broken.length === 0 ? 0 : BROKEN
  } finally {
    await store?.close()
    await executor.close(DELIVERY_MS)
  }
}

function getFromService(url: string, key: string, path: string): Promise<unknown> {
  return clientFor(url, key).get(path)
}

function renderFinding({ link, state, detail, fix }: Finding, terminal: Terminal): string {
  const mark = {
    ok: terminal.paint('green', '✔', 'stdout'),
    broken: terminal.paint('red', '✖', 'stdout'),
    skipped: terminal.paint('dim', '–', 'stdout'),
    blocked: terminal.paint('dim', '?', 'stdout'),
  }[state]
  const line = `${mark} ${link.padEnd(11)} ${escapeControls(detail)}`
  return fix === null
    ? line
    : `${line}\n  ${' '.repeat(11)} ${terminal.paint('bold', 'fix:', 'stdout')} ${escapeControls(fix)}`
}
