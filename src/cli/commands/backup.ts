/** `exectrail backup`: writes everything that an installation keeps to a directory. */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { loadConfig, type Config } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatBytes, formatCount } from '../../format.ts'
import { withProgress } from '../../provision/progress.ts'
import { backUpStore } from '../../store/backup/write.ts'
import { contentsPath, copyKeys, metadataPath, type BackupContents } from '../backup-directory.ts'
import { backUpBlobs } from '../blobs-backup.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { writeMetadataFile } from '../metadata-file.ts'
import type { Terminal } from '../terminal.ts'
import { readVersion } from '../version.ts'
import { withInstallation, type Installation } from '../with-installation.ts'

/** Writes the complete directory or nothing. Only its owner may read it: it holds code, output and the key of this home. */
export async function backup(
  directory: string,
  options: { json?: true },
  terminal: Terminal,
): Promise<number> {
  const config = loadConfig()
  const report = (line: string): void => terminal.say(escapeControls(line))
  const draft = await createDraft(directory)
  try {
    const { store, metadata, blobs } = await withInstallation(config, report, (installation) =>
      writeBackup(config, { installation, directory: draft, report }),
    )
    await rename(draft, directory)
    const bytes = store.files.reduce((sum, file) => sum + file.bytes, 0)
    const found = { directory, files: store.files.length, bytes, metadataRows: metadata.rows, blobs }
    if (options.json) await terminal.data(toJson(found))
    else
      report(
        `Backed up the store, ${formatBytes(bytes)}, ${formatCount(metadata.rows)} rows of metadata and ${describeBlobs(blobs)} to ${directory}.`,
      )
    return 0
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

function describeBlobs(blobs: BackupContents['blobs']): string {
  if (blobs === null) return 'no blobs, which are not in a directory,'
  return `${formatCount(blobs.objects)} blobs, ${formatBytes(blobs.bytes)},`
}

async function createDraft(directory: string): Promise<string> {
  const draft = `${directory}.partial`
  if ((await stat(directory).catch(() => null)) !== null) throw refusal(`${directory} is there already`)
  await mkdir(draft, { mode: 0o700 }).catch((error: Error) => {
    throw refusal(`${draft} cannot be made: ${error.message}`)
  })
  return draft
}

function refusal(message: string): InvalidRequestError {
  return new InvalidRequestError(
    [{ path: 'DIRECTORY', message }],
    'Name a new directory on a disk with room.',
  )
}

interface WriteOptions {
  installation: Installation
  directory: string
  report: (line: string) => void
}

async function writeBackup(
  config: Config,
  { installation: { store, database }, directory, report }: WriteOptions,
): Promise<BackupContents> {
  const at = new Date().toISOString()
  const rows = await writeMetadataFile(database, metadataPath(directory))
  await copyKeys(config.home, directory)
  const [written, blobs] = await withProgress(
    { title: 'Backing up', report, ci: config.ci },
    async (shown) => [
      await backUpStore(store, {
        directory,
        progress: (done, of) => shown.stage(`file ${done + 1} of ${of}`),
      }),
      await backUpBlobs(config.blobs, directory, (done) => shown.stage(`blob ${done + 1}`)),
    ],
  )
  const contents: BackupContents = {
    exectrail: 'backup',
    format: 1,
    release: readVersion(),
    at,
    store: written,
    metadata: { rows },
    blobs,
  }
  await writeFile(contentsPath(directory), JSON.stringify(contents), { mode: 0o600, flush: true })
  return contents
}
