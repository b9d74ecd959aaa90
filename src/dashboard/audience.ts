import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Problem } from '../http/problem.js';
import type { Cancel } from '../runtime/clock.js';
import { Machine } from '../runtime/machine.js';
import type { PublishedFact } from '../runtime/outbox/relay.js';
import { Board, type Notice } from './board.js';
import { Changes } from './changes.js';
import { Etats } from './etats.js';
import { Feed } from './feed.js';
import { Recent } from './frames.js';
import { Instance, type Watched } from './instance.js';
import { type Sink, Spectator, USUAL_LIMITS } from './spectator.js';
import { Threshold } from './threshold.js';

/** States are shown at most this often, each. */
const STATES_MS = 250;
const HEARTBEAT_MS = 15_000;
/** Facts in one piece of a replay. */
const PIECE = 500;
/** A client that missed more than this reads everything again instead: cheaper for both. */
const MOST_REPLAYED = 10_000;
/** A live stream may be late by so many facts, each kept in memory once for all: about 3 MB. */
const MOST_LATE = 5_000;
/** A reader gets so long to take one piece of a replay. */
const PATIENCE_MS = 30_000;

/**
 * Everyone who watches this instance's event stream.
 *
 * - W1 a stream that says where it stopped is given what came since from the database, then joins the live ones in the very turn in which it
 *   has caught up: no fact is between the two, none is in both.
 * - W2 a live fact is written out once, whatever the number of streams; a state is read once.
 * - W3 with nobody there, nothing is read and no timer runs.
 * - W4 after `onModuleDestroy` no stream is open and none begins.
 * - W5 a stream opens without the database too: it is shown counters and cluster, and its facts once they can be read.
 */
@Injectable()
export class Audience implements OnModuleDestroy {
  private readonly everyone = new Set<Spectator>();
  private readonly live = new Set<Spectator>();
  private readonly feed: Feed;
  private readonly changes: Changes;
  private readonly threshold: Threshold;
  private readonly recent = new Recent(MOST_LATE);
  private coming = 0;
  private closed = false;
  private nextHeartbeat = 0;
  private ticking: Cancel | undefined;

  constructor(
    @Inject(Machine) private readonly machine: Pick<Watched, 'clock' | 'storage' | 'topics'>,
    private readonly instance: Instance,
    etats: Etats,
    @Inject(Board) private readonly board: Pick<Board, 'whole' | 'changes' | 'forget'>,
  ) {
    this.feed = new Feed(machine, machine.clock, (facts) => this.handOut(facts));
    this.threshold = new Threshold(this.feed, machine.clock, (one, since) => this.admit(one, since));
    this.changes = new Changes(etats);
  }

  /** Streams open now. */
  get size(): number {
    return this.everyone.size + this.coming;
  }

  /** Keeps a place, and follows facts if that can be. Throws `surcharge`. `seat` must follow at once. */
  async reserve(): Promise<void> {
    if (this.closed) throw new Problem('arret_en_cours', { etat: 'not_executed' });
    if (this.size >= this.instance.maxStreams) throw new Problem('surcharge', { etat: 'not_executed' }, 5_000);
    this.coming++;
    try {
      await this.threshold.knock();
    } catch (error) {
      this.coming--;
      this.rest();
      throw error;
    }
  }

  /** Begins a stream in the place reserved. `since`: the last position that the client has, as it says it; undefined: from now on. */
  seat(sink: Sink, since: string | undefined, limits = USUAL_LIMITS): Spectator {
    this.coming--;
    const one = new Spectator(sink, this.machine.clock, limits, (gone) => this.left(gone));
    this.everyone.add(one);
    if (this.ticking === undefined) this.nextHeartbeat = this.machine.clock.monotonic() + HEARTBEAT_MS;
    this.tickLater();
    if (this.closed) one.end();
    else this.show(one, since);
    return one;
  }

