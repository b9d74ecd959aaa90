import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { HttpServer } from '@nestjs/common';
import type { Reply, Request } from './door.js';

/** Addresses that the page itself tells apart: all of them are the one page. */
const ADDRESSES = ['/', '/seances/:id', '/prets', '/prets/:id', '/comptoir', '/courriers', '/courriers/:id', '/visite'];
const OPERATIONS = ['', '/arbre', '/propriete', '/reveils', '/convergence', '/boite-envoi', '/flux'].map((view) => `/exploitation${view}`);

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Their names change with what they hold. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** A file of the page, as it is sent. */
interface Piece {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** The page as it was built: some tens of kilobytes, read once. */
export interface Site {
  readonly page: Piece;
  /** By address. */
  readonly assets: ReadonlyMap<string, Piece>;
}

/** The page that was built into `folder`; undefined when there is none. */
export function readSite(folder: string): Site | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const names = readdirSync(join(folder, 'assets'));
  return {
    page: piece(join(folder, 'index.html')),
    assets: new Map(names.map((name) => [`/assets/${name}`, piece(join(folder, 'assets', name))])),
  };
}

function piece(file: string): Piece {
  const plain = readFileSync(file);
  return { type: TYPES[extname(file)] ?? 'application/octet-stream', plain, gzipped: gzipSync(plain, { level: 9 }) };
}

/** Serves the page at all its addresses, and its assets at theirs. */
export function serveSite(http: HttpServer, { page, assets }: Site): void {
  for (const address of [...ADDRESSES, ...OPERATIONS]) http.get(address, send(page, 'no-cache'));
  for (const [address, asset] of assets) http.get(address, send(asset, FOR_EVER));
}

function send({ type, plain, gzipped }: Piece, caching: string): (request: Request, reply: Reply) => void {
  return (request, reply) => {
    void reply.type(type).header('cache-control', caching).header('vary', 'Accept-Encoding');
    if (/\bgzip\b/.test(String(request.headers['accept-encoding']))) void reply.header('content-encoding', 'gzip').send(gzipped);
    else void reply.send(plain);
  };
}
