/** A story told to one process after another on one database: the first dies somewhere, the second ends it. */
import { openStorage } from '../../src/database/open-storage.js';
import type { Demande as DemandeDePret } from '../../src/modules/prets/mots.js';
import type { Demande } from '../../src/modules/reunions/seance.js';
import type { Outcome } from '../../src/runtime/aggregate/outcome.js';
import type { Storage } from '../../src/runtime/outbox/storage.js';
import { jusqua } from '../support/club-instance.js';
import { newDatabase, type Engine, type Hand, type TestDatabase } from '../support/databases.js';
import { long } from '../support/runs.js';
import { LeapingClock } from '../support/leaping-clock.js';
import { Mortal } from './mortal.js';
import { clubTables, Owner } from './owner.js';

/** A demande, or a leap of the clock after which whatever is due at that stream has happened. */
export type Step =
  | { readonly seance: string; readonly demande: Demande }
  | { readonly ouvrage: string; readonly demande: DemandeDePret }
  | { readonly stream: string; readonly until: number };

export interface Story {
  /** When it begins: now, unless it says otherwise. */
  readonly start?: number;
  readonly steps: readonly Step[];
  /** How many facts each of its streams has in the end. */
  readonly facts: Readonly<Record<string, number>>;
}

export type Wrapped = (storage: Storage) => Storage;

export interface Run {
  /** Where the first process met the database; it died at the last one. */
  readonly points: readonly string[];
  /** Answers that callers had before the death. */
  readonly acknowledged: readonly unknown[];
  /** What the database held of them right after it. */
  readonly stored: readonly unknown[];
  /** What its successor answered to the same ids. */
  readonly again: readonly unknown[];
}

/** How far somebody got. */
interface Told {
  steps: number;
  /** Answers to the demandes among them. */
  readonly answers: unknown[];
}

export class Lives {
  private constructor(
    readonly database: TestDatabase,
    readonly hand: Hand,
    /** Never dies. */
    readonly kept: Storage,
  ) {}

  static async on(engine: Engine): Promise<Lives> {
    const database = await newDatabase(engine);
    const kept = openStorage(database.url);
    await kept.open(clubTables);
    return new Lives(database, await database.hand(), kept);
  }

  async end(): Promise<void> {
    await this.kept.close();
    await this.database.drop();
  }

  /** Tells the story to a process that dies at point `last`, then all of it again, and the rest, to its successor, which wakes what is due by itself. */
  async run(story: Story, last: number, wrapped: Wrapped = (storage) => storage): Promise<Run> {
    const clock = new LeapingClock(story.start ?? Date.now());
    const mortal = new Mortal(last, clock);
    const real = openStorage(this.database.url);
    const first = await Owner.on(this.database, { storage: mortal.using(wrapped(real)), clock: mortal.clock });
    const told: Told = { steps: 0, answers: [] };
    await this.tell(story, told, first, (stream, until) => {
      clock.leapTo(until);
      return Promise.race([first.wake(stream), mortal.death]);
    }, mortal.death); // prettier-ignore
    if (!mortal.dead) first.machine.relay.start();
    await Promise.race([mortal.death, last === Infinity ? this.published(story) : mortal.death]);
    mortal.dead = true;
    await real.close();

    const before = [...told.answers];
    const stored = await this.stored(story, before.length);
    const second = await Owner.on(this.database, { clock });
    second.machine.relay.start();
    const waking = second.machine.waking.start();
    try {
      const again = await this.askAgain(story, told.steps, second);
      await this.tell(story, told, second, async (stream, until) => {
        clock.leapTo(until);
        await this.nothingDue(stream, until);
        return { is: 'done', answer: null, replayed: false };
      });
      await this.published(story);
      return { points: mortal.points, acknowledged: before, stored, again };
    } finally {
      waking.stop();
      await second.stop();
    }
  }

  private async tell(
    { steps }: Story,
    told: Told,
    owner: Owner,
    pass: (stream: string, until: number) => Promise<Outcome | void>,
    death: Promise<void> = new Promise(() => undefined),
  ): Promise<void> {
    for (const [i, step] of steps.entries()) {
      if (i < told.steps) continue;
      const outcome = 'until' in step ? await pass(step.stream, step.until) : await Promise.race([ask(owner, step, idOf(steps, i)), death]);
      if (outcome === undefined) return;
      if (outcome.is !== 'done') throw new Error(`step ${i}: ${JSON.stringify(outcome)}`);
      told.steps++;
      if (!('until' in step)) told.answers.push(outcome.answer);
    }
  }

  private async askAgain({ steps }: Story, before: number, owner: Owner): Promise<unknown[]> {
    const answers: unknown[] = [];
    for (const [i, step] of steps.slice(0, before).entries()) {
      if ('until' in step) continue;
      const outcome = await ask(owner, step, idOf(steps, i));
      answers.push(outcome.is === 'done' ? outcome.answer : outcome);
    }
    return answers;
  }

  private async stored({ steps }: Story, count: number): Promise<unknown[]> {
    const ids = steps.flatMap((step, i) => ('until' in step ? [] : [idOf(steps, i)])).slice(0, count);
    const found = new Map((await this.kept.demandes(ids.map((id) => ['test', id] as const))).map(({ id, answer }) => [id, answer]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  private published({ facts }: Story): Promise<void> {
    const streams = Object.keys(facts);
    const list = streams.map((stream) => `'${stream}'`).join();
    let heads: readonly Record<string, unknown>[] = [];
    return jusqua(`everything is published: ${list}`, async () => {
      heads = await this.hand.type(`SELECT id, version, published FROM stream WHERE id IN (${list})`);
      return (
        heads.length === streams.length &&
        heads.every(({ id, version, published }) => Number(version) === facts[String(id)] && Number(published) === Number(version))
      );
    });
  }

  private nothingDue(root: string, at: number): Promise<void> {
    return jusqua(`whatever was due at ${root} has happened`, async () => {
      return (await this.hand.type(`SELECT 1 FROM timer WHERE root = '${root}' AND due <= ${at}`)).length === 0;
    });
  }

  /**
   * One run per point up to the end of publication; what comes after is the relay looking in vain. Every point on SQLite; one in three on PostgreSQL,
   * which falls on both sides of the calls in turn. Tells which points there were.
   */
  async eachDeath(stories: () => Promise<Story>, check: (story: Story, run: Run, at: string) => Promise<void>): Promise<Set<string>> {
    const whole = await stories();
    const { points } = await this.run(whole, Infinity);
    const count = points.findLastIndex((point) => point === 'after transact') + 1;
    const met = new Set<string>();
    for (let last = 0; last < count; last += this.database.engine === 'sqlite' || long() ? 1 : 3) {
      const story = await stories();
      const run = await this.run(story, last);
      met.add(run.points.at(-1)!);
      await check(story, run, `dead at point ${last} of ${count}, ${run.points.at(-1)}`);
    }
    return met;
  }
}

function ask(owner: Owner, step: Exclude<Step, { until: number }>, id: string): Promise<Outcome> {
  return 'seance' in step ? owner.ask(step.seance, step.demande, { id }) : owner.askOuvrage(step.ouvrage, step.demande, { id });
}

/** Its first stream names the story. */
function idOf([first]: readonly Step[], i: number): string {
  return `${Object.values(first!)[0] as string}-${i}-aaaaaaaa`;
}
