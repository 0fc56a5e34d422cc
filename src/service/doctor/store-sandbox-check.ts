/** Whether the store of the running stack is in a sandbox. */
import { readEndpoints } from '../../stack/endpoints.ts'
import { findStoreTools, refusedNamespaces } from '../../stack/store-sandbox.ts'
import type { DoctorCheck } from './check.ts'

/** A store without a sandbox works, so this check never fails. */
export const checkStoreSandbox: DoctorCheck['run'] = async ({ config }) => {
  const endpoints = config.clickhouse.url === null ? await readEndpoints(config.home) : null
  if (endpoints === null) return { skipped: 'the store is not ours' }
  if (endpoints.clickhouseReader !== null)
    return `the engine runs in a sandbox; SQL of callers only reads, as ${endpoints.clickhouseReader}`
  const tools = await findStoreTools(config.path)
  const { what, fix } = 'missing' in tools ? tools.missing : refusedNamespaces('bubblewrap could not start')
  return {
    skipped: `the engine runs without a sandbox, so SQL is for administrators only and no reader is there: ${what}`,
    fix: `${fix}; then start the stack again`,
  }
}
