import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The cable between an instance and its database server. */
export interface Cable {
  /** `url` through the cable. */
  through(url: string): string;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  /** Nothing arrives any more, and nobody is told: connections stay, new ones are accepted. What was sent meanwhile flows when it is mended. */
  hush(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A cable to the server of `url`. */
export async function layCable(url: string): Promise<Cable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const pairs = new Set<readonly [from: Socket, to: Socket]>();
  let [broken, hushed] = [false, false];
  const listener = createServer((client) => {
    if (broken) return void client.destroy();
    const server = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      const pair = [one, other] as const;
      sockets.add(one);
      pairs.add(pair);
      if (!hushed) one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => (sockets.delete(one), pairs.delete(pair), other.destroy()));
    }
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    through(of) {
      const moved = new URL(of);
      moved.hostname = '127.0.0.1';
      moved.port = String(port);
      return moved.href;
    },
    cut() {
      broken = true;
      for (const socket of sockets) socket.destroy();
    },
    hush() {
      hushed = true;
      for (const [from, to] of pairs) from.unpipe(to);
    },
    mend() {
      if (hushed) for (const [from, to] of pairs) from.pipe(to);
      broken = hushed = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
