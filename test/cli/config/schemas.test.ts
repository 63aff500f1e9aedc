// The published schemas say what the readers say, and the examples keep to them.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { agentJsonSchema, agentSettingsSchema } from '../../../cli/config/agent-settings.js';
import { brokerJsonSchema } from '../../../cli/config/broker-file.js';
import { masterJsonSchema } from '../../../cli/config/master-file.js';
import { fleetJsonSchema, readFleet } from '../../../cli/fleet/fleet-file.js';
import { EXAMPLES } from '../ringtmp.js';

describe('the published schema', () => {
  for (const [file, schema] of [
    ['agent', agentJsonSchema()],
    ['master', masterJsonSchema()],
    ['broker', brokerJsonSchema()],
    ['fleet', fleetJsonSchema()],
  ] as const) {
    it(`of ${file} files is as \`ringtmp schema ${file}\` tells it`, async () => {
      const published = JSON.parse(await readFile(join(EXAMPLES, `${file}.schema.json`), 'utf8'));
      expect(published, `ringtmp schema ${file} > examples/${file}.schema.json`).to.deep.equal(
        JSON.parse(JSON.stringify(schema)),
      );
    });
  }

  it('of agent files names every key, refuses others, and asks for none', () => {
    const schema = agentJsonSchema() as { properties: object };
    expect(schema).to.include({ type: 'object', additionalProperties: false }).and.not.to.have.property('required');
    expect(Object.keys(schema.properties)).to.deep.equal(Object.keys(agentSettingsSchema.shape));
  });

  it('of fleet files is kept by the example', async () => {
    const fleet = await readFleet(join(EXAMPLES, 'fleet.yaml'));
    expect([...fleet.boards.keys()]).to.deep.equal(['pi-1', 'pi-2', 'pi-3']);
  });
});
