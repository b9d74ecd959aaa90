import type { Peer } from '../../src/runtime/cluster/peer.js';
import { ownerOf } from '../../src/runtime/cluster/placement.js';
import { line, title } from '../support/report.js';

const STREAMS = 20_000;
const MEMBERS = 5;

/** Whose aggregates move when one of five leaves: only its own. No process, no time: the placement itself. */
export function leave(): void {
  title(`One of ${MEMBERS} instances leaves: who moves, of ${STREAMS} aggregates`);
  const members: Peer[] = Array.from({ length: MEMBERS }, (_, i) => ({ id: `monclub-${3000 + i}`, incarnation: String(i), address: '' }));
  const streams = Array.from({ length: STREAMS }, (_, i) => `sea_${String(i).padStart(26, '0')}`);
  let wrongly = 0;
  const moved: number[] = [];
  for (const leaver of members) {
    const staying = members.filter((one) => one !== leaver);
    let own = 0;
    for (const stream of streams) {
      const [before, after] = [ownerOf(stream, members), ownerOf(stream, staying)];
      if (before === leaver) own++;
      else if (before !== after) wrongly++;
    }
    moved.push(own);
  }
  line({
    what: 'aggregates of the others that moved',
    ratio: wrongly === 0 ? 1 : 0,
    unit: wrongly === 0 ? 'none' : String(wrongly),
    floor: 1,
    figures: `the leaver's own moved: ${Math.min(...moved)} to ${Math.max(...moved)}, a fair share is ${STREAMS / MEMBERS}`,
  });
}
