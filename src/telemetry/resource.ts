/** The OpenTelemetry resource of every span and log record of a trail. */
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
  type Resource,
} from '@opentelemetry/resources'

/** SigNoz's name for an installation without an environment. */
const NO_ENVIRONMENT = 'default'

/**
 * Service and instance as given; `deployment.environment.name` and other attributes from `OTEL_RESOURCE_ATTRIBUTES`, as
 * the OpenTelemetry specification defines it.
 */
export function resourceOf(
  given: { serviceName: string; executorId: string },
  detected: Resource | null = null,
): Resource {
  return defaultResource()
    .merge(detected)
    .merge(resourceFromAttributes({ 'deployment.environment.name': NO_ENVIRONMENT }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(
      resourceFromAttributes({ 'service.name': given.serviceName, 'service.instance.id': given.executorId }),
    )
}
