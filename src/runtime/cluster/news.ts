/**
 * What instances tell each other about publication. Hints only: whoever misses one finds out by looking, a little later.
 *
 * - `poke`: facts were committed here; the leader's relay need not wait for its next look.
 * - `published`: the leader has published up to a position; everyone hands it out to those who follow.
 */
import type { Cancel, Clock } from '../clock.js';
import { CommitCue } from '../outbox/commit-cue.js';
import type { Relay } from '../outbox/relay.js';
import type { FanOut } from '../pubsub/fan-out.js';
import type { Leadership } from './leadership.js';
import type { Neighbourhood } from './peer.js';
import type { Transport } from './transport-port.js';

const POKE = 'poke';
const PUBLISHED = 'published';

export interface NewsParts {
  readonly transport: Transport;
  readonly neighbourhood: Pick<Neighbourhood, 'me' | 'view'>;
  readonly leadership: Leadership;
  readonly relay: Relay;
  readonly fanOut: FanOut;
  readonly clock: Clock;
}

/** Passes the news on, both ways, for as long as the instance lives. */
export function passNewsOn({ transport, neighbourhood, leadership, relay, fanOut, clock }: NewsParts): void {
  let position = 0;
  const tellPublished = new CommitCue(clock, () => {
    for (const peer of neighbourhood.view.members)
      if (peer.incarnation !== neighbourhood.me.incarnation) transport.tell(peer, PUBLISHED, { position });
  });
  relay.onPublished = (upTo) => {
    position = upTo;
    tellPublished.give();
  };
  relay.onCue = () => {
    const { leader } = leadership;
    const peer = neighbourhood.view.members.find(({ incarnation }) => incarnation === leader?.incarnation);
    if (peer !== undefined && peer.incarnation !== neighbourhood.me.incarnation) transport.tell(peer, POKE, {});
  };
  transport.onTell(
    POKE,
    () => undefined,
    () => relay.poke(),
  );
  transport.onTell(PUBLISHED, checkPosition, (_, upTo) => fanOut.hear(upTo));
}

/** Follows what is published, whoever leads. */
export function following(fanOut: FanOut): () => { stop: Cancel } {
  return () => {
    fanOut.start();
    return { stop: () => fanOut.stop() };
  };
}

function checkPosition(data: unknown): number {
  const position = (data as { readonly position?: unknown } | null)?.position;
  if (typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0) throw new Error('not a position');
  return position;
}
