import {
  IconArrowsLeftRight,
  IconBallTennis,
  IconCircleXFilled,
  IconFlagFilled,
  IconMessage2Filled,
  IconStarFilled,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { MarkerKind } from '../../live';
import classes from './markers.module.css';

/** Each has a shape of its own: no two are told apart by colour alone. */
const SIGNS: Readonly<Record<MarkerKind, ComponentType<{ size?: number; 'aria-hidden'?: boolean }>>> = {
  highlight: IconStarFilled,
  point: IconBallTennis,
  rally: IconArrowsLeftRight,
  fault: IconCircleXFilled,
  dispute: IconFlagFilled,
  note: IconMessage2Filled,
};

/** The first one is what the large button marks. */
export const KINDS = Object.keys(SIGNS) as readonly MarkerKind[];
export const FIRST_KIND: MarkerKind = 'highlight';

/** The sign of a kind in its shape and colour; its name has to stand beside it, or be said. */
export function KindSign({ kind, size = 18 }: { readonly kind: MarkerKind; readonly size?: number }) {
  const Sign = SIGNS[kind];
  return (
    <span className={classes.kind} data-kind={kind}>
      <Sign size={size} aria-hidden />
    </span>
  );
}
