import type { z } from 'zod';
import type { Wording } from './language.js';

/** One field that is wrong, and why, in every language. */
export interface WrongField {
  readonly champ: string;
  readonly probleme: Wording;
}

type Issue = z.core.$ZodIssue;

/** More than this many wrong fields are only counted: a body of 64 KiB can hold thousands. */
const TOLD = 100;

/** What is wrong with `value`, field by field, all at once. `input` is the value that was checked. */
export function wrongFields(issues: readonly Issue[], input: unknown): WrongField[] {
  const told = issues.flatMap((issue) => wrongField(issue, input));
  // One problem per field, the most precise: a number that is absurd is not also told to be a little too large.
  const found = [...new Map(told.map((field) => [field.champ, field])).values()];
  if (found.length <= TOLD) return found;
  const more = found.length - TOLD;
  return [...found.slice(0, TOLD), { champ: '…', probleme: { fr: `et ${more} autres champs`, en: `and ${more} other fields` } }];
}

function wrongField(issue: Issue, input: unknown): WrongField[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ champ: named(path === '' ? key : `${path}.${key}`), probleme: UNKNOWN }));
  }
  return [{ champ: named(path === '' ? '(corps)' : path), probleme: explained(issue, at(input, issue.path)) }];
}

const UNKNOWN = { fr: 'champ inconnu', en: 'unknown field' };
const MISSING = { fr: 'est obligatoire', en: 'is required' };

function explained(issue: Issue, value: unknown): Wording {
  if (issue.code === 'invalid_type') return value === undefined ? MISSING : (KINDS[issue.expected] ?? KINDS['object']!);
  if (issue.code === 'too_small' || issue.code === 'too_big') return outOfBounds(issue);
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String), value);
  return issue.code === 'custom' && isWording(issue.params) ? issue.params : INVALID;
}

const INVALID = { fr: 'n’est pas valable', en: 'is not valid' };

const KINDS: Readonly<Record<string, Wording>> = {
  string: { fr: 'doit être un texte', en: 'must be a text' },
  number: { fr: 'doit être un nombre', en: 'must be a number' },
  int: { fr: 'doit être un nombre entier', en: 'must be a whole number' },
  boolean: { fr: 'doit être true ou false', en: 'must be true or false' },
  array: { fr: 'doit être une liste', en: 'must be a list' },
  object: { fr: 'doit être un objet JSON', en: 'must be a JSON object' },
};

function oneOf(values: readonly string[], value: unknown): Wording {
  if (value === undefined) return MISSING;
  const list = values.join(', ');
  return values.length === 1
    ? { fr: `doit valoir ${list}`, en: `must be ${list}` }
    : { fr: `doit valoir l’un de : ${list}`, en: `must be one of: ${list}` };
}

function outOfBounds(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): Wording {
  const text = issue.origin === 'string';
  if (issue.code === 'too_small') {
    if (text)
      return Number(issue.minimum) <= 1 ? { fr: 'ne doit pas être vide', en: 'must not be empty' } : atLeast(`${issue.minimum}`, true);
    return atLeast(`${issue.minimum}`, false);
  }
  const unit = text ? { fr: ' caractères', en: ' characters' } : { fr: '', en: '' };
  return { fr: `doit être au plus ${issue.maximum}${unit.fr}`, en: `must be at most ${issue.maximum}${unit.en}` };
}

function atLeast(minimum: string, text: boolean): Wording {
  return { fr: `doit être au moins ${minimum}${text ? ' caractères' : ''}`, en: `must be at least ${minimum}${text ? ' characters' : ''}` };
}

function isWording(params: unknown): params is Wording {
  return typeof params === 'object' && params !== null && 'fr' in params && 'en' in params;
}

/** A field's name as the answer repeats it: never long, never able to break a log line. */
function named(name: string): string {
  const short = name.length > 100 ? `${name.slice(0, 100)}…` : name;
  return short.replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '?');
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    input,
  );
}
