/** From a listener of the cluster to a handler of Nest. */
import type { TcpContext } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import { FAILED } from './packets.js';
import type { PeerSocket } from './peer-socket.js';
import type { Tally } from './traffic.js';
import type { Sender } from './transport-port.js';

export type Hear<T> = (from: Sender, data: T) => void;
export type Answer<T> = (from: Sender, data: T, piece: (piece: unknown) => void) => Promise<void>;

/** A listener that throws harms nobody: it is told once in a while. */
export function telling<T>(kind: string, hear: Hear<T>, tally: Tally) {
  return (data: T, context: TcpContext): void => {
    const from = senderOf(context);
    try {
      hear(from, data);
    } catch (error) {
      tally.say(from.id, kind, `Hearing "${kind}" of ${from.id} failed`, error);
    }
  };
}

/** The pieces as a stream, which Nest writes one by one; it ends when the promise does. */
export function answering<T>(kind: string, answer: Answer<T>, tally: Tally) {
  return (data: T, context: TcpContext): Observable<unknown> => {
    const from = senderOf(context);
    return new Observable((caller) => {
      const failed = (error: unknown): void => {
        tally.say(from.id, kind, `Answering "${kind}" to ${from.id} failed`, error);
        caller.error(FAILED.err);
      };
      const answered = async (): Promise<void> => answer(from, data, (piece) => caller.next(piece));
      answered().then(() => caller.complete(), failed);
    });
  };
}

function senderOf(context: TcpContext): Sender {
  return (context.getSocketRef() as PeerSocket).from!;
}
