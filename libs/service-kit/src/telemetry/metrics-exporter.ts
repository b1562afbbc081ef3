import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';

/** Holds the metrics of this process for whoever scrapes `/metrics`; opens no port of its own. */
export const metricsExporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true });
