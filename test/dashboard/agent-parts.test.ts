import { expect, it } from 'vitest'
import {
  cornersOf,
  heatGrid,
  readRegion,
  regionBetween,
  writeRegion,
} from '../../src/dashboard/charts/heat-cells.ts'
import { comparedVersions } from '../../src/dashboard/pages/agent/compared-versions.ts'
import { regionDifferences } from '../../src/dashboard/pages/agent/region-differences.ts'
import { agentAddress, agentOf } from '../../src/dashboard/search/agent-address.ts'
import { ODD_AGENTS } from '../support/busy-records.ts'

const WINDOW = { from: '2026-11-29T00:00:00.000Z', to: '2026-11-29T01:00:00.000Z' }
const CELL = { at: '2026-11-29T00:10:00.000Z', from: 8, to: 2 ** 3.25, count: 3, failures: 1 }

it('places a cell, and finds a dragged region and its corners again', () => {
  const grid = heatGrid([CELL, { ...CELL, from: 16, to: 2 ** 4.25 }], WINDOW, 600)
  expect(grid.columns).toBe(6)
  expect(grid.places.map(({ column, row }) => [column, row])).toEqual([
    [1, 0],
    [1, 4],
  ])
  const region = regionBetween(grid, { column: 2, row: 4 }, { column: 1, row: 0 })
  expect(region).toEqual({
    from: CELL.at,
    to: '2026-11-29T00:30:00.000Z',
    low: 8,
    high: Number((2 ** 4.25).toPrecision(6)),
  })
  expect(cornersOf(grid, region)).toEqual([
    { column: 1, row: 0 },
    { column: 3, row: 5 },
  ])
})

it('keeps a region in the address, and takes no other text for one', () => {
  const region = { ...WINDOW, low: 8, high: 16.5 }
  expect(readRegion(writeRegion(region))).toEqual(region)
  for (const text of [
    undefined,
    '',
    'a/b/c/d',
    `${WINDOW.to}/${WINDOW.from}/1/2`,
    `${WINDOW.from}/${WINDOW.to}//2`,
  ])
    expect(readRegion(text)).toBeNull()
})

it('compares a region with everything outside of it', () => {
  const side = { window: WINDOW, count: 40 }
  const value = { value: 'python', countA: 36, countB: 48, shareA: 0.9, shareB: 0.4, difference: 0.5 }
  const language = { field: 'language', difference: 0.5, significant: true, values: [value] }
  const reply = { a: side, b: { window: WINDOW, count: 120 }, fields: [language] }
  expect(regionDifferences(reply)).toEqual([
    {
      field: 'language',
      label: 'Language',
      values: [{ value: 'python', text: 'python', here: 0.9, elsewhere: 0.15 }],
    },
  ])
  const byChance = { ...language, values: [{ ...value, countA: 20, countB: 55 }] }
  expect(regionDifferences({ ...reply, fields: [byChance] })).toEqual([])
  expect(regionDifferences({ ...reply, b: side })).toEqual([])
})

it('compares the newer of the two most frequent versions with the older, unless the address says otherwise', () => {
  expect(comparedVersions(['1.10.0', '1.9.0'], undefined, undefined)).toEqual({ a: '1.9.0', b: '1.10.0' })
  expect(comparedVersions(['1', '2', '3'], '3', 'unknown')).toEqual({ a: '3', b: '2' })
  expect(comparedVersions(['1'], undefined, undefined)).toBeNull()
})

it('finds every agent again by its address', () => {
  for (const id of ODD_AGENTS) {
    const { params, search } = agentAddress(id)
    expect(agentOf(params.id, search.id)).toBe(id)
  }
})
