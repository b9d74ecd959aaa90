/**
 * How two instances recognize each other: once per connection, before anything else is said.
 *
 *     client → hello      who I am, a fresh nonce
 *     server → challenge  who I am, a fresh nonce
 *     client → proof      MAC of all that under the secret, as the client
 *     server → welcome    the same MAC, as the server
 *
 * The client proves first: a stranger at the port learns nothing that it could try passwords on. A recording is worth nothing, for
 * the other side's nonce is new; a MAC sent back to its author neither, for it names the role. Whoever knows the secret may say to be
 * anybody: mutual TLS binds the name too.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { Sender } from './transport-port.js';

/** How long a connection may take to be recognized, from the first packet on. */
export const HANDSHAKE_MS = 2000;

export interface Hello extends Sender {
  readonly step: 'hello';
  readonly nonce: string;
}
export interface Challenge extends Sender {
  readonly step: 'challenge';
  readonly nonce: string;
}
export interface Proof {
  readonly step: 'proof' | 'welcome';
  readonly mac: string;
}

/** What both sides have seen, and sign. */
export interface Transcript {
  readonly client: Sender & { readonly nonce: string };
  readonly server: Sender & { readonly nonce: string };
}
export type Role = 'client' | 'server';

/** 32 bytes that nobody has used before. */
export function freshNonce(clock: Clock): string {
  return Buffer.from(clock.bytes(32)).toString('base64url');
}

/** What `role` says to prove that it knows the secret. */
export function macOf(secret: string, role: Role, { client, server }: Transcript): string {
  // JSON of strings: no two transcripts are the same text.
  const said = [client, server].flatMap(({ id, incarnation, nonce }) => [id, incarnation, nonce]);
  return createHmac('sha256', secret)
    .update(JSON.stringify(['monclub cluster 1', role, ...said]))
    .digest('base64url');
}

/** Whether `mac` is what `role` had to say; takes the same time whatever is wrong with it. */
export function proves(secret: string, role: Role, transcript: Transcript, mac: string): boolean {
  const wanted = Buffer.from(macOf(secret, role, transcript));
  const given = Buffer.from(mac);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Undefined for anything but a well-formed hello or challenge. */
export function readGreeting<S extends 'hello' | 'challenge'>(
  step: S,
  message: unknown,
): (Sender & { step: S; nonce: string }) | undefined {
  const said = message as Partial<Record<keyof Hello, unknown>> | null;
  if (said?.step !== step || !isText(said.id, 64) || !isText(said.incarnation, 64) || !isCode(said.nonce)) return undefined;
  return { step, id: said.id, incarnation: said.incarnation, nonce: said.nonce };
}

/** The MAC of a well-formed proof or welcome. */
export function readProof(step: Proof['step'], message: unknown): string | undefined {
  const said = message as Partial<Record<keyof Proof, unknown>> | null;
  return said?.step === step && isCode(said.mac) ? said.mac : undefined;
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most;
}

/** 32 bytes in base64url. */
function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value);
}
