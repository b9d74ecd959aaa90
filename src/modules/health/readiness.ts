/** Says what is not as it should be, or nothing when all is well. Must be quick and must not throw. */
export type Check = () => string | undefined;

/**
 * Whether this instance can take demandes. Checks test progress, not only life: a part that is up and stuck is not ready.
 * Not ready until someone has added a check: an instance that nobody has finished assembling takes nothing.
 */
export class Readiness {
  private readonly checks = new Map<string, Check>();

  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** Every check with what it found wrong; null: well. */
  report(): { readonly pret: boolean; readonly etat: Readonly<Record<string, string | null>> } {
    const etat = Object.fromEntries([...this.checks].map(([name, check]) => [name, check() ?? null]));
    return { pret: this.checks.size > 0 && Object.values(etat).every((found) => found === null), etat };
  }
}
