import type { Effect } from './membership.words.js';
import type { Peer } from './peer.js';
import { DEAD_MS, JUDGE_MS, PULSE_MS, SUSPECT_MS } from './timing.js';

/** Witnesses asked at a time. */
const WITNESSES = 3;

interface Other {
  readonly peer: Peer;
  heard: number;
  /** Its last beat said that it cannot reach the database. */
  blind: boolean;
  /** A beat of it has come since it was new, or since this instance slept: until then it has the benefit of the doubt. */
  proved: boolean;
  /** Since when it is suspect. */
  suspect: number | undefined;
  /** A question or a judgement about it is under way. */
  accused: boolean;
  /** Not accused again before. */
  next: number;
}

/** What this instance thinks of each other member of its view. */
export class Suspicions {
  /** How many times somebody became suspect. */
  count = 0;
  private readonly others = new Map<string, Other>();
  private turn = 0;

  /** These are the others now; whoever is new has just been heard. */
  become(peers: readonly Peer[], now: number): void {
    const known = new Map(this.others);
    this.others.clear();
    for (const peer of peers) {
      const fresh: Other = { peer, heard: now, blind: false, proved: false, suspect: undefined, accused: false, next: 0 };
      this.others.set(peer.incarnation, known.get(peer.incarnation) ?? fresh);
    }
  }

  /** Undefined: not suspect, or unknown. */
  since(incarnation: string): number | undefined {
    return this.others.get(incarnation)?.suspect;
  }

  /** True for who said last that it cannot reach the database. */
  blind(incarnation: string): boolean {
    return this.others.get(incarnation)?.blind === true;
  }

  /** True for who is suspect or no member, false for who is heard; undefined for who is only believed. */
  silent(incarnation: string): boolean | undefined {
    const other = this.others.get(incarnation);
    if (other === undefined || other.suspect !== undefined) return true;
    return other.proved ? false : undefined;
  }

  cuts(): Effect[] {
    return [...this.others.values()].map(({ peer }): Effect => ({ type: 'cut', peer }));
  }

  heard(incarnation: string, now: number, blind = false): Effect[] {
    const other = this.others.get(incarnation);
    if (other === undefined) return [];
    other.heard = now;
    other.blind = blind;
    other.proved = true;
    if (other.suspect === undefined) return [];
    other.suspect = undefined;
    return [{ type: 'trusted', peer: other.peer }];
  }

  /** What was said while this instance slept is lost: every silence counts from now. */
  forgive(now: number): void {
    for (const other of this.others.values()) Object.assign(other, { heard: now, proved: false });
  }

  doubt(incarnation: string, now: number): Effect[] {
    const other = this.others.get(incarnation);
    if (other === undefined || other.suspect !== undefined) return [];
    other.suspect = now;
    this.count++;
    return [
      { type: 'suspected', peer: other.peer },
      { type: 'cut', peer: other.peer },
    ];
  }

  /** Doubts whoever has been silent too long. */
  watch(factor: number, now: number): Effect[] {
    const silent = [...this.others.values()].filter(({ heard }) => now - heard > SUSPECT_MS * factor);
    return silent.flatMap(({ peer }) => this.doubt(peer.incarnation, now));
  }

  /** Asks about those who have been silent for so long that the database may have missed them too; judges at once where nobody can be asked. */
  accuse(now: number): Effect[] {
    // A last touch is at most one pulse older than a last beat.
    const due = [...this.others.values()].filter(
      ({ suspect, accused, next, heard }) => suspect !== undefined && !accused && now >= next && now - heard >= DEAD_MS - PULSE_MS,
    );
    return due.map((other) => {
      other.accused = true;
      const about = other.peer.incarnation;
      const witnesses = this.witnesses();
      return witnesses.length === 0 ? { type: 'judge', about } : { type: 'ask', about, witnesses };
    });
  }

  /** The witnesses have answered: `agree` call it silent, `deny` hear it. True: it is to be judged, if this instance still may. */
  condemned({ about, agree, deny }: { about: string; agree: number; deny: number }, may: boolean, now: number): boolean {
    const guilty = may && this.since(about) !== undefined && (agree > 0 || deny === 0);
    if (!guilty) this.spare(about, now);
    return guilty;
  }

  spare(about: string, now: number): void {
    const other = this.others.get(about);
    if (other === undefined) return;
    other.accused = false;
    other.next = now + JUDGE_MS;
  }

  private witnesses(): readonly Peer[] {
    const able = [...this.others.values()].filter(({ suspect }) => suspect === undefined).map(({ peer }) => peer);
    const from = this.turn++ % Math.max(1, able.length);
    return [...able.slice(from), ...able.slice(0, from)].slice(0, WITNESSES);
  }
}
