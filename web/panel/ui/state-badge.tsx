import {
  IconCircle,
  IconCircleFilled,
  IconLoader2,
  IconPlugConnectedX,
  IconRefresh,
  IconUsers,
  IconWifiOff,
} from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import classes from './state-badge.module.css';

export type BadgeState =
  'free' | 'inUse' | 'connecting' | 'live' | 'reconnecting' | 'offline' | 'noConnection' | 'recording' | 'done';

const ICONS: Readonly<Record<BadgeState, ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>>> =
  {
    free: IconCircle,
    inUse: IconUsers,
    connecting: IconLoader2,
    live: IconCircleFilled,
    reconnecting: IconRefresh,
    offline: IconPlugConnectedX,
    noConnection: IconWifiOff,
    recording: IconCircleFilled,
    done: IconCircleFilled,
  };

/** A state as a word, a colour and a sign: no two are told apart by colour alone. */
export function StateBadge({ state, children }: { readonly state: BadgeState; readonly children: ReactNode }) {
  const Icon = ICONS[state];
  return (
    <span className={classes.badge} data-state={state}>
      <Icon size={13} stroke={2.5} aria-hidden />
      {children}
    </span>
  );
}
