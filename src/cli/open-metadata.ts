import type { Metadata } from '../api/metadata.ts'
import type { Config } from '../config.ts'
import { openDatabase } from '../metadata/database.ts'
import { adoptKeyFile, type OpenedKeys } from '../service/adopt-keys.ts'
import { cachedKeys } from '../service/keys.ts'
import type { ClosingStack } from './closing-stack.ts'

/** Opens the metadata of a running stack and takes over the keys of the home. `closing` closes it. */
export async function openMetadata(
  config: Config,
  url: string,
  { report, closing }: { report: (line: string) => void; closing: ClosingStack },
): Promise<{ metadata: Metadata; opened: OpenedKeys }> {
  const database = closing.adopt(openDatabase(url), (created) => created.close())
  const keys = closing.adopt(cachedKeys(database, report), (created) => created.close())
  return { metadata: { database, keys }, opened: await adoptKeyFile(config, { database, keys }) }
}
