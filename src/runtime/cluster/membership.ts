/**
 * Who is a member, as one instance sees it: events and the time go in, effects come out. No timer, socket or table.
 *
 * - M1 the view comes from the database alone, and only moves forward: two instances with the same number have the same members.
 * - M2 suspicion is this instance's own: it routes around a member and changes nothing for the others.
 * - M3 nobody is declared dead by silence alone: another member is asked (or none answers), and the database refuses while the row is touched.
 * - M4 an incarnation that reads its own death ends here: everything that it kept is dropped before anything else, and the instance joins anew.
 * - M5 an instance that was paused knows nothing: it drops what it kept and cuts every link before it looks at what arrived meanwhile.
 * - M6 an instance whose own loop lags doubts itself first: its patience grows, and it neither accuses nor testifies.
 * - M7 without the database nobody is accused, and the view stays. An instance that alone has lost it says so in its beats: it is routed
 *   around, and remains a member.
 */
import { LocalHealth } from './local-health.js';
import type { Effect, Event } from './membership.words.js';
import type { NodeRow, Reading } from './node-port.js';
import { NO_VIEW, type Peer, type View } from './peer.js';
import { Pulses } from './pulses.js';
import { Rival } from './rival.js';
import { Suspicions } from './suspicions.js';
import { HEARTBEAT_MS, LEASE_MS } from './timing.js';
import { living, viewOf } from './view-of.js';

type Told<Type extends Event['type']> = Extract<Event, { type: Type }>;

/** Incarnations of its own that a process recognizes. */
const REMEMBERED = 64;

export class Membership {
  /** `out`: no member yet, or no more. `stopped`: a twin lives, and nothing is done ever again. */
  phase: 'out' | 'in' | 'left' | 'stopped' = 'out';
  view: View = NO_VIEW;
  /** Those of the view, and those that ended within the hour before it. */
  nodes: readonly NodeRow[] = [];
  readonly counters = { deaths: 0, pauses: 0, rebirths: 0 };
  readonly health = new LocalHealth();
  readonly suspicions = new Suspicions();
  readonly pulses = new Pulses();
  private readonly mine: string[];
  private beatAt = 0;
  private rival: Rival | undefined;

  constructor(public me: Peer) {
    this.mine = [me.incarnation];
  }

  get peers(): readonly Peer[] {
    return this.view.members.filter(({ incarnation }) => incarnation !== this.me.incarnation);
  }

  /** The answer to "would you call it dead too?"; undefined: this instance does not testify (M6). */
  testimony(incarnation: string): boolean | undefined {
    if (this.phase !== 'in' || this.health.factor > 1 || incarnation === this.me.incarnation) return undefined;
    return this.suspicions.silent(incarnation);
  }

  /** Each attempt to join has an incarnation of its own: one that may have been written is never used again. */
  minted(incarnation: string): void {
    this.mine.push(incarnation);
    this.mine.splice(0, this.mine.length - REMEMBERED);
  }

  step(event: Event, now: number): Effect[] {
    if (this.phase === 'stopped') return [];
    const woke = this.wake(now, event.type === 'tick');
    // What arrived during the pause is as old as the pause.
    if (woke.length > 0 && event.type === 'beat') return woke;
    return [...woke, ...this.take(event, now)];
  }

  private take(event: Event, now: number): Effect[] {
    switch (event.type) {
      case 'tick':
        return [...this.beat(now), ...this.pulse(now), ...this.watch(now)];
      case 'beat':
        return this.heard(event, now);
      case 'link':
        // An open socket is no proof of life, only a beat is; a broken one is a reason to doubt.
        return event.up || this.phase === 'out' ? [] : this.suspicions.doubt(event.peer.incarnation, now);
      case 'refresh':
        return this.read(now);
      case 'joined':
        return this.joined(event, now);
      case 'touched':
        return this.touched(event, now);
      case 'failed':
        this.pulses.failed(event, now);
        return [];
      case 'testified':
        return this.suspicions.condemned(event, this.mayAccuse(now), now) ? [{ type: 'judge', about: event.about }] : [];
      case 'judged':
        return this.judged(event, now);
      case 'leaving':
        this.phase = 'left';
        return [];
      case 'woke':
        return [];
      case 'left': // The others learn of it from this last beat, which tells them a later view than theirs.
        return [...this.learn(event.reading, now), { type: 'beat', to: this.peers, view: this.view.version }];
    }
  }

