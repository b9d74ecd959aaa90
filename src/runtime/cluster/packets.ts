/** The words that Nest's TCP transport writes, as far as the cluster port understands them. */

/** An event has no id, a request has one. */
export interface Packet {
  readonly pattern: string;
  readonly data: unknown;
  readonly id?: string;
}

/** Undefined for what is no packet. */
export function readPacket(message: unknown): Packet | undefined {
  const { pattern, data, id } = message as Partial<Record<keyof Packet, unknown>>;
  if (typeof pattern !== 'string') return undefined;
  if (id === undefined) return { pattern, data };
  return typeof id === 'string' && id.length <= 32 ? { pattern, data, id } : undefined;
}

/** What a call is told that was not answered to its end; the reason is in the log of the side that failed. */
export const FAILED = { err: 'failed', isDisposed: true };
