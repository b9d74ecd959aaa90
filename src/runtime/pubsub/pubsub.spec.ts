import { describe, expect, it } from 'vitest';
import { PubSub } from './pubsub.js';

interface Topics {
  fait: { readonly type: string };
  noeud: string;
}

function topics(limits?: { subscribers: number; nested: number }) {
  const failures: string[] = [];
  const pubsub = new PubSub<Topics>((topic, error) => failures.push(`${topic}: ${(error as Error).message}`), limits);
  return { pubsub, failures, seen: [] as string[] };
}

describe('publication', () => {
  it('T1: reaches every subscriber of the topic in order, before publish returns', () => {
    const { pubsub, seen } = topics();
    pubsub.subscribe('noeud', (node) => seen.push(`a:${node}`));
    pubsub.subscribe('noeud', (node) => seen.push(`b:${node}`));
    pubsub.subscribe('fait', ({ type }) => seen.push(type));
    pubsub.publish('noeud', 'n1');
    expect(seen).toEqual(['a:n1', 'b:n1']);
  });

  it('T2: a failing subscriber is reported and harms no other', () => {
    const { pubsub, seen, failures } = topics();
    pubsub.subscribe('noeud', () => {
      throw new Error('broke');
    });
    pubsub.subscribe('noeud', (node) => seen.push(node));
    pubsub.publish('noeud', 'n1');
    expect([seen, failures]).toEqual([['n1'], ['noeud: broke']]);
  });

  it('T3: what a subscriber publishes reaches everyone after the message being handed out', () => {
    const { pubsub, seen } = topics();
    pubsub.subscribe('noeud', (node) => node === 'n1' && pubsub.publish('noeud', 'n2'));
    pubsub.subscribe('noeud', (node) => seen.push(`b:${node}`));
    pubsub.publish('noeud', 'n1');
    expect(seen).toEqual(['b:n1', 'b:n2']);
  });

  it('T4: a cancelled subscriber receives nothing more, a new one not the message being handed out', () => {
    const { pubsub, seen } = topics();
    pubsub.subscribe('noeud', () => {
      cancel();
      pubsub.subscribe('noeud', (node) => seen.push(`new:${node}`));
    });
    const cancel = pubsub.subscribe('noeud', (node) => seen.push(`old:${node}`));
    pubsub.publish('noeud', 'n1');
    expect(seen).toEqual([]);
    pubsub.publish('noeud', 'n2');
    expect(seen).toEqual(['new:n2']);
  });

  it('a subscriber that subscribed twice and cancelled one (twice) still listens once', () => {
    const { pubsub, seen } = topics();
    const listen = (node: string) => void seen.push(node);
    const cancel = pubsub.subscribe('noeud', listen);
    pubsub.subscribe('noeud', listen);
    cancel();
    cancel();
    pubsub.publish('noeud', 'n1');
    expect([seen, pubsub.subscribers('noeud'), pubsub.subscribers('fait')]).toEqual([['n1'], 1, 0]);
  });
});

describe('T5 bounds', () => {
  it('refuses one subscriber too many, and takes one again after a cancellation', () => {
    const { pubsub } = topics({ subscribers: 1, nested: 1 });
    const cancel = pubsub.subscribe('noeud', () => undefined);
    expect(() => pubsub.subscribe('noeud', () => undefined)).toThrow('more than 1 subscribers of noeud');
    cancel();
    expect(() => pubsub.subscribe('noeud', () => undefined)).not.toThrow();
  });

  it('too many nested publications fail in the subscriber that makes them', () => {
    const { pubsub, failures, seen } = topics({ subscribers: 9, nested: 2 });
    pubsub.subscribe('noeud', () => ['a', 'b', 'c'].forEach((type) => pubsub.publish('fait', { type })));
    pubsub.subscribe('fait', ({ type }) => seen.push(type));
    pubsub.publish('noeud', 'n1');
    expect([seen, failures]).toEqual([['a', 'b'], ['noeud: more than 2 nested publications']]);
  });

  it('a loop between subscribers ends, is reported, and leaves the topics usable', () => {
    const { pubsub, failures, seen } = topics({ subscribers: 9, nested: 10 });
    const cancel = pubsub.subscribe('noeud', (node) => pubsub.publish('noeud', node));
    pubsub.publish('noeud', 'again');
    expect(failures).toEqual(['noeud: 1 nested publications dropped: subscribers answer each other for ever']);
    cancel();
    pubsub.subscribe('noeud', (node) => seen.push(node));
    pubsub.publish('noeud', 'n2');
    expect(seen).toEqual(['n2']);
  });
});
