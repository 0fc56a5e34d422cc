/** `exectrail restore`: puts a backup into an empty installation. */
import { loadConfig } from '../../config.ts'
import { formatCount } from '../../format.ts'
import { requireEmpty, restore as restoreMetadata } from '../../metadata/restore.ts'
import { withProgress } from '../../provision/progress.ts'
import { checkBackup, requireEmptyStore, restoreStore } from '../../store/backup/restore.ts'
import { copyKeys, metadataPath, readContents } from '../backup-directory.ts'
import { checkBlobs, restoreBlobs } from '../blobs-backup.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { readLines } from '../metadata-file.ts'
import type { Terminal } from '../terminal.ts'
import { withInstallation, type Installation } from '../with-installation.ts'

interface RestoreOptions {
  /** Rows may be there already. */
  continue?: true
  json?: true
}

/** Reads every file before it writes anything. Restores the metadata last, in one transaction. */
export async function restore(
  directory: string,
  options: RestoreOptions,
  terminal: Terminal,
): Promise<number> {
  const config = loadConfig()
  const report = (line: string): void => terminal.say(escapeControls(line))
  const found = await withProgress({ title: 'Restoring', report, ci: config.ci }, async (shown) => {
    const { store: contents, blobs } = await readContents(directory)
    const of = (what: string) => (done: number, all: number) =>
      shown.stage(`${what} file ${done + 1} of ${all}`)
    await checkBackup({ directory, contents, progress: of('checking') })
    await checkBlobs(directory, blobs)
    return withInstallation(config, report, async (installation) => {
      await requireRoom(installation, options)
      const executions = await restoreStore(installation.store, {
        directory,
        contents,
        progress: of('inserting'),
      })
      const objects = await restoreBlobs(config.blobs, directory, (done) => shown.stage(`blob ${done + 1}`))
      const rows = await restoreMetadata(installation.database, readLines(metadataPath(directory)))
      await copyKeys(directory, config.home)
      return { directory, executions, metadataRows: rows, blobs: objects }
    })
  })
  if (options.json) await terminal.data(toJson(found))
  else
    report(
      `Restored ${formatCount(found.executions)} executions, ${formatCount(found.metadataRows)} rows of metadata and ${formatCount(found.blobs)} blobs from ${directory}.`,
    )
  return 0
}

async function requireRoom({ store, database }: Installation, options: RestoreOptions): Promise<void> {
  await requireEmpty(database.queries)
  if (options.continue !== true) await requireEmptyStore(store)
}
