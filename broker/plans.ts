// Who takes part in which run, learnt from the master's retained `runs/<run>/status`. A generation's
// rights outlive it by a grace time, because frames of the old one are still under way when the new
// one is published.

import { z } from 'zod';
import { planEntrySchema } from '../protocol/assignment.js';
import { FINAL_STATES, runStatusSchema } from '../protocol/run-messages.js';
import type { Mode } from '../protocol/run-spec.js';
import { type Channel, mayWrite, type Standing } from '../protocol/topics.js';

export interface PlansOptions {
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  readonly graceMs: number;
}

/** What the broker needs of a run's status; other fields are none of its business. */
const statusSchema = runStatusSchema
  .pick({ state: true, generation: true, mode: true })
  .extend({ plan: z.array(planEntrySchema.pick({ position: true, agent: true })).optional() });
type RunStatus = z.infer<typeof statusSchema>;
type Placement = NonNullable<RunStatus['plan']>[number];

/** Where an agent stands: usually at one position. */
type Rights = Standing[];

interface Generation {
  readonly number: number;
  readonly rights: Map<string, Rights>;
  /** When its rights end, on the injected clock. */
  endsAt: number;
}

export class Plans {
  /** Of each run the generation before (while its grace lasts) and the current one, in this order. */
  readonly #runs = new Map<string, Generation[]>();
  readonly #options: PlansOptions;

  constructor(options: PlansOptions) {
    this.#options = options;
  }

  /** Takes note of a status that the master published. What cannot be understood changes nothing. */
  observe(run: string, payload: Uint8Array | string): void {
    this.#forgetEnded();
    const status = parseStatus(payload);
    if (status === null) return;
    if (status !== 'cleared' && status.plan) this.#place(run, status);
    if (status === 'cleared' || FINAL_STATES.includes(status.state)) this.#end(run);
    else this.#continue(run);
  }

  /** A run that is on, if any: its rights have no end yet. */
  get current(): string | null {
    const isOn = ([, generations]: [string, Generation[]]) => generations.at(-1)?.endsAt === Number.POSITIVE_INFINITY;
    return [...this.#runs].find(isOn)?.[0] ?? null;
  }

  knows(run: string): boolean {
    return this.#live(run).length > 0;
  }

  takesPart(run: string, agent: string): boolean {
    return this.#live(run).some((generation) => generation.rights.has(agent));
  }

  mayWrite(run: string, agent: string, position: number, channel: Channel): boolean {
    return this.#live(run).some(({ rights }) => rights.get(agent)?.some((own) => mayWrite(own, { position, channel })));
  }

  mayRead(run: string, agent: string, position: number): boolean {
    return this.#live(run).some(({ rights }) => rights.get(agent)?.some((own) => own.position === position));
  }

  placementsOf(agent: string): { run: string; position: number }[] {
    return [...this.#runs.keys()].flatMap((run) => {
      const standings = this.#live(run).flatMap(({ rights }) => rights.get(agent) ?? []);
      return standings.map(({ position }) => ({ run, position }));
    });
  }

  #live(run: string): Generation[] {
    const generations = this.#runs.get(run) ?? [];
    const now = this.#options.now();
    return generations.every(({ endsAt }) => endsAt > now) ? generations : generations.filter((g) => g.endsAt > now);
  }

  #place(run: string, { generation: number, mode, plan = [] }: RunStatus): void {
    const [current, previous] = [...(this.#runs.get(run) ?? [])].reverse();
    const isSame = current?.number === number;
    const endsAt = isSame ? current.endsAt : Number.POSITIVE_INFINITY;
    if (current && !isSame) current.endsAt = Math.min(current.endsAt, this.#options.now() + this.#options.graceMs);
    const before = isSame ? previous : current;
    this.#runs.set(run, [...(before ? [before] : []), { number, rights: rightsOf(mode, plan), endsAt }]);
  }

  #continue(run: string): void {
    const current = this.#runs.get(run)?.at(-1);
    if (current) current.endsAt = Number.POSITIVE_INFINITY;
  }

  #end(run: string): void {
    const end = this.#options.now() + this.#options.graceMs;
    for (const generation of this.#runs.get(run) ?? []) generation.endsAt = Math.min(generation.endsAt, end);
  }

  #forgetEnded(): void {
    for (const run of this.#runs.keys()) {
      const live = this.#live(run);
      if (live.length === 0) this.#runs.delete(run);
      else this.#runs.set(run, live);
    }
  }
}

/** `cleared` is the empty payload that deletes a retained message [MQTT-3.3.1-10]. */
function parseStatus(payload: Uint8Array | string): RunStatus | 'cleared' | null {
  if (payload.length === 0) return 'cleared';
  try {
    const text = typeof payload === 'string' ? payload : new TextDecoder().decode(payload);
    return statusSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function rightsOf(mode: Mode, plan: readonly Placement[]): Map<string, Rights> {
  const workers = Math.max(0, ...plan.map(({ position }) => position));
  const all = new Map<string, Rights>();
  for (const { position, agent } of plan) all.set(agent, [...(all.get(agent) ?? []), { mode, position, workers }]);
  return all;
}