  /** M5: with every event, for after a pause messages may come before the timers do. */
  private wake(now: number, tick: boolean): Effect[] {
    const ms = this.health.notice(now, tick);
    if (ms === 0 || this.phase === 'out') return [];
    this.counters.pauses++;
    this.suspicions.forgive(now);
    return [{ type: 'dropped', why: 'pause' }, ...this.suspicions.cuts(), ...this.read(now)];
  }

  private beat(now: number): Effect[] {
    if (this.phase !== 'in' || now < this.beatAt || this.peers.length === 0) return [];
    this.beatAt = now + HEARTBEAT_MS;
    return [{ type: 'beat', to: this.peers, view: this.view.version, blind: now - this.pulses.contact >= LEASE_MS }];
  }

  private read(now: number): Effect[] {
    this.pulses.want(now);
    return this.pulse(now);
  }

  private pulse(now: number): Effect[] {
    const flight = this.phase === 'left' ? undefined : this.pulses.take(now);
    return flight === undefined ? [] : [{ type: this.phase === 'out' && this.rival === undefined ? 'join' : 'touch', flight }];
  }

  private watch(now: number): Effect[] {
    const forMs = this.health.factor > 1 ? undefined : this.pulses.locked(now);
    const locked: Effect[] = forMs === undefined ? [] : [{ type: 'locked', forMs }];
    if (this.phase !== 'in') return locked;
    const doubts = this.suspicions.watch(this.health.factor, now);
    return [...locked, ...doubts, ...(this.mayAccuse(now) ? this.suspicions.accuse(now) : [])];
  }

  /** M6, M7. */
  private mayAccuse(now: number): boolean {
    return this.phase === 'in' && this.health.factor === 1 && now - this.pulses.contact < LEASE_MS;
  }

  private heard({ from, view, blind = false }: Told<'beat'>, now: number): Effect[] {
    const trusted = this.suspicions.heard(from.incarnation, now, blind);
    return view > this.view.version && this.phase !== 'out' ? [...trusted, ...this.read(now)] : trusted;
  }

  private joined({ flight, me, began, reading }: Told<'joined'>, now: number): Effect[] {
    this.pulses.landed(flight, began);
    this.me = me;
    this.phase = 'in';
    // Whatever the number: a database that was restored starts lower, and this instance with it.
    return this.adopt(reading, now);
  }

  private touched({ flight, incarnation, began, alive, reading }: Told<'touched'>, now: number): Effect[] {
    this.pulses.landed(flight, began);
    if (incarnation !== this.me.incarnation) return [];
    if (this.phase === 'out') return this.confront(reading, now);
    if (!alive && this.phase === 'in') return this.die(reading, now);
    return [...this.learn(reading, now), ...this.pulse(now)];
  }

  private judged({ about, reading }: Told<'judged'>, now: number): Effect[] {
    this.suspicions.spare(about, now);
    if (reading === undefined) return [];
    this.counters.deaths++;
    return this.learn(reading, now);
  }

  private learn(reading: Reading, now: number): Effect[] {
    if (reading.nodes === undefined || reading.view <= this.view.version || this.phase === 'out') return [];
    const lost = this.phase === 'in' && !living(reading).some(({ incarnation }) => incarnation === this.me.incarnation);
    return lost ? this.die(reading, now) : this.adopt(reading, now);
  }

  private adopt(reading: Reading, now: number): Effect[] {
    this.nodes = reading.nodes ?? [];
    this.view = viewOf(reading);
    this.suspicions.become(this.peers, now);
    const follow = this.phase === 'in' || this.phase === 'left' ? this.peers : [];
    return [{ type: 'view', view: this.view, follow }];
  }

  /** M4. */
  private die(reading: Reading, now: number): Effect[] {
    const cuts = this.suspicions.cuts();
    this.phase = 'out';
    this.counters.rebirths++;
    this.pulses.abandon();
    this.rival = Rival.of(this.me, this.mine, reading, now);
    return [{ type: 'dropped', why: 'death' }, ...cuts, ...this.adopt(reading, now), ...this.confront(reading, now)];
  }

  private confront(reading: Reading, now: number): Effect[] {
    const found = this.rival?.judged(reading, now) ?? 'gone';
    if (found === 'unknown') return this.pulse(now);
    this.rival = undefined;
    if (found === 'gone') return this.read(now);
    this.phase = 'stopped';
    return [{ type: 'twin', by: found }];
  }
}
