import type { Language, Wording } from './language.js';

/**
 * One refusal as a caller may meet it.
 *
 * `detail` is a template: `{inscrits}` stands for the datum of that name. `example` holds every datum that the template names;
 * it is what the documentation shows.
 */
export interface RefusalEntry {
  readonly status: 400 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 421 | 422 | 429 | 431 | 500 | 503;
  readonly title: Wording;
  readonly detail: Wording;
  readonly example?: Readonly<Record<string, unknown>>;
}

/** The entries of one room. A module writes `satisfies RefusalTable<Refus>`: a refusal without status and words does not compile. */
export type RefusalTable<Code extends string> = Readonly<Record<Code, RefusalEntry>>;

/** RFC 9457, with the stable `code` and the data that explain it. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** The demande's id, or the request's. */
  readonly instance?: string;
  readonly [datum: string]: unknown;
}

/**
 * Every refusal of one application, by code. It feeds the answers, the OpenAPI document, the pages under /erreurs and the tests.
 *
 * A code has one entry: adding it twice throws at start.
 */
export class Catalogue {
  private readonly entries = new Map<string, RefusalEntry>();

  constructor(...tables: readonly RefusalTable<string>[]) {
    for (const table of tables) this.add(table);
  }

  add(table: RefusalTable<string>): void {
    for (const [code, entry] of Object.entries(table)) {
      if (this.entries.has(code)) throw new Error(`refusal "${code}" is described twice`);
      this.entries.set(code, entry);
    }
  }

  entry(code: string): RefusalEntry | undefined {
    return this.entries.get(code);
  }

  codes(): string[] {
    return [...this.entries.keys()].sort();
  }

  /** The document for `code`. A code that nobody described is a bug, told as `erreur_interne`. */
  problem(code: string, language: Language, data: Readonly<Record<string, unknown>> | undefined, instance?: string): ProblemDocument {
    const entry = this.entries.get(code);
    if (entry === undefined) {
      if (code === 'erreur_interne') throw new Error('the catalogue lacks the machine’s own codes');
      return this.problem('erreur_interne', language, undefined, instance);
    }
    return {
      ...data,
      type: `/erreurs/${code}`,
      title: entry.title[language],
      status: entry.status,
      detail: told(entry.detail[language], data),
      code,
      ...(instance === undefined ? undefined : { instance }),
    };
  }

  /** What the documentation shows: the document with the entry's own example data. */
  example(code: string, language: Language = 'fr'): ProblemDocument {
    return this.problem(code, language, this.entries.get(code)?.example, 'dem_01jd3xq7r5t8v2w4y6z8a0b2c4');
  }
}

function told(template: string, data: Readonly<Record<string, unknown>> | undefined): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const datum = data?.[name];
    return typeof datum === 'string' || typeof datum === 'number' ? String(datum) : '?';
  });
}
