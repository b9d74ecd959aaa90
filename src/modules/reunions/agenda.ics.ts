/** The agenda as other calendars read it (RFC 5545). The libraries are loaded by whoever first asks: a start does not pay for them. */
import type { ICalCalendar } from 'ical-generator';
import { DateTime } from 'luxon';

/** A séance as a calendar shows it. */
export interface Evenement {
  readonly id: string;
  /** Grows with every change: a calendar keeps the highest. */
  readonly version: number;
  /** When the last change was made, in milliseconds since 1970. */
  readonly modifieeMs: number;
  readonly titre: string;
  readonly lieu: string | null;
  readonly debutMs: number;
  readonly finMs: number;
  readonly fuseau: string;
  readonly annulee: boolean;
}

type Zones = typeof import('timezones-ical-library');

let libraries: Promise<[typeof import('ical-generator'), Zones]> | undefined;

/** The calendar, a pure function of `evenements`: the same séances at the same versions give the same bytes. */
export async function ecrireCalendrier(evenements: readonly Evenement[]): Promise<string> {
  libraries ??= Promise.all([import('ical-generator'), import('timezones-ical-library')]);
  const [{ default: calendar }, zones] = await libraries;
  const known = new Set(zones.tzlib_get_timezones());
  const agenda = calendar({
    name: 'Club de lecture',
    prodId: { company: 'MonClub', product: 'Agenda', language: 'FR' },
    ttl: 3600,
    timezone: { name: null, generator: (name) => block(zones, name) },
  });
  for (const one of evenements) add(agenda, one, known.has(one.fuseau) ? nameOf(zones, one.fuseau) : null);
  return `${agenda.toString()}\r\n`;
}

/** `fuseau`: as the library of zones calls it; null for one that it does not know, whose hours are then given in universal time. */
function add(
  agenda: ICalCalendar,
  { id, version, modifieeMs, titre, lieu, debutMs, finMs, annulee }: Evenement,
  fuseau: string | null,
): void {
  const at = (ms: number): DateTime => DateTime.fromMillis(ms, { zone: fuseau ?? 'utc' });
  agenda.createEvent({
    id: `${id}@monclub`,
    sequence: version,
    stamp: new Date(modifieeMs),
    start: at(debutMs),
    end: at(finMs),
    ...(fuseau === null ? {} : { timezone: fuseau }),
    // Some calendars show a cancelled event like any other.
    summary: annulee ? `Annulée : ${titre}` : titre,
    ...(lieu === null ? {} : { location: lieu }),
    status: (annulee ? 'CANCELLED' : 'CONFIRMED') as never,
  });
}

/** Old names of a zone (`Europe/Kiev`) are written under the new one, as its VTIMEZONE is. */
function nameOf(zones: Zones, fuseau: string): string {
  const [, tzid = ''] = zones.tzlib_get_ical_block(fuseau);
  return tzid.replace('TZID=', '') || fuseau;
}

function block(zones: Zones, name: string): string {
  const [vtimezone = ''] = zones.tzlib_get_ical_block(name);
  return vtimezone;
}
