import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One source file; `path` is from the repository's root, with slashes. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** `target` is a repository path for one's own files and a bare specifier for a package. */
export interface Import {
  readonly target: string;
  /** Nothing of it is left at run time. */
  readonly typesOnly: boolean;
  /** The values it takes by name; undefined when it takes whatever there is. */
  readonly names: readonly string[] | undefined;
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const SKIPPED = new Set(['node_modules', 'dist', 'data', '.git', '.cache', 'coverage', 'captures']);

/** Every file of the repository whose name matches. */
export function sources(matching: RegExp, folder = '.'): Source[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return sources(matching, path);
    return matching.test(path) ? [{ path, text: readFileSync(join(ROOT, path), 'utf8') }] : [];
  });
}

const STRING = String.raw`"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\`(?:\\[^]|[^\`\\])*\``;
const COMMENT = String.raw`\/\/[^\n]*|\/\*[^]*?\*\/`;

/** The text without its comments; line numbers stay. */
export function withoutComments(text: string): string {
  const lines = (comment: string): string => comment.replaceAll(/[^\n]/g, '');
  return text.replaceAll(new RegExp(`(${STRING})|${COMMENT}`, 'g'), (all, string?: string) => string ?? lines(all));
}

/** The text without its comments and with its strings emptied: what is left is code. */
export function codeOnly(text: string): string {
  return withoutComments(text).replaceAll(new RegExp(STRING, 'g'), "''");
}

const STATIC = /(?:^|[;}\n])\s*(?:import|export)\s+(type\s+)?([\w*\s{},$]*?)\s*from\s*['"]([^'"]+)['"]/g;
const BARE = /(?:^|[;}\n])\s*import\s*['"]([^'"]+)['"]/g;
const DYNAMIC = /\b(?:import|require)\s*\(\s*['"`]([^'"`]+)['"`]/g;

/** What a file imports: static, for side effects, re-exported or dynamic. */
export function importsOf({ path, text }: Source): Import[] {
  const code = withoutComments(text);
  const whole = ([, from = '']: RegExpExecArray): Import => ({ target: resolve(path, from), typesOnly: false, names: undefined });
  return [
    ...[...code.matchAll(STATIC)].map(([, type, clause = '', from = '']): Import => {
      const names = type === undefined ? valueNames(clause) : [];
      return { target: resolve(path, from), typesOnly: names?.length === 0, names };
    }),
    ...[...code.matchAll(BARE)].map(whole),
    ...[...code.matchAll(DYNAMIC)].map(whole),
  ];
}

/** What `{ a, type B, c as d }` leaves at run time: `a` and `c`. Undefined for any other clause. */
function valueNames(clause: string): string[] | undefined {
  return /^\{(.*)\}$/s
    .exec(clause.trim())?.[1]
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s/)[0]!);
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.join(posix.dirname(from), specifier).replace(/\.js(x?)$/, '.ts$1');
}

/** A room of the house: its files, and what they may import. */
export interface Room {
  readonly room: string;
  readonly files: RegExp;
  /** Allowed targets; `OWN` stands for the file's own folder. */
  readonly may: readonly string[];
  /** Allowed as types only. */
  readonly mayTypes?: readonly string[];
  /** Values allowed by name, as `target#name`. */
  readonly mayNames?: readonly string[];
}

/** The first room whose pattern matches is the file's. */
export function roomOf(path: string, rooms: readonly Room[]): Room | undefined {
  return rooms.find(({ files }) => files.test(path));
}

/** One line per forbidden import, and per file without a room. */
export function breaches(files: readonly Source[], rooms: readonly Room[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path, rooms);
    if (room === undefined) return [`${file.path} stands in no room`];
    const own = posix.dirname(file.path);
    const allowed = (patterns: readonly string[], target: string): boolean =>
      patterns.some((pattern) => new RegExp(`^(?:${pattern.replaceAll('OWN', own)})$`).test(target));
    const mayName = (target: string, names: readonly string[] | undefined): boolean =>
      names?.every((name) => allowed(room.mayNames ?? [], `${target}#${name}`)) ?? false;
    return importsOf(file)
      .filter(({ target }) => !allowed(room.may, target))
      .filter(({ target, typesOnly }) => !(typesOnly && allowed(room.mayTypes ?? [], target)))
      .filter(({ target, typesOnly, names }) => typesOnly || !mayName(target, names))
      .map(({ target, typesOnly }) => `${room.room}: ${file.path} imports ${typesOnly ? 'types of ' : ''}${target}`);
  });
}

/** Cycles of imports that exist at run time, each once, as `a > b > a`. */
export function cycles(files: readonly Source[]): string[] {
  const edges = new Map(
    files.map((file) => [
      file.path,
      importsOf(file)
        .filter((one) => !one.typesOnly)
        .map((one) => one.target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(' > '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return found;
}

/** What no file of a kind may contain. */
export interface Ban {
  readonly ban: string;
  readonly files: RegExp;
  readonly pattern: RegExp;
  /** `code` looks at neither comments nor strings, `text` at no comments, `all` at everything. */
  readonly look: 'code' | 'text' | 'all';
  /** Files that may, and why. */
  readonly except?: Readonly<Record<string, string>>;
}

/** `path:line` of each match, exceptions included. */
export function matches(
  files: readonly Source[],
  { files: where, pattern, look }: Ban,
): { readonly path: string; readonly line: number }[] {
  const views = { code: codeOnly, text: withoutComments, all: (text: string) => text };
  return files
    .filter(({ path }) => where.test(path))
    .flatMap(({ path, text }) =>
      views[look](text)
        .split('\n')
        .flatMap((line, index) => (pattern.test(line) ? [{ path, line: index + 1 }] : [])),
    );
}
