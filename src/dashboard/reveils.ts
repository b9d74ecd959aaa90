import { z } from 'zod';
import { PAGE } from '../http/cursor.js';
import type { Watched } from './instance.js';

type ArmedTimer = Awaited<ReturnType<Watched['storage']['timers']>>[number];

const EXEMPLE = {
  flux: 'pre_01jd3xq7r5t8v2w4y6z8a0b2c4',
  nom: 'pret',
  racine: 'ouv_01jd3xq7r5t8v2w4y6z8a0b2c4',
  sorte: 'ouvrage',
  du: '2027-01-15T08:00:00+01:00',
};

const Reveil = z.object({
  flux: z.string().describe('L’agrégat dont un fait l’a armé.'),
  nom: z.string().describe('Son nom dans cet agrégat : l’armer de nouveau sous ce nom le remplace.'),
  racine: z.string().describe('L’agrégat à qui il sera présenté.'),
  sorte: z.string().describe('La sorte de la racine.'),
  du: z.string().describe('L’échéance, à l’heure du club. Passée : il sera présenté dès que possible.'),
});

/** Armed timers as the API shows them. */
export const ListeDeReveils = z.object({ elements: z.array(Reveil) }).meta({ id: 'ListeDeReveils', examples: [{ elements: [EXEMPLE] }] });

/** The query of `GET /reveils`. */
export const PageDeReveils = z.strictObject(PAGE);

/** One armed timer, in the words of the API. `at`: how an instant is written. */
export function showTimer({ stream, name, root, kind, due }: ArmedTimer, at: (instant: number) => string): z.output<typeof Reveil> {
  return { flux: stream, nom: name, racine: root, sorte: kind, du: at(due) };
}

/** Writes instants (milliseconds since 1970) as RFC 3339 with the offset that `zone` has at that time. */
export function writtenIn(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (instant) => {
    const named = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    // "GMT+01:00"; "GMT" alone where there is no offset.
    const [, sign = '+', hours = '00', minutes = '00'] = /([+-])(\d\d):(\d\d)/.exec(named) ?? [];
    const offset = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes));
    const local = new Date(instant + offset * 60_000).toISOString().replace(/(\.000)?Z$/, '');
    return `${local}${sign}${hours}:${minutes}`;
  };
}
