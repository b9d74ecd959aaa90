import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Departure } from './departure.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Starts one life; what it returns ends it. */
type Start = () => Promise<{ stop(): Promise<void> }>;

/**
 * The HTTP server as a child of the tree: a life opens the door, its end is a planned leave. The application behind the door is
 * made once and serves every life.
 */
export function web(app: NestFastifyApplication, departure: Departure, address: Address, graceMs: number): Start {
  const server: Server = app.getHttpAdapter().getInstance().server;
  let at = address;
  let opened = false;
  return async () => {
    departure.arrive();
    if (opened) await reopen(server, at);
    else await app.listen(at.port, at.host);
    opened = true;
    // A later life comes back where the callers know it, even if the first one took any free port.
    at = { host: address.host, port: portOf(server) };
    return {
      async stop() {
        await departure.leave(server, graceMs);
        await close(server);
      },
    };
  };
}

/** The port that `server` listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the door is not open');
  return address.port;
}

function reopen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
