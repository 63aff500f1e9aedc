import { expect } from 'chai';
import { readVariants } from '../../../cli/compare/variants.js';
import { temporaryFolder } from '../ringtmp.js';

describe('the variants of a comparison', () => {
  const folder = temporaryFolder();
  const names = async (text?: string) => (await readVariants(text)).map(({ name }) => name);
  const fault = (text: string) => readVariants(text).catch((error) => error);

  it('are a ring and a star, and what each can do, unless told', async () => {
    expect(await names()).to.deep.equal(['ring', 'star', 'ring-async', 'star-ssp', 'star-asp-average']);
  });

  it('are known ones and those of files', async () => {
    const file = await folder.write(
      'mine.yaml',
      'narrow: { mode: ring, wire: { activations: f16 } }\nslow: { seed: 2 }\n',
    );
    expect(await names(`ring, ${file},star`)).to.deep.equal(['ring', 'narrow', 'slow', 'star']);
    const [, narrow] = await readVariants(`ring,${file}`);
    expect(narrow?.overrides).to.deep.equal({ mode: 'ring', wire: { activations: 'f16' } });
  });

  it('have names that can be files', async () => {
    const file = await folder.write('mine.yaml', '"../x": { mode: ring }\n');
    expect((await fault(file)).message)
      .to.include('variants')
      .and.to.include('mine.yaml');
  });

  it('name the file that is not there, and the variant that is unknown', async () => {
    expect((await fault('nowhere.yaml')).message).to.include('cannot read the variants in nowhere.yaml');
    expect((await fault('ring,stra')).message).to.include('no variant "stra"');
  });
});
