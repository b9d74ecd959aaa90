/** Where the process of one instance runs, as its network has it. */
export interface Spot {
  /** The address that it listens on, for HTTP and for peers. */
  readonly host: string;
  /** What stands before the command that starts it. */
  readonly within: readonly string[];
  /** What peers are told: host:port. */
  readonly address: string;
}

/** What instances speak to each other through, and how it is cut. A cut is silent, as lost packets are. */
export interface Network {
  /** For a title or a line on the console. */
  readonly name: string;
  /** A place on it for `id`, whose cluster port is `port`. */
  place(id: string, port: number): Promise<Spot>;
  /** Nothing that `from` sends reaches `to` any more. */
  cut(from: string, to: string): void;
  /** Neither of `some` reaches or hears any of `others`. */
  part(some: readonly string[], others: readonly string[]): void;
  /** Every cut ends. */
  mend(): void;
  /** What did not arrive, all in all: zero would mean that no cut ever bit. */
  readonly dropped: number;
  close(): Promise<void>;
}
