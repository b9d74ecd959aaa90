/** What a step does, as lines for a terminal that run as they are. Several lines end as a shell wants them. */
import { cleDeLecteur, fiche, LECTEURS, nomDeLecteur } from './club';

export const JSON_HEADER = `-H 'content-type: application/json'`;

const poster = (url: string, corps: string, cle = ''): string => `curl -s -X POST ${url} \\\n  ${JSON_HEADER}${cle} -d ${corps}`;
export const posterParCurl = (url: string, corps: object): string => poster(url, `'${JSON.stringify(corps)}'`);

/** A body that names a shell variable. */
const avec = (champ: string, texte: string): string => `"{\\"${champ}\\":\\"${texte}\\"}"`;

/** Keeps the first id of that kind in what a command answers. */
const id = (prefixe: string): string => `grep -o '${prefixe}_[0-9a-z]*' | head -1`;
const retenir = (nom: string, prefixe: string, commande: string): string => `${nom}=$(${commande} | ${id(prefixe)})`;

/** The séance of the last time, else the first open one whose text the pattern finds. */
const seanceOu = (api: string, seance: string | undefined, motif: string): string =>
  seance === undefined
    ? retenir('SEANCE', 'sea', `curl -s '${api}/seances?statut=ouverte&limite=100' | grep -o '"id":"sea_[^}]*${motif}'`)
    : `SEANCE=${seance}`;

/** Somebody new takes a place, or joins the queue. */
export function inscrireParCurl(origine: string, titre: string, seance: string | undefined): string {
  const api = `${origine}/api/v1`;
  return [
    seanceOu(api, seance, `"titre":"${titre}`),
    retenir('MEMBRE', 'mem', posterParCurl(`${api}/membres`, { nom: 'Lectrice du terminal (visite)' })),
    poster(`${api}/seances/$SEANCE/inscriptions`, avec('membreId', '$MEMBRE')),
  ].join('\n');
}

/** The last one who has a place leaves it. */
export function desisterParCurl(origine: string, seance: string | undefined): string {
  const api = `${origine}/api/v1`;
  const assis = `curl -s "${api}/seances/$SEANCE/inscriptions?limite=100" | grep -o '"mem_[0-9a-z]*","statut":"inscrite"' | tail -1`;
  return [
    seanceOu(api, seance, '"sur_place"[^}]*"enAttente":[1-9]'),
    retenir('MEMBRE', 'mem', assis),
    `curl -s -X DELETE ${api}/seances/$SEANCE/inscriptions/$MEMBRE`,
  ].join('\n');
}

/** A fresh séance, and everybody at once; with `plante`, its process is crashed in their midst. */
export function planifierParCurl(origine: string, plante?: string): string {
  const api = `${origine}/api/v1`;
  const lecteur = poster(
    `${api}/membres`,
    avec('nom', nomDeLecteur('$n')),
    ` -H "idempotency-key: ${cleDeLecteur('${n}', '$(date -u +%F)')}"`,
  );
  const inscrire = poster(`${api}/seances/$SEANCE/inscriptions`, avec('membreId', '$m'), ' -H "idempotency-key: ruee-$SEANCE-$m"');
  const planter =
    plante === undefined ? [] : [`  n=$((n+1)); case $n in 17|34) curl -s -X POST ${api}/supervision/${plante}/plantage & esac`];
  return [
    retenir('SEANCE', 'sea', posterParCurl(`${api}/seances`, fiche('La ruée (visite)'))),
    `LECTEURS=$(for n in $(seq ${LECTEURS}); do ${lecteur} | ${id('mem')}; done)`,
    ...(plante === undefined ? [] : ['n=0']),
    'for m in $LECTEURS; do',
    `  ${inscrire} &`,
    ...planter,
    'done; wait',
    `curl -s "${api}/seances/$SEANCE/inscriptions?limite=100"`,
  ].join('\n');
}
