import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Network, Spot } from './network.js';

type Way = `${string}→${string}`;

/** One direction of one connection: what is held back while the cable is cut flows when it is mended, as TCP would send it again. */
interface Pipe {
  readonly way: Way;
  readonly to: Socket;
  held: Buffer[];
}

/** More than this held for one connection and it breaks, as a real one does when nobody acknowledges for long. */
const MOST_HELD = 1024 * 1024;

/**
 * The cables between the cluster ports of several instances: one listener in front of each, which learns who calls from the first frame of the
 * handshake. A cut is silent, as lost packets are: connections stay open and nothing arrives; a new one is accepted and never answered.
 */
export class PairCables implements Network {
  readonly name = 'TCP proxy';
  private readonly cuts = new Set<Way>();
  private readonly pipes = new Set<Pipe>();
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();
  /** Pieces that did not arrive, all in all: zero would mean that no cut ever bit. */
  dropped = 0;

  /** A listener in front of `port`, the cluster port of `id`. */
  async place(id: string, port: number): Promise<Spot> {
    const server = createServer((caller) => this.carry(id, port, caller));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.servers.push(server);
    return { host: '127.0.0.1', within: [], address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  /** Nothing that `from` sends reaches `to` any more. */
  cut(from: string, to: string): void {
    this.cuts.add(`${from}→${to}`);
  }

  /** Neither of `some` reaches or hears any of `others`. */
  part(some: readonly string[], others: readonly string[]): void {
    for (const one of some)
      for (const other of others) {
        this.cut(one, other);
        this.cut(other, one);
      }
  }

  /** Every cut ends; what was held arrives, late. */
  mend(): void {
    this.cuts.clear();
    for (const pipe of this.pipes) {
      for (const piece of pipe.held) pipe.to.write(piece);
      pipe.held = [];
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private carry(to: string, port: number, caller: Socket): void {
    const target = connect(port, '127.0.0.1');
    this.pair(caller, target);
    let heard = Buffer.alloc(0);
    const learn = (piece: Buffer): void => {
      heard = Buffer.concat([heard, piece]);
      const from = /"id":"([^"]+)"/.exec(heard.toString('latin1'))?.[1];
      if (from === undefined) return;
      caller.off('data', learn);
      this.join(caller, target, `${from}→${to}`, heard);
      this.join(target, caller, `${to}→${from}`);
    };
    caller.on('data', learn);
  }

  /** What ends one ends the other. */
  private pair(one: Socket, other: Socket): void {
    for (const [socket, twin] of [
      [one, other],
      [other, one],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => twin.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        twin.destroy();
      });
    }
  }

  private join(from: Socket, to: Socket, way: Way, first?: Buffer): void {
    const pipe: Pipe = { way, to, held: [] };
    this.pipes.add(pipe);
    from.on('close', () => this.pipes.delete(pipe));
    const pass = (piece: Buffer): void => {
      if (!this.cuts.has(way) && pipe.held.length === 0) return void to.write(piece);
      this.dropped++;
      pipe.held.push(piece);
      if (pipe.held.reduce((sum, { length }) => sum + length, 0) > MOST_HELD) from.destroy();
    };
    from.on('data', pass);
    if (first !== undefined) pass(first);
  }
}
