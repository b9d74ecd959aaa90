const MOST = 4;
const waiting: (() => void)[] = [];
let running = 0;

/** Does it when its turn has come: the page asks for at most four of these things at a time. */
export async function tour<T>(work: () => Promise<T>): Promise<T> {
  if (running < MOST) running++;
  else await new Promise<void>((go) => waiting.push(go));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}
