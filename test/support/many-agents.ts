/** Many code agents in a registry, straight into their table. */
import { sql } from 'kysely'
import type { Database } from '../../src/metadata/database.ts'

/** Words that so many of a hundred agents have. */
export const SHARES = { everywhere: 60, frequent: 18, common: 5, seldom: 1 } as const

/**
 * Adds agents of `acme` (some in the workspaces w1 and w2), `globex` and others: most are public, few have ever run, some
 * have the same figures, one in fifty is yanked.
 */
export async function addAgents({ queries }: Database, from: number, count: number): Promise<void> {
  await sql`insert into exectrail.registry_namespaces (name, organization_id, created_by)
    select organization || '-ns', organization, 'test' from unnest(array['acme', 'globex', 'initech']) organization
    on conflict do nothing`.execute(queries)
  const words = Object.entries(SHARES).map(
    ([word, share]) =>
      sql`case when hashint4(n * 31 + ${share}) & 1023 < ${share} * 10.24 then ${`${word} `} else '' end`,
  )
  await sql`insert into exectrail.registry_agents (namespace, name, organization_id, workspace_id, visibility, listed,
      updated_at, created_by, card_version, status, description, language, runtimes, topics, license, signed, search, runs,
      success_score, cost_score, latency_score, trend_score)
    select organization || '-ns', 'agent-' || n, organization, case when kind = 2 then 'w' || (1 + n % 2) else '' end,
      (array['public', 'public', 'workspace', 'organization', 'private', 'public', 'public'])[kind + 1], kind not in (2, 3, 4),
      timestamptz '2026-01-01' + (hashint4(n) & 511) * interval '1 hour', 'test', '1.0.0',
      case when n % 50 = 7 then 'yanked' else 'active' end, 'agent', language, array['subprocess'], array['topic-' || n % 3], license,
      false, setweight(to_tsvector('english', 'agent-' || n), 'A') || to_tsvector('english', words) ||
        array_to_tsvector(array[':language:' || language, ':topic:topic-' || n % 3, ':runtime:subprocess', ':license:' || lower(license)]), runs, (runs % 10) / 10.0,
      case when runs = 0 then '-Infinity'::float8 else -(n % 13) end, -(n % 17), (n % 7) - 3
    from (select n, (array['acme', 'globex', 'initech', 'initech'])[1 + (hashint4(n + 5) & 3)] as organization,
        (hashint4(n + 11) & 2147483647) % 7 as kind, (array['python', 'bash'])[1 + n % 2] as language,
        (array['MIT', 'mit', 'MIT', 'Apache-2.0'])[1 + (hashint4(n + 3) & 3)] as license,
        case when hashint4(n + 7) & 15 = 0 then 1 + (hashint4(n + 9) & 4095) else 0 end as runs,
        ${sql.join(words, sql` || `)} as words
      from generate_series(${from}::int, ${from + count - 1}::int) n) made`.execute(queries)
}
