import { z } from 'zod';

const EXEMPLE = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//MonClub//Agenda//FR', 'END:VCALENDAR', ''].join('\r\n');

/** A calendar (RFC 5545). */
export const Calendrier = z.string().meta({ id: 'FichierCalendrier', examples: [EXEMPLE] });
