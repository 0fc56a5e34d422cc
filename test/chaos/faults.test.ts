import { SCENARIOS } from './scenarios/index.ts'
import { testScenarios } from './short-form.ts'

testScenarios([{ order: 'in turn', scenarios: SCENARIOS.filter(({ disturbs }) => disturbs === 'all') }])
