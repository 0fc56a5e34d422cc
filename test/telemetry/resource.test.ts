import { expect, it, vi } from 'vitest'
import { resourceOf } from '../../src/telemetry/resource.ts'

const GIVEN = { serviceName: 'runner', executorId: 'e-1' }

it('the resource names service, instance and environment', () => {
  expect(resourceOf(GIVEN).attributes).toMatchObject({
    'service.name': 'runner',
    'service.instance.id': 'e-1',
    'deployment.environment.name': 'default',
    'telemetry.sdk.language': 'nodejs',
  })
})

it('takes the environment’s name and more from OTEL_RESOURCE_ATTRIBUTES, but never another instance', () => {
  vi.stubEnv(
    'OTEL_RESOURCE_ATTRIBUTES',
    'deployment.environment.name=staging,team=a%20b,service.instance.id=other',
  )
  expect(resourceOf(GIVEN).attributes).toMatchObject({
    'deployment.environment.name': 'staging',
    team: 'a b',
    'service.instance.id': 'e-1',
  })
  vi.unstubAllEnvs()
})
