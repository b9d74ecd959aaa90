import { describe, expect, it } from 'vitest';
import { PlayTree } from '../../../test/support/play-tree.js';
import { type Parts, supervisionTree } from '../../supervision-tree.js';
import type { Child } from './child.js';
import type { Family, Member } from './family.js';

const member = (name: string): Member => ({ name, state: 'running', restarts: 0, depth: 2, lastError: null });

/** A family of `size` members that remembers who was crashed. */
function family(size: number): Family & { readonly crashed: string[] } {
  const names = Array.from({ length: size }, (_, index) => `sea_${index}`);
  const crashed: string[] = [];
  return {
    crashed,
    counts: () => ({ running: size }),
    list: (limit) => names.slice(0, limit).map(member),
    find: (name) => (names.includes(name) ? member(name) : undefined),
    crash: (name) => names.includes(name) && crashed.push(name) > 0,
  };
}

async function club(size: number) {
  const play = new PlayTree();
  const reunions = family(size);
  const inner = {
    name: 'club',
    strategy: 'one_for_all',
    intensity: { restarts: 2, periodMs: 9 },
    children: [play.child('reunions', { family: reunions })],
  } as const;
  await play.plant('one_for_one', [inner, play.child('web')]).started();
  return { play, reunions };
}

describe('inspection', () => {
  it('shows strategy, intensity, state, restarts and the last error at every level', async () => {
    const { play } = await club(1);
    await play.crash('web');
    expect(play.tree.describe()).toMatchObject({
      kind: 'supervisor',
      name: 'root',
      path: '',
      state: 'running',
      strategy: 'one_for_one',
      children: [
        {
          kind: 'supervisor',
          path: 'club',
          strategy: 'one_for_all',
          intensity: { restarts: 2, periodMs: 9 },
          children: [
            {
              kind: 'family',
              path: 'club.reunions',
              size: 1,
              folded: false,
              children: [{ kind: 'member', path: 'club.reunions.sea_0', depth: 2 }],
            },
          ],
        },
        { kind: 'child', path: 'web', state: 'running', restart: 'permanent', restarts: 1, lastError: 'Error: web broke' },
      ],
    });
  });

  it('folds a family of more than fifty into counts, but still finds one by name', async () => {
    const { play } = await club(51);
    expect(play.tree.describe('club.reunions')).toMatchObject({ folded: true, size: 51, counts: { running: 51 }, children: [] });
    expect(play.tree.describe('club.reunions.sea_50')).toMatchObject({ kind: 'member', name: 'sea_50', path: 'club.reunions.sea_50' });
    expect((await club(50)).play.tree.describe('club.reunions')).toMatchObject({ folded: false, size: 50 });
  });

  it('shows what lives inside a member under it, by its own path too, and folds more than fifty of them', async () => {
    const play = new PlayTree();
    const inner = (size: number): Member => ({
      ...member('ouv_1'),
      inside: { size, list: (limit) => Array.from({ length: Math.min(size, limit) }, (_, n) => member(`pre_${n}`)) },
    });
    const prets = (size: number): Family => ({
      ...family(0),
      counts: () => ({ running: 1 }),
      list: () => [inner(size)],
      find: (name) => (name === 'ouv_1' ? inner(size) : name === 'ouv_1.pre_0' ? member('pre_0') : undefined),
    });
    await play.plant('one_for_one', [play.child('deux', { family: prets(2) }), play.child('foule', { family: prets(51) })]).started();
    const children = [{ path: 'deux.ouv_1.pre_0' }, { kind: 'member', path: 'deux.ouv_1.pre_1', name: 'pre_1', depth: 2 }];
    expect(play.tree.describe('deux')).toMatchObject({ children: [{ path: 'deux.ouv_1', inside: { size: 2, folded: false, children } }] });
    expect(play.tree.describe('deux.ouv_1')).toMatchObject({ path: 'deux.ouv_1', inside: { children } });
    expect(play.tree.describe('deux.ouv_1.pre_0')).toMatchObject({ kind: 'member', name: 'pre_0', path: 'deux.ouv_1.pre_0' });
    expect(play.tree.describe('foule.ouv_1')).toMatchObject({ inside: { size: 51, folded: true, children: [] } });
  });

  it('knows nothing at a path that names nothing', async () => {
    const { play } = await club(1);
    for (const path of ['x', 'club.x', 'web.x', 'club.reunions.x', '.']) expect(play.tree.describe(path)).toBeUndefined();
  });
});

