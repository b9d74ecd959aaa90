import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Catalogue } from './catalogue.js';

/**
 * Answers for callers that never become a request: broken HTTP, a flood of headers, one connection too many.
 * They get a problem document too, written straight on the socket, in the club's language (theirs was not read).
 */

/** For Fastify's `clientErrorHandler`. */
export function clientErrors(catalogue: Catalogue): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    // A reset caller hears nothing, and an answer already on its way must not be mixed with another.
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) socket.destroy();
    else hangUp(socket, catalogue, BY_CODE[error.code ?? ''] ?? 'requete_illisible');
  };
}

const BY_CODE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'entetes_trop_grands',
  ERR_HTTP_REQUEST_TIMEOUT: 'requete_trop_lente',
};

/** Callers that are told to come back and not yet gone; more than this are cut without a word. */
const LINGERING = 256;

/**
 * Serves at most `most` connections; the others are told 503 and closed before HTTP reads a byte of them, so that
 * "nothing was done" is true.
 */
export function capConnections(server: Server, most: number, catalogue: Catalogue): void {
  const accept = server.listeners('connection') as ((this: Server, socket: Socket) => void)[];
  server.removeAllListeners('connection');
  let open = 0;
  let lingering = 0;
  server.on('connection', (socket: Socket) => {
    if (open < most) {
      open++;
      socket.once('close', () => open--);
      for (const listener of accept) listener.call(server, socket);
    } else if (lingering < LINGERING) {
      lingering++;
      socket.once('close', () => lingering--);
      hangUp(socket, catalogue, 'surcharge');
    } else {
      socket.destroy();
    }
  });
}

/** Writes the answer, lets the caller read it (an early close would reset the connection under it), then closes. */
function hangUp(socket: Socket, catalogue: Catalogue, code: string): void {
  const document = catalogue.problem(code, 'fr', catalogue.entry(code)?.example);
  const body = JSON.stringify(document);
  const lines = [
    `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status] ?? ''}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Language: fr',
    ...(document.status === 503 ? ['Retry-After: 1'] : []),
    'Connection: close',
  ];
  socket.on('error', () => socket.destroy());
  socket.setTimeout(1000, () => socket.destroy());
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
  socket.resume();
}
