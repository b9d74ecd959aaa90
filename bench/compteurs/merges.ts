import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Comparison, line, title } from '../support/report.js';

const FLOORS = { automerge: 10, yjs: 10, textAutomerge: 3 };

/** Ten replicas counted 10 000 products each, knowing nothing of each other: how long until one of them knows all. The sides take turns, each in its own process. */
export async function merges(rounds: number): Promise<void> {
  title('Merging 10 replicas × 10 000 counters');
  const [memory, text, automerge, yjs] = await Promise.all(['memory', 'text', 'automerge', 'yjs'].map(Merger.start));
  const sides = [memory!, text!, automerge!, yjs!];
  const [inMemory, withYjs, textAutomerge, textYjs] = [new Comparison(), new Comparison(), new Comparison(), new Comparison()];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const took: number[] = [];
      for (const side of sides) took.push(await side.merge());
      const [ours, asText, theirs, others] = took.map((ms) => 1 / ms);
      inMemory.add(ours!, theirs!);
      withYjs.add(ours!, others!);
      textAutomerge.add(asText!, theirs!);
      textYjs.add(asText!, others!);
    }
  } finally {
    for (const side of sides) side.end();
  }
  tell('state into state, against Automerge', inMemory, FLOORS.automerge);
  tell('state into state, against Yjs’s updates', withYjs, FLOORS.yjs);
  tell('from checked text, against Automerge', textAutomerge, FLOORS.textAutomerge);
  tell('from checked text, against Yjs', textYjs);
}

function tell(what: string, { ratio, ours, theirs }: Comparison, floor?: number): void {
  const figures = `${(1 / ours).toFixed(1)} ms against ${(1 / theirs).toFixed(1)} ms`;
  line({ what, ratio, ...(floor !== undefined && { floor }), figures });
}

/** One side (see merging.ts). */
class Merger {
  private constructor(
    private readonly child: ChildProcess,
    private readonly name: string,
  ) {}

  /** Resolves when it is warm. */
  static async start(this: void, name: string): Promise<Merger> {
    const one = new Merger(fork(fileURLToPath(new URL('./merging.js', import.meta.url)), [name], { execArgv: ['--expose-gc'] }), name);
    await one.said();
    return one;
  }

  /** One merge, in milliseconds. */
  async merge(): Promise<number> {
    const said = this.said();
    this.child.send('merge');
    return (await said).took;
  }

  end(): void {
    if (this.child.connected) this.child.disconnect();
  }

  private said(): Promise<{ readonly took: number }> {
    return new Promise((resolve, reject) => {
      const ended = (code: number | null): void => reject(new Error(`Merging ${this.name} ended with ${String(code)}`));
      this.child.once('exit', ended);
      this.child.once('message', (message) => {
        this.child.off('exit', ended);
        resolve(message as { took: number });
      });
    });
  }
}
