/**
 * `system.processes` as clients see it: their statements as they sent them, with their own user and query_id. The engine
 * runs other statements, all as one user, and names files of the endpoint in them.
 */
import type { Access } from './database-access.ts'
import { ROWS_SETTING } from './caller-rows.ts'
import { CONNECTION_ID_SETTING } from './pool-settings.ts'
import { isMark, isName, isWord, type Token } from './tokens.ts'

/** Whose statement it is. */
export interface StatementOwner {
  user: string
  queryId: string
  /** The statement as it was sent. */
  text: string
  /** A reader sees its own statements, others all. */
  access: Access
}

export interface ProcessList {
  /** Adds the statement that the connection runs. Returns a function that removes it. */
  add(connectionId: number, owner: StatementOwner): () => void
  /** What the viewer may see, as the value of `PROCESSES_SETTING`. */
  describeFor(viewer: StatementOwner): string
}

/** Unused by the engine here, since it has no query cache; the view reads the list of statements from it. */
export const PROCESSES_SETTING = 'query_cache_tag'
const VIEW = 'exectrail_processes'
/** Characters of a statement; the list of all is one setting. */
const MAX_TEXT = 4_000

const HIDDEN_SETTINGS = [CONNECTION_ID_SETTING, ROWS_SETTING, 'additional_table_filters', PROCESSES_SETTING]

/** Creates the view in the system database, which is in memory. */
export const CREATE_PROCESSES_VIEW = `CREATE VIEW IF NOT EXISTS system.${VIEW} AS
WITH
  JSONExtract(getSetting('${PROCESSES_SETTING}'), 'Map(String, Tuple(user String, query_id String, query String))') AS shown,
  Settings['${CONNECTION_ID_SETTING}'] AS connection,
  shown[connection] AS one
SELECT p.* REPLACE (
  one.user AS user, one.user AS initial_user, one.query_id AS query_id, one.query_id AS initial_query_id,
  one.query AS query, '' AS client_hostname, '' AS os_user,
  mapFilter((name, value) -> name NOT IN (${HIDDEN_SETTINGS.map((name) => `'${name}'`).join(', ')}), p.Settings) AS Settings)
FROM system.processes AS p
WHERE mapContains(shown, connection)`

export function createProcessList(): ProcessList {
  const running = new Map<number, StatementOwner>()
  return {
    add(connectionId, owner) {
      running.set(connectionId, owner)
      return () => void running.delete(connectionId)
    },
    describeFor(viewer) {
      const visible = [...running].filter(([, { user }]) => viewer.access === 'full' || user === viewer.user)
      return JSON.stringify(
        Object.fromEntries(
          visible.map(([id, { queryId, text, user }]) => [
            id,
            { user, query_id: queryId, query: text.slice(0, MAX_TEXT).toWellFormed() },
          ]),
        ),
      )
    },
  }
}

interface ListedQuery {
  /** Absent for the endpoint's own statements, which are in no list. */
  owner?: StatementOwner
  asksProcesses?: boolean
  settings: ReadonlyMap<string, string>
}

/** Runs `use` while the statement is in the list; a statement that reads the list gets what its owner may see as a setting. */
export async function whileListed<T>(
  processes: ProcessList,
  connectionId: number,
  { asksProcesses = false, owner, settings }: ListedQuery,
  use: (settings: ListedQuery['settings']) => Promise<T>,
): Promise<T> {
  if (owner === undefined) return use(settings)
  const remove = processes.add(connectionId, owner)
  try {
    return await use(
      asksProcesses ? new Map([...settings, [PROCESSES_SETTING, processes.describeFor(owner)]]) : settings,
    )
  } finally {
    remove()
  }
}

/** The statement with the view for `system.processes`, and whether it names it. */
export function renameProcesses(
  sql: string,
  tokens: readonly Token[],
): { sql: string; asksProcesses: boolean } {
  const [show, list] = tokens
  if (isWord(show, 'SHOW') && isWord(list, 'PROCESSLIST'))
    return {
      sql: `SELECT * FROM system.${VIEW} ORDER BY elapsed DESC${sql.slice(list?.end)}`,
      asksProcesses: true,
    }
  const pieces: string[] = []
  let from = 0
  for (const token of namesOfProcesses(tokens)) {
    pieces.push(sql.slice(from, token.start), VIEW)
    from = token.end
  }
  return { sql: pieces.join('') + sql.slice(from), asksProcesses: pieces.length > 0 }
}

function namesOfProcesses(tokens: readonly Token[]): Token[] {
  return tokens.filter((token, index) => {
    const [database, dot] = [tokens[index - 2], tokens[index - 1]]
    const isQualified = isMark(dot, '.') && isName(database) && database.text.toLowerCase() === 'system'
    return isQualified && isName(token) && token.text.toLowerCase() === 'processes'
  })
}

/** A message of the engine with the name that the client used. */
export function withProcessesName(message: string): string {
  return message.replaceAll(VIEW, 'processes')
}
