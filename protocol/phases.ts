// What a node is doing: the words of telemetry, of the accounting and of the status lights.

export const PHASES = ['idle', 'forward', 'backward', 'update', 'serialise'] as const;
export type Phase = (typeof PHASES)[number];
