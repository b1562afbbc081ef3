import { metrics } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { metricsExporter } from './metrics-exporter.ts';
import { logTroubleOfTelemetry } from './own-log.ts';
import { resourceOfProcess } from './resource.ts';
import { whenShutDown } from './shut-down.ts';

logTroubleOfTelemetry();
const provider = new MeterProvider({ resource: resourceOfProcess(), readers: [metricsExporter] });
metrics.setGlobalMeterProvider(provider);
registerInstrumentations({ instrumentations: [new RuntimeNodeInstrumentation()] });

whenShutDown(() => provider.shutdown().catch(() => undefined));
