import { z } from 'zod';
import type { Wording } from './language.js';

/**
 * What the fields of a request may hold. Every bound of the interface is here.
 *
 * All of them refuse what could not be stored alike on both engines (control characters, half surrogates).
 */

const words = (fr: string, en: string): { params: Wording } => ({ params: { fr, en } });

/** One line of text for people: trimmed, then 1 to `max` characters (code points), nothing invisible that breaks a line. */
export function text(max: number): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .min(1)
    .refine(
      (value) => !(value.length > max && longer(value, max)),
      words(`doit avoir au plus ${max} caractères`, `must have at most ${max} characters`),
    )
    .refine(
      (value) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value),
      words('contient un caractère de contrôle', 'contains a control character'),
    )
    .meta({ type: 'string', minLength: 1, maxLength: max });
}

function longer(value: string, max: number): boolean {
  let left = max;
  for (const _ of value) if (left-- === 0) return true;
  return false;
}

/** The id of something. Any text is well-typed: whether it names something is for the answer to say. */
export const id = z.string();

/** A whole number between `min` and `max`. */
export function whole(min: number, max: number): z.ZodType<number, number> {
  return z.int().min(min).max(max);
}

/** A number of places. */
export const places = whole(1, 100_000);
/** Money, in cents. */
export const cents = whole(0, 10_000_000);
/** How many units of a product come or go at once. */
export const quantity = whole(1, 1_000_000);

/** A count or a threshold is at most this far from zero. */
const MOST_COUNTED = 1_000_000_000_000n;

/** A whole number that may be larger than JSON's: an integer, or its decimal text; read as its decimal text. */
export const decimal = z
  .custom<string | number>(
    isDecimal,
    words('doit être un entier, ou son texte décimal, de -10¹² à 10¹²', 'must be a whole number, or its decimal text, from -10¹² to 10¹²'),
  )
  .transform((value) => BigInt(value).toString())
  .meta({
    anyOf: [
      { type: 'string', pattern: '^-?(0|[1-9][0-9]{0,12})$' },
      { type: 'integer', minimum: -1e12, maximum: 1e12 },
    ],
  });

function isDecimal(value: unknown): boolean {
  const whole = typeof value === 'string' ? /^-?(0|[1-9]\d{0,12})$/.test(value) : Number.isSafeInteger(value);
  if (!whole) return false;
  const number = BigInt(value as string | number);
  return number <= MOST_COUNTED && number >= -MOST_COUNTED;
}

/** An e-mail address. */
export const email = z
  .string()
  .trim()
  .refine(
    (value) => value.length <= 254 && z.regexes.email.test(value),
    words('n’est pas une adresse de courriel', 'is not an e-mail address'),
  )
  .meta({ type: 'string', format: 'email', maxLength: 254 });

/** The name of a product in an address. */
export const slug = z
  .string()
  .trim()
  .refine(
    (value) => value.length <= 60 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value),
    words('doit être en minuscules, chiffres et tirets, 60 au plus', 'must be lower-case letters, digits and dashes, 60 at most'),
  )
  .meta({ type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 });

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;
const NOT_AN_INSTANT = words(
  'doit être une date RFC 3339 avec décalage, comme 2027-01-15T19:00:00+01:00',
  'must be an RFC 3339 date with offset, like 2027-01-15T19:00:00+01:00',
);

/** RFC 3339 with offset (`Z` counts), between 1970 and 2999; read as milliseconds since 1970. */
export const instant = z
  .string()
  .transform((value, context) => {
    const milliseconds = readInstant(value.trim());
    if (milliseconds !== undefined) return milliseconds;
    context.addIssue({ code: 'custom', ...NOT_AN_INSTANT });
    return z.NEVER;
  })
  .meta({ type: 'string', format: 'date-time' });

function readInstant(value: string): number | undefined {
  const parts = INSTANT.exec(value);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  if (hour > 23 || minute > 59 || second > 59 || year < 1970 || year > 2999) return undefined;
  const milliseconds = Date.parse(value.toUpperCase());
  return Number.isNaN(milliseconds) || milliseconds < 0 ? undefined : milliseconds;
}

const knownZones = new Map<string, boolean>();

/** An IANA time zone that this machine knows. */
export const zone = z
  .string()
  .trim()
  .refine(isZone, words('doit être un fuseau horaire IANA, comme Europe/Paris', 'must be an IANA time zone, like Europe/Paris'))
  .meta({ type: 'string', examples: ['Europe/Paris'] });

function isZone(name: string): boolean {
  if (name.length > 64 || !/^[A-Za-z][\w+-]*(\/[\w+-]+)*$/.test(name)) return false;
  let known = knownZones.get(name);
  if (known === undefined) {
    known = canFormat(name);
    if (knownZones.size < 1000) knownZones.set(name, known);
  }
  return known;
}

function canFormat(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/** An id that may exist: what it does not match names nothing and need not be looked up (nor could every engine look it up). */
export function mayExist(value: string): boolean {
  return /^[A-Za-z0-9_-]{1,64}$/.test(value);
}
