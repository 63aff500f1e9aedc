// What a board tells the master of its position of its own accord: a fault, a warning, that it is about to leave. The
// master's progress watch remains where none of it arrives.

import type { ErrorReport } from '../errors.js';
import type { Assignment } from '../protocol/assignment.js';
import type { RunEvent } from '../protocol/run-messages.js';
import type { Topics } from '../protocol/topics.js';
import type { Transport } from '../transport/transport.js';
import type { Logger } from './agent.js';

export class PositionEvents {
  constructor(
    private readonly transport: Transport,
    private readonly topics: Topics,
    private readonly log: Logger,
  ) {}

  fault(assignment: Assignment, error: ErrorReport): void {
    const { run, position } = assignment;
    this.log.warn({ run, position, error }, 'the node failed');
    this.tell(assignment, { type: 'fault', error });
  }

  warning(assignment: Assignment, error: ErrorReport): void {
    const { run, position } = assignment;
    this.log.warn({ run, position, error }, 'a link is not as the run wants it');
    this.tell(assignment, { type: 'warning', error });
  }

  /** @param timeoutMs how long it waits for its place to be given away */
  leaving(assignment: Assignment, timeoutMs: number): void {
    this.log.info({ run: assignment.run, timeoutMs }, 'the position is to be handed over');
    this.tell(assignment, { type: 'leaving' });
  }

  private tell({ run, generation, position }: Assignment, told: Pick<RunEvent, 'type' | 'error'>): void {
    const event: RunEvent = { time: Date.now(), generation, position, ...told };
    this.transport.publish(this.topics.runEvents(run), JSON.stringify(event), { qos: 1 }).catch(() => {}); // nobody hears it
  }
}
