import type { Group } from '../group.js';
export const memory: Group = { name: 'memory', run: async () => [] };
