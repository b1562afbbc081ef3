/** Whether the standard variables ask for traces: they are exported only when an endpoint is configured. */
export function isTraced(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  return Boolean(endpoint) && env['OTEL_TRACES_EXPORTER'] !== 'none' && env['OTEL_SDK_DISABLED'] !== 'true';
}
