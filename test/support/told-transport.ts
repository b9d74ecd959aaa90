import type { Transport } from '../../src/runtime/cluster/transport-port.js';
import type { ToyCluster } from './toy-cluster.js';

type Row = readonly [kind: string, stream: string, hops: number, budget: number, scope: string, id: string];

/** A transport whose demandes and replies read as lines of a play. */
export function told(honest: Transport, cluster: ToyCluster, me: string): Transport {
  const { network } = cluster;
  const call: Transport['call'] = (to, kind, data, options) => {
    const rows = (data as { demandes: Row[] }).demandes;
    for (const [, , hops] of rows) cluster.hops = Math.max(cluster.hops, hops);
    network.note(`${me} → ${to.id} ${rows.map(([, , hops, , , id]) => (hops === 1 ? id : `${id} (wire ${hops})`)).join(', ')}`);
    const onPiece = (piece: unknown): void => {
      const replies = piece as [number, { is: string; effect?: string }][];
      network.note(`${me} ← ${to.id} ${replies.map(([i, { is, effect }]) => `${rows[i]![5]} ${effect ?? is}`).join(', ')}`);
      options.onPiece(piece);
    };
    return honest.call(to, kind, data, { ...options, onPiece });
  };
  return {
    call,
    tell: (...all) => honest.tell(...all),
    onTell: (...all) => honest.onTell(...all),
    onCall: (...all) => honest.onCall(...all),
    follow: (peers) => honest.follow(peers),
    connected: (peer) => honest.connected(peer),
    onLink: (hear) => honest.onLink(hear),
    cut: (peer) => honest.cut(peer),
  };
}
