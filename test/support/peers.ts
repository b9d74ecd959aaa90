import { systemClock } from '../../src/runtime/clock.js';
import type { Peer } from '../../src/runtime/cluster/peer.js';
import { PeerTransport, type PeerTransportOptions } from '../../src/runtime/cluster/transport.js';
import type { Check } from '../../src/runtime/cluster/transport-port.js';

export const SECRET = 'a secret of the tests';

/** One instance's end of the network, on a free port of this machine. */
export interface TestPeer {
  readonly transport: PeerTransport;
  /** As the others know it; changes with `reborn`. */
  readonly peer: Peer;
  readonly reports: string[];
  /** Another incarnation, in place. */
  reborn(incarnation: string): void;
}

const opened = new Set<PeerTransport>();

export async function openPeer(id: string, options: Partial<PeerTransportOptions> = {}): Promise<TestPeer> {
  let incarnation = `${id}-first`;
  const reports: string[] = [];
  const transport = new PeerTransport({
    me: () => ({ id, incarnation }),
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    clock: systemClock,
    report: (message, error) => reports.push(`${message}: ${error instanceof Error ? error.message : String(error)}`),
    ...options,
  });
  opened.add(transport);
  await transport.open();
  return {
    transport,
    get peer() {
      return { id, incarnation, address: `127.0.0.1:${transport.port}` };
    },
    reports,
    reborn: (next) => (incarnation = next),
  };
}

/** For `afterEach`. */
export async function closePeers(): Promise<void> {
  await Promise.all([...opened].map((transport) => transport.close()));
  opened.clear();
}

/** Lets in whatever is a text. */
export const asText: Check<string> = (data) => {
  if (typeof data !== 'string') throw new TypeError('no text');
  return data;
};

/** Answers `echo` with what was said, once. */
export function echo({ transport }: TestPeer): void {
  transport.onCall('echo', asText, async (_from, said, piece) => piece(said));
}

/** All pieces of the answer. */
export async function ask(from: TestPeer, to: TestPeer, kind: string, data: unknown, timeoutMs = 5000): Promise<unknown[]> {
  const pieces: unknown[] = [];
  await from.transport.call(to.peer, kind, data, { timeoutMs, onPiece: (piece) => pieces.push(piece) });
  return pieces;
}
