/** X.509 certificates as RFC 5280 writes them, as small as TLS takes them: Node signs, but makes none. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What signs certificates. */
export interface Authority {
  readonly name: string;
  readonly key: KeyObject;
  /** Its own certificate, PEM. */
  readonly ca: string;
}

export function authority(name = 'the club'): Authority {
  const { publicKey, privateKey: key } = pair();
  return { name, key, ca: certificate({ name, publicKey, issuer: name, key, extensions: [BASIC_CONSTRAINTS_CA] }) };
}

/** A certificate that says to be `name` (its CN), and `also` (DNS names beside it); `cert`, `key` and `ca` are PEM texts. */
export function certify({ name: issuer, key, ca }: Authority, name: string, also: readonly string[] = []) {
  const { publicKey, privateKey } = pair();
  const extensions = also.length === 0 ? [] : [alternativeNames(also)];
  const cert = certificate({ name, publicKey, issuer, key, extensions });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), ca };
}

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Certified {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

const DAY_MS = 86_400_000;

function certificate({ name, publicKey, issuer, key, extensions }: Certified): string {
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    distinguished(issuer),
    sequence(time(Date.now() - DAY_MS), time(Date.now() + DAY_MS)),
    distinguished(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = sign('sha256', body, key);
  const whole = sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Tag, length, content. */
function tagged(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
const sequence = (...contents: readonly Buffer[]): Buffer => tagged(0x30, ...contents);
const integer = (bytes: Buffer): Buffer => tagged(0x02, bytes);
const object = (...bytes: readonly number[]): Buffer => tagged(0x06, Buffer.from(bytes));
const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value));

/** `20260105180000Z`. */
const time = (at: number): Buffer => tagged(0x18, Buffer.from(new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '')));

/** 2.5.4.3: the common name. */
const distinguished = (name: string): Buffer => sequence(tagged(0x31, sequence(object(0x55, 0x04, 0x03), text(name))));
/** 1.2.840.10045.4.3.2 */
const ECDSA_WITH_SHA256 = sequence(object(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
/** 2.5.29.19, critical: it may sign others. */
const BASIC_CONSTRAINTS_CA = sequence(
  object(0x55, 0x1d, 0x13),
  tagged(0x01, Buffer.from([0xff])),
  tagged(0x04, sequence(tagged(0x01, Buffer.from([0xff])))),
);
/** 2.5.29.17, DNS names. */
function alternativeNames(names: readonly string[]): Buffer {
  return sequence(object(0x55, 0x1d, 0x11), tagged(0x04, sequence(...names.map((name) => tagged(0x82, Buffer.from(name))))));
}
