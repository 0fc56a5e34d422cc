import { expect, it } from 'vitest'
import { describeChange } from '../../src/dashboard/format/change.ts'

const step = { better: 'less', samples: 100 } as const

it('says by how much a figure changed, and whether that is good', () => {
  expect(describeChange({ ...step, now: 150, before: 100 })).toEqual({ text: '+50.0 %', tone: 'bad' })
  expect(describeChange({ ...step, now: 50, before: 100 })).toEqual({ text: '−50.0 %', tone: 'good' })
  expect(describeChange({ ...step, now: 3000, before: 100 })?.text).toBe('+29×')
})

it('calls nothing good or bad that chance explains', () => {
  const few = { now: 0.8, before: 0.9, better: 'more', as: 'points' } as const
  expect(describeChange({ ...few, samples: 30 })).toEqual({ text: '−10.0 points', tone: 'none' })
  expect(describeChange({ ...few, samples: 3000 })?.tone).toBe('bad')
  expect(describeChange({ ...step, now: 150, before: 100, samples: 5 })?.tone).toBe('none')
  expect(describeChange({ ...step, now: 103, before: 100 })?.tone).toBe('none')
})

it('knows no change where there is no figure before', () => {
  expect(describeChange({ ...step, now: 1, before: null })).toBeNull()
  expect(describeChange({ ...step, now: 1, before: 0 })).toBeNull()
  expect(describeChange({ ...step, now: 0, before: 0 })?.text).toBe('unchanged')
})
