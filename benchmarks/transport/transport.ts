import type { Group } from '../group.js';
export const transport: Group = { name: 'transport', run: async () => [] };
