import type { Group } from '../group.js';
export const ring: Group = { name: 'ring', run: async () => [] };
