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
/**
 * Settings of tables from the start: a replicated table is not replaced by a clone, since each replica would attach the parts.
 * On one server a migration does it.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  code_exec_logs: 'index_granularity = 1024, merge_max_block_size = 1024, min_compress_block_size = 8192',
}
/** Complete on every server. */
const UNSHARDED = 'exectrail_migrations'

const STATEMENT =
  /^(?<head>(?:\s*--[^\n]*\n)*\s*(?:CREATE TABLE IF NOT EXISTS|CREATE OR REPLACE TABLE|ALTER TABLE|CREATE VIEW IF NOT EXISTS|CREATE OR REPLACE VIEW|CREATE DATABASE IF NOT EXISTS)) (?<name>[`\w]+)(?<rest>[^]*)$/u
const CLONE = /^ CLONE AS (?<name>\w+)\s+SETTINGS (?<settings>[^]*)$/u
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
  if (head.endsWith('REPLACE TABLE') && isMadeSo(name, rest)) return []
  if (key === undefined || head.endsWith('REPLACE TABLE'))
    throw new Error(`a migration has a statement that has no form on a cluster: ${statement}`)
  const distributed = `${name}${on} AS ${name}_local
ENGINE = Distributed('${cluster}', currentDatabase(), '${name}_local', ${key})`
  const local = `${head} ${rowsOfTable(name, cluster)}${replicated(rest)}`
  return head.endsWith('ALTER TABLE')
    ? [local, `CREATE OR REPLACE TABLE ${distributed}`]
    : [`${local}${settingsOf(name)}`, `CREATE TABLE IF NOT EXISTS ${distributed}`]
}

function settingsOf(name: string): string {
  const settings = SETTINGS[name]
  return settings === undefined ? '' : `\nSETTINGS ${settings}`
}

/** Whether a clone of the table by itself changes nothing but the settings that it has from the start. */
function isMadeSo(name: string, rest: string): boolean {
  const { name: source, settings } = CLONE.exec(rest)?.groups ?? {}
  return source === name && settings !== undefined && settings === SETTINGS[name]
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
