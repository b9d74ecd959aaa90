import { type ExecutionContext, Injectable } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import { Problem } from './problem.js';

/** So many demandes per second and address, whatever the route; the others are told when to come back. */
@Injectable()
export class RateLimit extends ThrottlerGuard {
  protected override generateKey(_context: ExecutionContext, address: string): string {
    return address;
  }

  protected override throwThrottlingException(_context: ExecutionContext, detail: ThrottlerLimitDetail): Promise<void> {
    return Promise.reject(new Problem('trop_de_demandes', undefined, detail.timeToBlockExpire * 1000));
  }
}
