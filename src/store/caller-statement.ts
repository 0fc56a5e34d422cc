/**
 * Reads a statement of a bound key before it goes to a ClickHouse server, as the embedded endpoint does itself: one SELECT
 * over the views of callers, of functions that were reviewed. The server's row policies and grants are the second wall.
 */
import { StoreError } from '../errors.ts'
import { RefusedStatement } from '../clickhouse-endpoint/refusal.ts'
import type { Tenant, Window } from './scope.ts'
import { checkStatement, type Catalogue } from '../clickhouse-endpoint/statement-policy.ts'

/** What the row policies of callers read. */
export function callerSettings({
  tenant,
  window,
}: {
  tenant: Tenant
  window: Window
}): Record<string, string> {
  return {
    SQL_exectrail_organization: tenant.organizationId,
    SQL_exectrail_workspace: tenant.workspaceId ?? '',
    SQL_exectrail_from: window.from,
    SQL_exectrail_to: window.to,
  }
}

/** Rows of a statement of ours on the server, as the callers' user. */
export type AskServer = (
  sql: string,
  parameters?: Readonly<Record<string, unknown>>,
) => Promise<readonly { name: string }[]>

/** Returns the statement as it may run. @throws {StoreError} `query_refused` with the reason */
export type ReadCallerStatement = (text: string) => Promise<string>

export function callerStatementReader(ask: AskServer): ReadCallerStatement {
  let known: Promise<Catalogue> | null = null
  return async (text) => {
    known ??= readCatalogue(ask).catch((error: unknown) => {
      known = null
      throw error
    })
    const catalogue = await known
    const [parsed] = await ask('SELECT formatQuerySingleLine({text:String}) AS name', { text })
    try {
      const { placeholders, select } = checkStatement(parsed?.name ?? '', 'caller', catalogue)
      if (select === null || placeholders.length > 0)
        throw new RefusedStatement(497, 'write one SELECT, without parameters and FORMAT')
      return select
    } catch (error) {
      if (!(error instanceof RefusedStatement || error instanceof SyntaxError)) throw error
      throw new StoreError('query_refused', error.message, { cause: error })
    }
  }
}

async function readCatalogue(ask: AskServer): Promise<Catalogue> {
  const names = async (sql: string): Promise<Set<string>> => new Set((await ask(sql)).map(({ name }) => name))
  const databases = await names('SELECT lower(name) AS name FROM system.databases')
  return {
    functions: await names('SELECT lower(name) AS name FROM system.functions'),
    tableFunctions: await names('SELECT lower(name) AS name FROM system.table_functions'),
    combinators: [...(await names('SELECT lower(name) AS name FROM system.aggregate_function_combinators'))],
    formats: await names('SELECT name FROM system.formats WHERE is_output'),
    tableSettings: new Set(),
    databases,
    others: databases,
  }
}
