import type { FastifyInstance } from 'fastify';

/** Every address that the application serves, to tell a wrong method (405) from a wrong address (404). */
export class Routes {
  private readonly patterns = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();

  /** Learns the routes that are added to `fastify` from now on. */
  learnFrom(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      const known = this.patterns.get(url) ?? { matches: asExpression(url), methods: new Set<string>() };
      for (const one of [method].flat()) known.methods.add(one);
      this.patterns.set(url, known);
    });
  }

  /** The methods served at the address `url`, in alphabetical order; none when nothing is there. */
  methodsOf(url: string): string[] {
    const path = url.split('?', 1)[0] ?? '';
    const found = new Set<string>();
    for (const { matches, methods } of this.patterns.values()) {
      if (matches.test(path)) for (const method of methods) found.add(method);
    }
    return [...found].sort();
  }
}

/** Fastify's `/seances/:id/*` as a regular expression. */
function asExpression(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${source.join('/')}$`);
}
