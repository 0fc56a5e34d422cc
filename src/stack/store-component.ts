/** The store of the stack: the embedded ClickHouse, or the one of CLICKHOUSE_URL. */
import type { Config } from '../config.ts'
import { ExectrailError, messageOf } from '../errors.ts'
import { createStore } from '../store/client.ts'
import { migrate } from '../store/migrate.ts'
import { describeExpiry, setExpiry } from '../store/retention/expiry.ts'
import { startEmbeddedStore } from './embedded-store.ts'
import type { Endpoints } from './endpoints.ts'
import { externalComponent, supervisedComponent, withPorts, type StackComponent } from './component.ts'
import { CALLER_DATABASE } from '../clickhouse-endpoint/caller-rows.ts'
import type { StoreAccess, StoreUsers } from './store-users.ts'

export interface StoreComponent extends StackComponent {
  readonly users: StoreUsers
  readonly endpoints: Pick<
    Endpoints,
    'clickhouse' | 'clickhouseUser' | 'clickhousePassword' | 'clickhouseReader' | 'clickhouseReaderPassword'
  >
}

const WELL_KNOWN = 8123

/** Starts the embedded store or uses the external one, and migrates it. */
export async function startStore(config: Config, report: (line: string) => void): Promise<StoreComponent> {
  const { component, users } = await openComponent(config, report)
  try {
    await migrateStore(users.service, config.retention, report)
  } catch (error) {
    await component.stop()
    throw error
  }
  report(`Store: ClickHouse on ${users.admin.url}`)
  const { admin, reader } = users
  const endpoints = {
    clickhouse: admin.url,
    clickhouseUser: admin.user,
    clickhousePassword: admin.password,
    clickhouseReader: reader?.user ?? null,
    clickhouseReaderPassword: reader?.password ?? null,
  }
  return { users, endpoints, ...component }
}

async function openComponent(
  config: Config,
  report: (line: string) => void,
): Promise<{ component: StackComponent; users: StoreUsers }> {
  const { url } = config.clickhouse
  if (url !== null) {
    const access = { ...config.clickhouse, url }
    const { callerUser, callerPassword } = config.clickhouse
    const caller: StoreAccess | null =
      callerUser === null
        ? null
        : {
            url,
            user: callerUser,
            password: callerPassword,
            database: CALLER_DATABASE,
            readsCallers: true,
          }
    const users = { admin: access, service: access, collector: access, reader: null, caller }
    return { component: externalComponent('store', url), users }
  }
  return withPorts([config.port === 0 ? 0 : WELL_KNOWN], async ([port = 0]) => {
    const { users, process, release } = await startEmbeddedStore(config, port, report)
    const component = supervisedComponent('store', users.admin.url, process)
    return { component: { ...component, stop: () => component.stop().then(release) }, users }
  })
}

async function migrateStore(
  access: StoreAccess,
  { days }: Config['retention'],
  report: (line: string) => void,
): Promise<void> {
  const store = createStore(access)
  try {
    const { applied } = await migrate(store)
    if (applied.length > 0) report(`Store: applied ${applied.length} migrations`)
    if (days !== null && (await setExpiry(store, days)).changed) report(`Store: ${describeExpiry(days)}`)
  } catch (error) {
    throw new ExectrailError(
      'stack_failed',
      `the store at ${access.url} could not be migrated: ${messageOf(error)}`,
      {
        hint: 'check CLICKHOUSE_URL, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or unset them for the embedded store',
        cause: error,
      },
    )
  } finally {
    await store.close()
  }
}
