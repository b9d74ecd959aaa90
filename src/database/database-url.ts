/** Where the club's database is, as `DATABASE_URL` says it. */
export type DatabaseUrl = { readonly engine: 'sqlite'; readonly file: string } | { readonly engine: 'postgres'; readonly url: string };

/** Reads `sqlite:PATH` or `postgres://user:pass@host:port/db`; throws on anything else, without repeating a password. */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  const [scheme = ''] = url.split(':', 1);
  if (scheme === 'sqlite' && url.length > 'sqlite:'.length) return { engine: 'sqlite', file: url.slice('sqlite:'.length) };
  if (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url)) return { engine: 'postgres', url };
  throw new Error(`DATABASE_URL must be sqlite:PATH or postgres://user:pass@host:port/db (it begins with "${scheme.slice(0, 20)}")`);
}