describe('the crash button', () => {
  it('a child ends as by a bug and is restarted', async () => {
    const { play } = await club(1);
    expect(play.tree.crash('web')).toBe('crashed');
    expect(await play.followed()).toBe('-web +web');
    expect(play.tree.describe('web')).toMatchObject({ lastError: 'Error: crash button', restarts: 1 });
  });

  it('a supervisor goes down with everything below it, and comes back', async () => {
    const { play } = await club(1);
    expect(play.tree.crash('club')).toBe('crashed');
    expect(await play.followed()).toBe('-reunions +reunions');
    expect(play.tree.describe('club')).toMatchObject({ restarts: 1, state: 'running' });
  });

  it('a member is its family’s to crash', async () => {
    const { play, reunions } = await club(3);
    expect(play.tree.crash('club.reunions.sea_2')).toBe('crashed');
    expect(reunions.crashed).toEqual(['sea_2']);
    expect(await play.followed()).toBe('');
  });

  it('pressed twice at once it is one crash', async () => {
    const { play } = await club(1);
    play.tree.crash('web');
    play.tree.crash('web');
    expect(await play.followed()).toBe('-web +web');
  });

  it('answers what it did not do', async () => {
    const { play } = await club(1);
    expect(['', 'x', 'club.x', 'web.x', 'club.reunions.x'].map((path) => play.tree.crash(path))).toEqual(Array(5).fill('unknown'));
    await play.tree.stop();
    expect(play.tree.crash('web')).toBe('not_running');
    expect(play.tree.crash('club.reunions')).toBe('not_running');
  });
});

it('the club’s own tree: what stands on the database falls with it, and only that', async () => {
  const play = new PlayTree();
  const part =
    (name: string): Child['start'] =>
    (context) =>
      play.child(name).start(context);
  const club = ['reunions', 'departs', 'reglement', 'prets', 'lecteurs', 'suivi'];
  const duties = ['relais', 'courrier', 'reveils', 'menage'];
  const onTheBase = ['membres', 'election', ...club, ...duties];
  // Alive without the database: apart from the core, and in front of it.
  const counters = ['magasin', 'synchronisation', 'droits', 'produits'];
  const all = ['reseau', ...counters, 'source', 'journal', ...onTheBase, 'web'];
  const spec = supervisionTree(Object.fromEntries(all.map((name) => [name, part(name)])) as unknown as Parts);
  const stops = (names: readonly string[]): string => names.toReversed().map((name) => `-${name}`).join(' '); // prettier-ignore
  const starts = (names: readonly string[]): string => names.map((name) => `+${name}`).join(' ');
  const again = (names: readonly string[]): string => `${stops(names)} ${starts(names)}`;
  await play.plant(spec.strategy, spec.children).started();
  expect(play.tree.crash('coeur.base')).toBe('crashed');
  expect(await play.followed()).toBe(again(['source', 'journal', ...onTheBase]));
  expect(await play.crash('journal')).toBe(again(['journal']));
  expect(await play.crash('membres')).toBe(again(['membres', 'election']));
  expect(await play.crash('reunions')).toBe(again(['reunions']));
  expect(await play.crash('relais')).toBe(again(['relais']));
  expect(await play.crash('reseau')).toBe(again(['reseau']));
  expect(await play.crash('synchronisation')).toBe(again(['synchronisation', 'droits', 'produits']));
  expect(await play.crash('web')).toBe(again(['web']));
  await play.tree.stop();
  expect(await play.followed()).toBe(stops(all));
});
