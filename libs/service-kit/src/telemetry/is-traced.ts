/**
 * Whether the standard variables ask for traces: they are exported only when an endpoint is configured. A disabled SDK
 * traces nothing; metrics are scraped, and cost nothing when nobody does.
 */
export function isTraced(env: NodeJS.ProcessEnv): boolean {
  const said = (name: string): string => env[name]?.trim().toLowerCase() ?? '';
  const endpoint = said('OTEL_EXPORTER_OTLP_ENDPOINT') || said('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  return endpoint !== '' && said('OTEL_TRACES_EXPORTER') !== 'none' && said('OTEL_SDK_DISABLED') !== 'true';
}
