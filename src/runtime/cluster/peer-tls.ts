/**
 * Mutual TLS between peers. Each instance has a certificate of the club's own authority that names it: the subject's CN, or a DNS name
 * among its alternative names, is its INSTANCE_ID, letter for letter. Whoever holds such a certificate speaks for that instance only.
 *
 * Made with openssl, once for the club and once for each instance (here `monclub-3000`):
 *
 *     openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=monclub-ca -keyout ca.key -out ca.pem
 *     openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=monclub-3000 -keyout key.pem -out ask.pem
 *     openssl x509 -req -in ask.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -out cert.pem
 *
 * `ca.key` stays away from the instances. A certificate is read at the start: a new one asks for a restart.
 */
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, createSecureContext, TLSSocket, type TlsOptions } from 'node:tls';
import { HANDSHAKE_MS } from './handshake.js';

/** PEM texts. */
export interface PeerTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Reads the three files. Throws an error that names the one that cannot be read, or says that they are of no use together. */
export function readPeerTls(paths: PeerTls): PeerTls {
  const read = (name: keyof PeerTls): string => {
    try {
      return readFileSync(paths[name], 'utf8');
    } catch (error) {
      throw new Error(`The cluster's TLS file "${paths[name]}" (${name}) cannot be read: ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
  };
  const tls = { cert: read('cert'), key: read('key'), ca: read('ca') };
  try {
    createSecureContext(tls);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new Error(`The cluster's TLS files "${paths.cert}", "${paths.key}", "${paths.ca}" cannot be used: ${why}`, { cause: error });
  }
  return tls;
}

/** For the side that listens: a connection without a certificate of our authority never gets to speak. */
export function serverTls({ cert, key, ca }: PeerTls): TlsOptions {
  return { cert, key, ca, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.3', handshakeTimeout: HANDSHAKE_MS };
}

/** For the side that connects: the name is compared with the id of the handshake, not with the host. */
export function clientTls({ cert, key, ca }: PeerTls): ConnectionOptions {
  return { cert, key, ca, rejectUnauthorized: true, minVersion: 'TLSv1.3', checkServerIdentity: () => undefined };
}

/** Whether the certificate of the other side, if the connection has TLS at all, names `id`. */
export function mayBe(socket: unknown, id: string): boolean {
  return !(socket instanceof TLSSocket) || namesOf(socket.getPeerCertificate()).includes(id);
}

interface Named {
  readonly subject?: object | undefined;
  readonly subjectaltname?: string | undefined;
}

/** The names of a certificate: its CN, and the DNS entries of its alternative names. */
export function namesOf({ subject, subjectaltname = '' }: Named): string[] {
  const { CN } = (subject ?? {}) as { CN?: unknown };
  const names = typeof CN === 'string' ? [CN] : [];
  // Node quotes an entry that holds a comma: cut at the commas alone, it could pass for several.
  for (const [, kind, name] of subjectaltname.matchAll(/([^:,]+):("(?:\\.|[^"\\])*"|[^",]*)(?:, |$)/gy)) {
    if (kind === 'DNS' && !name!.startsWith('"')) names.push(name!);
  }
  return names;
}
