/**
 * `npm run chaos` : une ruée sur douze places pendant que la séance plante, puis pendant que l'instance est tuée (kill -9), et un
 * verdict recalculé de la base par un code à part. Sort 0 quand tout a tenu, 1 sinon.
 *
 * Sur un fichier SQLite temporaire, ou avec `DATABASE_URL=postgres://…` sur une base temporaire de ce serveur.
 */
import { accueillir, type Acte, jouerArrets, jouerPlantages, planifier, rejouer } from './chaos/actes.js';
import { lire } from './chaos/releve.js';
import { monter, type Theatre } from './chaos/scene.js';
import { conclusion, tableau } from './chaos/tableau.js';
import { type Joue, verdict } from './chaos/verdict.js';

/** Plus de coups au-delà : le reste du temps est pour finir. */
const COUPS_MS = 25_000;
/** Au-delà, ce qui manque manque. */
const DUREE_MS = 55_000;
const SIGNAUX = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const dire = (texte: string): void => void process.stdout.write(`${texte}\n`);
const fin = new AbortController();
/** Avec la fin, ou quand le temps est passé. */
const renonce = new AbortController();
let theatre: Theatre | undefined;

// Whoever reads may stop reading: the verdict is still the exit code.
process.stdout.on('error', () => undefined);

fin.signal.addEventListener('abort', () => renonce.abort());
setTimeout(() => renonce.abort(), DUREE_MS).unref();
for (const [signal, code] of Object.entries(SIGNAUX)) {
  process.once(signal, () => {
    fin.abort();
    void (theatre?.ranger() ?? Promise.resolve()).finally(() => process.exit(code));
  });
}

try {
  process.exitCode = (await jouer()) ? 0 : 1;
} catch (error) {
  if (!fin.signal.aborted) process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await theatre?.ranger();
}

async function jouer(): Promise<boolean> {
  const donnee = process.env['DATABASE_URL'] ?? '';
  const serveur = /^postgres(ql)?:/.test(donnee) ? donnee : undefined;
  dire(`Chaos sur ${serveur === undefined ? 'SQLite' : 'PostgreSQL'} : une instance à part, sur une base temporaire.`);
  theatre = await monter(serveur, { gaveUp: renonce.signal, assez: AbortSignal.timeout(COUPS_MS) });
  const lecteurs = await accueillir(theatre);
  const un = await planifier(theatre, 'plantages');
  dire('Acte 1 : 50 lecteurs, 12 places, et la séance plante sous eux.');
  await jouerPlantages(theatre, un, lecteurs);
  const deux = await planifier(theatre, 'kill -9');
  dire('Acte 2 : les mêmes, une autre séance, et l’instance est tuée sous eux.');
  await jouerArrets(theatre, deux, lecteurs);
  dire('On redemande chaque réponse, puis on ferme et on lit la base.');
  const joues = await relever(theatre, [un, deux]);
  const { lignes, bon } = verdict(joues);
  const couleur = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  dire(tableau('Ce que la base en dit', ['Acte 1 : plantages', 'Acte 2 : kill -9'], lignes, couleur));
  dire(conclusion(bon, couleur));
  return bon;
}

async function relever(scene: Theatre, actes: readonly Acte[]): Promise<readonly Joue[]> {
  const rejeux = await Promise.all(actes.map((acte) => rejouer(scene, acte)));
  await scene.publier();
  await scene.fermer();
  const lecture = await lire(scene.base);
  try {
    const joues: Joue[] = [];
    for (const [i, acte] of actes.entries())
      joues.push({ acte, releve: await lecture.releve(acte.seance), rejeuxDifferents: rejeux[i] ?? 0 });
    return joues;
  } finally {
    await lecture.fermer();
  }
}
