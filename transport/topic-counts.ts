// What passed on each topic of a run's data plane, by direction: the figures in which ring and star differ most.

export type Direction = 'in' | 'out';

export interface TopicCount {
  /** Without what all topics of the run have in common: `2/forward`. */
  readonly topic: string;
  readonly direction: Direction;
  readonly bytes: number;
  readonly frames: number;
}

export class TopicCounts {
  private readonly counts = new Map<string, { -readonly [Key in keyof TopicCount]: TopicCount[Key] }>();

  /** @param topic in full, which ends with position and channel */
  count(topic: string, direction: Direction, bytes: number): void {
    const key = `${direction} ${topic}`;
    let entry = this.counts.get(key);
    if (entry === undefined) {
      entry = { topic: topic.split('/').slice(-2).join('/'), direction, bytes: 0, frames: 0 };
      this.counts.set(key, entry);
    }
    entry.bytes += bytes;
    entry.frames++;
  }

  /** As they are now. */
  list(): TopicCount[] {
    return [...this.counts.values()].map((entry) => ({ ...entry }));
  }
}
