import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

export interface FluxEvent {
  readonly event: string;
  readonly id: number | undefined;
  readonly data: Record<string, unknown>;
}

export interface FluxFact {
  readonly position: number;
  readonly agregat: string;
  readonly instant: string;
}

/** An event stream, read as a browser would. */
export class FluxReader {
  /** How the stream ended: `end` when the server said so, `cut` when the connection broke. */
  readonly ended: Promise<'end' | 'cut'>;
  private text = '';

  constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (piece: string) => (this.text += piece));
    this.ended = new Promise((resolve) => {
      response.once('end', () => resolve('end'));
      response.once('error', () => resolve('cut'));
    });
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }
  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }
  get events(): FluxEvent[] {
    return [...this.text.matchAll(/(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)\n\n/g)].map(([, id, event, data]) => ({
      event: event!,
      id: id === undefined ? undefined : Number(id),
      data: JSON.parse(data!) as Record<string, unknown>,
    }));
  }
  get facts(): FluxFact[] {
    return this.events.filter(({ event }) => event === 'fait').map(({ data }) => data as unknown as FluxFact);
  }
  close(): void {
    this.response.destroy();
  }
}

/** Opens a stream on a connection of its own. */
export function openFlux(url: string, headers: Record<string, string> = {}): Promise<FluxReader> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => resolve(new FluxReader(response))).on('error', reject);
  });
}
