/** What agents are filtered and counted by, as lexemes beside their words. */
import { sql, type RawBuilder } from 'kysely'
import type { AgentCard } from './registry-agents.ts'
import { FACETS, type Facet } from './registry-values.ts'

type Values = Readonly<Partial<Record<Facet, readonly string[]>>>

/** The values of an agent, from the columns of its row. */
export const COLUMN_VALUES: Readonly<Record<Facet, RawBuilder<string[]>>> = {
  language: sql`array[language]`,
  runtime: sql`runtimes`,
  topic: sql`topics`,
  license: sql`array_remove(array[license], null)`,
}

/** The labels of an agent. */
export function labelsOfCard({ language, runtimes, topics, license }: AgentCard): string[] {
  return labelsOf({
    language: [language],
    runtime: runtimes,
    topic: topics,
    license: license === null ? [] : [license],
  })
}

/** A label for each value: `:license:mit`. No word begins with a colon; case does not matter, as in SPDX identifiers. */
export function labelsOf(values: Values): string[] {
  return FACETS.flatMap((facet) => (values[facet] ?? []).map((value) => `:${facet}:${value.toLowerCase()}`))
}
