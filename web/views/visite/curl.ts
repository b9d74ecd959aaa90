/** What a step does, as lines for a terminal. Several lines end as a shell wants them. */
import { fiche } from './club';

export const JSON_HEADER = `-H 'content-type: application/json'`;

export const posterParCurl = (url: string, body: object): string => `curl -X POST ${url} \\\n  ${JSON_HEADER} -d '${JSON.stringify(body)}'`;

export const inscrireParCurl = (origine: string, seance: string | undefined, membreId: string): string =>
  posterParCurl(`${origine}/api/v1/seances/${seance ?? 'sea_…'}/inscriptions`, { membreId });

/** Keeps the first id of that kind in what a command answers. */
const premier = (nom: string, prefixe: string, commande: string): string =>
  `${nom}=$(${commande} | grep -o '${prefixe}_[0-9a-z]*' | head -1)`;

/** A fresh séance, and everybody at once; with `plante`, its process is crashed in their midst. */
export function planifierParCurl(origine: string, plante?: string): string {
  const api = `${origine}/api/v1`;
  const rush = `curl -s -X POST ${api}/seances/$SEANCE/inscriptions ${JSON_HEADER} \\\n    -H "idempotency-key: ruee-$SEANCE-$n" -d "{\\"membreId\\":\\"$m\\"}" &`;
  const crash = plante === undefined ? [] : [`  [ $n = 25 ] && curl -s -X POST ${api}/supervision/${plante}/plantage &`];
  return [
    premier('SEANCE', 'sea', posterParCurl(`${api}/seances`, fiche('La ruée (visite)'))),
    `n=0; for m in $(curl -s '${api}/membres?limite=100' | grep -o 'mem_[0-9a-z]*' | head -50); do`,
    '  n=$((n+1))',
    `  ${rush}`,
    ...crash,
    'done; wait',
    `curl -s "${api}/seances/$SEANCE/inscriptions?limite=100"`,
  ].join('\n');
}
