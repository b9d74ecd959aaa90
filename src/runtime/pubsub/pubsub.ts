import type { Cancel } from '../clock.js';

export interface PubSubLimits {
  /** Subscribers of one topic. Raising it makes each publication hold the event loop for longer. */
  readonly subscribers: number;
  /** Messages published from inside subscribers and not yet handed out. Raising it lets a loop between two of them run for longer. */
  readonly nested: number;
}

const USUAL: PubSubLimits = { subscribers: 1_024, nested: 1_024 };

/**
 * Topics inside one instance.
 *
 * - T1 `publish` hands the message to every subscriber of that moment before it returns, in order of subscription.
 * - T2 a subscriber that throws is reported and harms no other, nor the publisher.
 * - T3 every subscriber sees all messages in the same order: what is published from inside a subscriber waits until the message being
 *   handed out has reached everyone. It is handed out before the outermost `publish` returns.
 * - T4 a cancelled subscriber receives nothing more, not even the message being handed out.
 * - T5 bounded: over a limit, `subscribe` and a nested `publish` throw (T2 then reports the latter).
 *
 * Nothing is stored and nothing waits for anybody: whoever subscribes late asks the database for what came before.
 */
export class PubSub<Topics extends object> {
  private readonly topics = new Map<keyof Topics, Set<(message: never) => void>>();
  private readonly pending: (() => void)[] = [];
  private handingOut = false;

  constructor(
    private readonly onFailure: (topic: keyof Topics, error: unknown) => void,
    private readonly limits: PubSubLimits = USUAL,
  ) {}

  subscribe<Topic extends keyof Topics>(topic: Topic, subscriber: (message: Topics[Topic]) => void): Cancel {
    const subscribers = this.topics.get(topic) ?? new Set();
    if (subscribers.size >= this.limits.subscribers)
      throw new Error(`more than ${this.limits.subscribers} subscribers of ${String(topic)}`);
    // A function of its own per subscription: the same subscriber may subscribe twice and cancel once.
    const own = (message: Topics[Topic]): void => subscriber(message);
    subscribers.add(own);
    this.topics.set(topic, subscribers);
    return () => {
      subscribers.delete(own);
    };
  }

  publish<Topic extends keyof Topics>(topic: Topic, message: Topics[Topic]): void {
    if (this.handingOut) {
      if (this.pending.length >= this.limits.nested) throw new Error(`more than ${this.limits.nested} nested publications`);
      this.pending.push(() => this.handOut(topic, message));
      return;
    }
    this.handingOut = true;
    try {
      this.handOut(topic, message);
      // Bounded as a whole, not only in length: a subscriber that answers each message with one more would never let go.
      for (let served = 0, next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
        if (++served > this.limits.nested) return this.giveUp(topic);
        next();
      }
    } finally {
      this.handingOut = false;
    }
  }

  /** How many would receive a message now. */
  subscribers(topic: keyof Topics): number {
    return this.topics.get(topic)?.size ?? 0;
  }

  private handOut<Topic extends keyof Topics>(topic: Topic, message: Topics[Topic]): void {
    const subscribers = this.topics.get(topic) as Set<(message: Topics[Topic]) => void> | undefined;
    // A copy: a set would also hand the message to those who subscribe while it is handed out.
    const present = subscribers === undefined ? [] : [...subscribers];
    for (const subscriber of present) {
      if (subscribers?.has(subscriber) !== true) continue;
      try {
        subscriber(message);
      } catch (error) {
        this.onFailure(topic, error);
      }
    }
  }

  private giveUp(topic: keyof Topics): void {
    const dropped = this.pending.length + 1;
    this.pending.length = 0;
    this.onFailure(topic, new Error(`${dropped} nested publications dropped: subscribers answer each other for ever`));
  }
}
