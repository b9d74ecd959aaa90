import { describe, expect, it } from 'vitest';
import type { ExitReason } from '../supervision/restart-policy.js';
import { type Duty, Leadership, whileLeading } from './leadership.js';

const mandate = (number: number) => ({ number, incarnation: 'i1' });
const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A child of a leadership, with every start and stop of its duty written down; `stops` are resolved by hand. */
function child(duty?: Duty) {
  const leadership = new Leadership();
  const log: string[] = [];
  const exits: ExitReason[] = [];
  const stops: (() => void)[] = [];
  const usual: Duty = ({ number }) => {
    log.push(`start ${number}`);
    return {
      stop: () => {
        log.push(`stop ${number}`);
        return new Promise<void>((resolve) => stops.push(resolve));
      },
    };
  };
  const start = whileLeading(leadership, duty ?? usual);
  const context = { life: 1, signal: new AbortController().signal, exit: (reason: ExitReason) => void exits.push(reason) };
  return { leadership, log, exits, stops, start: async () => start(context) };
}

describe('what an instance knows of its leader', () => {
  it('tells each change once', () => {
    const leadership = new Leadership();
    const heard: unknown[] = [];
    const cancel = leadership.onLeader((leader) => heard.push(leader?.term));
    leadership.onMandate((mine) => heard.push(`mandate ${mine?.number}`));
    leadership.begin(mandate(3));
    for (const _ of [1, 2]) leadership.follow({ id: 'n1', incarnation: 'i1', term: 3 });
    leadership.end();
    leadership.end();
    leadership.follow(undefined);
    cancel();
    leadership.follow({ id: 'n2', incarnation: 'i2', term: 4 });
    expect(heard).toEqual(['mandate 3', 3, 'mandate undefined', undefined]);
    expect(leadership.counters).toMatchObject({ mandates: 1, leaders: 2 });
  });

  it('a leader that is lost and found again under one term is no other leader', () => {
    const leadership = new Leadership();
    for (const leader of [{ id: 'n1', incarnation: 'i1', term: 3 }, undefined, { id: 'n1', incarnation: 'i1', term: 3 }])
      leadership.follow(leader);
    expect(leadership.counters.leaders).toBe(1);
  });
});

describe('a duty of the leader', () => {
  it('begins with a mandate, ends with it, and begins at once when the child starts in the middle of one', async () => {
    const { leadership, log, stops, start } = child();
    leadership.begin(mandate(1));
    await start();
    await breath();
    leadership.end();
    await breath();
    stops.shift()!();
    await breath();
    leadership.begin(mandate(2));
    await breath();
    expect(log).toEqual(['start 1', 'stop 1', 'start 2']);
  });

  it('never runs twice: the next mandate waits for the stop of the one before, and only the last one counts', async () => {
    const { leadership, log, stops, start } = child();
    await start();
    leadership.begin(mandate(1));
    await breath();
    for (const number of [2, 3]) {
      leadership.end();
      leadership.begin(mandate(number));
    }
    await breath();
    expect(log).toEqual(['start 1', 'stop 1']);
    stops.shift()!();
    await breath();
    expect(log).toEqual(['start 1', 'stop 1', 'start 3']);
    expect(leadership.counters).toMatchObject({ dutiesStarted: 2, dutiesStopped: 1 });
  });

  it('a mandate that ended before the duty began starts nothing', async () => {
    const { leadership, log, start } = child();
    await start();
    leadership.begin(mandate(1));
    leadership.end();
    await breath();
    expect(log).toEqual([]);
  });

  it('the child’s stop waits for the duty’s, and nothing begins after it', async () => {
    const { leadership, log, stops, start } = child();
    leadership.begin(mandate(1));
    const running = await start();
    await breath();
    let stopped = false;
    const stop = Promise.resolve(running.stop()).then(() => (stopped = true));
    await breath();
    expect(stopped).toBe(false);
    stops.shift()!();
    await stop;
    leadership.end();
    leadership.begin(mandate(2));
    await breath();
    expect(log).toEqual(['start 1', 'stop 1']);
  });

  it('a child that was stopped hears nothing more: many lives leave nothing behind', async () => {
    const { leadership, start } = child();
    const hearing = new Set<unknown>();
    const hear = leadership.onMandate.bind(leadership);
    leadership.onMandate = (one) => {
      const cancel = hear(one);
      hearing.add(one);
      return () => {
        cancel();
        hearing.delete(one);
      };
    };
    const running = await start();
    expect(hearing.size).toBe(1);
    await running.stop();
    expect(hearing.size).toBe(0);
  });

  it.each<[string, Duty]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects its stop', () => ({ stop: () => Promise.reject(new Error('no')) })],
  ])('a duty that %s is a crash of its child, once', async (_, duty) => {
    const { leadership, exits, start } = child(duty);
    const running = await start();
    leadership.begin(mandate(1));
    await breath();
    leadership.end();
    await breath();
    leadership.begin(mandate(2));
    await breath();
    await running.stop();
    expect(exits).toEqual([{ is: 'error', error: new Error('no') }]);
  });
});
