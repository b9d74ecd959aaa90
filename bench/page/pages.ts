import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { ELSEWHERE, visit } from './browser.js';
import type { CrowdOrder, CrowdTold } from './crowd.js';

/** What a page reads when it is opened is not what an open one reads. */
const OPENED_MS = 3_000;

/** What the pages did while they were open. */
export interface Did extends CrowdTold {
  /** What each real page asked for. */
  readonly real: readonly number[];
}

/**
 * Two hundred open agendas: two in a real browser, one of them before a member; the others keep a stream open each, and ask what one of these two asks,
 * as soon as it does.
 */
export class Pages {
  private readonly crowd: ChildProcess = fork(fileURLToPath(new URL('./crowd.js', import.meta.url)));
  private contexts: BrowserContext[] = [];
  private real: number[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {
    setPriority(this.crowd.pid!, ELSEWHERE);
  }

  /** Resolves when all are there; before `moi` sits every second one. */
  async open(count: number, moi: string): Promise<void> {
    const sitting = [undefined, moi];
    await this.told({ is: 'open', url: this.url, pages: count - sitting.length });
    this.real = sitting.map(() => 0);
    this.contexts = await Promise.all(
      sitting.map(async (who, group) => {
        const { page, context } = await visit(this.browser, this.url, '/', who);
        await wait(OPENED_MS);
        page.on('request', (request) => {
          const { pathname, search } = new URL(request.url());
          if (!pathname.startsWith('/api/') || pathname.endsWith('/flux')) return;
          this.real[group]!++;
          this.crowd.send({ is: 'ask', path: pathname + search, group } satisfies CrowdOrder);
        });
        return context;
      }),
    );
  }

  async close(): Promise<Did> {
    await Promise.all(this.contexts.map((one) => one.close()));
    this.contexts = [];
    return { ...(await this.told({ is: 'close' })), real: this.real };
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.crowd.once('exit', resolve));
    this.crowd.disconnect();
    await ended;
  }

  private told(order: CrowdOrder): Promise<CrowdTold> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('The crowd ended'));
      this.crowd.once('exit', gone);
      this.crowd.once('message', (told) => {
        this.crowd.off('exit', gone);
        resolve(told as CrowdTold);
      });
      this.crowd.send(order);
    });
  }
}
