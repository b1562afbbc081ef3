import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A network between two programs that fails on demand. It stands in front of a server of 127.0.0.1 and passes bytes on
 * until it is told to be silent, slow or rude.
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #links = new Set<Link>();
  #delayMs = 0;
  #repliesToLose = 0;
  /** Resolves when bytes may pass again; undefined while they may. */
  #silence: { over: Promise<void>; end: () => void } | undefined;

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.#targetPort = targetPort;
    server.on('connection', (client) => this.#link(client));
  }

  static async start(targetPort: number): Promise<TcpProxy> {
    const server = createServer();
    const proxy = new TcpProxy(server, targetPort);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The port of 127.0.0.1 to connect to instead of the server's. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The same URL, through this proxy. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String(this.port);
    return through.href;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#links.size;
  }

  /** Nothing passes in either direction and nobody is told, as when packets are lost. What was sent arrives after {@link heal}. */
  goSilent(): void {
    if (this.#silence) return;
    let end = () => undefined as void;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#silence = { over, end };
  }

  /** Every piece of data takes this much longer, in each direction. */
  slowDown(delayMs: number): void {
    this.#delayMs = delayMs;
  }

  /** The next answers of the server are lost with their connections: the request was carried out, and who sent it cannot know. */
  loseReplies(count: number): void {
    this.#repliesToLose = count;
  }

  /** Ends every open connection with a TCP reset. */
  resetAll(): void {
    for (const link of this.#links) link.reset();
  }

  /** Lets everything pass again. */
  heal(): void {
    this.#delayMs = 0;
    this.#repliesToLose = 0;
    this.#silence?.end();
    this.#silence = undefined;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.resetAll();
    this.heal();
    await once(this.#server, 'close');
  }

  #link(client: Socket): void {
    const link = new Link(client, this.#targetPort, {
      pass: async () => {
        if (this.#delayMs > 0) await sleep(this.#delayMs);
        while (this.#silence) await this.#silence.over;
      },
      losesReply: () => this.#repliesToLose > 0 && this.#repliesToLose-- > 0,
      onEnd: () => this.#links.delete(link),
    });
    this.#links.add(link);
    void link.run();
  }
}

interface Weather {
  /** Resolves when the next piece of data may pass. */
  pass: () => Promise<void>;
  losesReply: () => boolean;
  onEnd: () => void;
}

/** One connection of a client and the one to the server that belongs to it. */
class Link {
  readonly #client: Socket;
  readonly #targetPort: number;
  readonly #weather: Weather;
  #server: Socket | undefined;
  #ended = false;

  constructor(client: Socket, targetPort: number, weather: Weather) {
    this.#client = client;
    this.#targetPort = targetPort;
    this.#weather = weather;
    client.setNoDelay();
    client.on('error', () => this.reset());
  }

  async run(): Promise<void> {
    await this.#weather.pass();
    if (this.#ended) return;
    const server = connect(this.#targetPort, '127.0.0.1');
    this.#server = server;
    server.setNoDelay();
    server.on('error', () => this.reset());
    await Promise.all([this.#pump(this.#client, server, false), this.#pump(server, this.#client, true)]);
    this.reset();
  }

  reset(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#client.resetAndDestroy();
    this.#server?.resetAndDestroy();
    this.#weather.onEnd();
  }

  /** Carries what one side says to the other until it has nothing more to say. */
  async #pump(from: Socket, to: Socket, isReply: boolean): Promise<void> {
    try {
      for await (const chunk of from) {
        if (isReply && this.#weather.losesReply()) return this.reset();
        await this.#weather.pass();
        if (this.#ended) return;
        if (!to.write(chunk as Buffer)) await once(to, 'drain');
      }
      to.end();
    } catch {
      this.reset();
    }
  }
}
