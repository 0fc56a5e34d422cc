/**
 * The migrations on a cluster of ClickHouse servers: each table is a replicated one on every shard, named `<table>_local`, and
 * a Distributed one over the shards under the table's own name, which everything reads and writes.
 */

/** Deliveries of the same row meet on one shard, so that `FINAL` there shows it once. */
const SHARDED_BY: Readonly<Record<string, string>> = {
  code_exec_logs: 'cityHash64(execution_id)',
  code_exec_events: 'cityHash64(execution_id)',
  otel_traces: 'cityHash64(TraceId)',
  code_exec_rollups: 'cityHash64(organization_id)',
  code_exec_rollup_days: 'cityHash64(organization_id)',
  code_exec_rollup_failures: 'cityHash64(organization_id)',
  code_exec_rollup_values: 'cityHash64(organization_id)',
}
/** Complete on every server. */
const UNSHARDED = 'exectrail_migrations'

const STATEMENT =
  /^(?<head>(?:\s*--[^\n]*\n)*\s*(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE|CREATE VIEW IF NOT EXISTS|CREATE OR REPLACE VIEW|CREATE DATABASE IF NOT EXISTS)) (?<name>[`\w]+)(?<rest>[^]*)$/u
const ENGINE = /\bENGINE = (?<engine>(?:Replacing)?MergeTree)(?:\((?<version>\w+)\))?/u

/** The statements that do what `statement` of a migration says: itself on one server. */
export function statementsFor(statement: string, cluster: string | null): string[] {
  return cluster === null ? [statement] : forCluster(statement, cluster)
}

/** What an ALTER of rows names: a Distributed table has none. */
export function rowsOfTable(name: string, cluster: string | null): string {
  return cluster === null ? name : `${name}_local ON CLUSTER '${cluster}'`
}

/**
 * The statements that do on every server of the cluster what one of a migration does on a single one.
 * @param cluster name in the servers' `remote_servers`
 * @throws {Error} for a kind of statement that no migration has had so far
 */
function forCluster(statement: string, cluster: string): string[] {
  const { head = '', name = '', rest = '' } = STATEMENT.exec(statement)?.groups ?? {}
  const on = ` ON CLUSTER '${cluster}'`
  if (head.endsWith('DATABASE IF NOT EXISTS') || head.endsWith('VIEW IF NOT EXISTS') || head.endsWith('VIEW'))
    return [`${head} ${name}${on}${rest}`]
  if (name === UNSHARDED && head.endsWith('TABLE IF NOT EXISTS'))
    return [`${head} ${name}${on}${onEveryServer(rest)}`]
  const key = SHARDED_BY[name]
  if (key === undefined)
    throw new Error(`a migration has a statement that has no form on a cluster: ${statement}`)
  const distributed = `${name}${on} AS ${name}_local
ENGINE = Distributed('${cluster}', currentDatabase(), '${name}_local', ${key})`
  const local = `${head} ${rowsOfTable(name, cluster)}${replicated(rest)}`
  return head.endsWith('ALTER TABLE')
    ? [local, `CREATE OR REPLACE TABLE ${distributed}`]
    : [local, `CREATE TABLE IF NOT EXISTS ${distributed}`]
}

/** The replicas of a shard; their path in Keeper is the servers' default, which has the table's UUID and `{shard}`. */
function replicated(rest: string): string {
  return rest.replace(ENGINE, (_all, engine: string, version: string | undefined) =>
    version === undefined ? `ENGINE = Replicated${engine}` : `ENGINE = Replicated${engine}(${version})`,
  )
}

function onEveryServer(rest: string): string {
  const path = `'/clickhouse/tables/{uuid}/every', '{shard}-{replica}'`
  return rest.replace(ENGINE, (_all, engine: string) => `ENGINE = Replicated${engine}(${path})`)
}
