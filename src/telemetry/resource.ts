/** Who speaks: the OpenTelemetry resource of every span and log record of a trail. */
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources'

/** What SigNoz calls an installation that names no environment. */
const NO_ENVIRONMENT = 'default'

/**
 * Service and instance as given; `deployment.environment.name` and whatever else from
 * `OTEL_RESOURCE_ATTRIBUTES`, as the OpenTelemetry specification has it.
 */
export function resourceOf(given: { serviceName: string; executorId: string }): Resource {
  return defaultResource()
    .merge(resourceFromAttributes({ 'deployment.environment.name': NO_ENVIRONMENT }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({ 'service.name': given.serviceName, 'service.instance.id': given.executorId }),
    )
}
