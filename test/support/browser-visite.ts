import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';

/** Les six étapes, dans l’ordre : leur titre et leur bouton. */
export const ETAPES = [
  ['1. La dernière place', 'Prendre la dernière place'],
  ['2. La ruée', 'Lancer la ruée'],
  ['3. La ruée, et on la fait planter au milieu', 'Lancer la ruée et la faire planter'],
  ['4. Une place se libère', 'Désister un inscrit'],
  ['5. On arrête le leader', 'Arrêter le leader'],
  ['6. On coupe cette instance des autres', 'Couper, puis rétablir'],
] as const;

export const etape = (page: Page, n: number): Locator => page.getByRole('listitem', { name: ETAPES[n - 1]![0], exact: true });
export const bouton = (page: Page, n: number): Locator => etape(page, n).getByRole('button', { name: ETAPES[n - 1]![1], exact: true });

/** Ce que le juge de la page a dit d’une étape. */
export interface Verdict {
  readonly conclusion: string;
  /** De chaque vérification : ce qui est constaté, et si c’est tenu. */
  readonly constats: Readonly<Record<string, { readonly trouve: string; readonly tenu: boolean }>>;
  readonly seance: string;
}

/** Attend le verdict de cette étape, et le lit comme il est écrit. */
export async function verdict(page: Page, n: number, timeout = 30_000): Promise<Verdict> {
  const carte = etape(page, n);
  const table = carte.getByRole('table', { name: `Verdict : ${ETAPES[n - 1]![0].slice(3)}` });
  await table.waitFor({ timeout });
  const lignes = await table.locator('tbody tr').all();
  const constats = await Promise.all(
    lignes.map(async (ligne) => {
      const [quoi, trouve, tenu] = await ligne.locator('th, td').allInnerTexts();
      return [quoi!, { trouve: trouve!, tenu: tenu === '✓ oui' }] as const;
    }),
  );
  const lien = await carte.getByRole('link', { name: 'Voir cette séance' }).getAttribute('href');
  return {
    conclusion: await carte.locator('.visite-conclusion').innerText(),
    constats: Object.fromEntries(constats),
    seance: lien!.slice('/seances/'.length),
  };
}

/** Les vérifications qui ne sont pas tenues. */
export const manques = ({ constats }: Verdict): string[] => Object.keys(constats).filter((quoi) => !constats[quoi]!.tenu);

/** Une liste jusqu’à sa fin, lue par l’interface publique. */
export async function tout<T>(url: string, chemin: string): Promise<T[]> {
  const tous: T[] = [];
  for (let suite: string | undefined = `/api/v1${chemin}`; suite !== undefined;) {
    const reponse = await fetch(url + suite);
    tous.push(...((await reponse.json()) as { elements: T[] }).elements);
    suite = /<([^>]+)>; rel="next"/.exec(reponse.headers.get('link') ?? '')?.[1];
  }
  return tous;
}

interface Fait {
  readonly version: number;
  readonly type: string;
  readonly demandeId: string;
  readonly donnees: { readonly membreId?: string; readonly places?: number; readonly rang?: number };
}

/** Ce que l’histoire d’une séance raconte à qui la lit sans la page. */
export interface Recit {
  readonly types: readonly string[];
  readonly versions: readonly number[];
  readonly demandes: readonly string[];
  /** Le plus de places prises au-delà de celles qu’il y a, à un moment quelconque. */
  readonly trop: number;
  readonly assis: readonly string[];
  readonly file: readonly string[];
  readonly rangs: readonly number[];
}

/** Relit l’histoire par l’interface publique, et la raconte avec d’autres règles que celles du juge. */
export async function raconter(url: string, seance: string): Promise<Recit> {
  const faits = await tout<Fait>(url, `/seances/${seance}/faits?limite=100`);
  let [assis, file, places, trop] = [[] as string[], [] as string[], 0, -Infinity];
  const rangs: number[] = [];
  for (const { type, donnees } of faits) {
    const qui = donnees.membreId!;
    [assis, file] = [assis, file].map((ceux) => ceux.filter((un) => un !== qui || !type.startsWith('Membre'))) as [string[], string[]];
    if (type === 'MembreInscrit' || type === 'MembrePromu') assis.push(qui);
    if (type === 'MembreMisEnAttente') file.push(qui);
    if (type === 'MembreMisEnAttente') rangs.push(donnees.rang!);
    places = donnees.places ?? places;
    trop = Math.max(trop, assis.length - places);
  }
  return {
    types: faits.map(({ type }) => type),
    versions: faits.map(({ version }) => version),
    demandes: faits.map(({ demandeId }) => demandeId),
    trop,
    assis,
    file,
    rangs,
  };
}

interface Entree {
  readonly membreId: string;
  readonly statut: string;
  readonly position?: number;
}

/** Qui a une place, et qui attend, dans l’ordre où cette instance le montre. */
export async function montre(url: string, seance: string): Promise<{ assis: string[]; file: string[]; positions: number[] }> {
  const elements = await tout<Entree>(url, `/seances/${seance}/inscriptions?limite=100`);
  const de = (statut: string) => elements.filter((une) => une.statut === statut);
  return {
    assis: de('inscrite').map(({ membreId }) => membreId),
    file: de('en_attente').map(({ membreId }) => membreId),
    positions: de('en_attente').map(({ position }) => position!),
  };
}

/** What the tour's lines ask of curl, in bash alone, for a machine that has none. */
const CURL = String.raw`
command -v curl > /dev/null || curl() {
  local method=GET body='' url='' headers='' LC_ALL=C
  while (($#)); do
    case $1 in
      -s) ;;
      -X) method=$2; shift ;;
      -d) body=$2; shift ;;
      -H) headers+="$2"$'\r\n'; shift ;;
      *) url=\${1#http://} ;;
    esac
    shift
  done
  local host=\${url%%/*} line
  exec 3<> "/dev/tcp/\${host%:*}/\${host#*:}"
  printf '%s /%s HTTP/1.0\r\nHost: %s\r\nContent-Length: %d\r\n%s\r\n%s' "$method" "\${url#*/}" "$host" \${#body} "$headers" "$body" >&3
  while IFS= read -r line <&3 && [[ $line != $'\r' ]]; do :; done
  cat <&3
}
`.replaceAll('\\${', '${');

/** Déplie les lignes de cette étape, telles que la page les montre, et les lance dans bash ; rend ce qu’elles écrivent. */
export async function auTerminal(page: Page, n: number): Promise<string> {
  const carte = etape(page, n);
  const texte = carte.locator('pre code');
  if (!(await texte.isVisible())) await carte.getByText('La même chose dans un terminal').click();
  const lignes = CURL + (await texte.innerText());
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', lignes], { timeout: 30_000 });
  return stdout;
}
