/** Products as a club names them, and a generator that says the same at every run. */
const THINGS = 'cafe the cookie gobelet tote-bag marque-page carnet livre affiche badge stylo bougie tasse cle puzzle'.split(' ');
const KINDS = 'bleu rouge vert noir blanc moulu grand petit ancien neuf'.split(' ');

/** `count` different slugs of about 18 characters. */
export function products(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const [thing, kind] = [THINGS[n % THINGS.length]!, KINDS[Math.floor(n / THINGS.length) % KINDS.length]!];
    return `${thing}-${kind}-lot-${Math.floor(n / (THINGS.length * KINDS.length))}`;
  });
}

/** Numbers from 0 to below `below`, the same ones for the same seed (mulberry32). */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** The slot of the replica with this number. */
export function slotOf(replica: number): string {
  return `0199f0a0-7c3e-7000-8000-${String(replica).padStart(12, '0')}`;
}
