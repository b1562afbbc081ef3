import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A finished span as it arrived. */
export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  links: string[];
  attributes: Record<string, string>;
  failed: boolean;
}

interface KeyValue {
  key: string;
  value: Record<string, unknown>;
}

interface TracesBody {
  resourceSpans: {
    resource: { attributes: KeyValue[] };
    scopeSpans: {
      spans: (Omit<ReceivedSpan, 'service' | 'links' | 'attributes' | 'failed'> & {
        status?: { code?: number };
        links?: { spanId: string }[];
        attributes?: KeyValue[];
      })[];
    }[];
  }[];
}

/** How OTLP writes the status of a span that failed. */
const ERROR_CODE = 2;

/** Receives OTLP over HTTP in JSON, as a collector does. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Everything that was sent, as text. */
  raw = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpReceiver> {
    const server = createServer((request, response) => {
      void json(request).then((body) => {
        receiver.#take(body as TracesBody);
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    const receiver = new OtlpReceiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  #take(body: TracesBody): void {
    this.raw += JSON.stringify(body);
    for (const { resource, scopeSpans } of body.resourceSpans ?? [])
      for (const span of scopeSpans.flatMap((scope) => scope.spans))
        this.spans.push({
          service: attributesOf(resource.attributes)['service.name'] ?? '',
          name: span.name,
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId ?? '',
          links: (span.links ?? []).map((link) => link.spanId),
          attributes: attributesOf(span.attributes ?? []),
          failed: span.status?.code === ERROR_CODE,
        });
  }
}

function attributesOf(list: KeyValue[]): Record<string, string> {
  return Object.fromEntries(list.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
