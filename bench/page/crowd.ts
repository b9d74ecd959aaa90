/**
 * Open pages without a browser, in a process of their own: `crowd.js`, asked over IPC. Each keeps one event stream open, as a page does, and asks
 * what it is told that a real page has just asked, on connections of its own.
 */
import { Agent, get, type IncomingMessage } from 'node:http';

export type CrowdOrder =
  | { readonly is: 'open'; readonly url: string; readonly pages: number }
  /** Those of `group` (0 or 1) ask that too, each in its own moment of the next second. */
  | { readonly is: 'ask'; readonly path: string; readonly group: number }
  | { readonly is: 'close' };
/** What it says once an `open` or a `close` is done. */
export interface CrowdTold {
  readonly open: number;
  readonly asked: number;
  readonly failed: number;
  readonly streamed: number;
}

/** As many as a browser opens to one host beside the stream. */
const CONNECTIONS = 5;
const SPREAD_MS = 1_000;

interface Open {
  readonly agent: Agent;
  readonly stream: IncomingMessage;
}

let url = '';
let pages: Open[] = [];
let [asked, failed, streamed] = [0, 0, 0];

async function open(count: number): Promise<void> {
  pages = await Promise.all(Array.from({ length: count }, openOne));
}

function openOne(): Promise<Open> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    get(`${url}/api/v1/flux`, { agent: false }, (stream) => {
      if (stream.statusCode !== 200) return reject(new Error(`the stream was answered ${stream.statusCode}`));
      stream.on('data', (piece: Buffer) => (streamed += piece.length)).on('error', () => undefined);
      resolve({ agent, stream });
    }).on('error', reject);
  });
}

function close(): void {
  for (const { agent, stream } of pages) {
    stream.destroy();
    agent.destroy();
  }
  pages = [];
}

function askAll(path: string, group: number): void {
  for (const [i, page] of pages.entries()) if (i % 2 === group) setTimeout(() => ask(page, path), Math.random() * SPREAD_MS);
}

function ask(page: Open, path: string): void {
  if (!pages.includes(page)) return;
  asked++;
  const fail = (): void => void failed++;
  get(url + path, { agent: page.agent, headers: { accept: 'application/json' } }, (answer) => {
    if (answer.statusCode !== 200) fail();
    answer.on('error', () => undefined).resume();
  }).on('error', () => pages.includes(page) && fail());
}

process.on('message', (order: CrowdOrder) => {
  const tell = (): void => {
    process.send?.({ open: pages.length, asked, failed, streamed } satisfies CrowdTold);
    [asked, failed, streamed] = [0, 0, 0];
  };
  if (order.is === 'ask') return askAll(order.path, order.group);
  if (order.is === 'open') {
    ({ url } = order);
    return void open(order.pages).then(tell);
  }
  close();
  tell();
});
process.on('disconnect', () => process.exit(0));
