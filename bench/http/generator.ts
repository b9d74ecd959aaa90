/**
 * The load generator: a process of its own, raw sockets, one request in flight per connection. It is asked over IPC and answers with a
 * measure; it does as little as it can, so that what is measured is the server.
 */
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface Order {
  /** Connections are dealt out to these in turn. */
  readonly ports: readonly number[];
  readonly path: string;
  readonly connections: number;
  readonly total: number;
  /** Members are numbered from here. */
  readonly first: number;
  /** What every request carries instead of its member. */
  readonly body?: string;
  /** What the requests carry one after another, instead of their members. */
  readonly bodies?: readonly string[];
}
export interface Shot {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly errors: number;
}

const END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('content-length: ');

async function shoot({ ports, path, connections, total, first, body: fixed, bodies }: Order): Promise<Shot> {
  const waits = new Float64Array(total);
  let next = 0;
  let errors = 0;
  const sockets = await Promise.all(Array.from({ length: connections }, (_, i) => open(ports[i % ports.length]!)));
  const began = performance.now();
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve) => {
          let n = 0;
          let asked = 0;
          let pending: Buffer | undefined;
          const ask = (): void => {
            if (next >= total) return resolve();
            n = next++;
            const body = bodies?.[n % bodies.length] ?? fixed ?? `{"membreId":"mem_${String(first + n).padStart(26, '0')}"}`;
            asked = performance.now();
            socket.write(
              `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
            );
          };
          socket.on('data', (chunk) => {
            const whole = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
            const missing = missingOf(whole);
            pending = missing === 0 ? undefined : whole;
            if (missing !== 0) return;
            waits[n] = performance.now() - asked;
            if (whole[9] !== 50) errors++; // not 2xx
            ask();
          });
          ask();
        }),
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  for (const socket of sockets) socket.destroy();
  waits.sort();
  return { rate: total / seconds, p50: waits[Math.floor(total / 2)]!, p99: waits[Math.floor(total * 0.99)]!, errors };
}

/** Bytes still to come of one response; -1 when even its head is not whole. */
function missingOf(response: Buffer): number {
  const end = response.indexOf(END);
  if (end < 0) return -1;
  const at = response.indexOf(LENGTH);
  let length = 0;
  for (let i = at + LENGTH.length; response[i]! >= 48; i++) length = length * 10 + response[i]! - 48;
  return end + 4 + length - response.length;
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });
}

process.on('message', (order: Order) => void shoot(order).then((shot) => process.send?.(shot)));
process.on('disconnect', () => process.exit(0));
