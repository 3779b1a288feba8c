import { listLeftovers } from '../../src/media/process';
import { Toolchain } from '../../src/media/toolchain';
import { h264Clip, RtspCamera } from '../cameras';
import { deserted } from '../faults/film';
import { startTestClub } from '../support/club';
import { LiveClient } from '../support/live-client';

describe('live video when the service ends', () => {
  it('says good-bye to everybody, and leaves nothing behind', async () => {
    const camera = new RtspCamera({ clip: await h264Clip({ seconds: 4 }) });
    await camera.start();
    const club = await startTestClub();
    try {
      const court = await club.addCourt('Court 1', camera.url);
      const opened = await club.desk.post<{ session: { session_id: string } }>('/api/video/session/create', {
        terrain_id: court,
        player_ids: [club.ids.player, club.ids.other],
      });
      const { session_id: session } = opened.body.session;
      await club.desk.post('/api/video/record/start', { session_id: session });
      const { url, app } = club.service;
      const { instance } = app.get(Toolchain);
      const [video, tile, deaf] = (await Promise.all(
        [club.desk, club.player, club.other].map((api) => LiveClient.open(url, api)),
      )) as [LiveClient, LiveClient, LiveClient];
      await video.subscribe(1, session);
      await tile.subscribe(1, session, 'tile');
      await deaf.subscribe(1, session, 'pictures');
      await Promise.all([video.takeMedia(1, 5), tile.takeMedia(1, 1), deaf.takeMedia(1, 1)]);
      deaf.pause();
      const { client: stranger } = await LiveClient.dial(url);
      const ended = club.service.shutDown();
      expect(await Promise.all([video.closed(), tile.closed(), stranger.closed()])).toEqual([1001, 1001, 1001]);
      await ended;
      // Courts do not end for those who are told that the service does.
      expect(video.messages.some(({ type }) => type === 'ended')).toBe(false);
      expect(await listLeftovers(instance)).toEqual([]);
      await deserted(camera);
      deaf.resume();
      expect([1001, 1006]).toContain(await deaf.closed());
    } finally {
      await club.close();
      await camera.stop();
    }
  });
});
