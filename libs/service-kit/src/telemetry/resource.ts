import {
  defaultResource,
  detectResources,
  envDetector,
  hostDetector,
  osDetector,
  processDetector,
  type Resource,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';

/** What spans and metrics say of the process they come from. */
export function resourceOfProcess(): Resource {
  const detectors = [serviceInstanceIdDetector, processDetector, hostDetector, osDetector, envDetector];
  return defaultResource().merge(detectResources({ detectors }));
}
