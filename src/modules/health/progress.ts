// Is this instance getting on with its work? Pure: ages come in as arguments, in milliseconds.

/** A fact that waits longer than this for its publication is late. */
const LATE_MS = 30_000;
/** The sweep that answers late demandes runs four times a second: whatever is later than this, nobody sweeps. */
const SWEEP_SLACK_MS = 1_500;

/** A node of the supervision tree, as far as its life goes. */
export interface Living {
  readonly path: string;
  readonly state: string;
  readonly kind: string;
  readonly children?: readonly Living[];
}

/**
 * Publication is stuck when facts wait although nothing has been published here for as long. A relay that only rests while
 * demandes have the write lane is late and yet moves on: sending callers elsewhere would not help it.
 */
export function publicationStuck(oldestMs: number, sincePublishedMs: number): string | undefined {
  if (oldestMs < LATE_MS || sincePublishedMs < LATE_MS) return undefined;
  return `un fait attend depuis ${seconds(oldestMs)} s et rien n’est publié`;
}

/**
 * Waking is stuck when a timer is overdue although this instance, which leads, has neither read nor heard anything for as long. One whose owner cannot
 * take it (quarantine) is late and yet tried again and again: that is no reason to send callers elsewhere. `sinceMovedMs`: negative where nobody wakes.
 */
export function wakingStuck(overdueMs: number, sinceMovedMs: number): string | undefined {
  if (overdueMs < LATE_MS || sinceMovedMs < LATE_MS) return undefined;
  return `un réveil attend depuis ${seconds(overdueMs)} s et personne n’est réveillé`;
}

/** A demande that nobody answered by its deadline. `leftMs`: what the oldest had left; undefined when none waits. */
export function mailboxStuck(leftMs: number | undefined): string | undefined {
  return leftMs === undefined || leftMs > -SWEEP_SLACK_MS ? undefined : `une demande attend depuis ${seconds(-leftMs)} s de trop`;
}

/** The first part of the tree that is down. Members of families answer for themselves. */
export function partDown(node: Living): string | undefined {
  if (node.kind === 'member') return undefined;
  if (node.state !== 'running') return `${node.path === '' ? 'la racine' : node.path} : ${node.state}`;
  for (const child of node.children ?? []) {
    const down = partDown(child);
    if (down !== undefined) return down;
  }
  return undefined;
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000);
}
