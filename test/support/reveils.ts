import { expect } from 'vitest';
import type { TimerChange } from '../../src/runtime/aggregate/aggregate.js';

export interface Reveil<Demande> {
  readonly nom: string;
  readonly du: number;
  readonly demande: Demande;
}

/** Les réveils d’un agrégat, tenus comme la machine les tient : par nom, le plus ancien dû d’abord. */
export class Reveils<Demande> {
  private readonly armes = new Map<string, Reveil<Demande>>();

  noter(changements: readonly TimerChange<Demande>[]): void {
    for (const changement of changements) {
      if ('clear' in changement) this.armes.delete(changement.clear);
      else this.armes.set(changement.set, { nom: changement.set, du: changement.due, demande: changement.demande });
    }
  }

  /** Le plus ancien de ceux qui sont dus à cet instant. */
  premier(instant: number): Reveil<Demande> | undefined {
    const [premier] = [...this.armes.values()].filter(({ du }) => du <= instant).sort((a, b) => a.du - b.du || (a.nom < b.nom ? -1 : 1));
    return premier;
  }

  /** Un réveil sonné doit avoir été éteint, ou remis à une autre heure. */
  sonne(reveil: Reveil<Demande>): void {
    expect(this.armes.get(reveil.nom), `le réveil ${reveil.nom} a sonné et reste armé`).not.toBe(reveil);
  }

  get noms(): string[] {
    return [...this.armes.keys()].sort();
  }
}
