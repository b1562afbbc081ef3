import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  createAlwaysRecordSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { Config } from '../load-config.ts';
import { choice, share } from '../setting.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Which traces are sent, by the standard names. */
export const samplingSettings = {
  OTEL_TRACES_SAMPLER: choice(
    'Which traces are sent; those with an error are sent besides, unless it is …always_off.',
    SAMPLERS,
    'parentbased_always_on',
  ),
  OTEL_TRACES_SAMPLER_ARG: share('The share of traces that a sampler …traceidratio sends.', 1),
};

/** What decides at the start of a span, and whether an error may decide otherwise at its end. */
export interface Sampling {
  sampler: Sampler;
  keepErrors: boolean;
}

/** Every span is recorded, sent or not, unless none may be: only its end tells whether it is worth keeping. */
export function samplingOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: SamplingConfig): Sampling {
  const root = rootSampler(name, ratio);
  const sampler = name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
  const keepErrors = !(root instanceof AlwaysOffSampler);
  return { sampler: keepErrors ? createAlwaysRecordSampler(sampler) : sampler, keepErrors };
}

type SamplingConfig = Config<typeof samplingSettings>;

function rootSampler(name: SamplingConfig['OTEL_TRACES_SAMPLER'], ratio: number): Sampler {
  if (name.endsWith('always_on')) return new AlwaysOnSampler();
  return name.endsWith('always_off') ? new AlwaysOffSampler() : new TraceIdRatioBasedSampler(ratio);
}