  private show(one: Spectator, since: string | undefined): void {
    this.tell([one], this.board.whole());
    if (!this.feed.following) this.threshold.wait(one, since);
    else if (since === undefined) this.join(one, this.feed.position);
    else void this.resume(one, since);
  }

  /** One that came without the database. What it could not hear since then nobody can tell it now: it reads everything, or says where it stopped. */
  private admit(one: Spectator, since: string | undefined): void {
    if (since !== undefined) return void this.resume(one, since);
    one.readAllAgain('base_revenue', this.feed.position);
    this.join(one, this.feed.position);
  }

  /** Closes every stream: the door shuts. It may open again; the clients then come back and say where they stopped. */
  end(): void {
    for (const one of this.everyone) one.end();
  }

  /** For good. */
  onModuleDestroy(): void {
    this.closed = true;
    this.end();
  }

  private join(one: Spectator, position: number): void {
    one.position = position;
    // Nothing was published since this audience came together: the first fact follows on from here.
    if (this.live.size === 0) this.recent.reset(position);
    this.live.add(one);
  }

  private async resume(one: Spectator, since: string): Promise<void> {
    try {
      one.position = /^\d{1,15}$/.test(since) ? Number(since) : Infinity;
      if (one.position > this.feed.position) await this.feed.catchUp();
      if (one.position > this.feed.position) one.readAllAgain('position_inconnue', this.feed.position);
      while (!one.over && one.position < this.feed.position) await this.replay(one);
      // In this very turn: what is published from now on, the live ones hear.
      if (!one.over) this.join(one, one.position);
    } catch {
      // The client comes back by itself, and says where it stopped.
      one.end();
    }
  }

  private async replay(one: Spectator): Promise<void> {
    const behind = this.feed.position - one.position;
    const facts = behind > MOST_REPLAYED ? [] : await this.machine.storage.published(one.position, PIECE);
    if (one.over) return;
    if (facts[0]?.position !== one.position + 1) return one.readAllAgain('position_trop_ancienne', this.feed.position);
    // Never past what the live ones have heard: from another instance's relay the database may hold more, and the others are still to be told it.
    const heard = (facts as readonly PublishedFact[]).filter(({ position }) => position <= this.feed.position);
    one.replay(heard);
    if (!(await one.drained(PATIENCE_MS))) one.end();
  }

  private left(one: Spectator): void {
    this.everyone.delete(one);
    this.live.delete(one);
    this.threshold.left(one);
    this.rest();
  }

  private rest(): void {
    if (this.size > 0) return;
    this.ticking?.();
    this.ticking = undefined;
    this.feed.stop();
    this.changes.forget();
    this.board.forget();
  }

  private handOut(facts: readonly PublishedFact[]): void {
    this.recent.append(facts);
    for (const one of this.live) one.hear(this.recent, facts.length);
    if (this.live.size > 0) this.changes.note(facts);
  }

  private tickLater(): void {
    this.ticking ??= this.machine.clock.after(STATES_MS, () => {
      this.ticking = undefined;
      this.tick();
      if (this.everyone.size > 0) this.tickLater();
    });
  }

  private tick(): void {
    this.threshold.tick();
    for (const one of this.everyone) one.tellSkipped();
    for (const one of this.live) one.follow(this.recent);
    const now = this.machine.clock.monotonic();
    if (now >= this.nextHeartbeat) {
      this.nextHeartbeat = now + HEARTBEAT_MS;
      for (const one of this.everyone) one.heartbeat();
    }
    this.tell(this.everyone, this.board.changes());
    void this.changes.show((subject, kind, piece) => {
      for (const one of this.live) {
        if (piece === undefined) one.skip(subject, kind);
        else one.states([subject], kind, piece);
      }
    });
  }

  private tell(some: Iterable<Spectator>, notices: readonly Notice[]): void {
    for (const one of some) for (const { subjects, kind, piece } of notices) one.states(subjects, kind, piece);
  }
}
