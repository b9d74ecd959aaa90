/** Between an instant and what the clock on the wall shows in some zone (`2027-01-15T19:00`, as date inputs have it). */

/** Without a zone: the clock of this browser. */
export function murDe(instant: number, fuseau?: string): string {
  return shown(instant, fuseau).slice(0, 16);
}

/** RFC 3339; undefined when the text is no time. A zone that nobody knows counts as UTC: the club refuses it by its name. */
export function instantDe(wall: string | undefined, fuseau: string | undefined): string | undefined {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  // Twice: how far the zone is from UTC depends on the instant sought.
  let at = asUtc;
  for (let i = 0; i < 2; i++) at = asUtc - (Date.parse(`${shown(at, fuseau)}Z`) - at);
  return new Date(at).toISOString();
}

/** The end, `minutes` after the beginning. */
export function apres(debut: string | undefined, minutes: number | undefined): string | undefined {
  if (debut === undefined || minutes === undefined || Number.isNaN(minutes)) return undefined;
  return new Date(Date.parse(debut) + minutes * 60_000).toISOString();
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

/** As that zone's clock shows it, with its seconds. To make a format costs a hundred times what using it does. */
function shown(instant: number, timeZone: string | undefined): string {
  let one = formats.get(timeZone);
  try {
    if (one === undefined)
      formats.set(timeZone, (one = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone })));
  } catch {
    return new Date(instant).toISOString().slice(0, 19);
  }
  return one.format(instant).replace(' ', 'T');
}
