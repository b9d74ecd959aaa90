/**
 * What instances say to each other about demandes, and the checks that it meets on arrival: what is not exactly this is refused whole.
 * Pure. A demande travels as an array, its fields in a fixed order: names would be half of the bytes.
 */
import type { Envelope, Outcome } from '../aggregate/outcome.js';

/** Wires that one demande may take before somebody executes it. */
export const MAX_HOPS = 2;
/** Bounds of one frame. Raising them lets one frame hold the event loop, and the beats behind it, for longer. */
export const FRAME_DEMANDES = 512;
export const FRAME_BYTES = 256 * 1024;
/** A budget beyond this is nobody's. */
const MAX_BUDGET_MS = 600_000;

/** A demande on its way. Its deadline stays at home: clocks are local, so what travels is the time that is left. */
export interface Forwarded {
  readonly kind: string;
  readonly stream: string;
  readonly demande: { readonly type: string };
  readonly envelope: Omit<Envelope, 'deadline'>;
  /** Wires taken, this one included. */
  readonly hops: number;
}

export interface Arrived extends Forwarded {
  readonly budgetMs: number;
}

/** Demandes of one event-loop turn for one owner. */
export interface Frame {
  /** Version of the sender's view: who placed by an older one must look again. */
  readonly view: number;
  readonly demandes: readonly Arrived[];
}

/** `moved`: not executed, and will not be; the one that was asked does not own the stream by its view `view`, or is leaving. */
export interface Moved {
  readonly is: 'moved';
  readonly view: number;
  /** Wires that the demande took. */
  readonly hops: number;
}

/** What is answered to a forwarded demande. `lost`: it was handed on and may have been executed there. */
export type Reply = Outcome | Moved | { readonly is: 'lost' };

/** One piece of the answer to a frame: replies by their place in the frame, as they come. */
export type Piece = readonly (readonly [index: number, reply: Reply])[];

type Row = readonly unknown[];

/** A demande as it travels. */
export function rowOf({ kind, stream, demande, envelope, hops }: Forwarded, budgetMs: number): Row {
  const { scope, id, minted, acteur, instant, hash, expectedVersion } = envelope;
  return [
    kind,
    stream,
    hops,
    Math.max(0, Math.floor(budgetMs)),
    scope,
    id,
    minted,
    acteur,
    instant,
    hash,
    expectedVersion ?? null,
    demande,
  ];
}

/** Checks a frame. Throws on anything else. */
export function checkFrame(data: unknown): Frame {
  const { view, demandes } = record(data);
  if (!Array.isArray(demandes) || demandes.length === 0 || demandes.length > FRAME_DEMANDES) throw new TypeError('no frame of demandes');
  return { view: natural(view), demandes: demandes.map(arrived) };
}

function arrived(row: unknown): Arrived {
  if (!Array.isArray(row) || row.length !== 12) throw new TypeError('no demande');
  const [kind, stream, hops, budget, scope, id, minted, acteur, instant, hash, expected, demande] = row as Row;
  const wires = natural(hops);
  const budgetMs = natural(budget);
  if (wires < 1 || wires > MAX_HOPS || budgetMs > MAX_BUDGET_MS || typeof minted !== 'boolean') throw new TypeError('no demande');
  const asked = record(demande);
  text(asked['type']);
  const envelope = {
    scope: text(scope),
    id: text(id),
    minted,
    acteur: acteur === null ? null : text(acteur),
    instant: natural(instant),
    hash: text(hash),
  };
  return {
    kind: text(kind),
    stream: text(stream),
    demande: asked as Forwarded['demande'],
    envelope: expected === null ? envelope : { ...envelope, expectedVersion: integer(expected) },
    hops: wires,
    budgetMs,
  };
}

/** Checks a piece of the answer to a frame of `size` demandes. Throws on anything else. */
export function checkPiece(data: unknown, size: number): Piece {
  if (!Array.isArray(data)) throw new TypeError('no piece');
  return data.map((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length !== 2) throw new TypeError('no reply');
    const [at, reply] = entry as [unknown, unknown];
    const index = natural(at);
    if (index >= size) throw new TypeError('a reply to nothing');
    return [index, checkReply(record(reply))] as const;
  });
}

function checkReply(reply: Readonly<Record<string, unknown>>): Reply {
  switch (reply['is']) {
    case 'done':
      if (typeof reply['replayed'] !== 'boolean' || reply['answer'] === undefined) throw new TypeError('no answer');
      break;
    case 'refused':
      text(record(reply['refusal'])['refusal']);
      if (record(reply['refusal'])['data'] !== undefined) record(record(reply['refusal'])['data']);
      break;
    case 'stale':
      natural(reply['version']);
      break;
    case 'unavailable':
      if (reply['effect'] !== 'not_executed' && reply['effect'] !== 'unknown') throw new TypeError('no effect');
      positive(reply['retryAfterMs']);
      break;
    case 'overloaded':
    case 'quarantined':
      positive(reply['retryAfterMs']);
      break;
    case 'moved':
      natural(reply['view']);
      if (natural(reply['hops']) > MAX_HOPS) throw new TypeError('too many hops');
      break;
    case 'missing':
    case 'different':
    case 'failed':
    case 'lost':
      break;
    default:
      throw new TypeError('no reply');
  }
  return reply as unknown as Reply;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no object');
  return value as Readonly<Record<string, unknown>>;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('no text');
  return value;
}

function integer(value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new TypeError('no integer');
  return value as number;
}

function natural(value: unknown): number {
  if (integer(value) < 0) throw new TypeError('no natural number');
  return value as number;
}

function positive(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw new TypeError('no duration');
  return value;
}
