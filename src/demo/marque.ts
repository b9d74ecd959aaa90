import type { Machine } from '../runtime/machine.js';

/** Ce que l'on trouve en arrivant. `aujourdhui` : le jour autour duquel tout est daté, le même pour qui reprend. */
export type Trouve =
  | { readonly etat: 'a_semer' | 'commencee' | 'semee'; readonly aujourdhui: number }
  /** Des gens vivent déjà ici : on n'y touche pas. */
  | { readonly etat: 'habitee' };

export const DEBUT = 'demo';
export const FIN = 'demo_semee';

/** Les deux lignes qui disent où en est le club de démonstration. La première est unique : un seul commence, quel que soit leur nombre. */
export class Marque {
  constructor(private readonly machine: Machine) {}

  /** Prend le commencement s'il est libre et la base vide ; sinon dit ce qu'il en est. */
  prendre(): Promise<Trouve> {
    const { clock } = this.machine;
    return this.dansLaFile(async (tx) => {
      const [debut] = await tx.select('marker', { name: DEBUT });
      if (debut !== undefined) {
        const [fin] = await tx.select('marker', { name: FIN });
        return { etat: fin === undefined ? 'commencee' : 'semee', aujourdhui: Number(debut['instant']) };
      }
      for (const table of ['membre', 'stream']) if ((await tx.select(table, {}, 1)).length > 0) return { etat: 'habitee' };
      const aujourdhui = clock.now();
      const prise = (await tx.insert('marker', [{ name: DEBUT, instant: aujourdhui }], true)) === 1;
      if (prise) return { etat: 'a_semer', aujourdhui };
      // Une autre instance vient de la prendre : c'est son jour qui compte.
      const [sienne] = await tx.select('marker', { name: DEBUT });
      return { etat: 'commencee', aujourdhui: Number(sienne?.['instant'] ?? aujourdhui) };
    });
  }

  async finir(): Promise<void> {
    await this.dansLaFile((tx) => tx.insert('marker', [{ name: FIN, instant: this.machine.clock.now() }], true));
  }

  private dansLaFile<T>(work: Parameters<typeof this.machine.storage.transact<T>>[0]): Promise<T> {
    const { journal, storage } = this.machine;
    return new Promise((resolve, reject) => journal.enqueue({ run: () => storage.transact(work).then(resolve, reject) }));
  }
}
