/** Says what is not as it should be, or nothing when all is well. */
export type Check = () => string | undefined | Promise<string | undefined>;

/** What was found: null where all is well. */
export type Findings = Readonly<Record<string, string | null>>;

/**
 * Whether this instance can take demandes. Checks test progress, not only life: a part that is up and stuck is not ready.
 * Not ready until someone has added a check: an instance that nobody has finished assembling takes nothing.
 */
export class Readiness {
  private readonly checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Every check with what it found wrong. A check that throws has found something. Never rejects. */
  async findings(): Promise<Findings> {
    if (this.checks.size === 0) return { assemblage: 'rien à vérifier encore' };
    const found = [...this.checks].map(async ([name, check]) => [name, await outcomeOf(check)] as const);
    return Object.fromEntries(await Promise.all(found));
  }
}

async function outcomeOf(check: Check): Promise<string | null> {
  try {
    return (await check()) ?? null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
