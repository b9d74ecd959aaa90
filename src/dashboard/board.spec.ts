import { describe, expect, it } from 'vitest';
import { Stage } from '../../test/support/flux-stage.js';
import type { ShownNode } from '../runtime/cluster/shown-nodes.js';
import { Board, type Notice } from './board.js';
import { USUAL_LIMITS } from './spectator.js';

/** Counters and a cluster that a test moves by hand. */
class Club {
  readonly values = new Map<string, number>();
  readonly nodes: ShownNode[] = [];
  readonly cluster = { id: 'a', leader: undefined as string | undefined, term: 0, view: 0, nodes: () => this.nodes };
  private hear: (products: Iterable<string>) => void = () => {};
  readonly counters = {
    products: [] as string[],
    shown: (products: Iterable<string>) =>
      [...products].flatMap((one) => {
        const valeur = this.values.get(one);
        return valeur === undefined ? [] : [[one, { produit: one, valeur }] as const];
      }),
    onChange: (hear: (products: Iterable<string>) => void) => void (this.hear = hear),
  };
  readonly board = new Board(this.counters, this.cluster);

  count(product: string, value: number): void {
    if (!this.values.has(product)) this.counters.products.push(product);
    this.values.set(product, value);
    this.hear([product]);
  }
}

const read = ({ piece }: Notice): { event: string; data: Record<string, unknown> } => {
  const [, event, data] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(piece.toString())!;
  return { event: event!, data: JSON.parse(data!) as Record<string, unknown> };
};

describe('what is shown whole', () => {
  it('a newcomer sees the cluster and every counter, none included', () => {
    const club = new Club();
    const { board } = club;
    expect(board.whole().map(read)).toEqual([
      { event: 'grappe', data: { moi: 'a', leader: null, terme: 0, vue: 0, noeuds: [] } },
      { event: 'compteurs', data: { elements: [] } },
    ]);
    for (let i = 0; i < 250; i++) club.count(`p-${i}`, i);
    const [, ...counters] = board.whole().map(read);
    expect(counters.map(({ data }) => (data['elements'] as unknown[]).length)).toEqual([100, 100, 50]);
  });

  it('past 2,000 counters, known or changed at once, one is told to read the others', () => {
    const club = new Club();
    const others = { event: 'relire', data: { sujet: 'compteurs', genre: 'compteurs' } };
    for (let i = 0; i < 2_001; i++) club.count(`p-${i}`, i);
    const notices = club.board.whole();
    expect([notices.length, read(notices.at(-1)!)]).toEqual([22, others]);
    for (let i = 0; i < 2_001; i++) club.count(`p-${i}`, i + 1);
    const changes = club.board.changes();
    expect([changes.length, read(changes.at(-1)!)]).toEqual([21, others]);
  });

  it('a change is told once, as it then is (B1); none when nobody watches (B2)', () => {
    const club = new Club();
    club.count('cafe', 1);
    expect(club.board.changes().filter(({ kind }) => kind === 'compteurs')).toEqual([]);
    club.board.whole();
    club.count('cafe', 2);
    club.count('cafe', 3);
    const notices = club.board.changes();
    expect(notices.map(({ subjects }) => subjects)).toEqual([['cafe']]);
    expect(notices.map(read)).toEqual([{ event: 'compteurs', data: { elements: [{ produit: 'cafe', valeur: 3 }] } }]);
    expect(club.board.changes()).toEqual([]);
    club.count('cafe', 4);
    club.board.forget();
    club.board.whole();
    expect(club.board.changes()).toEqual([]);
  });

  it('the cluster is told when it changes; not because the instant of a suspicion is measured anew', () => {
    const club = new Club();
    const node = { id: 'b', incarnation: 'i', address: 'h:1', state: 'suspect', since: 5 } as const;
    club.nodes.push(node);
    club.board.whole();
    club.nodes[0] = { ...node, since: 6 };
    expect(club.board.changes()).toEqual([]);
    club.nodes[0] = { ...node, state: 'alive', since: 7 };
    expect(club.board.changes().map(read)).toMatchObject([{ event: 'grappe', data: { noeuds: [{ etat: 'vivant' }] } }]);
    club.cluster.leader = 'b';
    expect(club.board.changes().map(read)).toMatchObject([{ event: 'grappe', data: { leader: 'b' } }]);
    expect(club.board.changes()).toEqual([]);
  });
});

describe('on a stream', () => {
  it('everything at connection, then each change at most 4 times a second', async () => {
    const [stage, club] = [new Stage(), new Club()];
    stage.board = club.board;
    club.count('cafe', 0);
    const page = await stage.open();
    expect(page.events.map(({ event, id }) => [event, id])).toEqual([
      ['grappe', undefined],
      ['compteurs', undefined],
    ]);
    for (let n = 1; n <= 100; n++) {
      club.count('cafe', n);
      await stage.clock.pass(10);
    }
    await stage.clock.pass(250);
    const told = page.told('compteurs').map(({ elements }) => (elements as { valeur: number }[])[0]!.valeur);
    expect(told.length).toBeLessThanOrEqual(6);
    expect(told.at(-1)).toBe(100);
  });

  it('what the rate passes over is named', async () => {
    const [stage, club] = [new Stage(), new Club()];
    stage.board = club.board;
    const page = await stage.open(undefined, { ...USUAL_LIMITS, perSecond: 3 });
    club.count('cafe', 1);
    await stage.clock.pass(250);
    club.count('cafe', 2);
    await stage.clock.pass(1_500);
    expect(page.told('relire')).toEqual([{ sujet: 'cafe', genre: 'compteurs' }]);
  });

  it('with the database away: it opens with counters and cluster, then hears facts, told to read everything (W5)', async () => {
    const [stage, club] = [new Stage(), new Club()];
    stage.board = club.board;
    stage.publish(2);
    stage.down = true;
    const [fresh, back] = [await stage.open(), await stage.open('1')];
    club.count('cafe', 7);
    await stage.clock.pass(3_000);
    for (const page of [fresh, back]) expect(page.told('compteurs').at(-1)).toEqual({ elements: [{ produit: 'cafe', valeur: 7 }] });
    stage.down = false;
    await stage.clock.pass(2_000);
    stage.publish(1);
    await stage.clock.pass(100);
    expect([fresh.told('relire_tout'), fresh.ids]).toEqual([[{ raison: 'base_revenue' }], [3]]);
    expect([back.told('relire_tout'), back.ids]).toEqual([[], [2, 3]]);
  });

  it('a database that does not answer holds no stream back for more than a second', async () => {
    const stage = new Stage();
    stage.storage.backlog = () => new Promise(() => {});
    let opened = false;
    void stage.audience.reserve().then(() => (opened = true));
    await stage.clock.pass(1_100);
    expect(opened).toBe(true);
  });

  it('one that leaves before the database is back leaves nothing behind', async () => {
    const stage = new Stage();
    stage.down = true;
    await stage.open();
    stage.audience.end();
    await stage.clock.pass(10_000);
    const { reads } = stage;
    await stage.clock.pass(60_000);
    expect([stage.audience.size, stage.reads, stage.clock.armed]).toEqual([0, reads, 0]);
  });
});
