/** How often each thing happened, over all plays: a search that meets nothing proves nothing. */
export const nothingMet = () => ({
  done: 0,
  replayed: 0,
  refused: 0,
  unknown: 0,
  crashes: 0,
  pauses: 0,
  cuts: 0,
  lost: 0,
  doubled: 0,
  joins: 0,
  storeFailures: 0,
  putBack: 0,
  putBackUnseen: 0,
  frozen: 0,
  adopted: 0,
  gifts: 0,
  asked: 0,
  quiet: 0,
  repairs: 0,
});
export type Met = ReturnType<typeof nothingMet>;
