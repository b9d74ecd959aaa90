/** The messages of the election as they come from the network: checked here, trusted behind. */
import type { Check } from '../../runtime/cluster/transport-port.js';
import type { Message } from './bully-words.js';

/** An INSTANCE_ID is never longer. */
const ID_LENGTH = 256;

export const checks: readonly { readonly kind: Message['is']; readonly message: Check<Message> }[] = [
  { kind: 'election', message: (data) => ({ is: 'election', term: term(data) }) },
  { kind: 'answer', message: (data) => ({ is: 'answer', term: term(data) }) },
  { kind: 'coordinator', message: (data) => ({ is: 'coordinator', term: term(data) }) },
  { kind: 'heartbeat', message: (data) => ({ is: 'heartbeat', term: term(data) }) },
  { kind: 'ready', message: (data) => ({ is: 'ready', term: term(data) }) },
  { kind: 'resign', message: (data) => ({ is: 'resign', term: term(data), to: id(data) }) },
];

function term(data: unknown): number {
  const value = field(data, 'term');
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new Error('a term is a whole number from 0');
  return value;
}

function id(data: unknown): string {
  const value = field(data, 'to');
  if (typeof value !== 'string' || value.length > ID_LENGTH) throw new Error(`"to" is an id of at most ${ID_LENGTH} characters, or empty`);
  return value;
}

function field(data: unknown, name: string): unknown {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, name)) throw new Error(`"${name}" is missing`);
  return (data as Record<string, unknown>)[name];
}
