import { describe, expect, it } from 'vitest';
import { seeded } from '../../../test/support/agenda.js';
import type { Peer } from './peer.js';
import { digest, ownerOf } from './placement.js';

const STREAMS = Array.from({ length: 20_000 }, (_, i) => `sea_${i}`);
const members = (...ids: string[]): Peer[] => ids.map((id) => ({ id, incarnation: `of-${id}`, address: `${id}:1` }));
const owners = (of: readonly Peer[]): string[] => STREAMS.map((stream) => ownerOf(stream, of)!.id);
const instances = (count: number): string[] => Array.from({ length: count }, (_, i) => `monclub-${3000 + i}`);

describe('placement', () => {
  it.each([2, 3, 5, 10])('20 000 streams are spread over %i members within ten percent', (count) => {
    const shares = new Map<string, number>();
    for (const owner of owners(members(...instances(count)))) shares.set(owner, (shares.get(owner) ?? 0) + 1);
    expect(shares.size).toBe(count);
    for (const share of shares.values()) expect(Math.abs((share * count) / STREAMS.length - 1)).toBeLessThan(0.1);
  });

  it('a leave moves the streams of the one that left, and spreads them over all the others', () => {
    const before = owners(members(...instances(5)));
    const after = owners(members(...instances(5).filter((id) => id !== 'monclub-3002')));
    const heirs = new Map<string, number>();
    expect(before.filter((owner, i) => owner !== 'monclub-3002' && owner !== after[i])).toEqual([]);
    for (const [i, owner] of before.entries()) if (owner === 'monclub-3002') heirs.set(after[i]!, (heirs.get(after[i]!) ?? 0) + 1);
    const moved = [...heirs.values()].reduce((sum, n) => sum + n, 0);
    expect(heirs.size).toBe(4);
    for (const n of heirs.values()) expect(Math.abs((n * 4) / moved - 1)).toBeLessThan(0.15);
  });

  it('one that joins takes from everybody, and nothing else moves', () => {
    const before = owners(members(...instances(3)));
    const after = owners(members(...instances(4)));
    expect(after.filter((owner, i) => owner !== before[i] && owner !== 'monclub-3003')).toEqual([]);
    expect(after.filter((owner) => owner === 'monclub-3003').length / STREAMS.length).toBeCloseTo(0.25, 1);
  });

  it('the order of the members, their addresses and their incarnations change nothing', () => {
    const ids = instances(5);
    const chance = seeded(3);
    const shuffled = ids.toSorted(() => chance() - 0.5).map((id) => ({ id, incarnation: `again-${id}`, address: 'elsewhere:9' }));
    expect(owners(shuffled)).toEqual(owners(members(...ids)));
  });

  it('nobody owns anything in an empty view; a lone member owns everything', () => {
    expect(ownerOf('sea_1', [])).toBeUndefined();
    expect(ownerOf('sea_1', members('only'))?.id).toBe('only');
  });

  it('golden vectors: an instance of another version must not place otherwise', () => {
    const texts = ['', 'a', 'sea_1', 'sea_01kcx3d7g8000000000000000', 'monclub-3000'];
    expect(texts.map((text) => digest(text).map((lane) => lane.toString(16)))).toEqual([
      ['ab3e7c0b', 'ebb6c228'],
      ['1a80b1b3', '2ec2dc2b'],
      ['e90f8419', '3a36d77f'],
      ['9404d8b6', 'b06ada41'],
      ['3ec51a23', '157aa416'],
    ]);
    const three = members(...instances(3));
    expect(['sea_1', 'sea_2', 'sea_3', 'sea_4', 'sea_5', 'sea_6'].map((stream) => ownerOf(stream, three)!.id.slice(-1))).toEqual(
      ['0', '0', '1', '0', '1', '2'], //
    );
  });

  it('mutant: the remainder of a hash, which most systems began with, moves most streams at a leave', () => {
    const byRemainder = (stream: string, of: readonly Peer[]): string => of[digest(stream)[0] % of.length]!.id;
    const [five, four] = [members(...instances(5)), members(...instances(4))];
    const moved = STREAMS.filter(
      (stream) => byRemainder(stream, five) !== 'monclub-3004' && byRemainder(stream, five) !== byRemainder(stream, four),
    );
    expect(moved.length / STREAMS.length).toBeGreaterThan(0.5);
  });
});
