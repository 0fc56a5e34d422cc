/** The Postgres of the metadata: the embedded one, or that of DATABASE_URL. */
import type { Config } from '../config.ts'
import { ExectrailError, messageOf } from '../errors.ts'
import { openDatabase } from '../metadata/database.ts'
import { migrateMetadata } from '../metadata/migrate.ts'
import { externalComponent, supervisedComponent, type StackComponent } from './component.ts'
import { startEmbeddedPostgres } from './embedded-postgres.ts'
import type { Endpoints } from './endpoints.ts'

export interface MetadataComponent extends StackComponent {
  /** Connection URL, with its password. */
  readonly url: string
  readonly endpoints: Pick<Endpoints, 'metadata'>
}

/**
 * Starts the embedded Postgres or uses the external one, and migrates it.
 * @throws {ExectrailError} `stack_failed`
 */
export async function startMetadata(
  config: Config,
  report: (line: string) => void,
): Promise<MetadataComponent> {
  const component = await openComponent(config)
  try {
    await migrate(component.url, report)
  } catch (error) {
    await component.stop()
    throw error
  }
  report(`Metadata: Postgres ${component.status().url}`)
  return component
}

async function openComponent(config: Config): Promise<MetadataComponent> {
  const { databaseUrl } = config
  if (databaseUrl !== null) {
    const shown = withoutSecrets(databaseUrl)
    return { url: databaseUrl, endpoints: {}, ...externalComponent('metadata', shown) }
  }
  const { process, url, socketDirectory, release } = await startEmbeddedPostgres(config)
  const component = supervisedComponent('metadata', `in ${socketDirectory}`, process)
  return { ...component, url, endpoints: { metadata: url }, stop: () => component.stop().then(release) }
}

async function migrate(url: string, report: (line: string) => void): Promise<void> {
  const database = openDatabase(url)
  try {
    const { applied } = await migrateMetadata(database)
    if (applied.length > 0) report(`Metadata: applied ${applied.length} migrations`)
  } catch (error) {
    throw new ExectrailError(
      'stack_failed',
      `the metadata in Postgres could not be migrated: ${messageOf(error)}`,
      {
        hint: 'Check DATABASE_URL, and that its user may create a schema; or unset it for the embedded Postgres.',
        cause: error,
      },
    )
  } finally {
    await database.close()
  }
}

/** What may be shown: state is public. */
function withoutSecrets(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/u, '$1').replace(/\?.*$/u, '')
}
