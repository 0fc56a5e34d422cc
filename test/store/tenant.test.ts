import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, asyncProperty } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tenant } from '../../src/store/scope.ts'
import { given, QUERIES, WITHOUT_TENANT } from '../support/every-query.ts'
import { recordingStore } from '../support/recording-store.ts'

/** A table of executions with the tenant right behind it. */
const ORGANIZATION = String.raw`organization_id = \{organizationId:String\}`
const GUARDED = new RegExp(
  String.raw`FROM (?:code_exec_(?:logs|events|rollups|rollup_(?:days|failures|values))|otel_traces)(?: FINAL)? (?:PRE)?WHERE ${ORGANIZATION}`,
  'gu',
)
/** The same with a workspace. Days of kept figures are of whole organizations, and their figures have a workspace in place of an agent; spans have none of their own, so their executions are looked up. */
const GUARDED_WORKSPACE = new RegExp(
  String.raw`FROM (?:code_exec_(?:logs|events|rollup_failures)(?: FINAL)? (?:PRE)?WHERE ${ORGANIZATION} AND workspace_id = \{workspaceId:String\}|code_exec_rollups WHERE ${ORGANIZATION} AND code_agent_id = \{workspaceId:String\}|code_exec_rollup_days FINAL WHERE ${ORGANIZATION}|otel_traces(?: FINAL)? WHERE ${ORGANIZATION} AND execution_id IN \(SELECT)`,
  'gu',
)

/** Kept figures of the day, so that they are read too. */
function keptDays(sql: string): object[] {
  if (sql.includes('FROM code_exec_rollup_days'))
    return ['1970-01-01', '2026-11-01'].map((day) => ({ day, generation: '8000000000000000' }))
  return sql.includes('toDate(bucket) AS day') ? [{ day: '2026-11-01' }] : []
}

describe('every statement over executions', () => {
  it('is one this test knows', async () => {
    const files = await readdir(join(import.meta.dirname, '../../src/store/queries'))
    expect(files.toSorted()).toEqual([...Object.keys(QUERIES), ...WITHOUT_TENANT].toSorted())
  })

  it.each(Object.entries(QUERIES))('of %s names its tenant, and binds what callers give', async (_, ask) => {
    await assert(
      asyncProperty(given, async (made) => {
        const { store, asked } = recordingStore(keptDays)
        await ask(store, made)
        expect(asked.length).toBeGreaterThan(0)
        for (const { sql, parameters } of asked) {
          const tables = sql.match(/\b(?:FROM|JOIN)\s+(?!\()\S+/gu) ?? []
          const tenant = made.scope as Tenant
          const guarded = sql.match(tenant.workspaceId === undefined ? GUARDED : GUARDED_WORKSPACE) ?? []
          expect(tables.length).toBeGreaterThan(0)
          expect(guarded).toHaveLength(tables.length)
          expect(parameters).toMatchObject(tenant)
          if (tenant.workspaceId === undefined) expect(parameters).not.toHaveProperty('workspaceId')
          expect(sql).not.toMatch(/\bOR\b/u)
          expect(sql).not.toContain('§')
        }
      }),
    )
  })

  it.each(Object.entries(QUERIES))('of %s is without a tenant only for an administrator', async (_, ask) => {
    await assert(
      asyncProperty(given, async (made) => {
        const { store, asked } = recordingStore()
        await ask(store, { ...made, scope: 'all' })
        for (const { parameters } of asked) expect(parameters).not.toHaveProperty('organizationId')
      }),
      { numRuns: 10 },
    )
  })
})
