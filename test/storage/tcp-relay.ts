import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { until } from './club.js';

/** A stretch of network between a client and a server on this machine, which can keep what was sent. */
export interface TcpRelay {
  readonly port: number;
  /** Bytes of clients kept back. */
  readonly held: number;
  /** From now on keeps what the present clients send; their connections to the server stay open even when they leave. */
  hold(): void;
  /** From now on keeps what the server answers to the present clients. */
  holdAnswers(): void;
  /** Lets connections made from now on pass. */
  passNew(): void;
  /** Delivers what clients had sent, then waits until the server has closed those connections. */
  release(): Promise<void>;
  close(): Promise<void>;
}

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  readonly kept: Buffer[];
  holding: boolean;
  deaf: boolean;
}

export async function openRelay(target: number): Promise<TcpRelay> {
  const links: Link[] = [];
  const listener = createServer((client) => links.push(link(client, target)));
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    port: (listener.address() as AddressInfo).port,
    get held() {
      return links.reduce((sum, { kept }) => sum + kept.reduce((bytes, chunk) => bytes + chunk.length, 0), 0);
    },
    hold: () => links.forEach((each) => (each.holding = true)),
    holdAnswers: () => links.forEach((each) => (each.deaf = true)),
    passNew: () => undefined,
    async release() {
      const held = links.filter(({ holding }) => holding);
      for (const { server, kept } of held) if (!server.destroyed) for (const chunk of kept.splice(0)) server.write(chunk);
      for (const { server, client } of held) if (client.destroyed) server.end();
      await until(() => held.every(({ server, client }) => server.destroyed || !client.destroyed));
    },
    async close() {
      for (const socket of links.flatMap(({ client, server }) => [client, server])) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function link(client: Socket, target: number): Link {
  const server = connect(target, '127.0.0.1');
  const made: Link = { client, server, kept: [], holding: false, deaf: false };
  client.on('data', (chunk) => (made.holding ? made.kept.push(chunk) : server.write(chunk)));
  server.on('data', (chunk) => (made.deaf ? undefined : client.write(chunk)));
  client.on('close', () => (made.holding ? undefined : server.destroy()));
  server.on('close', () => (made.deaf ? undefined : client.destroy()));
  for (const socket of [client, server]) socket.on('error', () => undefined);
  return made;
}
