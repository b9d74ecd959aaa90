import { type DynamicModule, Global, Module } from '@nestjs/common';
import { Machine } from './machine.js';

/** Token of the read lane's data source: what REST reads go through, never an activation. */
export const ReadDataSource = Symbol('ReadDataSource');

/**
 * Makes the machine of this instance known to every module. A module adds its kind, tables and listeners when it is made;
 * nothing runs before the supervision tree starts.
 */
@Global()
@Module({})
export class RuntimeModule {
  static forRoot(machine: Machine, readSource: unknown): DynamicModule {
    return {
      module: RuntimeModule,
      providers: [
        { provide: Machine, useValue: machine },
        { provide: ReadDataSource, useValue: readSource },
      ],
      exports: [Machine, ReadDataSource],
    };
  }
}
