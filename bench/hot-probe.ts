import { BenchClub, envelope } from './support/club.js';
import { closedLoop } from './support/load.js';
const club = await BenchClub.open(process.argv[2]);
const N = 40000;
const membres = await club.membres(N);
let s = 0;
for (const callers of [64, 512, 64, 512]) {
  const id = `sea_${String(++s).padStart(26, '0')}`;
  await club.planifier(id, N / 2);
  const m = await closedLoop(callers, N, async (n) => {
    const o = await club.seances.ask(id, { type: 'inscrire', membreId: membres[n] as never, siComplet: 'attendre' }, envelope(`POST /x\n${id}\n${membres[n]}`));
    if (o.is !== 'done') throw new Error(JSON.stringify(o));
  });
  console.log(callers, m, 'commits', club.machine.journal.commits);
}
await club.close();
