/**
 * At most `most` in any second, whatever the second: the instants of the last `most` are remembered, nothing is averaged.
 * Pure: time comes in as an argument, in monotonic milliseconds.
 */
export class Rate {
  private readonly instants: Float64Array;
  private next = 0;

  constructor(most: number) {
    this.instants = new Float64Array(most).fill(-Infinity);
  }

  /** Takes up to `wanted` of what is left in the second that ends now, but for `reserve` that stay free; how many were taken. */
  take(wanted: number, now: number, reserve = 0): number {
    const { instants } = this;
    let taken = 0;
    while (taken < wanted && instants[(this.next + reserve) % instants.length]! <= now - 1000) {
      instants[this.next] = now;
      this.next = (this.next + 1) % instants.length;
      taken++;
    }
    return taken;
  }
}
