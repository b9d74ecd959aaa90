import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The cable between an instance and its database server. */
export interface Cable {
  /** `url` through the cable. */
  through(url: string): string;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** A cable to the server of `url`. */
export async function layCable(url: string): Promise<Cable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let broken = false;
  const listener = createServer((client) => {
    if (broken) return void client.destroy();
    const server = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => (sockets.delete(one), other.destroy()));
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
    mend: () => void (broken = false),
    close: () => new Promise((resolve) => listener.close(() => resolve())),
  };
}
