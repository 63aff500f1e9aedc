import { expect } from 'chai';
import { fleetProfiles } from '../../../cli/up/fleet-profiles.js';
import { ConfigurationError } from '../../../errors.js';

const profiles = (options: Parameters<typeof fleetProfiles>[0], positions = 4) => {
  const at = fleetProfiles(options);
  return Array.from({ length: positions }, (_, position) => at(position)[1]);
};

describe('the profiles of a fleet on this machine', () => {
  it('are the first one for the master, then one each, and the last one for all others', () => {
    expect(profiles({ profile: 'pi-4' })).to.deep.equal(['pi-4', 'pi-4', 'pi-4', 'pi-4']);
    expect(profiles({ profile: 'pi-5,pi-4,pi-zero-2' }, 6)).to.deep.equal([
      'pi-5',
      'pi-5',
      'pi-4',
      'pi-zero-2',
      'pi-zero-2',
      'pi-zero-2',
    ]);
    expect(profiles({ profile: 'pi-4', masterProfile: 'pi-5' })).to.deep.equal(['pi-5', 'pi-4', 'pi-4', 'pi-4']);
  });

  it('come with the dilation, the same for all', () => {
    expect(fleetProfiles({ profile: 'pi-4', dilation: 2.5 })(3)).to.deep.equal([
      '--profile',
      'pi-4',
      '--dilation',
      '2.5',
    ]);
  });

  it('are none unless told', () => {
    expect(fleetProfiles({})(1)).to.deep.equal([]);
  });

  it('are refused before anything is started when one of them is none, or stands alone', () => {
    expect(() => fleetProfiles({ profile: 'pi-4,pi-9' })).to.throw(ConfigurationError, 'no profile pi-9');
    expect(() => fleetProfiles({ masterProfile: 'pi-4' })).to.throw(ConfigurationError, '--master-profile');
    expect(() => fleetProfiles({ dilation: 2 })).to.throw(ConfigurationError, '--dilation');
  });
});
