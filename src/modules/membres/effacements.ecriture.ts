/**
 * Ce qui reste d'un membre effacé est quitté par le domaine, comme s'il l'avait demandé.
 *
 * E1. La base ne prend plus rien pour lui depuis son effacement : ce qui reste à quitter ne peut que diminuer.
 * E2. Une mort en route ne perd rien : au démarrage, et de temps en temps, tous les effacés sont revus. À qui quitte de se donner
 *     des identifiants qui font que recommencer, ici ou ailleurs, ne change rien.
 */
import type { Cancel } from '../../runtime/clock.js';
import type { Machine } from '../../runtime/machine.js';
import type { Annuaire } from './annuaire.lecture.js';
import type { MembreId } from './membre-id.js';

/** Membres revus par lecture. */
const PAGE = 200;
/** Après un refus de la base, avant de recommencer. */
const PAUSE_MS = 1_000;
/** Les autres instances effacent aussi : on regarde de temps en temps sans être prévenu. */
const RONDE_MS = 60_000;

/** Quitte ce que ces membres ont encore ; `vit` devient faux quand il faut s'arrêter. Faux quand il faudra recommencer. */
export type Quitter = (membres: readonly MembreId[], vit: () => boolean) => Promise<boolean>;

/** Appelle `quitter` pour chaque membre effacé, jusqu'à ce qu'on l'arrête. */
export function apresEffacement(machine: Machine, annuaire: Annuaire, quitter: Quitter): { stop(): void } {
  let vivant = true;
  let minuterie: Cancel = () => {};
  const vit = (): boolean => vivant;

  const toutRevoir = async (): Promise<boolean> => {
    let fini = true;
    for (let apres = ''; vivant;) {
      const page = await annuaire.tousEffaces(apres, PAGE);
      if (page.length === 0) break;
      fini = (await quitter(page, vit)) && fini;
      apres = page.at(-1)!;
    }
    return fini;
  };
  const ronde = (dansMs: number): void => {
    // Une base injoignable est un état : la ronde suivante reprendra.
    minuterie = machine.clock.after(dansMs, () => {
      void sans(toutRevoir).then((fini) => vivant && ronde(fini ? RONDE_MS : PAUSE_MS));
    });
  };
  const oreille = machine.topics.subscribe('membre.efface', ({ membreId }) => void sans(() => quitter([membreId], vit)));
  ronde(0);
  return {
    stop: () => {
      vivant = false;
      oreille();
      minuterie();
    },
  };
}

async function sans(depart: () => Promise<boolean>): Promise<boolean> {
  try {
    return await depart();
  } catch {
    return false;
  }
}
