/**
 * Who owns a stream: rendezvous hashing (highest random weight, Thaler and Ravishankar 1998) over the members' INSTANCE_IDs. Pure.
 *
 * - P1 the owner of a stream depends on the ids of the members alone: not on their order, their addresses or their incarnations.
 * - P2 a member that leaves moves its own streams only, one that comes takes a fair share of everybody's.
 *
 * Two instances that hash differently would fight over every stream (the fence keeps that harmless, never fast): the hash is written out here,
 * is nobody's library, and golden vectors in the spec hold it for ever.
 *
 *     digest(text)   two 32-bit lanes over the UTF-16 code units c (ids are ASCII: bytes), each ended by MurmurHash3's finaliser `mix`
 *                      a = 0x811c9dc5, then a = (a xor c) × 0x01000193    (FNV-1a)
 *                      b = 0x9747b28c, then b = (b xor c) × 0x5bd1e995    (the same with MurmurHash2's multiplier)
 *     weight(s, m)   low = mix(s.b xor m.b), high = mix(s.a xor m.a xor low): compared as one unsigned 64-bit number, then by the id
 */
import type { Peer } from './peer.js';

interface Placed {
  readonly peer: Peer;
  readonly a: number;
  readonly b: number;
}

/** The members' digests, worked out once for each view. */
const placed = new WeakMap<readonly Peer[], readonly Placed[]>();

/** The member that owns `stream`; undefined when there is no member. `members` must not be changed afterwards: its digests are kept. */
export function ownerOf(stream: string, members: readonly Peer[]): Peer | undefined {
  if (members.length < 2) return members[0];
  const [a, b] = digest(stream);
  let owner: Peer | undefined;
  let high = -1;
  let low = -1;
  for (const member of placesOf(members)) {
    const l = mix(b ^ member.b);
    const h = mix(a ^ member.a ^ l);
    if (h < high || (h === high && (l < low || (l === low && member.peer.id < owner!.id)))) continue;
    owner = member.peer;
    high = h;
    low = l;
  }
  return owner;
}

function placesOf(members: readonly Peer[]): readonly Placed[] {
  let known = placed.get(members);
  if (known === undefined) {
    known = members.map((peer) => {
      const [a, b] = digest(peer.id);
      return { peer, a, b };
    });
    placed.set(members, known);
  }
  return known;
}

/** Two unsigned 32-bit lanes. */
export function digest(text: string): readonly [a: number, b: number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x5bd1e995);
  }
  return [mix(a), mix(b)];
}

/** MurmurHash3's finaliser: every bit of the result depends on every bit of `h`. Unsigned. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
