import { auditTexts } from './audit-texts';
import { actionsOf, GROUPS, targetParts, textOfAction } from './audit-words';

/** Every deed that docs/security.md and the service's `AuditAction` name, room by room. */
const DEEDS = Object.entries({
  auth: 'signed_in sign_in_failed signed_out token_reused password_changed club_switched sign_in_revoked reset_asked',
  invitation: 'created withdrawn accepted',
  registration: 'asked confirmed',
  club: 'created changed deleted',
  court: 'created changed deleted button_key_made button_key_removed',
  camera: 'added changed removed tested searched',
  user: 'created added changed removed deleted erased',
  session: 'opened closed failed media_url player_added player_removed player_joined player_left',
  recording: 'started extended stopped taken_back',
  video: 'downloaded deleted expired missing found quarantined adopted uploaded local_removed upload_retried',
  marker: 'created changed deleted',
  highlight: 'created changed deleted',
  share: 'created revoked',
  booking: 'created changed cancelled started done missed failed',
  calendar: 'set removed',
  storage: 'set removed tested',
  webhook: 'created changed rotated deleted pinged redelivered disabled',
  job: 'cancelled',
  maintenance: 'clean_up',
  audit: 'exported',
}).flatMap(([room, deeds]) => deeds.split(' ').map((deed) => `${room}.${deed}`));

describe('the trail in words', () => {
  it.each([...DEEDS, 'auth.password_reset'])('says %s in both languages', (deed) => {
    const key = textOfAction(deed);
    expect(key).toBe(deed.replace('.', '_'));
    const [english, french] = [auditTexts.en[key!], auditTexts.fr[key!]];
    expect(english).not.toBe('');
    expect(french).not.toBe('');
    expect(french).not.toBe(english);
  });

  it('has each deed in a room that has a name', () => {
    const deeds = GROUPS.flatMap(actionsOf);
    expect(new Set(deeds).size).toBe(deeds.length);
    expect(deeds).toEqual(expect.arrayContaining(DEEDS));
    for (const group of GROUPS) expect(auditTexts.fr[`group_${group}`]).not.toBe('');
  });

  it.each(['session.something_new', 'all', 'group.auth', 'title', 'constructor', 'auth'])(
    '%s has no text of its own',
    (action) => {
      expect(textOfAction(action)).toBeNull();
    },
  );

  it.each([
    ['court:3', { kind: 'court', id: '3' }],
    ['user:12', { kind: 'user', id: '12' }],
    ['invitation:7', { kind: 'invitation', id: '7' }],
    ['booking:9', { kind: 'booking', id: '9' }],
    ['5f3f0d3e-8f3f-4d53-9f0a-0a8a4d1f8a55', { kind: 'session', id: '5f3f0d3e' }],
    ['file:1/old.mp4', { kind: null, id: 'file:1/old.mp4' }],
  ])('%s is read', (target, parts) => {
    expect(targetParts(target)).toEqual(parts);
  });
});
