import { useEffect, useRef } from 'react';
import classes from './court.module.css';
import { type CourtAngles, useHeld } from './court-angles';
import { useCourtPlayer } from './use-court-player';

/** Another camera of the match, live. */
export function LiveAngle(props: { readonly id: string; readonly angles: CourtAngles; readonly looking: boolean }) {
  const { id, angles, looking } = props;
  const { report } = angles;
  const box = useRef<HTMLDivElement>(null);
  const played = useCourtPlayer(box, id, {});
  useHeld(played, looking);
  useEffect(() => report(id, played), [report, id, played]);
  useEffect(() => () => report(id, null), [report, id]);
  return <div ref={box} className={classes.angle} data-place={angles.placeOf(id)} data-live-angle={id} />;
}
