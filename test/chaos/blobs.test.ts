import { BLOBS } from './scenarios/blobs.ts'
import { testScenarios } from './short-form.ts'

testScenarios([{ order: 'in turn', scenarios: BLOBS }])
